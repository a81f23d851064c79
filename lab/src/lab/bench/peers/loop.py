"""The detector's step in a bare aiokafka loop: `python -m lab.bench.peers.loop`.

Consumes, steps and produces in the worker's batches and commits what is confirmed; no recovery, changelog or timers. The
difference to the worker is their cost.
"""

from __future__ import annotations

import asyncio

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from spotter.domain.gym_config import Configuration
from spotter.domain.topics import LIFTS
from spotter.settings import Settings
from spotter.streaming.micro_batch import BATCH_MAX
from spotter.streaming.state_versions import Input, Stepper
from spotter_detector.processor import FailureDetector


async def work(settings: Settings) -> None:
    """Process the topic until killed."""
    stepper = Stepper(FailureDetector(), Configuration())
    consumer = AIOKafkaConsumer(
        settings.topic_prefix + LIFTS,
        bootstrap_servers=settings.kafka,
        group_id=f"{settings.topic_prefix}loop",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka, acks="all", enable_idempotence=True, max_batch_size=256 * 1024
    )
    await producer.start()
    await consumer.start()
    while True:
        taken = await consumer.getmany(timeout_ms=1_000, max_records=BATCH_MAX)
        records = [record for some in taken.values() for record in some]
        batch = stepper.run(
            [
                Input(record.partition, record.offset, (record.key or b"").decode(), record.value or b"")
                for record in records
            ]
        )
        sent = [
            await producer.send(settings.topic_prefix + out.topic, out.value, out.key.encode(), out.partition)
            for out in batch.outputs
        ]
        if sent:
            await asyncio.gather(*sent)
        for key, name in batch.changed:
            stepper.table.prune(key, name, 1 << 62)
        if records:
            await consumer.commit()


if __name__ == "__main__":
    uvloop.run(work(Settings()))
