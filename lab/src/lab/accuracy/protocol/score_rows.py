"""All scores of one estimator's answers to one case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lab.accuracy.answers import Answers, Truth
from lab.accuracy.scores import alerts, calibration, error
from lab.accuracy.scores.alerts import AlertRule, Alerts
from lab.accuracy.scores.bootstrap import Figure, mean_by_lifter
from lab.accuracy.scores.calibration import Bin, Interval
from lab.accuracy.scores.error import ByReserve

# Late and missed alerts are reported for thresholds with at most this share of early ones.
_EARLY_STATED = 0.12


@dataclass(frozen=True, slots=True)
class Probabilities:
    """Scores of an estimator's probabilities.

    Attributes
    ----------
    pit, pit_bars : float, list of float
        Distance from uniform, and its histogram.
    reliability : list of list of Bin
        Of P(RIR ≤ 0) … P(RIR ≤ 6); the first is P(next rep fails).
    worst_gap : float
        Of all bins with enough cases.
    brier, skill : list of float
        Of P(RIR ≤ 0) and P(RIR ≤ 1).
    alert : Alerts
        By the fitted rule; by the best one for an oracle.
    curves : list of list of Alerts
        By threshold, for P(RIR ≤ 1) and P(RIR ≤ 2).
    at_early : Alerts or None
        The fewest late or missed alerts where at most 12 % are early.
    leads : list of int
        Sets by reps left at the alert: none, 0, 1, 2, 3, 4, 5, 6 and more.
    ends_near : list of float
        Sets that end within one rep of a target of 1, 2 and 3 in reserve when they are stopped as the advisor does.
    """

    interval: Interval
    pit: float
    pit_bars: list[float]
    reliability: list[list[Bin]]
    worst_gap: float
    brier: list[float]
    skill: list[float]
    alert: Alerts
    curves: list[list[Alerts]]
    at_early: Alerts | None
    leads: list[int]
    ends_near: list[float]


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of an estimator."""

    name: str
    error: Figure
    rps: Figure
    within_1: float
    within_2: float
    by_reserve: list[ByReserve]
    probabilities: Probabilities | None


def score(name: str, truth: Truth, answers: Answers, rule: AlertRule | None = None) -> Scored:
    """Score answers to the judged reps, with the best alert rule unless one is passed."""
    return Scored(
        name,
        error=mean_by_lifter(error.capped_errors(truth, answers), truth.lifter),
        rps=mean_by_lifter(error.ranked_probability_scores(truth, answers), truth.lifter),
        within_1=error.within(truth, answers, 1.0),
        within_2=error.within(truth, answers, 2.0),
        by_reserve=error.by_reserve(truth, answers),
        probabilities=None if answers.distribution is None else _probabilities(truth, answers, rule),
    )


def _probabilities(truth: Truth, answers: Answers, rule: AlertRule | None) -> Probabilities:
    at_most = [calibration.at_most(answers, reserve) for reserve in calibration.RESERVES]
    happened = [truth.rir <= reserve for reserve in calibration.RESERVES]
    reliability = [calibration.reliability(column, so) for column, so in zip(at_most, happened, strict=True)]
    curves = [alerts.curve(truth, answers, reserve) for reserve in alerts.RESERVES]
    by_all = [point for curve in curves for point in curve]
    alert = alerts.best(by_all) if rule is None else alerts.alerts(truth, answers, rule)
    left = alerts.reserve_at_alert(truth, answers, alert.rule)
    return Probabilities(
        interval=calibration.interval(truth, answers),
        pit=calibration.pit_distance(truth, answers),
        pit_bars=calibration.pit_histogram(truth, answers).tolist(),
        reliability=reliability,
        worst_gap=max(calibration.worst_gap(bins) for bins in reliability),
        brier=[calibration.brier(at_most[reserve], happened[reserve]) for reserve in (0, 1)],
        skill=[calibration.brier_skill(at_most[reserve], happened[reserve]) for reserve in (0, 1)],
        alert=alert,
        curves=curves,
        at_early=alerts.late_at_early(by_all, _EARLY_STATED),
        leads=np.bincount(np.minimum(left + 1, 7), minlength=8).tolist(),
        ends_near=[alerts.ends_near(truth, answers, target) for target in alerts.TARGETS],
    )
