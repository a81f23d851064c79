"""All golden groups: how each is made, and on which hosts."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from spotter_cli.cluster.local_kafka import LocalKafka
from tests.golden.hosts import SEEDS, timed_on_memory, timed_on_sqlite, untimed_on_kafka, untimed_on_memory
from tests.golden.outcome import Outcome
from tests.golden.readers import READER_SEEDS, readings
from tests.golden.requests import REQUESTS, responses
from tests.golden.trainings import TRAINING_SEEDS, trainings_in_memory

Results = Iterable[tuple[str, Outcome]]


def requests_in_memory(_: Iterable[str]) -> Results:
    """Send all requests: what one is answered depends on those before."""
    return asyncio.run(_all(responses()))


def readers_in_memory(seeds: Iterable[str]) -> Results:
    """Read workouts as gateway and dashboard do; the order in which they were played does not matter."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_all(readings(Path(folder), map(int, seeds))))


def untimed_on_local_kafka(seeds: Iterable[str]) -> Results:
    """Play untimed workouts on the cluster at KAFKA_BOOTSTRAP, or on a broker of our own."""
    with tempfile.TemporaryDirectory() as name, _kafka(Path(name)) as bootstrap:
        return list(untimed_on_kafka(map(int, seeds), bootstrap, Path(name)))


def _seeded(play: Callable[[Iterable[int]], Iterator[tuple[str, Outcome]]]) -> Callable[[Iterable[str]], Results]:
    return lambda names: play(map(int, names))


async def _all(results: AsyncIterator[tuple[str, Outcome]]) -> list[tuple[str, Outcome]]:
    return [each async for each in results]


@contextmanager
def _kafka(folder: Path) -> Iterator[str]:
    if bootstrap := os.environ.get("KAFKA_BOOTSTRAP"):
        yield bootstrap
        return
    with LocalKafka(folder / "broker") as broker:
        yield broker.bootstrap


NAMES: Final[dict[str, Sequence[str]]] = {
    "timed": [str(seed) for seed in SEEDS],
    "untimed": [str(seed) for seed in SEEDS],
    "trainings": [str(seed) for seed in TRAINING_SEEDS],
    "requests": [request.name for request in REQUESTS],
    "readers": [str(seed) for seed in READER_SEEDS],
}
"""What the golden outcomes of each group are called: seeds of workouts, names of requests."""

PLAYS: Final[dict[tuple[str, str], Callable[[Iterable[str]], Results]]] = {
    ("timed", "memory"): _seeded(timed_on_memory),
    ("timed", "sqlite"): _seeded(timed_on_sqlite),
    ("untimed", "memory"): _seeded(untimed_on_memory),
    ("untimed", "kafka"): untimed_on_local_kafka,
    ("trainings", "memory"): _seeded(trainings_in_memory),
    ("requests", "memory"): requests_in_memory,
    ("readers", "memory"): readers_in_memory,
}
"""How a group's outcomes are made on a host; the first host of a group is the one that is recorded."""
