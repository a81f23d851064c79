"""The same workout gives the same state and the same outputs on every host."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotter.domain.events import Unreadable, decode
from spotter.domain.ids import athlete_key
from tests.contract.habits import habitual_workout
from tests.contract.harness import Harness
from tests.contract.memory_harness import MemoryHarness
from tests.contract.sqlite_harness import SqliteHarness
from tests.contract.workouts import Workout, play, workout

TOPICS = ("estimates.v1", "advice.v1", "lifts.dead.v1", "estimates.dead.v1")
_names = itertools.count(1)


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteHarness]:
    """Return one SQLite host for all examples, each with a lifter of its own."""
    harness = SqliteHarness(tmp_path_factory.mktemp("parity") / "spotter.db")
    yield harness
    harness.close()


def output_ids(host: Harness, key: str) -> set[tuple[str, str]]:
    """Return everything that came out, by topic and id."""
    ids = set()
    for topic in TOPICS:
        for value in host.values(topic, key):
            try:
                event = decode(value)
            except Unreadable:
                continue
            # Where poison stood in the log is part of its id, and logs number their records differently.
            ids.add(
                (
                    topic,
                    "poison"
                    if event.type.endswith("rejected.v1") and not event.data.model_dump().get("rejected_id")
                    else event.id,
                )
            )
    return ids


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), generate=st.sampled_from([workout, habitual_workout]))
def test_memory_and_sqlite_agree(sqlite: SqliteHarness, seed: int, generate: Callable[..., Workout]) -> None:
    """Generated workouts end in the same state, with the same set of output ids."""
    memory = MemoryHarness()
    athlete_id = f"parity-{next(_names)}"
    done = generate(memory, seed, athlete_id)
    play(memory, done)
    play(sqlite, done)
    for key in (athlete_key("g1", athlete_id), athlete_key("g1", done.other_id)):
        for processor in ("failure-detector", "advisor"):
            assert memory.state(processor, key) == sqlite.state(processor, key)
        assert output_ids(memory, key) == output_ids(sqlite, key)
