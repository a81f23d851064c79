"""Two hundred generated workouts give what they gave when the golden file was written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

from tests.golden.hosts import SEEDS, timed_on_memory, timed_on_sqlite, untimed_on_kafka
from tests.golden.outcome import Outcome
from tests.golden.record import differences
from tests.support import KafkaCluster

SQLITE_SEEDS: Final = SEEDS[::4]
"""A host with a file waits more than it computes: `python -m tests.golden --check` plays all workouts on it."""


def different(group: str, host: str, results: Iterable[tuple[str, Outcome]]) -> list[str]:
    """Say where results differ from the golden file, apart from the last digits of numbers."""
    return [str(difference) for difference in differences(group, host, results)]


@pytest.mark.slow
def test_workouts_give_in_memory_what_they_gave() -> None:
    """Every record and every entry of state is as it was."""
    assert [] == different("timed", "memory", timed_on_memory(SEEDS))


@pytest.mark.slow
def test_workouts_give_on_sqlite_what_they_give_in_memory() -> None:
    """A quarter of the workouts, with the same golden outcomes."""
    assert [] == different("timed", "sqlite", timed_on_sqlite(SQLITE_SEEDS))


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_workouts_give_on_kafka_what_they_give_in_memory(kafka: KafkaCluster, tmp_path: Path) -> None:
    """Workers on real Apache Kafka, with all records at once and no timer due."""
    assert [] == different("untimed", "kafka", untimed_on_kafka(SEEDS, kafka.bootstrap, tmp_path))
