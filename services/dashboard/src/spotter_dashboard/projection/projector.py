"""Reads the outputs of detector and advisor, updates the floor at once, and writes the tables in batches.

The position to read on from is written in the transaction that writes the rows, so each record is applied exactly
once; and applying one again would change nothing.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import FIRST_COMPLETED
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Final, Self

from sqlalchemy import Engine, select
from sqlalchemy.exc import InterfaceError, OperationalError

from spotter.domain import topics
from spotter.domain.events import Event, Unreadable
from spotter.domain.time import utc_now
from spotter.streaming.log import Log, LogUnavailable, Position, Reader, Record, Start
from spotter_dashboard.live.floor import KEPT, Floor
from spotter_dashboard.store.database import Row, put
from spotter_dashboard.store.rows import Changes, read
from spotter_dashboard.store.sets import live_facts_and_events
from spotter_dashboard.store.tables import POSITIONS

log = logging.getLogger(__name__)

TOPICS: Final = (topics.ESTIMATES, topics.ADVICE, topics.LIFTS_DEAD, topics.ESTIMATES_DEAD)
WRITE_EVERY_S: Final = 0.25
BATCH_RECORDS: Final = 2_000
WAITING_RECORDS_MAX: Final = 20_000
"""With this many records not written yet, reading waits."""
CAUGHT_UP_RECORDS: Final = 500
"""With fewer records left to read after a start, the dashboard counts as live."""
ALERTS_FIRST_S: Final = 0.005
"""How long the floor waits for what was read: in one process with the gateway an alert goes out before it is fed."""
FETCH_S: Final = 1.0
STUCK_MS: Final = 5_000
"""A record that is read this long after it was written shows that the reader is behind."""
RETRY_S: Final = 1.0

Item = tuple[Record, Event | None]


class OtherLog(Exception):
    """The tables were built from another log."""


class Projector:
    """Follows the log into a floor and a database while it is entered.

    `changed` is called with the gyms whose floor has changed.
    """

    def __init__(
        self,
        source: Log,
        engine: Engine,
        floor: Floor,
        changed: Callable[[set[str]], None],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._source = source
        self._engine = engine
        self._floor = floor
        self._changed = changed
        self._clock = clock
        self._waiting: list[Item] = []
        self._more = asyncio.Event()
        self._progress = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []
        self._live = False
        self._reading: str | None = "the projector has not started"
        self._writing: str | None = None
        self._behind_ms: int | None = None
        self._read_s = 0.0

    async def __aenter__(self) -> Self:
        self._tasks = [
            asyncio.create_task(self._follow(), name="projector reads"),
            asyncio.create_task(self._write(), name="projector writes"),
        ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        reads, writes = self._tasks
        reads.cancel()
        await asyncio.gather(reads, return_exceptions=True)
        if not writes.done():
            await asyncio.wait([writes, asyncio.create_task(self._drained())], timeout=5, return_when=FIRST_COMPLETED)
        writes.cancel()
        await asyncio.gather(writes, return_exceptions=True)

    def check(self) -> None:
        """Raise what ended the projector, if anything did."""
        for task in self._tasks:
            if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                raise error

    def ready(self) -> str | None:
        """Return why tables and floor can't be relied on; None where they can."""
        if self._ended():
            return "the projector has failed; why is in the log"
        return self._reading or self._writing

    def _ended(self) -> bool:
        return any(task.done() for task in self._tasks)

    def starting(self) -> str | None:
        """Return why no request can be served yet; None once the history has been read."""
        return None if self._live else self.ready()

    def behind_ms(self) -> int | None:
        """Return how far the floor is behind; 0 where it is up to date, None where that is unknown."""
        if not self._live or self._reading is not None or self._ended():
            return None
        waits_ms = round((asyncio.get_running_loop().time() - self._read_s - FETCH_S) * 1000)
        return max(self._behind_ms or 0, waits_ms if waits_ms > STUCK_MS else 0)

    async def _follow(self) -> None:
        reader = await self._open()
        try:
            await self._catch_up(reader)
            while True:
                await self._fetch(reader)
        finally:
            await reader.close()

    async def _open(self) -> Reader:
        position = await asyncio.to_thread(self._position)
        start = Start(position=position) if position else Start(beginning=True)
        while True:
            try:
                reader = await self._source.reader(TOPICS, start)
            except LogUnavailable as error:
                await self._unavailable(error)
            else:
                _check_same_log(self._engine, position, reader.position())
                return reader

    def _position(self) -> Position:
        """Return the position to read on from; partitions without one are read from their first record."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(POSITIONS)).all()
        if not rows:
            return {}
        position = {name: dict.fromkeys(range(topics.TOPICS[name].partitions), 0) for name in TOPICS}
        for topic, partition, offset in rows:
            position.setdefault(topic, {})[partition] = offset
        return position

    async def _catch_up(self, reader: Reader) -> None:
        """Read what was written before, into the tables only; then build the floor from these."""
        while True:
            try:
                left = await reader.lag()
            except LogUnavailable as error:
                await self._unavailable(error)
                continue
            if left <= CAUGHT_UP_RECORDS:
                break
            self._reading = f"the history is being read: {left} records are left"
            await self._fetch(reader)
        await self._drained()
        since = self._clock() - KEPT
        facts, events = await asyncio.to_thread(live_facts_and_events, self._engine, since)
        for fact in facts:
            athlete = self._floor.athlete(fact.gym_id, fact.athlete_id)
            athlete.learn(fact.fact, fact.value, (fact.rank, fact.event_id))
        for event in events:
            self._floor.restore(event)
        self._read_s = asyncio.get_running_loop().time()
        self._reading = None
        self._live = True
        self._changed({event.data.gym_id or "" for event in events})

    async def _unavailable(self, error: LogUnavailable) -> None:
        log.warning("can't read %s: %s", ", ".join(TOPICS), error)
        self._reading = f"the log does not answer: {error}"
        await asyncio.sleep(RETRY_S)

    async def _fetch(self, reader: Reader) -> None:
        try:
            records = await reader.fetch(FETCH_S)
        except LogUnavailable as error:
            await self._unavailable(error)
            return
        if self._live:
            self._reading = None
        self._behind_ms = None
        if records and self._live:
            await asyncio.sleep(ALERTS_FIRST_S)
        if records:
            late_ms = round(self._clock().timestamp() * 1000) - records[-1].timestamp_ms
            self._behind_ms = late_ms if late_ms > STUCK_MS else None
        for first in range(0, len(records), BATCH_RECORDS):
            self._take(records[first : first + BATCH_RECORDS])
            async with self._progress:
                await self._progress.wait_for(lambda: len(self._waiting) < WAITING_RECORDS_MAX)
        self._read_s = asyncio.get_running_loop().time()

    def _take(self, records: Sequence[Record]) -> None:
        gyms: set[str] = set()
        for record in records:
            event = _event_of(record)
            self._waiting.append((record, event))
            if self._live and event is not None and self._floor.apply(event):
                gyms.add(event.data.gym_id or "")
        self._more.set()
        if gyms:
            self._changed(gyms)

    async def _write(self) -> None:
        while True:
            await self._more.wait()
            if len(self._waiting) < BATCH_RECORDS:
                await asyncio.sleep(WRITE_EVERY_S)
            batch = self._waiting[:BATCH_RECORDS]
            await self._commit(batch)
            del self._waiting[: len(batch)]
            if not self._waiting:
                self._more.clear()
            async with self._progress:
                self._progress.notify_all()

    async def _commit(self, batch: Sequence[Item]) -> None:
        while True:
            try:
                await asyncio.to_thread(apply, self._engine, batch)
            except (OperationalError, InterfaceError) as error:
                log.error("can't write the tables: %s", error.orig)
                self._writing = "the database does not take what is new; why is in the log"
                await asyncio.sleep(RETRY_S)
            else:
                self._writing = None
                return

    async def _drained(self) -> None:
        async with self._progress:
            await self._progress.wait_for(lambda: not self._waiting)


def apply(engine: Engine, batch: Iterable[Item]) -> None:
    """Write the rows of records, and the position to read on from, in one transaction."""
    changes = Changes()
    position: dict[tuple[str, int], int] = {}
    for record, event in batch:
        changes.add(record, event)
        position[record.topic, record.partition] = record.offset + 1
    with engine.begin() as connection:
        for table, rows in changes.rows.items():
            put(connection, table, list(rows.values()))
        positions: list[Row] = [
            {"topic": topic, "partition": partition, "next_offset": offset}
            for (topic, partition), offset in position.items()
        ]
        put(connection, POSITIONS, positions)


def _check_same_log(engine: Engine, wanted: Position, actual: Position) -> None:
    for topic, partitions in actual.items():
        for partition, offset in partitions.items():
            read_to = wanted.get(topic, {}).get(partition, 0)
            if read_to > offset:
                where = engine.url.render_as_string(hide_password=True)
                raise OtherLog(
                    f"the tables in {where} hold {topic}/{partition} up to {read_to}, and the log ends at {offset}: they "
                    "were made from another log. Move them away; they are made anew from the log that there is."
                )


def _event_of(record: Record) -> Event | None:
    try:
        return read(record)
    except Unreadable as error:
        log.warning("%s %s/%s is unreadable: %s", record.topic, record.partition, record.offset, error)
        return None
