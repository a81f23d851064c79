"""The log in one SQLite file: a durable, group-committed append and readers that wake at once."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from spotter.streaming.log import LogUnavailable, NewRecord, Position, Record, Start
from spotter.streaming.sqlite.storage import CHECKPOINT_EVERY_S, SqliteFile, Write

log = logging.getLogger(__name__)
T = TypeVar("T")

KEPT_IN_MEMORY = 20_000
"""Newest records of each topic that readers find without asking the file."""
READ_AT_ONCE = 2_000
APPEND_TIMEOUT_S = 5.0
"""A batch of ten thousand events on a slow disk may take a second; a disk that takes five is not answering."""

ANSWER_TURNS = 2
"""Turns of the event loop that readers are woken later than those who wrote: a sender has its answer before the work on
its event begins."""


class _Recent:
    """The newest records of a topic."""

    def __init__(self, end: int) -> None:
        self.records: list[Record] = []
        self.first = end

    def add(self, record: Record) -> None:
        self.records.append(record)
        if len(self.records) > 2 * KEPT_IN_MEMORY:
            del self.records[:KEPT_IN_MEMORY]
            self.first = self.records[0].offset


class SqliteLog:
    """An append-only log of topics in one file; `open` it, and `close` it in the end."""

    def __init__(self, file: SqliteFile) -> None:
        self.file = file
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="sqlite-write")
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="sqlite-read")
        self._pending: list[tuple[Write, asyncio.Future[list[Record | None]]]] = []
        self._wanted = asyncio.Event()
        self._waiting: dict[str, set[asyncio.Future[None]]] = {topic: set() for topic in file.next_offset}
        self.ends = dict(file.next_offset)
        """By topic, the offset that its next record gets; what is before it is written."""
        self._recent = {topic: _Recent(end) for topic, end in file.next_offset.items()}
        self._checkpointing = ThreadPoolExecutor(1, thread_name_prefix="sqlite-checkpoint")
        self._committer = asyncio.create_task(self._commit_for_ever(), name="sqlite-commit")
        self._checkpointer = asyncio.create_task(self._checkpoint_for_ever(), name="sqlite-checkpoint")
        self.unfinished: Callable[[], int | None] | None = None
        """Tells what `oldest_unfinished_ms` answers; set by the host that processes this log."""

    @classmethod
    async def open(cls, path: Path) -> SqliteLog:
        """Open the file, made where there is none; raises LogInUse where another process holds it."""
        file = await asyncio.to_thread(SqliteFile, path)
        await asyncio.to_thread(file.forget_before, time.time_ns() // 1_000_000)
        return cls(file)

    async def close(self) -> None:
        """Write what waits and close the file."""
        waiting = [future for _, future in self._pending]
        if waiting:
            await asyncio.wait(waiting)
        self._committer.cancel()
        self._checkpointer.cancel()
        await asyncio.gather(self._committer, self._checkpointer, return_exceptions=True)
        self._checkpointing.shutdown(wait=True)
        self._writing.shutdown(wait=True)
        self._reading.shutdown(wait=True)
        self.file.close()

    async def append(self, records: Sequence[NewRecord]) -> list[bool]:
        """Write records durably, in order; False for one that was there already."""
        done = await self.write(Write(records=records))
        return [record is not None for record in done]

    async def write(self, write: Write) -> list[Record | None]:
        """Commit a write together with others that wait; raises LogUnavailable, and then nothing of it is known."""
        done: asyncio.Future[list[Record | None]] = asyncio.get_running_loop().create_future()
        self._pending.append((write, done))
        self._wanted.set()
        try:
            async with asyncio.timeout(APPEND_TIMEOUT_S):
                return await done
        except TimeoutError:
            raise LogUnavailable(f"the database did not answer within {APPEND_TIMEOUT_S:.0f} s") from None

    async def _commit_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            taken, self._pending = self._pending, []
            if not taken:
                continue
            try:
                done = await loop.run_in_executor(self._writing, self.file.commit, [write for write, _ in taken])
            except sqlite3.Error as error:
                log.error("can't write the database: %s", error)
                for _, future in taken:
                    if not future.done():
                        future.set_exception(LogUnavailable(f"the database refused to write: {error}"))
                continue
            written: set[str] = set()
            for (_, future), records in zip(taken, done, strict=True):
                for record in records:
                    if record is not None:
                        self._recent[record.topic].add(record)
                        self.ends[record.topic] = record.offset + 1
                        written.add(record.topic)
                if not future.done():
                    future.set_result(records)
            if any(not write.cursors for write, _ in taken):  # a host that writes waits for no answer
                for _ in range(ANSWER_TURNS):
                    await asyncio.sleep(0)
            for topic in written:
                for waiter in self._waiting[topic]:
                    _wake(waiter)

    async def _checkpoint_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        last: dict[str, int] = {}
        while True:
            await asyncio.sleep(CHECKPOINT_EVERY_S)
            if self.file.next_offset == last:
                continue
            last = self.file.next_offset
            try:
                await loop.run_in_executor(self._checkpointing, self.file.checkpoint)
            except sqlite3.Error as error:
                log.warning("what was written ahead stays where it is: %s", error)

    async def reading(self, ask: Callable[..., T], *args: object) -> T:
        """Run a query of the file in the thread that reads."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._reading, ask, *args)
        except sqlite3.Error as error:
            raise LogUnavailable(f"the database can't be read: {error}") from None

    def recent(self, topic: str, offset: int) -> Record | None:
        """Return the record at an offset; for one that only the file has, the oldest one in memory."""
        recent = self._recent[topic]
        index = max(0, offset - recent.first)
        return recent.records[index] if index < len(recent.records) else None

    async def read(self, topic: str, first: int, limit: int = READ_AT_ONCE) -> list[Record]:
        """Return records from an offset on, from memory where they are recent."""
        recent = self._recent[topic]
        if first >= recent.first:
            index = first - recent.first
            return recent.records[index : index + limit]
        return await self.reading(self.file.read, topic, first, limit)

    async def reader(self, topics: Sequence[str], start: Start) -> SqliteReader:
        """Open a reader."""
        first: dict[str, int] = {}
        for topic in topics:
            if start.beginning:
                first[topic] = 0
            elif start.since is not None:
                since_ms = int(start.since.timestamp() * 1000)
                first[topic] = await self.reading(self.file.first_since, topic, since_ms)
            else:
                first[topic] = min(start.position.get(topic, {}).get(0, self.ends[topic]), self.ends[topic])
        return SqliteReader(self, first)

    async def oldest_unfinished_ms(self) -> int | None:
        """Return when the oldest event came that is not processed yet."""
        if self.unfinished is None:
            raise LogUnavailable("no host processes this log")
        return self.unfinished()

    async def wait(self, topics: Iterable[str], wait_s: float) -> None:
        """Wait until something is written to one of these topics, at most `wait_s`."""
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = loop.create_future()
        over = loop.call_later(wait_s, _wake, woken)
        waiting = [self._waiting[topic] for topic in topics]
        for waiters in waiting:
            waiters.add(woken)
        try:
            await woken
        finally:
            over.cancel()
            for waiters in waiting:
                waiters.discard(woken)


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class SqliteReader:
    """Reads topics of a `SqliteLog`."""

    def __init__(self, source: SqliteLog, first: dict[str, int]) -> None:
        self._source = source
        self._next = first

    async def fetch(self, wait_s: float) -> list[Record]:
        """Return what has come, waiting at most `wait_s`."""
        records = await self._take()
        if not records:
            await self._source.wait(self._next, wait_s)
            records = await self._take()
        return records

    async def _take(self) -> list[Record]:
        new: list[Record] = []
        for topic, first in self._next.items():
            if first < self._source.ends[topic]:
                records = await self._source.read(topic, first)
                if records:
                    self._next[topic] = records[-1].offset + 1
                    new += records
                else:
                    self._next[topic] = self._source.ends[topic]
        return new

    async def lag(self) -> int:
        """Count what `fetch` has not returned yet."""
        return sum(self._source.ends[topic] - first for topic, first in self._next.items())

    def position(self) -> Position:
        """Return where the next `fetch` goes on."""
        return {topic: {0: first} for topic, first in self._next.items()}

    async def close(self) -> None:
        """Do nothing: nothing is open."""
