"""The log in memory: for tests, and as the model of what a log promises."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime

from spotter.domain.time import utc_now
from spotter.streaming.log import LogUnavailable, NewRecord, Position, Record, Start


class MemoryLog:
    """A log that lasts as long as the process; with `available` False it doesn't answer."""

    def __init__(self, partitions: int = 1, clock: Callable[[], datetime] = utc_now) -> None:
        self.available = True
        self._partitions = partitions
        self._clock = clock
        self._topics: dict[str, list[list[Record]]] = {}
        self._known: set[bytes] = set()
        self._written = asyncio.Event()
        self.oldest_unfinished: int | None = None
        """What `oldest_unfinished_ms` returns; set by tests that play the workers."""

    def partition_of(self, key: str) -> int:
        """Return the partition of a key."""
        return zlib.crc32(key.encode()) % self._partitions

    def partition(self, topic: str, partition: int) -> list[Record]:
        """Return all records of a partition; the list grows with the log."""
        return self._topics.setdefault(topic, [[] for _ in range(self._partitions)])[partition]

    def records(self, topic: str) -> list[Record]:
        """Return all records of a topic, partition after partition."""
        return [record for number in range(self._partitions) for record in self.partition(topic, number)]

    def write(self, record: NewRecord, partition: int | None = None) -> bool:
        """Write one record at once; False when it was there already."""
        if record.dedupe is not None:
            if record.dedupe in self._known:
                return False
            self._known.add(record.dedupe)
        number = self.partition_of(record.key) if partition is None else partition
        records = self.partition(record.topic, number)
        stamp = int(self._clock().timestamp() * 1000)
        records.append(Record(record.topic, number, len(records), record.key, record.value, stamp, record.event))
        self._written.set()
        return True

    async def append(self, records: Sequence[NewRecord]) -> list[bool]:
        """Write records, in order."""
        self._check()
        return [self.write(record) for record in records]

    async def reader(self, topics: Sequence[str], start: Start) -> MemoryReader:
        """Open a reader."""
        self._check()
        return MemoryReader(self, topics, start)

    async def oldest_unfinished_ms(self) -> int | None:
        """Return what `oldest_unfinished` was set to."""
        self._check()
        return self.oldest_unfinished

    def _check(self) -> None:
        if not self.available:
            raise LogUnavailable("the log was switched off")


class MemoryReader:
    """Reads a `MemoryLog`."""

    def __init__(self, log: MemoryLog, topics: Sequence[str], start: Start) -> None:
        self._log = log
        self._next = {
            (topic, number): self._first(topic, number, start) for topic in topics for number in range(log._partitions)
        }

    def _first(self, topic: str, number: int, start: Start) -> int:
        records = self._log.partition(topic, number)
        if start.beginning:
            return 0
        if start.since is not None:
            since_ms = start.since.timestamp() * 1000
            return next((record.offset for record in records if record.timestamp_ms >= since_ms), len(records))
        return start.position.get(topic, {}).get(number, len(records))

    async def fetch(self, wait_s: float) -> list[Record]:
        """Return what has come."""
        self._log._check()
        records = self._take()
        if not records:
            self._log._written.clear()
            try:
                async with asyncio.timeout(wait_s):
                    await self._log._written.wait()
            except TimeoutError:
                return []
            self._log._check()
            records = self._take()
        return records

    def _take(self) -> list[Record]:
        records: list[Record] = []
        for partition, first in self._next.items():
            new = self._log.partition(*partition)[first:]
            self._next[partition] = first + len(new)
            records += new
        return records

    async def lag(self) -> int:
        """Count what `fetch` has not returned yet."""
        self._log._check()
        return sum(len(self._log.partition(*partition)) - first for partition, first in self._next.items())

    def position(self) -> Position:
        """Return where the next `fetch` goes on."""
        position: dict[str, dict[int, int]] = {}
        for (topic, number), first in self._next.items():
            position.setdefault(topic, {})[number] = first
        return position

    async def close(self) -> None:
        """Do nothing: nothing is open."""
