"""Reading Apache Kafka without a group: every reader sees every record, from where it likes."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from spotter.bus.kafka.answering import answered
from spotter.bus.port import LogUnavailable, Position, Record, Start
from spotter.topics import PARTITIONS, TOPICS

SILENT_S = 3.0
"""A broker answers a fetch at least every half second, with records or without; silent for this long it is away."""
FETCH_WAIT_MS = 500
AT_ONCE = 5_000
"""Records of one fetch."""


def topic_partitions(prefix: str, topic: str) -> list[TopicPartition]:
    """Name the partitions of a topic by its entry in the catalogue."""
    known = TOPICS.get(topic)
    return [TopicPartition(prefix + topic, number) for number in range(known.partitions if known else PARTITIONS)]


def plain_consumer(bootstrap: str, **more: Any) -> AIOKafkaConsumer:
    """Make a consumer that belongs to no group and commits nothing."""
    return AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=FETCH_WAIT_MS,
        **more,
    )


class KafkaReader:
    """Reads all partitions of some topics, each in its order."""

    def __init__(self, consumer: AIOKafkaConsumer, prefix: str, next_offsets: Mapping[TopicPartition, int]) -> None:
        self._consumer = consumer
        self._prefix = prefix
        self._next = dict(next_offsets)
        self._opened_s = time.time()

    @classmethod
    async def open(cls, bootstrap: str, prefix: str, topics: Sequence[str], start: Start) -> KafkaReader:
        """Connect and go to the start; raises LogUnavailable, also where a topic does not exist."""
        consumer = plain_consumer(bootstrap)
        partitions = [partition for topic in topics for partition in topic_partitions(prefix, topic)]
        try:
            await answered(consumer.start(), f"can't read from {bootstrap}")
            consumer.assign(partitions)
            offsets = await _offsets(consumer, prefix, partitions, start)
        except BaseException:
            await consumer.stop()
            raise
        for partition, offset in offsets.items():
            consumer.seek(partition, offset)
        return cls(consumer, prefix, offsets)

    async def fetch(self, wait_s: float) -> list[Record]:
        """Give what has come, waiting at most `wait_s` for a first record; raises LogUnavailable."""
        try:
            batches = await self._consumer.getmany(timeout_ms=int(wait_s * 1000), max_records=AT_ONCE)
        except KafkaError as error:
            raise LogUnavailable(f"reading failed: {type(error).__name__}: {error}") from error
        if not batches:
            self._check_that_it_answers()
        records: list[Record] = []
        for partition, batch in batches.items():
            topic = partition.topic.removeprefix(self._prefix)
            for one in batch:
                key = (one.key or b"").decode("utf-8", "replace")
                records.append(Record(topic, one.partition, one.offset, key, one.value or b"", one.timestamp))
            self._next[partition] = batch[-1].offset + 1
        return records

    def _check_that_it_answers(self) -> None:
        polled = (self._consumer.last_poll_timestamp(partition) for partition in self._next)
        last_s = max((ms / 1000 for ms in polled if ms is not None), default=self._opened_s)
        silent_s = time.time() - max(last_s, self._opened_s)
        if silent_s > SILENT_S:
            raise LogUnavailable(f"no broker has answered for {silent_s:.0f} s")

    async def lag(self) -> int:
        """Say how many records are written that `fetch` has not given yet; raises LogUnavailable."""
        ends = await answered(self._consumer.end_offsets(list(self._next)), "can't tell where the topics end")
        behind = 0
        for partition, end in ends.items():
            # The consumer's own position also passes over what retention or compaction took away.
            position = await answered(self._consumer.position(partition), "can't tell how far the reader is")
            behind += max(0, end - position)
        return behind

    def position(self) -> Position:
        """Say where the next `fetch` goes on."""
        position: dict[str, dict[int, int]] = {}
        for partition, offset in self._next.items():
            position.setdefault(partition.topic.removeprefix(self._prefix), {})[partition.partition] = offset
        return position

    async def close(self) -> None:
        """Let go of the log."""
        await self._consumer.stop()


async def _offsets(
    consumer: AIOKafkaConsumer, prefix: str, partitions: Sequence[TopicPartition], start: Start
) -> dict[TopicPartition, int]:
    """Turn a start into offsets, held inside of what is there: a position may be older than what is kept."""
    try:
        first: dict[TopicPartition, int] = await answered(
            consumer.beginning_offsets(partitions), "can't tell where the topics begin"
        )
        end: dict[TopicPartition, int] = await answered(
            consumer.end_offsets(partitions), "can't tell where the topics end"
        )
    except LogUnavailable as error:
        missing = sorted({p.topic for p in partitions if not consumer.partitions_for_topic(p.topic)})
        if missing and isinstance(error.__cause__, KafkaError | None):
            raise LogUnavailable(
                f"{error}; unknown: {', '.join(missing)} (`spotter topics apply` makes them)"
            ) from error
        raise
    if start.beginning:
        return first
    if start.end:
        return end
    if start.since is not None:
        since_ms = int(start.since.timestamp() * 1000)
        found = await answered(
            consumer.offsets_for_times(dict.fromkeys(partitions, since_ms)), f"can't tell what came since {start.since}"
        )
        return {p: end[p] if (there := found.get(p)) is None else there.offset for p in partitions}
    offsets = {}
    for partition in partitions:
        wanted = start.position.get(partition.topic.removeprefix(prefix), {}).get(partition.partition, end[partition])
        offsets[partition] = min(max(wanted, first[partition]), end[partition])
    return offsets
