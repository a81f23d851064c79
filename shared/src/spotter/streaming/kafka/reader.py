"""Reading Apache Kafka without a group: every reader sees every record, from where it likes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

from spotter.streaming.kafka.offsets import Offsets, answered, plain_consumer, topic_partitions
from spotter.streaming.log import LogUnavailable, Position, Record, Start

SILENT_S = 3.0
"""A broker answers a fetch at least every half second, with records or without; silent for this long it is away."""
AT_ONCE = 5_000
"""Records of one fetch."""
FULL = 100
"""With so many there is no use in waiting for more."""


class KafkaReader:
    """Reads all partitions of some topics, each in its order."""

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        asking: Offsets,
        prefix: str,
        starts: Mapping[TopicPartition, int],
        gather_s: float = 0.0,
    ) -> None:
        self._consumer = consumer
        self._asking = asking
        self._prefix = prefix
        self._next = dict(starts)
        self._opened_s = time.time()
        self._gather_s = gather_s
        self._gave_s = 0.0

    @classmethod
    async def open(
        cls, bootstrap: str, prefix: str, topics: Sequence[str], start: Start, *, gather_s: float = 0.0
    ) -> KafkaReader:
        """Connect and go to the start; raises LogUnavailable, also where a topic does not exist.

        `gather_s` as of `KafkaLog`.
        """
        asking = Offsets(bootstrap)
        partitions = [partition for topic in topics for partition in topic_partitions(prefix, topic)]
        try:
            starts = await _starts(asking, prefix, partitions, start)
            consumer = await _reading(bootstrap, starts)
        except BaseException:
            await asking.close()
            raise
        return cls(consumer, asking, prefix, starts, gather_s)

    async def fetch(self, wait_s: float) -> list[Record]:
        """Return what has come, waiting at most `wait_s` for a first record; raises LogUnavailable."""
        if (early_s := self._gave_s + self._gather_s - time.monotonic()) > 0:
            await asyncio.sleep(early_s)  # until then aiokafka keeps one answer, and asks for no other
        try:
            batches = await self._consumer.getmany(timeout_ms=int(wait_s * 1000), max_records=AT_ONCE)
        except KafkaError as error:
            raise LogUnavailable(f"reading failed: {type(error).__name__}: {error}") from error
        if not batches:
            self._check_that_it_answers()
        records: list[Record] = []
        for partition, batch in batches.items():
            topic = partition.topic.removeprefix(self._prefix)
            for raw in batch:
                key = (raw.key or b"").decode("utf-8", "replace")
                records.append(Record(topic, raw.partition, raw.offset, key, raw.value or b"", raw.timestamp))
            self._next[partition] = batch[-1].offset + 1
        self._gave_s = time.monotonic() if 0 < len(records) < FULL else 0.0
        return records

    def _check_that_it_answers(self) -> None:
        polled = (self._consumer.last_poll_timestamp(partition) for partition in self._next)
        last_s = max((ms / 1000 for ms in polled if ms is not None), default=self._opened_s)
        silent_s = time.time() - max(last_s, self._opened_s)
        if silent_s > SILENT_S:
            raise LogUnavailable(f"no broker has answered for {silent_s:.0f} s")

    async def lag(self) -> int:
        """Return how many records are written that `fetch` has not returned yet; raises LogUnavailable."""
        ends = await self._asking.end(list(self._next))
        behind = 0
        for partition, end in ends.items():
            # The consumer's own position also passes over what retention or compaction took away.
            position = await answered(self._consumer.position(partition), "can't tell how far the reader is")
            behind += max(0, end - position)
        return behind

    def position(self) -> Position:
        """Return where the next `fetch` goes on."""
        position: dict[str, dict[int, int]] = {}
        for partition, offset in self._next.items():
            position.setdefault(partition.topic.removeprefix(self._prefix), {})[partition.partition] = offset
        return position

    async def close(self) -> None:
        """Close the reader."""
        await self._asking.close()
        await self._consumer.stop()


async def read_between(
    bootstrap: str, ranges: Mapping[TopicPartition, tuple[int, int]]
) -> AsyncIterator[list[ConsumerRecord[bytes, bytes]]]:
    """Read partitions from the first offset on, up to the one before the second; raises LogUnavailable, KafkaError."""
    ends = {partition: end for partition, (first, end) in ranges.items() if first < end}
    if not ends:
        return
    consumer = await _reading(bootstrap, {partition: ranges[partition][0] for partition in ends})
    try:
        while ends:
            for partition, batch in (await consumer.getmany(timeout_ms=1_000, max_records=AT_ONCE)).items():
                yield [record for record in batch if record.offset < ranges[partition][1]]
                if await consumer.position(partition) >= ranges[partition][1]:
                    consumer.pause(partition)
                    ends.pop(partition, None)
    finally:
        await consumer.stop()


async def _reading(bootstrap: str, starts: Mapping[TopicPartition, int], **more: Any) -> AIOKafkaConsumer:
    consumer = await answered(plain_consumer(bootstrap, **more), f"can't read from {bootstrap}")
    consumer.assign(list(starts))
    for partition, offset in starts.items():
        consumer.seek(partition, offset)
    return consumer


async def _starts(
    asking: Offsets, prefix: str, partitions: Sequence[TopicPartition], start: Start
) -> dict[TopicPartition, int]:
    """Turn a start into offsets, held inside of what is there: a position may be older than what is kept."""
    first = await asking.begin(partitions)
    if start.beginning:
        return first
    end = await asking.end(partitions)
    if start.end:
        return end
    if start.since is not None:
        since = await asking.since(partitions, int(start.since.timestamp() * 1000))
        return {tp: end[tp] if (offset := since[tp]) is None else offset for tp in partitions}
    offsets = {}
    for tp in partitions:
        wanted = start.position.get(tp.topic.removeprefix(prefix), {}).get(tp.partition, end[tp])
        offsets[tp] = min(max(wanted, first[tp]), end[tp])
    return offsets
