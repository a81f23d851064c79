"""How what was learned of a lifter fades: lifters change a little each week."""

from __future__ import annotations

import numpy as np

from spotter_detector.profile.generative_model import (
    CURVE,
    LOG_1RM,
    LOG_SCALE,
    PARAMETERS,
    REPS_OFFSET,
    SLOPE,
    V1_OFFSET,
    V_FAIL,
    Belief,
    population_belief,
)

_WEEK_DAYS = 7.0
# Variance that each parameter gains a week, as a random walk (design choice; no figure is published).
DRIFT = np.zeros(PARAMETERS)
DRIFT[[REPS_OFFSET, V1_OFFSET, SLOPE, V_FAIL, CURVE, LOG_1RM, LOG_SCALE]] = (
    *(0.02**2, 0.003**2, 0.03**2, 0.004**2, 0.01**2),
    *(0.01**2, 0.002**2),
)
_OLDEST_WEEKS = 52.0


def weeks_between(earlier_days: float, later_days: float) -> float:
    """Return the weeks from one time to another, 0 … 52.

    >>> weeks_between(3.0, 17.0), weeks_between(5.0, 3.0)
    (2.0, 0.0)
    """
    return min(max(later_days - earlier_days, 0.0) / _WEEK_DAYS, _OLDEST_WEEKS)


def drifted(belief: Belief, model_class: str, kind: str, weeks: float) -> Belief:
    """Return the belief so many weeks later: less certain, but never less than about an unknown lifter.

    >>> population = population_belief("bench_press", "velocity")
    >>> later = drifted(Belief(population.mean, 0.01 * population.cov), "bench_press", "velocity", weeks=10.0)
    >>> (later.cov.diagonal() / population.cov.diagonal())[:4].round(2).tolist()
    [0.08, 0.1, 0.05, 0.21]
    """
    widest = np.diag(population_belief(model_class, kind).cov)
    more = np.minimum(DRIFT * weeks, np.maximum(widest - np.diag(belief.cov), 0.0))
    return Belief(belief.mean, belief.cov + np.diag(more))
