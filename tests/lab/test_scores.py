"""Scores on answers whose worth is known."""

from __future__ import annotations

import numpy as np
import pytest

from lab.accuracy.answers import Answers, Floats, Truth, answers_from, quantile, truth_of
from lab.accuracy.scores import alerts, calibration, error
from lab.accuracy.scores.alerts import AlertRule
from lab.accuracy.scores.bootstrap import mean_by_lifter, ratio_by_lifter
from lab.accuracy.simulation import Conditions, lifters

CASES = 20_000


def drawn(spoil: float = 1.0) -> tuple[Truth, Answers]:
    """Truths drawn from the very distributions that are answered; over 1 they are answered too sure."""
    random = np.random.default_rng(5)
    weight = random.gamma(1.0, size=(CASES, 8))
    right = weight / weight.sum(axis=1, keepdims=True)
    rir = (random.uniform(size=(CASES, 1)) > np.cumsum(right, axis=1)).sum(axis=1)
    predicted = right**spoil
    predicted /= predicted.sum(axis=1, keepdims=True)
    index = np.arange(CASES, dtype=np.int64)
    truth = Truth(rir.astype(np.int64), index, index // 10, np.zeros(CASES, dtype=np.int64), CASES)
    return truth, answers_from(truth, list(predicted[:, None, :]))


def answered(*rir: float) -> Answers:
    """Answers that are numbers alone."""
    return Answers(np.array(rir))


def true(*rir: int) -> Truth:
    """One rep of each of so many lifters."""
    places = np.arange(len(rir), dtype=np.int64)
    return Truth(np.array(rir, dtype=np.int64), places, places, np.zeros_like(places), len(rir))


def test_error_is_capped_on_both_sides() -> None:
    """Beyond six reps neither the truth nor the answer counts any more."""
    errors: Floats = error.capped_errors(true(0, 3, 9, 20), answered(1.5, 2.0, 4.0, 8.0))
    assert [1.5, 1.0, 2.0, 0.0] == errors.tolist()


def test_error_by_reserve_has_its_bias() -> None:
    """By true reps left the error is not capped, and an answer that is too high has a bias over 0."""
    by = error.by_reserve(true(0, 0, 12), answered(1.0, 3.0, 10.0))
    assert [(0, 2, 2.0, 2.0), (9, 1, 2.0, -2.0)] == [
        (group.least, group.cases, group.error, group.bias) for group in by
    ]


def test_right_probabilities_are_calibrated() -> None:
    """Truths drawn from what is said: flat transform, no gap in any bin, interval over 80 %."""
    truth, predicted = drawn()
    assert calibration.pit_distance(truth, predicted) < 0.015
    for reserve in (0, 2, 4):
        bins = calibration.reliability(calibration.at_most(predicted, reserve), truth.rir <= reserve)
        assert calibration.worst_gap(bins) < 0.05
    assert calibration.interval(truth, predicted).coverage > 0.8


def test_sureness_beyond_reason_is_seen() -> None:
    """Answers that are too sure have a transform that is not flat, bins that gape, and a worse ranked probability score."""
    truth, right = drawn()
    _, sure = drawn(spoil=4.0)
    assert calibration.pit_distance(truth, sure) > 0.05
    bins = calibration.reliability(calibration.at_most(sure, 2), truth.rir <= 2)
    assert calibration.worst_gap(bins, cases_min=300) > 0.1
    scores = [float(error.ranked_probability_scores(truth, distribution).mean()) for distribution in (right, sure)]
    assert scores[0] < scores[1]


def test_median_rounds_to_the_posterior_median() -> None:
    """A quantile lies within half a rep of the whole number that it belongs to."""
    distribution = np.array([[0.3, 0.3, 0.4], [0.9, 0.1, 0.0], [0.0, 0.0, 1.0]])
    assert [1, 0, 2] == np.rint(quantile(distribution, 0.5)).astype(int).tolist()
    assert 0.0 == quantile(distribution, 0.1)[1]


def test_an_alert_at_an_unrack_counts() -> None:
    """With every report, one that is no rep has what was left before it."""
    [[lifted_set]] = lifters("home", "bench_press", 1, 1, 4, Conditions(faults=(("double", 1.0),)))
    every = truth_of([lifted_set], every_report=True)
    second = lifted_set.truth.index(None)
    assert len(lifted_set.reps) == len(every.rir)
    assert every.rir[second - 1] == every.rir[second]
    assert len(lifted_set.reps) - 1 == len(truth_of([lifted_set]).rir)


def test_alerts_are_late_missed_or_early() -> None:
    """An alert with none left is late, one with four is early, none at all is missed; only the first of a set counts."""
    sets = np.repeat(np.arange(4), 3)
    rir = np.array([5, 4, 3] + [2, 1, 0] * 3)
    truth = Truth(rir, sets, sets, np.tile(np.arange(3), 4), 4)
    p = np.array([0.1, 0.9, 0.9, 0.1, 0.9, 0.9, 0.1, 0.1, 0.9, 0.1, 0.1, 0.1])
    predicted = Answers(np.zeros(12), distribution=np.column_stack((p, np.zeros(12), 1.0 - p)))
    outcome = alerts.alerts(truth, predicted, AlertRule(1, 0.5))
    assert (0.25, 0.25, 0.25) == (outcome.late, outcome.missed, outcome.early)
    assert pytest.approx((4 + 1 + 0) / 3) == outcome.lead
    assert (
        min(alerts.best(alerts.curve(truth, predicted, reserve)).wrong for reserve in alerts.RESERVES) <= outcome.wrong
    )


def test_intervals_are_wider_where_lifters_differ() -> None:
    """Reps of one lifter are not independent: the same reps of fewer lifters leave a figure less sure."""
    random = np.random.default_rng(2)
    of_lifter = np.repeat(random.normal(size=40), 50)
    values = of_lifter + 0.1 * random.normal(size=2000)
    lifter = np.repeat(np.arange(40), 50)
    together, apart = mean_by_lifter(values, lifter), mean_by_lifter(values, np.arange(2000))
    assert together.high - together.low > 3.0 * (apart.high - apart.low)
    assert together.low < together.value < together.high


def test_ratio_of_errors_is_by_the_same_lifters() -> None:
    """Errors that are always a tenth larger have a ratio that is sure."""
    values = np.random.default_rng(3).gamma(2.0, size=300)
    ratio = ratio_by_lifter(1.1 * values, values, np.arange(300) // 10)
    assert pytest.approx(1.1) == ratio.value
    assert pytest.approx(ratio.low) == ratio.high
