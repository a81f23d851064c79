"""Apache Kafka for the bench: one broker for the run, new topics for each measurement."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from lab.bench.machine import kafka_version
from lab.bench.workload import Prepared
from spotter.domain.topics import LIFTS, TOPICS
from spotter.streaming.kafka import apply_topics
from spotter_cli.cluster.kafka_install import kafka_libs
from spotter_cli.cluster.local_kafka import LocalKafka

_NUMBERS: Final = itertools.count(1)
_PREFIX: Final = f"bench-{os.getpid()}-{int(time.time())}"


@dataclass(frozen=True, slots=True)
class Broker:
    """A running broker."""

    bootstrap: str
    version: str

    def topics(self) -> str:
        """Create all topics of the catalogue; return their new prefix."""
        prefix = f"{_PREFIX}-{next(_NUMBERS)}-"
        asyncio.run(apply_topics(self.bootstrap, prefix))
        return prefix

    def fill(self, prefix: str, events: Sequence[Prepared]) -> None:
        """Write events to the detector's input."""
        asyncio.run(_fill(self.bootstrap, prefix + LIFTS, events))


@contextmanager
def broker(folder: Path) -> Iterator[Broker]:
    """Run a broker, or use the one at KAFKA_BOOTSTRAP; raises KafkaUnavailable."""
    if bootstrap := os.environ.get("KAFKA_BOOTSTRAP"):
        yield Broker(bootstrap, f"at {bootstrap}")
        return
    with LocalKafka(folder / "kafka") as local:
        yield Broker(local.bootstrap, kafka_version(kafka_libs()))


async def _fill(bootstrap: str, topic: str, events: Sequence[Prepared]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5, max_batch_size=256 * 1024)
    await producer.start()
    try:
        for event in events:
            await producer.send(topic, event.value, event.key.encode())
        await producer.flush()
    finally:
        await producer.stop()


def settings_of(bootstrap: str, prefix: str, port: int, instance: str) -> Mapping[str, str]:
    """Return the environment of a service's process."""
    return {
        "SPOTTER_KAFKA": bootstrap,
        "SPOTTER_TOPIC_PREFIX": prefix,
        "SPOTTER_PORT": str(port),
        "SPOTTER_INSTANCE": instance,
        "SPOTTER_LOG_LEVEL": "WARNING",
    }


async def grows(
    bootstrap: str, topic: str, until: int, within_s: float, look: Callable[[], None], every_s: float = 0.05
) -> list[tuple[float, int]]:
    """Follow a topic's growth until it has `until` records: (monotonic seconds, records), without reading any.

    `look` is called each time, and raises if waiting is useless. Raises TimeoutError.
    """
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in range(TOPICS[LIFTS].partitions)]
        seen: list[tuple[float, int]] = []
        until_s = time.monotonic() + within_s
        while not seen or seen[-1][1] < until:
            if time.monotonic() > until_s:
                raise TimeoutError(
                    f"{topic} has {seen[-1][1] if seen else 0} of {until} records after {within_s:.0f} s"
                )
            look()
            ends = await consumer.end_offsets(partitions)
            seen.append((time.monotonic(), sum(ends.values())))
            await asyncio.sleep(every_s)
        return seen
    finally:
        await consumer.stop()


def sustained(seen: Sequence[tuple[float, int]], per_input: float) -> float:
    """Return inputs per second between the first and the last tenth of a growth, without its start and end.

    >>> sustained([(0.0, 0), (1.0, 0), (2.0, 100), (3.0, 200), (4.0, 300), (5.0, 400)], per_input=2.0)
    50.0
    """
    last = seen[-1][1]
    (begin_s, begin), *_ = [(at_s, count) for at_s, count in seen if count >= 0.1 * last]
    (end_s, end), *_ = [(at_s, count) for at_s, count in seen if count >= 0.9 * last]
    return (end - begin) / (end_s - begin_s) / per_input if end_s > begin_s else float("nan")
