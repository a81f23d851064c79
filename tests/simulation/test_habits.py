"""Workouts as people lift and report them: nearly every one stands as it was, and what does not is explained.

The rest of ten thousand is run by `python -m lab.habits`; docs/habits.md has its figures.
"""

from __future__ import annotations

from typing import Final

import pytest

from lab.habits import HabitTally, run
from lab.habits.__main__ import EXACT_LEAST
from lab.habits.table import explanation

FEW: Final = 200
MANY: Final = 1500
AMBIGUOUS_MOST: Final = 0.005
"""More workouts than this share are never left out as such that nobody could know."""
_CHANCE: Final = 0.004
"""Of a few hundred workouts one more or less is chance."""


@pytest.fixture(
    params=[
        pytest.param((FEW, 40), id="few", marks=pytest.mark.timeout(300)),
        pytest.param((MANY, 41), id="many", marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
    ],
    scope="module",
)
def tally(request: pytest.FixtureRequest) -> HabitTally:
    """Return the result of some workouts."""
    workouts, seed = request.param
    return run(workouts, seed)


def test_workouts_stand_as_they_were(tally: HabitTally) -> None:
    """Sets, reps, exercises, loads, sides, exposures and cost: all of it, in 99.5 of a hundred."""
    inexact = [f"{trial.seed}: {explanation(trial)}" for trial in tally.judged() if not trial.exact]
    assert EXACT_LEAST - _CHANCE * (len(tally.trials) <= FEW) <= tally.share_exact(), "\n".join(inexact)


def test_hardly_any_workout_is_left_out(tally: HabitTally) -> None:
    """That nobody could know what happened is rare."""
    assert tally.share_ambiguous() <= AMBIGUOUS_MOST


def test_nothing_breaks(tally: HabitTally) -> None:
    """Whatever comes."""
    assert [] == [trial.seed for trial in tally.trials for deviation in trial.deviations if deviation.kind == "crash"]
