"""The stream of the coach's page and its route: a snapshot of the floor, then whole tiles as they change, and heartbeats."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Final, Self

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from spotter.domain.gym_config import Configuration
from spotter.domain.running_set import RunningSet
from spotter.domain.time import utc_now
from spotter.http import Guard, Problem
from spotter.http.metrics import CLIENTS
from spotter.http.tokens import Identity, InvalidToken
from spotter.streaming.log import Log, LogUnavailable
from spotter_dashboard.live.floor import Floor
from spotter_dashboard.live.tiles import tile

log = logging.getLogger(__name__)

HEARTBEAT_S: Final = 2.0
GATHER_S: Final = 0.05
"""Changes so close together go out in one message (design choice: faster than an eye)."""
ANSWER_S_MAX: Final = 1.5
"""How long the query for the oldest unfinished event may take."""
CONNECTIONS_MAX: Final = 500


Heartbeat = dict[str, int]
"""`age_ms`: the age of the oldest event that had not reached the page `at` a moment."""


class Subscription:
    """One page: woken when there may be something new for it."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.wake = asyncio.Event()
        self.sent: dict[str, int] = {}
        """`changes` of each set when its tile was sent."""
        self.beat: Heartbeat | None = None


class LiveStream:
    """Sends changes of the floor to pages, while it is entered."""

    def __init__(
        self,
        source: Log,
        floor: Floor,
        guard: Guard,
        configuration: Configuration,
        behind_ms: Callable[[], int | None],
        clock: Callable[[], datetime] = utc_now,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self._source = source
        self._floor = floor
        self._guard = guard
        self._configuration = configuration
        self._behind_ms = behind_ms
        self._clock = clock
        self._heartbeat_s = heartbeat_s
        self._subscriptions: set[Subscription] = set()
        self._drawn: dict[tuple[str, str], tuple[int, bytes]] = {}
        self._beat: Heartbeat | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._beats(), name="live heartbeats")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def check(self) -> None:
        """Raise what ended the heartbeats, if anything did."""
        task = self._task
        if task is not None and task.done() and not task.cancelled() and (error := task.exception()) is not None:
            raise error

    def close(self) -> None:
        """End all streams; a host does so when it stops."""
        self._closed = True
        self.wake()

    def wake(self, gyms: set[str] | None = None) -> None:
        """Look for changes on the pages of gyms; None: on all pages."""
        for subscription in self._subscriptions:
            if gyms is None or subscription.identity.gym_id in gyms:
                subscription.wake.set()

    @property
    def full(self) -> bool:
        """Whether there are as many pages as can be served."""
        return len(self._subscriptions) >= CONNECTIONS_MAX

    async def frames(self, identity: Identity) -> AsyncIterator[bytes]:
        """Yield a page's events: `snapshot`, then `tiles` and `heartbeat`; `signed_out` when its token has ended."""
        subscription = Subscription(identity)
        self._subscriptions.add(subscription)
        with CLIENTS.labels("floor").track_inprogress():
            try:
                yield b"retry: 1000\n\n"
                yield _frame("snapshot", self._at() | self._news(subscription))
                while not self._closed:
                    await subscription.wake.wait()
                    await asyncio.sleep(GATHER_S)
                    subscription.wake.clear()
                    try:
                        self._guard.check(identity)
                    except InvalidToken as error:
                        yield _frame("signed_out", {"detail": str(error)})
                        return
                    news = self._news(subscription)
                    if news["tiles"] or news["gone"]:
                        yield _frame("tiles", self._at() | news)
                    if self._beat is not None and self._beat is not subscription.beat:
                        subscription.beat = self._beat
                        yield _frame("heartbeat", self._beat)
            finally:
                self._subscriptions.discard(subscription)

    def _at(self) -> dict[str, object]:
        return {"at": round(self._clock().timestamp() * 1000)}

    def _news(self, subscription: Subscription) -> dict[str, object]:
        """Return the tiles that have changed since they were sent to a page, and the keys of those that are gone."""
        identity, sent = subscription.identity, subscription.sent
        shown = {
            running.set_key: running
            for running in self._floor.shown(identity.gym_id)
            if identity.may_see(running.athlete_id)
        }
        gone = [key for key in sent if key not in shown]
        for key in gone:
            del sent[key]
        new = [running for key, running in shown.items() if sent.get(key) != running.changes]
        for running in new:
            sent[running.set_key] = running.changes
        return {"tiles": [orjson.Fragment(self._draw(running)) for running in new], "gone": gone}

    def _draw(self, running: RunningSet) -> bytes:
        key = (running.gym_id, running.set_key)
        drawn = self._drawn.get(key)
        if drawn is None or drawn[0] != running.changes:
            gym = self._configuration.gym(running.gym_id, self._configuration.version(running.gym_id))
            shown = tile(running, self._floor.athlete(running.gym_id, running.athlete_id), gym.catalogue)
            drawn = self._drawn[key] = (running.changes, orjson.dumps(shown))
        return drawn[1]

    async def _beats(self) -> None:
        while True:
            self._floor.tidy()
            self._drawn.clear()
            self._beat = await self._heartbeat() if self._subscriptions else None
            self.wake()
            await asyncio.sleep(self._heartbeat_s)

    async def _heartbeat(self) -> Heartbeat | None:
        """Return the heartbeat of this moment; None where the age is unknown: silence is a signal too."""
        behind_ms = self._behind_ms()
        if behind_ms is None:
            return None
        try:
            async with asyncio.timeout(ANSWER_S_MAX):
                oldest_ms = await self._source.oldest_unfinished_ms()
        except (LogUnavailable, TimeoutError) as error:
            log.warning("no heartbeat: the age of the oldest unfinished event can't be told: %s", error or "no answer")
            return None
        now_ms = round(self._clock().timestamp() * 1000)
        waits_ms = 0 if oldest_ms is None else max(0, now_ms - oldest_ms)
        return {"at": now_ms, "age_ms": max(waits_ms, behind_ms)}


def _frame(name: str, data: Mapping[str, object]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), orjson.dumps(data))


def live_routes(stream: LiveStream, guard: Guard, require_started: Callable[[], Awaitable[None]]) -> APIRouter:
    """Build `/live`, for a coach who is signed in."""
    router = APIRouter(include_in_schema=False)

    @router.get("/live")
    async def live(request: Request) -> StreamingResponse:
        await require_started()
        identity = guard.identify(request, cookie=True)
        if not identity.has_role("coach"):
            raise Problem(403, "Role too low", "The floor needs a coach's token.")
        if stream.full:
            raise Problem(
                503, "Too many pages", "As many pages are open as can be served.", headers={"Retry-After": "5"}
            )
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(stream.frames(identity), headers=headers, media_type="text/event-stream")

    return router
