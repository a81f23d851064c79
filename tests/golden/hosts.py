"""The golden workouts, played on each host."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from spotter.domain.ids import athlete_key
from spotter.streaming.log import NewRecord
from tests.contract.faust_harness import READ, FaustHarness
from tests.contract.harness import Harness
from tests.contract.memory_harness import MemoryHarness
from tests.contract.sqlite_harness import SqliteHarness
from tests.contract.workouts import Workout, play, workout
from tests.golden.outcome import PROCESSORS, Outcome, outcome

SEEDS: Final = range(200)
FAR_AHEAD: Final = datetime(2100, 1, 6, 18, tzinfo=UTC)
"""When untimed workouts happen: no timer is ever due, whatever a worker's clock shows."""
WORKOUTS_PER_WRITE: Final = 20


def timed(host: Harness, seed: int) -> Workout:
    """Return a seed's workout in which time passes, so that timers fire."""
    return workout(host, seed, f"golden-{seed}", size=20 + seed % 26)


def untimed(host: Harness, seed: int) -> Workout:
    """Return a seed's workout for hosts whose timers follow the wall clock: all records at once, no timer due."""
    return workout(host, seed, f"golden-{seed}", size=20 + seed % 26, base=FAR_AHEAD).without_pauses()


def keys_of(played: Workout) -> tuple[str, str]:
    """Return the keys of the workout's lifter and of the one to whom sets are moved."""
    return athlete_key("g1", played.athlete_id), athlete_key("g1", played.other_id)


def timed_on_memory(seeds: Iterable[int]) -> Iterator[tuple[str, Outcome]]:
    """Play each timed workout on a memory host of its own."""
    for seed in seeds:
        host = MemoryHarness()
        yield str(seed), _play(host, timed(host, seed))


def timed_on_sqlite(seeds: Iterable[int]) -> Iterator[tuple[str, Outcome]]:
    """Play each timed workout on a SQLite host with a file of its own."""
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder, closing(SqliteHarness(Path(folder) / "spotter.db")) as host:
            yield str(seed), _play(host, timed(host, seed))


def untimed_on_memory(seeds: Iterable[int]) -> Iterator[tuple[str, Outcome]]:
    """Play each untimed workout on a memory host of its own."""
    for seed in seeds:
        host = MemoryHarness()
        yield str(seed), _play(host, untimed(host, seed))


def untimed_on_kafka(seeds: Iterable[int], bootstrap: str, folder: Path) -> Iterator[tuple[str, Outcome]]:
    """Play all untimed workouts together on one pair of workers, under a topic prefix of their own."""
    with closing(FaustHarness(bootstrap, folder)) as host:
        workouts = {seed: untimed(host, seed) for seed in seeds}
        everyone = list(workouts.values())
        for first in range(0, len(everyone), WORKOUTS_PER_WRITE):
            host.write([record for each in everyone[first : first + WORKOUTS_PER_WRITE] for record in _once_each(each)])
        contents = Contents(host)
    for seed, played in workouts.items():
        yield str(seed), outcome(contents, keys_of(played))


def _play(host: Harness, played: Workout) -> Outcome:
    play(host, played)
    return outcome(host, keys_of(played))


def _once_each(played: Workout) -> list[NewRecord]:
    """Mark each record, so that a busy broker that is sent it again still takes it once."""
    records = [step for step in played.steps if isinstance(step, NewRecord)]
    return [replace(record, dedupe=f"{played.athlete_id}/{number}".encode()) for number, record in enumerate(records)]


class Contents:
    """All that Kafka holds once everything is processed, read in one go."""

    def __init__(self, host: FaustHarness) -> None:
        host.settle()
        host.drain()
        self._values: dict[tuple[str, str], list[bytes]] = {}
        for topic in READ:
            for key, value in host.read_values[topic]:
                self._values.setdefault((topic, key), []).append(value)
        self._states = {name: host.states(name) for name in PROCESSORS}

    def values(self, topic: str, key: str) -> list[bytes]:
        """Return all values of a key in a topic, in order."""
        return self._values.get((topic, key), [])

    def state(self, processor: str, key: str) -> dict[str, bytes]:
        """Return a lifter's stored state, by entry."""
        return self._states[processor].get(key, {})
