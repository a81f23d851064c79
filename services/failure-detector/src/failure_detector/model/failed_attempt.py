"""A failed attempt as evidence: the reps done before it were all there were."""

from __future__ import annotations

from math import log

import numpy as np

from failure_detector.model.grid import LOG_WEIGHT, N_MAX, Floats

# How far the shape of a failed attempt is to be trusted (design choice).
_PROBABILITY = 0.97


def end_here(planes: Floats, progress: int) -> None:
    """Give the end at `progress` reps its probability, whatever the velocities before said, in place.

    A posterior, (6, 180), is changed by Jeffrey's rule: what is left of the probability keeps its shape over the other
    numbers of reps. It takes over if another rep is done after all.

    >>> from failure_detector.model import starting_values
    >>> from failure_detector.model.grid import reps_possible, velocity_prior
    >>> start = starting_values("bench_press", pct_1rm=75, planned_reps=None, target_rir=None, tempo=False)
    >>> planes = velocity_prior(start).copy()
    >>> before = reps_possible(planes)
    >>> end_here(planes, progress=6)
    >>> after = reps_possible(planes)
    >>> round(before[5], 3), round(after[5], 3), round(before[9] / before[8], 3) == round(after[9] / after[8], 3)
    (0.024, 0.97, True)
    """
    by_reps = planes[LOG_WEIGHT].reshape(-1, N_MAX)
    ended, others = by_reps[:, progress - 1].copy(), np.delete(by_reps, progress - 1, axis=1)
    by_reps -= _log_sum(others) - log(1.0 - _PROBABILITY)
    by_reps[:, progress - 1] = ended - _log_sum(ended) + log(_PROBABILITY)


def _log_sum(log_weights: Floats) -> float:
    most = float(log_weights.max())
    return most + log(float(np.exp(log_weights - most).sum()))
