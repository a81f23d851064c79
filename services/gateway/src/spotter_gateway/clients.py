"""The connected clients, the queue of each, and the end of a connection."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from fastapi import WebSocketDisconnect

from spotter.http import Guard, Problem
from spotter.http.tokens import Identity, InvalidToken
from spotter.settings import Limits
from spotter_gateway.cursor import StreamOffsets
from spotter_gateway.filters import AdviceFilter
from spotter_gateway.frames import StreamItem
from spotter_gateway.redelivery import Redelivery

WAITING_MAX: Final = 16_384
"""Items that may wait for one client: three seconds of an import at full speed (design choice)."""
BEATS_WAITING_MAX: Final = 5
"""Heartbeats that may wait while a client receives what it missed; one more means it has not read for ten seconds."""

POLICY: Final = 1008
TOO_LARGE: Final = 1009
BROKEN: Final = 1011
RESTARTS: Final = 1012
TRY_LATER: Final = 1013

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CloseReason:
    """Why a connection is closed: the WebSocket close code and a sentence."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class QueuedHeartbeat:
    """A heartbeat in a client's queue, and how far the gateway had read when it was made."""

    body: bytes
    offsets: StreamOffsets | None


class Client:
    """One connection: its filter, its queue, and the reason once it is closed."""

    def __init__(
        self,
        advice_filter: AdviceFilter,
        identity: Identity,
        redelivery: Redelivery,
        *,
        acknowledges: bool,
        waiting_max: int,
    ) -> None:
        self.filter = advice_filter
        self.identity = identity
        self.redelivery = redelivery
        self.acknowledges = acknowledges
        """It acknowledges alerts on this connection."""
        self.waiting: deque[StreamItem | QueuedHeartbeat] = deque()
        self.wake = asyncio.Event()
        self.closed: asyncio.Future[CloseReason] = asyncio.get_running_loop().create_future()
        self.live = False
        """It receives everything new; before that, it still receives the current state."""
        self._waiting_max = waiting_max

    def put(self, item: StreamItem | QueuedHeartbeat) -> None:
        """Queue an item; a client that doesn't keep up is closed."""
        if self.closed.done():
            return
        if len(self.waiting) >= self._waiting_max:
            self.close(CloseReason(TRY_LATER, "too slow: connect again for how things stand now"))
            return
        self.waiting.append(item)
        self.wake.set()

    def close(self, reason: CloseReason) -> None:
        """Close the connection; the first reason counts."""
        if not self.closed.done():
            self.closed.set_result(reason)
            self.waiting.clear()


class Clients:
    """All connections, by lifter or gym."""

    def __init__(self, limits: Limits, waiting_max: int = WAITING_MAX) -> None:
        self.waiting_max = waiting_max
        self._limits = limits
        self._all: dict[Client, None] = {}
        self._by_token: Counter[str] = Counter()
        self._by_route: dict[str, dict[Client, None]] = {}

    def __len__(self) -> int:
        return len(self._all)

    @contextmanager
    def connected(self, client: Client) -> Iterator[None]:
        """Count a connection while entered.

        Raises Problem 429 if its token has too many, 503 if there are too many in all.
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
            for route in client.filter.routes:
                clients = self._by_route.get(route, {})
                clients.pop(client, None)
                if not clients:
                    self._by_route.pop(route, None)

    def follow(self, client: Client, items: Iterable[StreamItem] = ()) -> None:
        """Send a client `items` and then everything new."""
        client.live = True
        for item in items:
            client.put(item)
        for route in client.filter.routes:
            self._by_route.setdefault(route, {})[client] = None

    def publish(self, item: StreamItem) -> None:
        """Queue an item for every client that accepts it."""
        for route in (item.key, item.gym_id):
            for client in self._by_route.get(route, ()):
                if client.filter.accepts(item):
                    client.put(item)

    def send_heartbeat(self, body: bytes, offsets: StreamOffsets) -> None:
        """Queue a heartbeat for every client."""
        live, catching_up = QueuedHeartbeat(body, offsets), QueuedHeartbeat(body, None)
        for client in self._all:
            if client.live:
                client.put(live)
            elif len(client.waiting) < BEATS_WAITING_MAX:
                client.put(catching_up)
            else:
                client.close(CloseReason(TRY_LATER, "too slow: connect again"))

    def acknowledge(self, key: str, token_id: str, alert_id: str) -> None:
        """Apply an acknowledgement from the log, for clients that can't acknowledge on their connection."""
        for route in (key, key.partition("/")[0]):
            for client in self._by_route.get(route, ()):
                if not client.acknowledges and client.identity.token_id == token_id:
                    client.redelivery.shown(alert_id)

    def check(self, guard: Guard) -> None:
        """Close clients whose token was revoked or has expired."""
        for client in self._all:
            try:
                guard.check(client.identity)
            except InvalidToken as error:
                client.close(CloseReason(POLICY, str(error)))

    def close(self, reason: CloseReason) -> None:
        """Close all."""
        for client in self._all:
            client.close(reason)


def _full(status: int, title: str, detail: str) -> Problem:
    return Problem(status, title, detail, mend="Close one, or try again in a second.", headers={"Retry-After": "1"})


async def run_until_closed(client: Client, *coroutines: Coroutine[None, None, None]) -> CloseReason | None:
    """Run coroutines until the first has returned or the client is closed, then cancel the rest.

    Returns why to close the connection, or None if the other side has gone.
    """
    tasks = [asyncio.create_task(coroutine) for coroutine in (*coroutines, _closed(client))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    if client.closed.done():
        return client.closed.result()
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect | OSError):
            logger.error("a connection of token %s broke", client.identity.token_id, exc_info=outcome)
            return CloseReason(BROKEN, "something went wrong on our side; it is in the log")
    return None


async def _closed(client: Client) -> None:
    await asyncio.wait([client.closed])
