"""Asking brokers, but not for ever: where topics begin and end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from spotter.domain.topics import PARTITIONS, TOPICS
from spotter.streaming.log import LogUnavailable

T = TypeVar("T")
ANSWER_S = 5.0
"""How long a question that is not on anybody's critical path may take (design choice)."""
FETCH_WAIT_MS = 500


async def answered(asked: Awaitable[T], what: str, within_s: float = ANSWER_S) -> T:
    """Return the broker's answer; raises LogUnavailable, saying what was asked, where there is none in time."""
    try:
        return await asyncio.wait_for(asked, within_s)
    except TimeoutError:
        raise LogUnavailable(f"{what}: no broker answered within {within_s:g} s") from None
    except (KafkaError, OSError) as error:
        raise LogUnavailable(f"{what}: {type(error).__name__}: {error}") from error


def topic_partitions(prefix: str, topic: str) -> list[TopicPartition]:
    """Return the partitions of a topic by its entry in the catalogue."""
    described = TOPICS.get(topic)
    return [
        TopicPartition(prefix + topic, number) for number in range(described.partitions if described else PARTITIONS)
    ]


async def plain_consumer(bootstrap: str, **more: Any) -> AIOKafkaConsumer:
    """Start a consumer that belongs to no group and commits nothing."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=FETCH_WAIT_MS,
        **more,
    )
    try:
        await consumer.start()
    except BaseException:
        await consumer.stop()
        raise
    return consumer


class Offsets:
    """Asks on a connection of its own: on one that fetches, a question waits until the fetch is answered."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._consumer: AIOKafkaConsumer | None = None

    async def begin(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        """Return the first offset of each partition; raises LogUnavailable."""
        consumer = await self._started()
        return await self._ask(consumer, consumer.beginning_offsets(partitions), partitions)

    async def end(
        self, partitions: Collection[TopicPartition], within_s: float = ANSWER_S
    ) -> dict[TopicPartition, int]:
        """Return the offset after the last of each partition; raises LogUnavailable."""
        consumer = await self._started()
        return await self._ask(consumer, consumer.end_offsets(partitions), partitions, within_s)

    async def since(self, partitions: Collection[TopicPartition], moment_ms: int) -> dict[TopicPartition, int | None]:
        """Return the first offset of each partition written at `moment_ms` or later; None: there is none."""
        consumer = await self._started()
        first = await answered(
            consumer.offsets_for_times(dict.fromkeys(partitions, moment_ms)), "can't tell what came since then"
        )
        return {partition: None if (at := first.get(partition)) is None else at.offset for partition in partitions}

    async def close(self) -> None:
        """Disconnect."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()

    async def _started(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            self._consumer = await answered(plain_consumer(self._bootstrap), f"can't reach {self._bootstrap}")
        return self._consumer

    async def _ask(
        self,
        consumer: AIOKafkaConsumer,
        asked: Awaitable[dict[TopicPartition, int]],
        partitions: Collection[TopicPartition],
        within_s: float = ANSWER_S,
    ) -> dict[TopicPartition, int]:
        try:
            return await answered(asked, "can't tell where topics begin or end", within_s)
        except LogUnavailable as error:
            missing = sorted({tp.topic for tp in partitions if not consumer.partitions_for_topic(tp.topic)})
            if missing and isinstance(error.__cause__, KafkaError | None):
                raise LogUnavailable(
                    f"{error}; unknown: {', '.join(missing)} (`spotter topics apply` makes missing topics)"
                ) from error
            raise
