"""A failed attempt as evidence that no further rep was possible."""

from __future__ import annotations

from math import inf, log

import numpy as np

from spotter_detector.model.flags import Verdict
from spotter_detector.model.grid import LOG_WEIGHT, N_MAX, Floats

# How many times likelier such a report is with nothing left in reserve than with something: Bayes factors of each shape
# (design choices). `STOOD` may be just a longer wait before a rep; the others hardly come from a completed rep.
FAILED_FACTOR = {
    Verdict.FAILED: 5000.0,
    Verdict.SECOND_HALF: 5000.0,
    Verdict.STALLED: 500.0,
    Verdict.HELPED: 500.0,
    Verdict.STOOD: 30.0,
}
# A shape alone is never certain.
_PROBABILITY_MAX = 0.97


def apply_failed_attempt(planes: Floats, progress: int, factor: float) -> None:
    """Multiply the odds of the end at `progress` reps (1 or more) by `factor`, up to a probability of .97, in place.

    The remaining probability keeps its shape over the other numbers of reps, and takes over if another rep is done
    after all. A posterior is (6, 180).

    >>> from spotter_detector.model import build_prior
    >>> from spotter_detector.model.grid import reps_possible, velocity_planes
    >>> prior = build_prior("bench_press", pct_1rm=75, planned_reps=None, target_rir=None, tempo=False)
    >>> planes = velocity_planes(prior).copy()
    >>> before = reps_possible(planes)
    >>> apply_failed_attempt(planes, 6, 30.0)
    >>> after = reps_possible(planes)
    >>> round(before[5], 3), round(after[5], 3), round(before[9] / before[8], 3) == round(after[9] / after[8], 3)
    (0.02, 0.375, True)
    """
    by_reps = planes[LOG_WEIGHT].reshape(-1, N_MAX)
    log_odds = _log_sum(by_reps[:, progress - 1]) - _log_sum(np.delete(by_reps, progress - 1, axis=1))
    most = log(_PROBABILITY_MAX / (1.0 - _PROBABILITY_MAX))
    by_reps[:, progress - 1] += max(min(log(factor), most - log_odds), 0.0)


def _log_sum(log_weights: Floats) -> float:
    most = float(log_weights.max())
    if most == -inf:
        return most
    return most + log(float(np.exp(log_weights - most).sum()))
