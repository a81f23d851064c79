"""The oracles as a whole: right on their own family, in order, and as fine as need be."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from lab.accuracy.answers import answers_from, truth_of
from lab.accuracy.oracles import Knowledge, home, other, posteriors
from lab.accuracy.oracles.home_beliefs import HomeGrid
from lab.accuracy.oracles.normal import Floats
from lab.accuracy.oracles.other_law import OtherGrid
from lab.accuracy.scores.calibration import pit_distance
from lab.accuracy.scores.error import capped_errors
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation import Conditions, lifters
from lab.accuracy.simulation.conditions import Measured

FAMILIES = ("home", "other")
LONG = os.environ.get("SPOTTER_LONG") == "1"
"""With as many sets as it takes for the bounds that count: several minutes more."""
JUDGED, PIT_MAX = (900, 0.03) if LONG else (240, 0.06)
FEWER, ERROR_REL = (1, 0.005) if LONG else (4, 0.01)
NOTHING, THREE, EIGHT, EVERYTHING = Knowledge("nothing"), Knowledge("sets"), Knowledge("sets"), Knowledge("everything")


@cache
def simulated(
    family: str, exercise: str, count: int, measured: Measured = "velocity"
) -> tuple[list[LabelledSet], list[list[LabelledSet]]]:
    """Judged sets, and the eight before each."""
    made = lifters(family, exercise, count, sets_each=9, seed=301, conditions=Conditions(measured=measured))
    return [sets[-1] for sets in made], [sets[:-1] for sets in made]


def error(sets: Sequence[LabelledSet], judged: list[Floats]) -> float:
    """MAE of min(RIR, 6)."""
    truth = truth_of(sets)
    return float(capped_errors(truth, answers_from(truth, judged)).mean())


def pit(sets: Sequence[LabelledSet], judged: list[Floats]) -> float:
    """Distance of the randomised PIT from uniform."""
    truth = truth_of(sets)
    return pit_distance(truth, answers_from(truth, judged))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_more_is_known_the_smaller_the_error(family: str) -> None:
    """No one < three sets < eight sets < everything about the lifter, by error of the same judged sets."""
    sets, earlier = simulated(family, "back_squat", 300)
    nothing = error(sets, posteriors(family, sets, NOTHING))
    three = error(sets, posteriors(family, sets, THREE, [history[-3:] for history in earlier]))
    eight = error(sets, posteriors(family, sets, EIGHT, earlier))
    everything = error(sets, posteriors(family, sets, EVERYTHING))
    assert nothing > three > eight > everything


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_a_known_load_helps(family: str) -> None:
    """With the load in % of the 1RM no one's posterior errs less, cold and after eight sets."""
    sets, earlier = simulated(family, "deadlift", 200)
    assert error(sets, posteriors(family, sets, NOTHING)) > error(
        sets, posteriors(family, sets, Knowledge("nothing", load=True))
    )
    assert error(sets, posteriors(family, sets, EIGHT, earlier)) > error(
        sets, posteriors(family, sets, Knowledge("sets", load=True), earlier)
    )


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("knowledge", "earlier_sets"),
    [
        (NOTHING, 0),
        (Knowledge("nothing", load=True), 0),
        (THREE, 3),
        (EIGHT, 8),
        (Knowledge("sets", load=True), 8),
        (EVERYTHING, 0),
        (Knowledge("sets", sense="durations"), 8),
    ],
    ids=["nothing", "load", "three", "eight", "eight and load", "everything", "durations of eight"],
)
def test_oracles_are_calibrated_on_their_own_family(family: str, knowledge: Knowledge, earlier_sets: int) -> None:
    """The randomised PIT is within .03 of uniform over 900 judged sets; over 240 within twice that."""
    measured: Measured = "durations" if knowledge.sense == "durations" else "velocity"
    sets, earlier = simulated(family, "back_squat", JUDGED, measured)
    judged = posteriors(
        family, sets, knowledge, [history[-earlier_sets:] for history in earlier] if earlier_sets else None
    )
    assert PIT_MAX > pit(sets, judged)


FINE_HOME = HomeGrid(13, 11, 8)
"""Twice as fine as the usual one."""


