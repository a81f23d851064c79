"""Reads advice and estimates once for all clients and sends them on.

The hub reads without a consumer group, so that every replica reads everything, and from ten minutes back, so that it
knows the open sets before it admits clients.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final, Self

from spotter.domain.events import Unreadable
from spotter.domain.events.people import AdviceAcknowledged
from spotter.domain.time import epoch_ms, utc_now
from spotter.domain.topics import ACKS, ADVICE, ESTIMATES
from spotter.http import Guard
from spotter.http.tokens import Identity
from spotter.settings import Limits
from spotter.streaming.log import Log, LogUnavailable, Reader, Record, Start
from spotter_gateway.bounded_map import BoundedMap
from spotter_gateway.clients import RESTARTS, Client, Clients, CloseReason
from spotter_gateway.cursor import StreamOffsets
from spotter_gateway.filters import AdviceFilter
from spotter_gateway.frames import Advice, Estimate, StreamItem, heartbeat_frame, read, withdrawal
from spotter_gateway.recent import RECENT_MAX, RecentItems
from spotter_gateway.redelivery import EVERY_MS, Redelivery
from spotter_gateway.sets import OpenSets

HISTORY: Final = timedelta(minutes=10)
SEEN_IDS_MAX: Final = 100_000
ALERTS_MAX: Final = 50_000
FETCH_S: Final = 1.0
YIELD_EVERY: Final = 16
"""Records read, or frames sent, in a row before other tasks run: sending keeps up with reading."""
ANSWER_S_MAX: Final = 2.5
"""How long the log may take to find its oldest unfinished event."""
RESUMING_MAX: Final = 4
"""Clients that may read old records from the log at the same time."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Intervals:
    """Intervals; only tests change them."""

    heartbeat_s: float = 2.0
    check_s: float = 1.0
    """Between two checks of clients' tokens; a client with a revoked token must be disconnected within 5 s."""
    repeat_ms: int = EVERY_MS
    stalled_s: float = 4.0
    """Heartbeats stop when the log, which is asked every second, has not answered for this long."""
    retry_s: float = 0.5
    """Wait after the log did not answer."""


