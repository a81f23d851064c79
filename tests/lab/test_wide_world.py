"""The wide world: what its lifters, sessions, words and reports are, and that its oracle knows what can be known."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from lab.accuracy.answers import answers_from, truth_of
from lab.accuracy.scores.calibration import pit_distance
from lab.accuracy.scores.error import capped_errors
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation import EXERCISES
from lab.accuracy.simulation.parameters import parameters
from lab.accuracy.truth import WideSet
from lab.accuracy.wide.assignments import assignments, own_reports, usual_travel
from lab.accuracy.wide.endings import ended, reached
from lab.accuracy.wide.lifters import call, wide_lifters
from lab.accuracy.wide.oracle import wide_posteriors
from lab.accuracy.wide.population import population

LIFTERS = 300
SETS = 6


@cache
def sets_of(exercise: str) -> list[LabelledSet]:
    """Sets that are of the exercise they are said to be."""
    people = wide_lifters(exercise, LIFTERS, SETS, seed=3)
    return [lifted_set for sets in people for lifted_set in sets if not lifted_set.faults]


def true_of(lifted_set: LabelledSet) -> WideSet:
    """The generative values."""
    assert isinstance(lifted_set.true, WideSet)
    return lifted_set.true


@pytest.mark.parametrize("exercise", EXERCISES)
def test_one_scale_spreads_first_velocity_and_velocity_at_failure(exercise: str) -> None:
    """Both go with the lifter's scale, whose sd is .12; at failure lifters differ beside that."""
    true = [true_of(lifted_set) for lifted_set in sets_of(exercise)]
    assert 0.10 <= float(np.std([each.lifter.log_scale for each in true])) <= 0.14
    for name in ("v1_mps", "v_last_mps"):
        logs = np.log([getattr(each, name) for each in true])
        assert np.corrcoef(logs, [each.lifter.log_scale for each in true])[0, 1] > 0.2


def test_the_line_is_wide() -> None:
    """Bench press: log reps are .36–.50 about the population's line from first velocity."""
    of = parameters().home["bench_press"]
    rows = [
        (true_of(each).v1_mps, each.reps_possible) for each in sets_of("bench_press") if 5 <= each.reps_possible <= 25
    ]
    velocity, reps = np.array(rows).T
    residual = np.log(reps) - of.line_log_n - of.line_slope * (velocity - of.line_velocity)
    assert 0.36 <= float(np.sqrt((residual**2).mean())) <= 0.50


def test_sets_end_anywhere_and_calls_are_compressed() -> None:
    """Work sets end with 0 … 6 left; failure is known in 3 %, four in five others are called, far ends too low."""
    sets = sets_of("bench_press")
    ends = [each.ended_rir for each in sets]
    assert min(ends.count(rir) for rir in range(7)) > 0.05 * len(sets)
    assert 0.01 <= float(np.mean([each.failed for each in sets])) <= 0.05
    assert 0.75 <= float(np.mean([each.reported_rir is not None for each in sets if not each.failed])) <= 0.85
    far = [each.reported_rir - each.ended_rir for each in sets if each.reported_rir is not None and each.ended_rir >= 9]
    assert float(np.mean(far)) < -3.0
    assert (0.0, 3.0, 4.5) == (call(0, -0.3), call(3, 0.0), call(6, 0.0))


def test_reports_that_are_no_reps_come_with_most_sets() -> None:
    """Before the first rep in 85 %, after the last in 12 %; there are singles and doubles."""
    sets = sets_of("back_squat")
    assert 0.80 <= float(np.mean([each.truth[0] is None for each in sets])) <= 0.90
    assert 0.08 <= float(np.mean([each.truth[-1] is None for each in sets])) <= 0.18
    assert any(sum(left is not None for left in each.truth) == 1 for each in sets)
    assert (
        max(rep.end_s - before.end_s for each in sets for before, rep in zip(each.reps, each.reps[1:], strict=False))
        > 60
    )


def test_the_population_of_the_oracle_is_that_of_the_simulator() -> None:
    """Reps possible and first velocity of its points have the means and spreads of the sets simulated."""
    people = population("bench_press", 300)
    by_reps = people.mass.sum(axis=0) / people.mass.sum()
    log_n = np.log(np.arange(1, 61))
    mean = float((by_reps * log_n).sum())
    simulated = np.log([each.reps_possible for each in sets_of("bench_press")])
    assert abs(mean - float(simulated.mean())) < 0.10
    assert abs(float((by_reps * (log_n - mean) ** 2).sum()) ** 0.5 - float(simulated.std())) < 0.06
    ten = [true_of(each).v1_mps for each in sets_of("bench_press") if 9 <= each.reps_possible <= 11]
    weight = by_reps[:, 9] / by_reps[:, 9].sum()
    assert abs(float((weight * people.v1_mps[:, 9]).sum()) - float(np.mean(ten))) < 0.02


def test_a_set_goes_on_as_far_as_it_ends() -> None:
    """The chance to come to so many reps is that of ending there or later; it always comes to the first."""
    assert reached(1) == pytest.approx(np.ones((3, 60)))
    assert reached(5) == pytest.approx(sum(ended(done) for done in range(5, 61)))
    words = sum(ended(6, failed=False, called=called) for called in (None, *np.arange(0.0, 40.0, 0.5)))
    assert ended(6) == pytest.approx(words + ended(6, failed=True), abs=1e-3)


def test_reports_before_the_first_rep_are_seen_through() -> None:
    """Once three reps are done the likeliest reading of a set's reports has its true first rep in nine of ten sets."""
    right = []
    for lifted_set in sets_of("bench_press")[:200]:
        own = own_reports(lifted_set.reps)
        truth = [lifted_set.truth[index] for index in own]
        if sum(left is not None for left in truth) < 3:
            continue
        options = assignments([lifted_set.reps[index] for index in own], usual_travel("bench_press"))
        best = max(options, key=lambda option: option.log_likelihood)
        right.append(truth[best.first] is not None and all(left is None for left in truth[: best.first]))
    assert float(np.mean(right)) > 0.9


@pytest.mark.timeout(120)
def test_the_oracle_is_calibrated_and_knows_more_after_earlier_sets() -> None:
    """Its transform is near uniform for as few sets as these, and three earlier sets lessen its error."""
    people = [sets for sets in wide_lifters("bench_press", 100, 4, seed=5) if not sets[-1].faults]
    judged = [sets[-1] for sets in people]
    truth = truth_of(judged)
    cold = answers_from(truth, wide_posteriors(judged, points=200))
    learned = answers_from(truth, wide_posteriors(judged, [sets[:-1] for sets in people], points=200))
    assert pit_distance(truth, cold) < 0.12
    assert capped_errors(truth, learned).mean() < capped_errors(truth, cold).mean()