def finer(grid: OtherGrid) -> OtherGrid:
    """Return a grid twice as fine."""
    return OtherGrid(2 * grid.scale - 1, 2 * grid.fatigue - 1, 2 * grid.load - 1, 2 * grid.ends - 1)


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("exercise", "knowledge"),
    [("deadlift", NOTHING), ("bench_press", EIGHT), ("back_squat", EVERYTHING)],
    ids=["nothing", "eight", "everything"],
)
def test_a_grid_twice_as_fine_changes_the_error_by_under_half_a_percent(exercise: str, knowledge: Knowledge) -> None:
    """The grids' own error is far under what they measure, in both families."""
    sets, earlier = simulated("home", exercise, 150 // FEWER)
    coarse = error(sets, home.posteriors(sets, earlier, knowledge))
    assert error(sets, home.posteriors(sets, earlier, knowledge, FINE_HOME)) == pytest.approx(coarse, rel=ERROR_REL)
    sets, earlier = simulated("other", exercise, 60 // FEWER)
    coarse = error(sets, other.posteriors(sets, earlier, knowledge))
    assert error(
        sets, other.posteriors(sets, earlier, knowledge, finer(OtherGrid.of(knowledge.sense)))
    ) == pytest.approx(coarse, rel=ERROR_REL)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_grid_twice_as_fine_changes_the_error_of_durations_by_under_half_a_percent() -> None:
    """The same for oracles of durations."""
    knowledge = Knowledge("sets", sense="durations")
    sets, earlier = simulated("home", "bench_press", 200 // FEWER, "durations")
    coarse = error(sets, home.posteriors(sets, earlier, knowledge))
    assert error(sets, home.posteriors(sets, earlier, knowledge, FINE_HOME)) == pytest.approx(coarse, rel=ERROR_REL)
    sets, earlier = simulated("other", "bench_press", 60 // FEWER, "durations")
    coarse = error(sets, other.posteriors(sets, earlier, knowledge))
    assert error(
        sets, other.posteriors(sets, earlier, knowledge, finer(OtherGrid.of(knowledge.sense)))
    ) == pytest.approx(coarse, rel=ERROR_REL)


@pytest.mark.parametrize("family", FAMILIES)
def test_each_row_is_a_distribution_over_what_is_still_possible(family: str) -> None:
    """After k reps at most 60 − k are left, and the probabilities sum to one."""
    sets, _ = simulated(family, "back_squat", 300)
    for lifted_set, rows in zip(sets[:20], posteriors(family, sets[:20], NOTHING), strict=True):
        assert (len(lifted_set.reps), 61) == rows.shape
        np.testing.assert_allclose(rows.sum(axis=1), 1.0)
        for done, row in enumerate(rows, start=1):
            assert 0.0 == row[61 - done :].sum()


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_said_of_a_set_does_not_depend_on_the_sets_beside_it(family: str) -> None:
    """Alone or among others, in any order: the same posterior."""
    sets, earlier = simulated(family, "back_squat", 300)
    alone = posteriors(family, sets[3:4], EIGHT, earlier[3:4])
    among = posteriors(family, sets[:40][::-1], EIGHT, earlier[:40][::-1])
    np.testing.assert_allclose(among[36], alone[0], atol=1e-6)


def test_no_rep_ahead_is_looked_at() -> None:
    """The posterior after a rep is that of the set cut off there."""
    for family in FAMILIES:
        [sets] = lifters(family, "bench_press", 1, sets_each=2, seed=11)
        whole = posteriors(family, sets[:1], NOTHING)[0]
        rest = posteriors(family, sets[1:], NOTHING)[0]
        assert len(whole) != len(rest)
        both = posteriors(family, sets, NOTHING)
        np.testing.assert_allclose(both[0], whole, atol=1e-6)
        np.testing.assert_allclose(both[1], rest, atol=1e-6)


def test_what_an_oracle_cannot_answer_is_refused() -> None:
    """Faults, missing earlier sets, two exercises, the wrong family, no travel: each with what to do."""
    sets, earlier = simulated("home", "back_squat", 300)
    faulty = [athlete[-1] for athlete in lifters("home", "back_squat", 3, 1, 5, Conditions(faults=(("ghost", 1.0),)))]
    with pytest.raises(ValueError, match="without faults"):
        posteriors("home", faulty, NOTHING)
    with pytest.raises(ValueError, match="pass them in earlier"):
        posteriors("home", sets, EIGHT)
    with pytest.raises(ValueError, match="one exercise at a time"):
        posteriors("home", [*sets[:2], *simulated("home", "deadlift", 3)[0]], NOTHING)
    with pytest.raises(ValueError, match="not of the other family"):
        posteriors("other", sets[:2], EVERYTHING)
    with pytest.raises(ValueError, match="not all sets are of the home family"):
        posteriors("home", simulated("other", "deadlift", 3)[0], EVERYTHING)
    with pytest.raises(ValueError, match="take one of"):
        posteriors("third", sets[:2], NOTHING)
    with pytest.raises(ValueError, match="lacks its lifter's travel"):
        posteriors("home", sets[:2], Knowledge("everything", sense="durations"))
    with pytest.raises(ValueError, match="reps without durations"):
        cycles = lifters("home", "back_squat", 2, 1, 5, Conditions(measured="cycles"))
        posteriors("home", [cycle[-1] for cycle in cycles], Knowledge("nothing", sense="durations"))
    assert [] == posteriors("home", [], NOTHING)
    assert 8 == len(earlier[0])