class Hub:
    """One reader, many clients. Enter it to start reading; it admits clients once it has caught up."""

    def __init__(
        self,
        log: Log,
        guard: Guard,
        *,
        limits: Limits | None = None,
        clock: Callable[[], datetime] = utc_now,
        intervals: Intervals | None = None,
        waiting_max: int | None = None,
        recent_max: int = RECENT_MAX,
    ) -> None:
        self.log = log
        self.clock = clock
        self.intervals = intervals or Intervals()
        self.limits = limits or Limits()
        self.sets = OpenSets()
        self.recent = RecentItems(recent_max)
        self.clients = Clients(self.limits) if waiting_max is None else Clients(self.limits, waiting_max)
        self.offsets = StreamOffsets()
        """The offsets it has read up to."""
        self.resuming = asyncio.Semaphore(RESUMING_MAX)
        self._guard = guard
        self._alerts = BoundedMap[str, Advice](ALERTS_MAX)
        self._seen_ids = BoundedMap[str, None](SEEN_IDS_MAX)
        self._caught_up = asyncio.Event()
        self._answered_s: float | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        for name, coroutine in (("read", self._read()), ("beat", self._beat()), ("check", self._check())):
            self._tasks.append(asyncio.create_task(coroutine, name=f"gateway {name}"))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close_connections()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def wait_ready(self) -> None:
        """Wait until it has caught up; raises the error that ended it, if any."""
        caught_up = asyncio.create_task(self._caught_up.wait())
        await asyncio.wait({caught_up, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
        caught_up.cancel()
        self.check()

    def check(self) -> None:
        """Raise the error that ended it, if any."""
        for task in self._tasks:
            if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                raise error

    def not_ready(self) -> str | None:
        """Return why clients are not admitted, or None."""
        if not self._caught_up.is_set():
            return "The gateway is reading the last ten minutes of advice."
        if self._answered_s is None:
            return "The log doesn't answer."
        return None

    def not_alive(self) -> str | None:
        """Return which of its tasks has ended, or None."""
        broken = [task for task in self._tasks if task.done()]
        return f"{broken[0].get_name()} has ended." if broken else None

    def close_connections(self) -> None:
        """Close all connections: the server is about to stop."""
        self.clients.close(CloseReason(RESTARTS, "the server restarts: connect again"))

    def client(self, advice_filter: AdviceFilter, identity: Identity, *, acknowledges: bool) -> Client:
        """Return a new client, not yet connected."""
        redelivery = Redelivery(self.sets.holds, self.intervals.repeat_ms)
        return Client(
            advice_filter, identity, redelivery, acknowledges=acknowledges, waiting_max=self.clients.waiting_max
        )

    def follow(self, client: Client) -> tuple[list[StreamItem], StreamOffsets]:
        """Send a client everything from now on; returns the current state and the offsets it includes."""
        newest = list(self.sets.newest(client.filter))
        self.clients.follow(client)
        return newest, self.offsets.copy()

    def follow_from(self, client: Client, offsets: StreamOffsets) -> bool:
        """Send a client everything from `offsets` on; False if memory doesn't go back so far."""
        items = self.recent.after(offsets, client.filter)
        if items is None or len(items) > self.clients.waiting_max // 2:
            return False
        self.clients.follow(client, items)
        return True

    async def reaches(self, offsets: StreamOffsets, within_s: float) -> bool:
        """Wait until the hub has read up to `offsets`: a client may come from a replica that was slightly ahead."""
        deadline_s = asyncio.get_running_loop().time() + within_s
        while not self.offsets.reaches(offsets.by_topic):
            if asyncio.get_running_loop().time() >= deadline_s:
                return False
            await asyncio.sleep(0.05)
        return True

    def alert(self, alert_id: str, identity: Identity) -> Advice | None:
        """Return a recent alert that a bearer may see, or None."""
        advice = self._alerts.get(alert_id)
        if advice is None or advice.gym_id != identity.gym_id or not identity.may_see(advice.athlete_id):
            return None
        return advice

    def process(self, record: Record) -> None:
        """Process one record of the log."""
        self.offsets.advance_past(record.topic, record.partition, record.offset)
        try:
            message = read(record, self.sets.station_of)
        except Unreadable as error:
            logger.warning("%s %s/%s is unreadable: %s", record.topic, record.partition, record.offset, error)
            return
        if message is None:
            return
        if isinstance(message, Advice | Estimate):
            if message.id in self._seen_ids:
                return
            self._seen_ids.put(message.id, None)
            if isinstance(message, Advice):
                message = self.sets.add_advice(message, record.timestamp_ms)
                self._alerts.put(message.alert_id, message)
            else:
                self.sets.add_estimate(message)
            self.recent.put(message)
            self.clients.publish(message)
        elif isinstance(message.data, AdviceAcknowledged):
            if message.data.state != "delivered":
                self.clients.acknowledge(record.key, message.source, message.data.alert_id)
        elif (advice := self.sets.add_event(message)) is not None:
            item = withdrawal(advice, message, record)
            self.recent.put(item)
            self.clients.publish(item)

    async def _read(self) -> None:
        reader = await self._open()
        try:
            self.offsets = StreamOffsets.of(reader.position())
            self.recent.begin(self.offsets)
            while True:
                try:
                    if not self._caught_up.is_set() and await reader.lag() == 0:
                        self._answered()
                        self._caught_up.set()
                    records = await reader.fetch(FETCH_S)
                    self._answered()
                    await self._process_all(records)
                except LogUnavailable as error:
                    self._answered_s = None
                    logger.warning("can't read advice: %s", error)
                    await asyncio.sleep(self.intervals.retry_s)
        finally:
            await reader.close()

    async def _open(self) -> Reader:
        while True:
            try:
                return await self.log.reader((ESTIMATES, ADVICE, ACKS), Start(since=self.clock() - HISTORY))
            except LogUnavailable as error:
                logger.warning("can't read advice yet: %s", error)
                await asyncio.sleep(self.intervals.retry_s)

    async def _process_all(self, records: Iterable[Record]) -> None:
        for count, record in enumerate(records, 1):
            self.process(record)
            if count % YIELD_EVERY == 0:
                await asyncio.sleep(0)
                self._answered()

    def _answered(self) -> None:
        self._answered_s = asyncio.get_running_loop().time()

    def _following(self) -> bool:
        """Return whether the log answered recently."""
        return (
            self._answered_s is not None
            and asyncio.get_running_loop().time() - self._answered_s < self.intervals.stalled_s
            and self.not_alive() is None
        )

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        next_s = loop.time()
        while True:
            next_s = max(next_s + self.intervals.heartbeat_s, loop.time())
            await asyncio.sleep(next_s - loop.time())
            if not len(self.clients) or not self._following():
                continue
            body = await heartbeat(self.log, self.clock)
            if body is not None:
                self.clients.send_heartbeat(body, self.offsets.copy())

    async def _check(self) -> None:
        while True:
            await asyncio.sleep(self.intervals.check_s)
            self.clients.check(self._guard)


async def heartbeat(log: Log, clock: Callable[[], datetime]) -> bytes | None:
    """Return the current heartbeat; None if the age is unknown, because clients must notice by the silence."""
    try:
        async with asyncio.timeout(ANSWER_S_MAX):
            oldest_ms = await log.oldest_unfinished_ms()
    except (LogUnavailable, TimeoutError) as error:
        logger.warning("no heartbeat: the age of the oldest unfinished event is unknown: %s", error or "no answer")
        return None
    except Exception:  # advice must go out in any case; clients notice the silence
        logger.exception("no heartbeat: reading the age of the oldest unfinished event failed")
        return None
    now = clock()
    return heartbeat_frame(now, 0 if oldest_ms is None else max(0, epoch_ms(now) - oldest_ms))
