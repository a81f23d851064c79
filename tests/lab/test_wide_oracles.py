"""The oracles of the wide world know its population, where its sets end and which reports are reps, and are calibrated."""

from __future__ import annotations

import numpy as np
import pytest

from lab.accuracy.answers import answers_from, truth_of
from lab.accuracy.scores.calibration import pit_distance
from lab.accuracy.scores.error import capped_errors
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation import FAMILIES
from lab.accuracy.truth import WideSet
from lab.accuracy.wide.assignments import assignments, own_reports, usual_travel
from lab.accuracy.wide.endings import ended, goes_on
from lab.accuracy.wide.home_points import HomePoints
from lab.accuracy.wide.lifters import wide_lifters
from lab.accuracy.wide.oracle import wide_posteriors
from lab.accuracy.wide.points import everybody

BOTH = pytest.mark.parametrize("family", FAMILIES)


def bench_presses() -> list[LabelledSet]:
    """Sets of the home family that are bench presses."""
    people = wide_lifters("home", "bench_press", 300, 6, seed=3)
    return [lifted_set for sets in people for lifted_set in sets if not lifted_set.faults]


def before(lifted_set: LabelledSet) -> int:
    """Return how many reports come before the first rep."""
    return next(index for index, left in enumerate(lifted_set.truth) if left is not None)


def first_mps(lifted_set: LabelledSet) -> float:
    """Return the first velocity of a set's law."""
    assert isinstance(lifted_set.true, WideSet)
    return lifted_set.true.v1_mps


def test_the_population_of_the_oracle_is_that_of_the_simulator() -> None:
    """Reps possible and first velocity of its points have the means and spreads of the sets simulated."""
    people = everybody("home", "bench_press", 300)
    assert isinstance(people, HomePoints)
    by_reps = people.mass.sum(axis=0) / people.mass.sum()
    log_n = np.log(np.arange(1, 61))
    mean = float((by_reps * log_n).sum())
    simulated = np.log([each.reps_possible for each in bench_presses()])
    assert abs(mean - float(simulated.mean())) < 0.10
    assert abs(float((by_reps * (log_n - mean) ** 2).sum()) ** 0.5 - float(simulated.std())) < 0.06
    ten = [first_mps(each) for each in bench_presses() if 9 <= each.reps_possible <= 11]
    weight = by_reps[:, 9] / by_reps[:, 9].sum()
    assert abs(float((weight * people.v1_mps[:, 9]).sum()) - float(np.mean(ten))) < 0.02


def test_where_a_set_ends_is_told_by_its_end_alone() -> None:
    """A set under way says nothing of the reps left but in warm-ups; all ends, or all words about one, make up one."""
    assert goes_on(1) == pytest.approx(np.ones((3, 60)))
    assert (goes_on(9)[1:] == (np.arange(1, 61) >= 9)).all()
    assert goes_on(9)[0] == pytest.approx(np.zeros(60))
    assert sum(ended(done) for done in range(1, 61)) == pytest.approx(np.ones((3, 60)))
    words = sum(ended(6, failed=False, called=called) for called in (None, *np.arange(0.0, 40.0, 0.5)))
    assert ended(6) == pytest.approx(words + ended(6, failed=True), abs=1e-3)


def test_reports_before_the_first_rep_are_seen_through() -> None:
    """Once three reps are done the likeliest reading of a set's reports has its true first rep in nine of ten sets."""
    right = []
    for lifted_set in bench_presses()[:200]:
        own = own_reports(lifted_set.reps)
        truth = [lifted_set.truth[index] for index in own]
        if sum(left is not None for left in truth) < 3:
            continue
        options = assignments([lifted_set.reps[index] for index in own], usual_travel("bench_press"))
        best = max(options, key=lambda option: option.log_likelihood)
        right.append(truth[best.first] is not None and all(left is None for left in truth[: best.first]))
    assert float(np.mean(right)) > 0.9


@BOTH
def test_the_oracle_sees_the_end_of_a_set_come(family: str) -> None:
    """After the last rep possible it gives several times as much to none or one left as after the first."""
    people = wide_lifters(family, "back_squat", 30, 1, seed=1, last_to_failure=True)
    judged = [sets[0] for sets in people if not sets[0].faults and sets[0].truth[-1] == 0]
    rows = wide_posteriors(family, judged, points=100)
    first = [own[before(each), :2].sum() for each, own in zip(judged, rows, strict=True) if each.reps_possible > 4]
    last = [own[-1, :2].sum() for own in rows]
    assert float(np.mean(last)) > 0.35 > 0.1 > float(np.mean(first))


@BOTH
@pytest.mark.timeout(180)
def test_the_oracle_is_calibrated_and_knows_more_after_earlier_sets(family: str) -> None:
    """Its transform is near uniform for as few sets as these, and three earlier sets lessen its error."""
    people = [
        sets for sets in wide_lifters(family, "bench_press", 80, 4, seed=5, last_to_failure=True) if not sets[-1].faults
    ]
    judged = [sets[-1] for sets in people]
    truth = truth_of(judged)
    cold = answers_from(truth, wide_posteriors(family, judged, points=100))
    learned = answers_from(truth, wide_posteriors(family, judged, [sets[:-1] for sets in people], points=100))
    assert pit_distance(truth, cold) < 0.12
    assert capped_errors(truth, learned).mean() < capped_errors(truth, cold).mean()
