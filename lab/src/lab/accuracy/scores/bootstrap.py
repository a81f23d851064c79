"""Confidence intervals by resampling lifters, because the reps of one lifter are not independent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lab.accuracy.answers import Floats, Whole

_RESAMPLES = 500
_SEED = 20_240_601


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def mean_by_lifter(values: Floats, lifter: Whole) -> Figure:
    """Return the mean over all cases, with an interval by lifters.

    >>> figure = mean_by_lifter(np.array([1.0, 1.0, 3.0]), np.array([1, 1, 2]))
    >>> round(figure.value, 3), figure.low, figure.high
    (1.667, 1.0, 3.0)
    """
    return ratio_by_lifter(values, np.ones_like(values), lifter)


def ratio_by_lifter(values: Floats, others: Floats, lifter: Whole) -> Figure:
    """Return sum of values / sum of others (errors of two estimators on the same reps), with an interval by lifters."""
    _, index = np.unique(lifter, return_inverse=True)
    above, below = np.bincount(index, values), np.bincount(index, others)
    times = _times_drawn(len(above))
    low, high = np.quantile((times @ above) / (times @ below), [0.025, 0.975]).tolist()
    return Figure(float(above.sum() / below.sum()), low, high)


@lru_cache(maxsize=4)
def _times_drawn(count: int) -> Floats:
    """Return how often each lifter is drawn in each resample: (resamples, count)."""
    random = np.random.default_rng(_SEED)
    drawn = random.integers(count, size=(_RESAMPLES, count))
    times = np.array([np.bincount(row, minlength=count) for row in drawn], dtype=np.float64)
    times.setflags(write=False)
    return times
