"""The log on Apache Kafka as services see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from spotter.streaming.kafka.progress import UnfinishedWork
from spotter.streaming.kafka.reader import KafkaReader
from spotter.streaming.kafka.writer import KafkaWriter
from spotter.streaming.log import NewRecord, Start


class KafkaLog:
    """An append-only log of topics on Apache Kafka; `start` before the first append, `stop` in the end.

    Readers and `oldest_unfinished_ms` work without `start`. `bootstrap` has addresses of brokers (`host:port`, comma
    between two); `prefix` goes before the name of every topic and group, so that installations can share a cluster.
    `gather_s`: how long a reader lets records gather, which may come twice so late: a request names every partition
    that is read, and costs both sides about as much for one record as for a hundred. 0: they come at once.
    """

    def __init__(self, bootstrap: str, prefix: str = "", *, gather_s: float = 0.0) -> None:
        self.bootstrap = bootstrap
        self.prefix = prefix
        self._gather_s = gather_s
        self._writer = KafkaWriter(bootstrap, prefix)
        self._progress = UnfinishedWork(bootstrap, prefix)

    async def start(self) -> None:
        """Connect; waits up to 30 s for a broker, then raises LogUnavailable."""
        await self._writer.start()

    async def stop(self) -> None:
        """Disconnect; what `append` still waits for has 2 s left."""
        await self._progress.close()
        await self._writer.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stop()

    async def append(self, records: Sequence[NewRecord]) -> list[bool]:
        """Write records durably, in order; False for one that this process knows to be there.

        Raises LogUnavailable when the brokers confirm nothing for 1 s. What was sent by then may still be written;
        records that carry `dedupe` are not written twice when they are appended again.
        """
        return await self._writer.append(records)

    async def reader(self, topics: Sequence[str], start: Start) -> KafkaReader:
        """Open a reader over all partitions of topics; raises LogUnavailable."""
        return await KafkaReader.open(self.bootstrap, self.prefix, topics, start, gather_s=self._gather_s)

    async def oldest_unfinished_ms(self) -> int | None:
        """Return what `Log` promises; raises LogUnavailable when that is unknown."""
        return await self._progress.oldest_unfinished_ms()
