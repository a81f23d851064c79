"""Two bare forwarders between three topics: `python -m lab.bench.peers.pipe`.

Each record is forwarded on arrival, confirmed by the broker: the time of Kafka and its client for three hops.
"""

from __future__ import annotations

import asyncio

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from spotter.domain.topics import ADVICE, ESTIMATES, LIFTS
from spotter.settings import Settings


async def forward(settings: Settings, source: str, target: str) -> None:
    """Forward records until killed."""
    consumer = AIOKafkaConsumer(
        settings.topic_prefix + source,
        bootstrap_servers=settings.kafka,
        group_id=f"{settings.topic_prefix}pipe-{target}",
        auto_offset_reset="earliest",
        auto_commit_interval_ms=1_000,
    )
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka, acks="all", enable_idempotence=True)
    await producer.start()
    await consumer.start()
    print(f"forwarding to {target}", flush=True)
    while True:
        for records in (await consumer.getmany(timeout_ms=1_000)).values():
            for record in records:
                await producer.send(settings.topic_prefix + target, record.value, record.key, record.partition)


async def both(settings: Settings) -> None:
    """Forward from lifts to estimates, and on to advice."""
    await asyncio.gather(forward(settings, LIFTS, ESTIMATES), forward(settings, ESTIMATES, ADVICE))


if __name__ == "__main__":
    uvloop.run(both(Settings()))
