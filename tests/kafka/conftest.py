"""A log of its own for each test: the topics of the catalogue under a fresh prefix on the shared cluster."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest

from spotter.domain.topics import ACKS
from spotter.streaming.kafka import KafkaLog, apply_topics
from spotter.streaming.log import NewRecord
from tests.kafka.workers import until_appended
from tests.support import KafkaCluster


@pytest.fixture
async def log(kafka: KafkaCluster) -> AsyncIterator[KafkaLog]:
    """Return a log with all topics, empty."""
    prefix = f"t{uuid.uuid4().hex[:8]}-"
    await apply_topics(kafka.bootstrap, prefix)
    async with KafkaLog(kafka.bootstrap, prefix) as log:
        await until_appended(log, [NewRecord(ACKS, "g1/warmup", b"{}")])  # the topics have their leaders now
        yield log
