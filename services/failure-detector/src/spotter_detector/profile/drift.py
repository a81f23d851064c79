"""How what was learned of a lifter fades: lifters change by some and some each week."""

from __future__ import annotations

import numpy as np

from spotter_detector.profile.generative_model import (
    CURVE,
    FASTER,
    LOG_1RM,
    LOG_SCALE,
    MORE,
    PARAMETERS,
    SLOPE,
    V_FAIL,
    Belief,
    believed_of_anybody,
)

_WEEK_DAYS = 7.0
# Variance gained a week by each parameter, a random walk (design choice; no figure is published).
DRIFT = np.zeros(PARAMETERS)
DRIFT[[MORE, FASTER, SLOPE, V_FAIL, CURVE, LOG_1RM, LOG_SCALE]] = (
    *(0.02**2, 0.003**2, 0.03**2, 0.004**2, 0.01**2),
    *(0.01**2, 0.002**2),
)
_OLDEST_WEEKS = 52.0


def weeks_between(earlier_days: float, later_days: float) -> float:
    """Weeks from one time to another, 0 … 52.

    >>> weeks_between(3.0, 17.0), weeks_between(5.0, 3.0)
    (2.0, 0.0)
    """
    return min(max(later_days - earlier_days, 0.0) / _WEEK_DAYS, _OLDEST_WEEKS)


def drifted(belief: Belief, model_class: str, kind: str, weeks: float) -> Belief:
    """What is believed so many weeks later: less surely, never less than of anybody.

    >>> anybody = believed_of_anybody("bench_press", "velocity")
    >>> later = drifted(Belief(anybody.mean, 0.01 * anybody.cov), "bench_press", "velocity", weeks=10.0)
    >>> (later.cov.diagonal() / anybody.cov.diagonal())[:4].round(2).tolist()
    [0.08, 0.1, 0.05, 0.21]
    """
    widest = np.diag(believed_of_anybody(model_class, kind).cov)
    more = np.minimum(DRIFT * weeks, np.maximum(widest - np.diag(belief.cov), 0.0))
    return Belief(belief.mean, belief.cov + np.diag(more))
