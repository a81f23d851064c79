"""Reads what is said to lifters, once for all clients, and hands it on.

The hub reads without a group, so that every replica hears everything, and from ten minutes back, so that it knows the
open sets before it lets anybody in.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Final, Self

from spotter.domain.events import Unreadable
from spotter.domain.events.people import AdviceAcknowledged
from spotter.domain.topics import ACKS, ADVICE, ESTIMATES
from spotter.http import Guard
from spotter.http.tokens import Identity
from spotter.settings import Limits
from spotter.streaming.log import Log, LogUnavailable, Reader, Record, Start
from spotter_gateway.clients import RESTARTS, Client, Clients, Ending
from spotter_gateway.cursor import Place
from spotter_gateway.filters import Wanted
from spotter_gateway.frames import Advice, Estimate, Item, read
from spotter_gateway.heartbeat import heartbeat
from spotter_gateway.intervals import Pace
from spotter_gateway.lru import Remembered
from spotter_gateway.recent import RECENT_MAX, Recent
from spotter_gateway.redelivery import Repeats
from spotter_gateway.sets import Sets

BACK: Final = timedelta(minutes=10)
KNOWN_MAX: Final = 100_000
ALERTS_MAX: Final = 50_000
FETCH_S: Final = 1.0
TURN: Final = 16
"""Records read, or frames sent, in a row, after which everybody else gets a turn: who sends keeps up with who reads."""
RESUMING_MAX: Final = 4
"""Clients that may read old records from the log at once."""

logger = logging.getLogger(__name__)


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


class Hub:
    """One reader, many clients. Enter it to start reading; it lets clients in once it has read up."""

    def __init__(
        self,
        log: Log,
        guard: Guard,
        *,
        limits: Limits | None = None,
        clock: Callable[[], datetime] = utc_now,
        pace: Pace | None = None,
        waiting_max: int | None = None,
        recent_max: int = RECENT_MAX,
    ) -> None:
        self.log = log
        self.clock = clock
        self.pace = pace or Pace()
        self.limits = limits or Limits()
        self.sets = Sets()
        self.recent = Recent(recent_max)
        self.clients = Clients(self.limits) if waiting_max is None else Clients(self.limits, waiting_max)
        self.place = Place()
        """How far it has read."""
        self.resuming = asyncio.Semaphore(RESUMING_MAX)
        self._guard = guard
        self._alerts = Remembered[str, Advice](ALERTS_MAX)
        self._known = Remembered[str, None](KNOWN_MAX)
        self._read_up = asyncio.Event()
        self._answered_s: float | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        for name, work in (("read", self._read()), ("beat", self._beat()), ("check", self._check())):
            self._tasks.append(asyncio.create_task(work, name=f"gateway {name}"))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.dismiss()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def wait_ready(self) -> None:
        """Wait until it has read up; raises what ended it, if anything did."""
        reading = asyncio.create_task(self._read_up.wait())
        await asyncio.wait({reading, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
        reading.cancel()
        self.check()

    def check(self) -> None:
        """Raise what ended it, if anything did."""
        for task in self._tasks:
            if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                raise error

    def not_ready(self) -> str | None:
        """Say why nobody may be let in; None where all is well."""
        if not self._read_up.is_set():
            return "The gateway is reading the last ten minutes of advice."
        if self._answered_s is None:
            return "The log doesn't answer."
        return None

    def not_alive(self) -> str | None:
        """Say what ended it, if anything did."""
        broken = [task for task in self._tasks if task.done()]
        return f"{broken[0].get_name()} has ended." if broken else None

    def dismiss(self) -> None:
        """Close all connections: the server is about to stop."""
        self.clients.end(Ending(RESTARTS, "the server restarts: connect again"))

    def client(self, wanted: Wanted, identity: Identity, *, acknowledges: bool) -> Client:
        """Make a client, not yet inside."""
        repeats = Repeats(self.sets.is_open, self.pace.repeat_ms)
        return Client(wanted, identity, repeats, acknowledges=acknowledges, waiting_max=self.clients.waiting_max)

    def follow(self, client: Client) -> tuple[list[Item], Place]:
        """Tell a client of everything from now on; gives how things stand, and up to where that is."""
        newest = list(self.sets.newest(client.wanted))
        self.clients.follow(client)
        return newest, self.place.copy()

    def follow_from(self, client: Client, place: Place) -> bool:
        """Tell a client of everything from `place` on; False where memory doesn't go back so far."""
        items = self.recent.after(place, client.wanted)
        if items is None or len(items) > self.clients.waiting_max // 2:
            return False
        self.clients.follow(client, items)
        return True

    async def reaches(self, place: Place, within_s: float) -> bool:
        """Wait until the hub has read up to `place`: a client may come from a replica that was a little faster."""
        deadline_s = asyncio.get_running_loop().time() + within_s
        while not self.place.reaches(place.offsets):
            if asyncio.get_running_loop().time() >= deadline_s:
                return False
            await asyncio.sleep(0.05)
        return True

    def alert(self, alert_id: str, identity: Identity) -> Advice | None:
        """Find a recent alert that a bearer may know of."""
        advice = self._alerts.get(alert_id)
        if advice is None or advice.gym_id != identity.gym_id or not identity.may_see(advice.athlete_id):
            return None
        return advice

    def take(self, record: Record) -> None:
        """Take one record of the log."""
        self.place.pass_by(record.topic, record.partition, record.offset)
        try:
            said = read(record, self.sets.station_of)
        except Unreadable as error:
            logger.warning("%s %s/%s is unreadable: %s", record.topic, record.partition, record.offset, error)
            return
        if said is None:
            return
        if isinstance(said, Advice | Estimate):
            if said.id in self._known:
                return
            self._known.put(said.id, None)
            if isinstance(said, Advice):
                said = self.sets.advised(said, record.timestamp_ms)
                self._alerts.put(said.alert_id, said)
            else:
                self.sets.estimated(said)
            self.recent.put(said)
            self.clients.offer(said)
        elif isinstance(said.data, AdviceAcknowledged):
            if said.data.state != "delivered":
                self.clients.acknowledged(record.key, said.source, said.data.alert_id)
        else:
            self.sets.heard(said)

    async def _read(self) -> None:
        reader = await self._open()
        try:
            self.place = Place.of(reader.position())
            self.recent.begin(self.place)
            while True:
                try:
                    if not self._read_up.is_set() and await reader.lag() == 0:
                        self._answered()
                        self._read_up.set()
                    records = await reader.fetch(FETCH_S)
                    self._answered()
                    await self._take_all(records)
                except LogUnavailable as error:
                    self._answered_s = None
                    logger.warning("can't read advice: %s", error)
                    await asyncio.sleep(self.pace.retry_s)
        finally:
            await reader.close()

    async def _open(self) -> Reader:
        while True:
            try:
                return await self.log.reader((ESTIMATES, ADVICE, ACKS), Start(since=self.clock() - BACK))
            except LogUnavailable as error:
                logger.warning("can't read advice yet: %s", error)
                await asyncio.sleep(self.pace.retry_s)

    async def _take_all(self, records: Iterable[Record]) -> None:
        for count, record in enumerate(records, 1):
            self.take(record)
            if count % TURN == 0:
                await asyncio.sleep(0)
                self._answered()

    def _answered(self) -> None:
        self._answered_s = asyncio.get_running_loop().time()

    def _following(self) -> bool:
        """Tell whether the log answered a moment ago."""
        return (
            self._answered_s is not None
            and asyncio.get_running_loop().time() - self._answered_s < self.pace.stalled_s
            and self.not_alive() is None
        )

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        next_s = loop.time()
        while True:
            next_s = max(next_s + self.pace.heartbeat_s, loop.time())
            await asyncio.sleep(next_s - loop.time())
            if not len(self.clients) or not self._following():
                continue
            body = await heartbeat(self.log, self.clock)
            if body is not None:
                self.clients.beat(body, self.place.copy())

    async def _check(self) -> None:
        while True:
            await asyncio.sleep(self.pace.check_s)
            self.clients.check(self._guard)
