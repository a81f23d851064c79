"""Stop alerts: the first rep of a set after which P(RIR ≤ T) is at least a threshold, and their outcome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lab.accuracy.answers import Answers, Truth, Whole
from lab.accuracy.scores.calibration import at_most

# An alert with this many reps in reserve is early: a false stop.
EARLY_RIR = 4
THRESHOLDS = tuple(round(0.05 + 0.025 * step, 3) for step in range(35))
RESERVES = (1, 2)
# Targets of sets in reps in reserve, and the probability of having reached one at which a set is stopped.
TARGETS = (1, 2, 3)
STOP = 0.5
_NO_ALERT = -1


@dataclass(frozen=True, slots=True)
class AlertRule:
    """Alert once P(RIR ≤ reserve) ≥ threshold."""

    reserve: int
    threshold: float


@dataclass(frozen=True, slots=True)
class Alerts:
    """The outcome of a rule over many sets, as shares of all sets.

    Attributes
    ----------
    late : float
        Alert with nothing left.
    missed : float
        No alert before failure.
    early : float
        Alert with four reps left or more.
    lead : float
        Mean reps left at the alert, of sets with one.
    """

    rule: AlertRule
    late: float
    missed: float
    early: float
    lead: float

    @property
    def wrong(self) -> float:
        """The share of sets whose alert is late, early or missing."""
        return self.late + self.missed + self.early


def reserve_at_alert(truth: Truth, answers: Answers, rule: AlertRule) -> Whole:
    """Return the reps left at each set's alert, (n,); −1 for none."""
    left = np.full(truth.sets, _NO_ALERT, dtype=np.int64)
    # From the last rep to the first, so that the first one that fires stays.
    rows = np.flatnonzero(at_most(answers, rule.reserve) >= rule.threshold)[::-1]
    left[truth.set_index[rows]] = truth.rir[rows]
    return left


def alerts(truth: Truth, answers: Answers, rule: AlertRule) -> Alerts:
    """Return the outcome of a rule.

    >>> truth = Truth(np.array([5, 4, 1, 0]), np.array([0, 0, 1, 1]), np.zeros(4), np.array([0, 1, 0, 1]), 2)
    >>> distribution = np.array([[0.1, 0.1, 0.8], [0.4, 0.4, 0.2], [0.3, 0.1, 0.6], [0.9, 0.1, 0.0]])
    >>> outcome = alerts(truth, Answers(np.zeros(4), distribution=distribution), AlertRule(1, 0.5))
    >>> outcome.early, outcome.late, outcome.missed, outcome.lead
    (0.5, 0.5, 0.0, 2.0)
    """
    left = reserve_at_alert(truth, answers, rule)
    alerted = left[left != _NO_ALERT]
    return Alerts(
        rule,
        late=float(np.mean(left == 0)),
        missed=float(np.mean(left == _NO_ALERT)),
        early=float(np.mean(left >= EARLY_RIR)),
        lead=float(alerted.mean()) if len(alerted) else 0.0,
    )


def curve(truth: Truth, answers: Answers, reserve: int) -> list[Alerts]:
    """Return the outcomes of a reserve, by threshold."""
    return [alerts(truth, answers, AlertRule(reserve, threshold)) for threshold in THRESHOLDS]


def best(curves: list[Alerts]) -> Alerts:
    """Return the outcome with the fewest wrong sets."""
    return min(curves, key=lambda curve: curve.wrong)


def late_at_early(curves: list[Alerts], early_max: float) -> Alerts | None:
    """Return the outcome with the fewest late or missed sets among those with few enough early ones, if there is any."""
    allowed = [curve for curve in curves if curve.early <= early_max]
    return min(allowed, key=lambda point: point.late + point.missed, default=None)


def ends_near(truth: Truth, answers: Answers, target: int) -> float:
    """Return the share of sets that end within one rep of a target when stopped at P(RIR ≤ target) ≥ .5, else at failure.

    >>> truth = Truth(np.array([5, 4, 3, 2, 1, 0]), np.array([0, 0, 0, 1, 1, 1]), np.zeros(6), np.arange(6), 2)
    >>> answers = Answers(np.zeros(6), distribution=np.array([[0.1, 0.1, 0.1, 0.7], *4 * [[0.2, 0.2, 0.2, 0.4]], 4 * [0.25]]))
    >>> ends_near(truth, answers, 2), ends_near(truth, answers, 3)
    (0.5, 0.5)
    """
    left = reserve_at_alert(truth, answers, AlertRule(target, STOP))
    ended = np.where(left == _NO_ALERT, 0, left)
    return float(np.mean(np.abs(ended - target) <= 1))
