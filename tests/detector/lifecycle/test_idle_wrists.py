"""A wrist that trains nothing, through the whole detector: no set, no rep, whatever the device's rate."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from lab.accuracy.motion.watch import uncut_sets
from lab.accuracy.motion.wrists import IDLE, idle, wrist_set
from spotter.domain.events.lifting import MotionSampled
from tests.contract.lifter import Lifter
from tests.contract.memory_harness import MemoryHarness

RATES_HZ = (12.0, 25.0, 50.0, 100.0, 200.0)
CHUNK_S = 1.0

Rows = npt.NDArray[np.float64]


@pytest.fixture
def lifter() -> Lifter:
    """Return a lifter who has started no set."""
    host = MemoryHarness()
    return Lifter(host, host.now())


def wear(lifter: Lifter, rows: Rows, rate_hz: float, *, set_id: str | None = None) -> None:
    """Send what a watch measures, a second at a time."""
    size = round(CHUNK_S * rate_hz)
    for first in range(0, len(rows), size):
        samples = rows[first : first + size].round(4).tolist()
        t0 = lifter.base + timedelta(seconds=first / rate_hz)
        data = MotionSampled(set_id=set_id, t0=t0, rate_hz=rate_hz, signal="imu_wrist", samples=samples)
        lifter.send(lifter.event(data, (first + len(samples)) / rate_hz))


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("kind", IDLE)
def test_two_minutes_of_training_nothing_open_no_set(lifter: Lifter, kind: str, rate_hz: float) -> None:
    """Sitting, standing, walking, and walking with a bag: nothing is counted, and nobody is told of a set."""
    wear(lifter, idle(np.random.default_rng(31), kind, rate_hz=rate_hz), rate_hz)

    assert [] == lifter.opened
    assert [] == lifter.counted


@pytest.mark.parametrize("kind", ["sitting", "standing"])
def test_resting_in_a_set_that_was_started_is_no_rep(lifter: Lifter, kind: str) -> None:
    """Who starts a set and then talks for two minutes has done no rep of it."""
    lifter.send(lifter.start(0))
    wear(lifter, idle(np.random.default_rng(32), kind), 100.0, set_id="s1")

    assert [] == lifter.counted


def test_a_set_opens_one(lifter: Lifter) -> None:
    """The same watch on the same way through the detector finds a set where there is one."""
    curls = wrist_set(np.random.default_rng((1, 21)), "curl", rate_hz=50.0)
    wear(lifter, curls.rows, 50.0)

    assert 1 == len(lifter.opened)
    assert len(curls.reps) == len(lifter.counted)


@pytest.mark.parametrize("half", [0, 1])
def test_two_minutes_of_getting_ready_and_putting_away_open_no_set(lifter: Lifter, recorded: Path, half: int) -> None:
    """What recorded lifters do before their sets and after them, one after the other."""
    sets = uncut_sets(recorded / "watch_uncut")
    pads: list[Rows] = []
    for lift in sets[half::2]:
        first, last = (round(edge_s * lift.rate_hz) for edge_s in lift.cut_s)
        # A set's first and last cycles reach over its marks.
        pads += [lift.rows[: max(first - 200, 0)], lift.rows[last + 100 :]]
    rows = np.vstack(pads)
    assert 100.0 <= len(rows) / 100.0
    wear(lifter, rows[:12_000], 100.0)

    assert [] == lifter.opened
    assert [] == lifter.counted
