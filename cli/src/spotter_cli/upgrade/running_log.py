"""The log that the running version writes, as the shadow reads it: it changes nothing there."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Final, Protocol

from spotter.domain.topics import LIFTS, TOPICS
from spotter.streaming.kafka import KafkaLog
from spotter.streaming.kafka.groups import committed
from spotter.streaming.kafka.offsets import Offsets, topic_partitions
from spotter.streaming.log import LogUnavailable, Record, Start
from spotter_detector.processor import FailureDetector
from spotter_standalone.errors import CliError

AT_ONCE: Final = 2_000
FETCH_S: Final = 1.0


class RunningLog(Protocol):
    """Topics by partition and offset, and how far the running detector has come."""

    async def cut(self) -> dict[int, int]:
        """Return the next input of the running detector, by partition: what is before it, it has published."""

    async def ends(self, topic: str) -> dict[int, int]:
        """Return where each partition of a topic ends."""

    def read(self, topic: str, first: Mapping[int, int], until: Mapping[int, int]) -> AsyncIterator[list[Record]]:
        """Yield the records from the first offsets (0 where none is named) to those before `until`."""


class StandaloneLog:
    """The database of a data folder, also while a host writes it."""

    def __init__(self, database: Path) -> None:
        if not database.exists():
            raise CliError(f"There is no database {database}: choose the data folder with --data.")
        try:
            self._db = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
        except sqlite3.Error as error:
            raise CliError(f"The database {database} can't be read ({error}).") from None

    def close(self) -> None:
        """Close it."""
        self._db.close()

    async def cut(self) -> dict[int, int]:
        """Return the detector's cursor."""
        row = self._db.execute("SELECT offset FROM cursors WHERE processor = ?", (FailureDetector.name,)).fetchone()
        return {0: 0 if row is None else int(row[0])}

    async def ends(self, topic: str) -> dict[int, int]:
        """Return where a topic ends."""
        return {0: self._db.execute(f'SELECT ifnull(max(offset) + 1, 0) FROM "log {topic}"').fetchone()[0]}

    async def read(self, topic: str, first: Mapping[int, int], until: Mapping[int, int]) -> AsyncIterator[list[Record]]:
        """Yield records."""
        offset, end = first.get(0, 0), until.get(0, 0)
        while offset < end:
            rows = self._db.execute(
                f'SELECT offset, key, value, at_ms FROM "log {topic}" WHERE offset >= ? AND offset < ? '
                "ORDER BY offset LIMIT ?",
                (offset, end, AT_ONCE),
            ).fetchall()
            if not rows:
                return
            offset = rows[-1][0] + 1
            yield [Record(topic, 0, number, key, value, at_ms) for number, key, value, at_ms in rows]


class KafkaRunningLog:
    """The topics of a cluster, read without a group."""

    def __init__(self, bootstrap: str, prefix: str) -> None:
        self.bootstrap = bootstrap
        self.prefix = prefix
        self._log = KafkaLog(bootstrap, prefix)

    async def cut(self) -> dict[int, int]:
        """Return what the detectors' group has committed."""
        return await committed(self.bootstrap, self.prefix, FailureDetector.name, LIFTS)

    async def ends(self, topic: str) -> dict[int, int]:
        """Return where the partitions end."""
        asking = Offsets(self.bootstrap)
        try:
            ends = await asking.end(topic_partitions(self.prefix, topic))
        finally:
            await asking.close()
        return {tp.partition: end for tp, end in ends.items()}

    async def read(self, topic: str, first: Mapping[int, int], until: Mapping[int, int]) -> AsyncIterator[list[Record]]:
        """Yield records; raises LogUnavailable."""
        partitions = range(TOPICS[topic].partitions)
        wanted = {number for number in partitions if first.get(number, 0) < until.get(number, 0)}
        if not wanted:
            return
        # What nobody wants is read from its end, so that nothing of it comes.
        start = {
            number: first.get(number, 0) if number in wanted else until.get(number, 1 << 62) for number in partitions
        }
        reader = await self._log.reader([topic], Start(position={topic: start}))
        try:
            while wanted:
                records = await reader.fetch(FETCH_S)
                yield [record for record in records if record.offset < until.get(record.partition, 0)]
                position = reader.position()[topic]
                wanted = {number for number in wanted if position[number] < until[number]}
                if not records and wanted and not await reader.lag():
                    raise LogUnavailable(f"{topic} ends before what was to be read of it")
        finally:
            await reader.close()
