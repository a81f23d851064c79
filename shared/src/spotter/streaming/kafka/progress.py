"""What the workers have not finished yet, from the offsets that they committed."""

from __future__ import annotations

import asyncio
import time

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from spotter.domain.topics import ESTIMATES, LIFTS
from spotter.streaming.kafka.offsets import answered, plain_consumer, topic_partitions

WORKERS = {"failure-detector": LIFTS, "advisor": ESTIMATES}
"""Which group finishes which topic."""

COMMIT_INTERVAL_S = 1.0
"""How often workers commit what they acknowledged."""
COMMITTED_BY_MS = int(COMMIT_INTERVAL_S * 1000) + 500
"""A younger record says nothing: it may be finished, and only its commit be missing."""
ANSWER_S = 2.0
RETRY_S = 0.1
ASKED_AGAIN_S = 0.5
"""How long an answer is reused."""
PEEK_BYTES = 64 * 1024


class UnfinishedWork:
    """Tells the time of the oldest record that a worker has not finished.

    One answer costs two reads of committed offsets and two look-ups of offsets, which the brokers have in memory.
    Only where a record is really late its time is read from the log, once for each committed offset. A group that
    never committed has finished nothing: it will begin with the oldest record.
    """

    def __init__(self, bootstrap: str, prefix: str) -> None:
        self._bootstrap = bootstrap
        self._prefix = prefix
        self._admin: AIOKafkaAdminClient | None = None
        self._consumer: AIOKafkaConsumer | None = None
        self._coordinators: dict[str, int] = {}
        self._times_ms: dict[TopicPartition, tuple[int, int]] = {}
        self._asking = asyncio.Lock()
        self._answer: tuple[float, int | None] | None = None

    async def oldest_unfinished_ms(self) -> int | None:
        """Return when the oldest unfinished record came (epoch ms); None: there is none. Raises LogUnavailable."""
        async with self._asking:
            if self._answer is not None and time.monotonic() - self._answer[0] < ASKED_AGAIN_S:
                return self._answer[1]
            self._answer = None
            oldest = await answered(self._ask(), "can't tell what the workers have finished", ANSWER_S)
            self._answer = time.monotonic(), oldest
            return oldest

    async def close(self) -> None:
        """Disconnect."""
        admin, consumer = self._admin, self._consumer
        self._admin = self._consumer = None
        if admin is not None:
            await admin.close()
        if consumer is not None:
            await consumer.stop()

    async def _ask(self) -> int | None:
        while True:
            try:
                return await self._asked()
            except KafkaError as error:
                self._coordinators.clear()  # groups move when brokers go
                if not error.retriable:
                    raise
                await asyncio.sleep(RETRY_S)

    async def _asked(self) -> int | None:
        admin, consumer = await self._connected()
        committed: dict[TopicPartition, int] = {}
        for group, topic in WORKERS.items():
            committed |= await self._committed(admin, self._prefix + group, topic_partitions(self._prefix, topic))
        partitions = list(committed)
        late_ms = int(time.time() * 1000) - COMMITTED_BY_MS
        ends = await consumer.end_offsets(partitions)
        young = await consumer.offsets_for_times(dict.fromkeys(partitions, late_ms))
        never = [partition for partition, offset in committed.items() if offset < 0 and ends[partition] > 0]
        if never:
            committed |= await consumer.beginning_offsets(never)
        late = {}
        for partition, offset in committed.items():
            first_young = young.get(partition)
            if 0 <= offset < (ends[partition] if first_young is None else first_young.offset):
                late[partition] = offset
        return min((await self._times(consumer, late)).values(), default=None)

    async def _connected(self) -> tuple[AIOKafkaAdminClient, AIOKafkaConsumer]:
        if self._admin is None:
            admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
            try:
                await admin.start()
            except BaseException:
                await admin.close()
                raise
            self._admin = admin
        if self._consumer is None:
            self._consumer = await plain_consumer(self._bootstrap, max_partition_fetch_bytes=PEEK_BYTES)
        return self._admin, self._consumer

    async def _committed(
        self, admin: AIOKafkaAdminClient, group: str, partitions: list[TopicPartition]
    ) -> dict[TopicPartition, int]:
        if group not in self._coordinators:
            self._coordinators[group] = await admin.find_coordinator(group)
        committed = await admin.list_consumer_group_offsets(group, self._coordinators[group], partitions)
        # A group that has never been is answered with nothing at all.
        return {tp: committed[tp].offset if tp in committed else -1 for tp in partitions}

    async def _times(self, consumer: AIOKafkaConsumer, late: dict[TopicPartition, int]) -> dict[TopicPartition, int]:
        """Read when records came, by their partitions and offsets; what was read before is remembered."""
        unread = {p: offset for p, offset in late.items() if self._times_ms.get(p, (-1, 0))[0] != offset}
        if unread:
            consumer.assign(list(unread))
            for partition, offset in unread.items():
                consumer.seek(partition, offset)
            for partition, offset in unread.items():
                record = await consumer.getone(partition)
                self._times_ms[partition] = offset, record.timestamp
            consumer.unsubscribe()
        return {partition: self._times_ms[partition][1] for partition in late}
