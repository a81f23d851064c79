"""Sets at a controlled tempo: while the lifter keeps the pace, a rep only shows a lower bound of capacity.

The observed pace is the smaller of target and capacity. Until the first rep that falls clearly under the target,
capacity is bounded from below only; since it falls from rep to rep, the newest bound implies all earlier ones. It is
applied when the posterior is read and never stored in it. From the first break on every rep shows capacity itself.

At 2 s up and 2 s down velocity falls over the last two reps alone (75 %1RM), or not at all before failure (50 %):
Gentil's metronome sets. So no estimate before the break gets more than low confidence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spotter_detector.model.grid import COV, DROP, V1, VAR_DROP, VAR_V1, Floats, Indices, shares_used

# A rep under this share of the target is the first break (design choice).
_HELD_SHARE = 0.88


@dataclass(frozen=True, slots=True)
class CapacityBound:
    """Capacity was at least `pace` at this progress, observed with this noise."""

    pace: float
    progress: int
    sensor_variance: float
    cv_squared: float


def is_held(pace: float, first_paces: tuple[float, ...]) -> bool:
    """Whether a rep keeps the tempo of the set's first reps (at most three).

    >>> is_held(0.24, (0.25, 0.26, 0.25)), is_held(0.20, (0.25, 0.26, 0.25)), is_held(0.25, ())
    (True, False, True)
    """
    if not first_paces:
        return True
    return pace >= _HELD_SHARE * sorted(first_paces)[len(first_paces) // 2]


def log_capacity_over(planes: Floats, curves: Indices, bound: CapacityBound) -> Floats:
    """Return the log probability by cell, (180,), that capacity was over the bound.

    The normal distribution is approximated by the logistic of a cubic (Bowling 2009, error under .00014).

    >>> from spotter_detector.model import build_prior
    >>> from spotter_detector.model.grid import curve_offsets, velocity_planes
    >>> prior = build_prior("bench_press", pct_1rm=75, planned_reps=None, target_rir=None, tempo=True)
    >>> bound = CapacityBound(0.30, 8, 0.03**2, 0.035**2)
    >>> log_probability = log_capacity_over(velocity_planes(prior), curve_offsets(prior), bound)
    >>> [round(float(np.exp(log_probability[n - 1])), 2) for n in (8, 10, 14)]
    [0.01, 0.11, 0.66]
    """
    share = shares_used(curves, bound.progress)
    capacity = planes[V1] + share * planes[DROP]
    variance = planes[VAR_V1] + share * (2.0 * planes[COV] + share * planes[VAR_DROP])
    variance = variance + bound.sensor_variance + bound.cv_squared * capacity * capacity
    z = (capacity - bound.pace) / np.sqrt(variance)
    # Beyond eight sds the cubic would only make the exponential overflow.
    z = np.clip(z, -8.0, 8.0)
    log_probability: Floats = -np.log1p(np.exp(-z * (1.5976 + 0.07056 * z * z)))
    return log_probability
