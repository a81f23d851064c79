"""Baselines: fitted on training lifters, asked about others."""

from __future__ import annotations

import numpy as np
import pytest

from lab.accuracy.answers import truth_of
from lab.accuracy.baselines import BASELINES, Fitted, answers
from lab.accuracy.baselines.features import features
from lab.accuracy.scores.error import capped_errors
from lab.accuracy.sets import LabelledSet
from lab.accuracy.simulation import Conditions, lifters
from lab.accuracy.simulation.conditions import Measured


def sets_of(measured: Measured, seed: int, count: int = 150) -> list[list[LabelledSet]]:
    """Lifters with five sets each."""
    return lifters("home", "bench_press", count, 5, seed, Conditions(measured=measured))


@pytest.mark.parametrize("measured", ["velocity", "durations"])
def test_baselines_rank_as_papers_do(measured: Measured) -> None:
    """A threshold beats a constant, a general line beats a threshold, the lifter's own line beats the general one."""
    fitted = Fitted.on([sets[-1] for sets in sets_of(measured, 101)])
    people = sets_of(measured, 7)
    judged, earlier = [sets[-1] for sets in people], [sets[:-1] for sets in people]
    truth = truth_of(judged)
    errors = {
        name: float(capped_errors(truth, answers(name, fitted, judged, truth, earlier)).mean()) for name in BASELINES
    }
    assert errors["20 % loss from best"] < 0.9 * errors["constant"]
    assert errors["general line"] < 0.9 * errors["20 % loss from best"]
    assert errors["own line"] < errors["general line"]


def test_constant_has_the_least_error_of_all_constants() -> None:
    """The constant is fitted to the measure that judges it."""
    training = [sets[-1] for sets in sets_of("velocity", 101)]
    truth, fitted = truth_of(training), Fitted.on(training)
    best = float(capped_errors(truth, answers("constant", fitted, training, truth, [[] for _ in training])).mean())
    capped = np.minimum(truth.rir, 6)
    assert best == min(float(np.abs(capped - other).mean()) for other in range(7))


def test_own_line_is_the_general_one_without_known_ends() -> None:
    """Sets whose end no one knows teach a line nothing."""
    people = sets_of("velocity", 7, count=10)
    fitted = Fitted.on([sets[-1] for sets in people])
    judged = [sets[-1] for sets in people]
    truth = truth_of(judged)
    predictions = [
        answers(name, fitted, judged, truth, [[] for _ in judged]).rir for name in ("own line", "general line")
    ]
    assert predictions[0].tolist() == predictions[1].tolist()


def test_references_run_along_the_set() -> None:
    """Loss is held against the fastest rep so far, and against the first."""
    [[*_, lifted_set]] = lifters("home", "back_squat", 1, 1, 12)
    of = features([lifted_set], truth_of([lifted_set]))
    velocities = np.array([rep.velocity_mps for rep in lifted_set.reps], dtype=float)
    assert np.allclose(1.0 - velocities / np.maximum.accumulate(velocities), of.loss_from_best)
    assert np.allclose(1.0 - velocities / velocities[0], of.loss_from_first)
