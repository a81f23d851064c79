"""Everybody who is connected, and what waits to be sent to each."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from spotter.http import Guard, Problem
from spotter.http.tokens import Identity, InvalidToken
from spotter.settings import Limits
from spotter_gateway.cursor import Place
from spotter_gateway.filters import Wanted
from spotter_gateway.frames import Item
from spotter_gateway.redelivery import Repeats

WAITING_MAX: Final = 16_384
"""Items that may wait for one client: three seconds of a whole import at full speed (design choice)."""
BEATS_WAITING_MAX: Final = 5
"""Heartbeats that may wait while a client is told what it missed; one more, and it has not read for ten seconds."""

POLICY: Final = 1008
TOO_LARGE: Final = 1009
BROKEN: Final = 1011
RESTARTS: Final = 1012
TRY_LATER: Final = 1013


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a connection is closed: the WebSocket close code and a sentence."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Beat:
    """A heartbeat on its way to a client, and how far the gateway had read when it was given."""

    body: bytes
    place: Place | None


class Client:
    """One connection: what it wants, what waits for it, and why it has to end, once it has."""

    def __init__(
        self, wanted: Wanted, identity: Identity, repeats: Repeats, *, acknowledges: bool, waiting_max: int
    ) -> None:
        self.wanted = wanted
        self.identity = identity
        self.repeats = repeats
        self.acknowledges = acknowledges
        """It says itself, on the connection, what it showed."""
        self.waiting: deque[Item | Beat] = deque()
        self.wake = asyncio.Event()
        self.ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self.live = False
        """It is told of everything new; before, it is still being told how things stand."""
        self._waiting_max = waiting_max

    def put(self, item: Item | Beat) -> None:
        """Queue something; a client that doesn't keep up is ended."""
        if self.ended.done():
            return
        if len(self.waiting) >= self._waiting_max:
            self.end(Ending(TRY_LATER, "too slow: connect again for how things stand now"))
            return
        self.waiting.append(item)
        self.wake.set()

    def end(self, ending: Ending) -> None:
        """Have the connection closed; the first reason counts."""
        if not self.ended.done():
            self.ended.set_result(ending)
            self.waiting.clear()


class Clients:
    """All connections, found by lifter or gym."""

    def __init__(self, limits: Limits, waiting_max: int = WAITING_MAX) -> None:
        self.waiting_max = waiting_max
        self._limits = limits
        self._all: dict[Client, None] = {}
        self._by_token: Counter[str] = Counter()
        self._by_route: dict[str, dict[Client, None]] = {}

    def __len__(self) -> int:
        return len(self._all)

    @contextmanager
    def inside(self, client: Client) -> Iterator[None]:
        """Count a connection while it lasts.

        Raises Problem 429 where its token has too many, 503 where there are too many in all.
        """
        token_id = client.identity.token_id
        if self._by_token[token_id] >= self._limits.connections_per_token:
            raise _full(429, "Too many connections", f"The token has {self._by_token[token_id]} connections already.")
        if len(self._all) >= self._limits.connections:
            raise _full(503, "Full house", f"{len(self._all)} connections are open already.")
        self._by_token[token_id] += 1
        self._all[client] = None
        try:
            yield
        finally:
            del self._all[client]
            self._by_token[token_id] -= 1
            if not self._by_token[token_id]:
                del self._by_token[token_id]
            for route in client.wanted.routes:
                found = self._by_route.get(route, {})
                found.pop(client, None)
                if not found:
                    self._by_route.pop(route, None)

    def follow(self, client: Client, items: Iterable[Item] = ()) -> None:
        """Tell a client of everything that comes from now on, and of `items` before it."""
        client.live = True
        for item in items:
            client.put(item)
        for route in client.wanted.routes:
            self._by_route.setdefault(route, {})[client] = None

    def offer(self, item: Item) -> None:
        """Queue an item for everybody who wants it."""
        for route in (item.key, item.gym_id):
            for client in self._by_route.get(route, ()):
                if client.wanted.takes(item):
                    client.put(item)

    def beat(self, body: bytes, place: Place) -> None:
        """Queue a heartbeat for everybody."""
        live, catching_up = Beat(body, place), Beat(body, None)
        for client in self._all:
            if client.live:
                client.put(live)
            elif len(client.waiting) < BEATS_WAITING_MAX:
                client.put(catching_up)
            else:
                client.end(Ending(TRY_LATER, "too slow: connect again"))

    def acknowledged(self, key: str, token_id: str, alert_id: str) -> None:
        """Take an acknowledgement from the log: the only way for those who can't give it on their connection."""
        for route in (key, key.partition("/")[0]):
            for client in self._by_route.get(route, ()):
                if not client.acknowledges and client.identity.token_id == token_id:
                    client.repeats.shown(alert_id)

    def check(self, guard: Guard) -> None:
        """End those whose token was revoked or has expired."""
        for client in self._all:
            try:
                guard.check(client.identity)
            except InvalidToken as error:
                client.end(Ending(POLICY, str(error)))

    def end(self, ending: Ending) -> None:
        """End all."""
        for client in self._all:
            client.end(ending)


def _full(status: int, title: str, detail: str) -> Problem:
    return Problem(status, title, detail, mend="Close one, or try again in a second.", headers={"Retry-After": "1"})
