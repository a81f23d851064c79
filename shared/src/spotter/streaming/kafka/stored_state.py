"""The changelog of a processor that no worker runs: whose entries it has, and writing it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

from aiokafka import AIOKafkaProducer

from spotter.domain.topics import CHANGELOG_BYTES_MAX, changelog
from spotter.streaming.changelog import Entry, Holders
from spotter.streaming.kafka.offsets import Offsets, answered, topic_partitions
from spotter.streaming.kafka.reader import read_between

SENT_AT_ONCE: Final = 1_000
CONFIRM_S: Final = 30.0

WriteEntries = Callable[[Sequence[Entry]], Awaitable[None]]


async def read_holders(bootstrap: str, prefix: str, processor: str) -> dict[int, Holders]:
    """Return whose entries each partition of a changelog has; raises LogUnavailable."""
    partitions = topic_partitions(prefix, changelog(processor).name)
    asking = Offsets(bootstrap)
    try:
        begins, ends = await asking.begin(partitions), await asking.end(partitions)
    finally:
        await asking.close()
    holders = {tp.partition: Holders() for tp in partitions}
    async for records in read_between(bootstrap, {tp: (begins[tp], ends[tp]) for tp in partitions}):
        for record in records:
            if record.key is not None:
                holders[record.partition].read(record.key, record.value)
    return holders


@asynccontextmanager
async def writing(bootstrap: str, prefix: str, processor: str) -> AsyncIterator[WriteEntries]:
    """Return what writes entries and waits until the brokers have them; raises LogUnavailable."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, acks="all", max_request_size=CHANGELOG_BYTES_MAX
    )
    topic = prefix + changelog(processor).name

    async def write(entries: Sequence[Entry]) -> None:
        for first in range(0, len(entries), SENT_AT_ONCE):
            sent = [
                await producer.send(topic, entry.value, entry.key, entry.partition)
                for entry in entries[first : first + SENT_AT_ONCE]
            ]
            await answered(asyncio.gather(*sent), f"the changelog of {processor} is not confirmed", CONFIRM_S)

    try:
        await answered(producer.start(), f"no broker answers at {bootstrap}")
        yield write
    finally:
        await producer.stop()
