"""Two hundred generated workouts give what they gave when the golden file was written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.golden.hosts import SEEDS, timed_on_memory, timed_on_sqlite, untimed_on_kafka, untimed_on_memory
from tests.golden.outcome import Outcome
from tests.golden.record import differences, read_golden
from tests.support import KafkaCluster

Play = Callable[[Iterable[int]], Iterator[tuple[int, Outcome]]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("play", "host", "results"),
    [
        ("timed", "memory", timed_on_memory),
        ("timed", "sqlite", timed_on_sqlite),
        ("untimed", "memory", untimed_on_memory),
    ],
)
def test_workouts_give_what_they_gave(play: str, host: str, results: Play) -> None:
    """Every record and every entry of state is as it was, apart from the last digits of numbers."""
    assert [] == [str(difference) for difference in differences(read_golden(), play, host, results(SEEDS))]


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_workouts_give_on_kafka_what_they_give_in_memory(kafka: KafkaCluster, tmp_path: Path) -> None:
    """Workers on real Apache Kafka agree with the same golden outcomes."""
    results = untimed_on_kafka(SEEDS, kafka.bootstrap, tmp_path)

    assert [] == [str(difference) for difference in differences(read_golden(), "untimed", "kafka", results)]
