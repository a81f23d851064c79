"""The sensor's noise from the sets it measured: scatter about the curve beyond the lifter's own variation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt

import numpy as np

from spotter_detector.model import flags
from spotter_detector.model.filter import Posterior
from spotter_detector.model.grid import DROP, V1, curve_offsets, shares_used
from spotter_detector.model.records import Observation

# Prior of an unknown tracker, worth this many reps.
_USUAL_SD_MPS, _USUAL_REPS = 0.03, 120
_SD_MIN_MPS, _SD_MAX_MPS = 0.01, 0.12
# Fitted parameters: first and last velocity, and about half of the curve's exponent.
_FITTED = 2.5
_REPS_MIN = 6
# Larger residuals are outliers.
_RESIDUAL_MAX_MPS = 0.2


def sensor_scatter(
    reps: Sequence[Observation], posterior: Posterior, log_weight: np.ndarray, cv: float
) -> tuple[float, int] | None:
    """Return the sensor's variance, (m/s)², from one set and how many reps it rests on; None if the set cannot show it.

    May be under 0: only many sets together are an estimate. `log_weight` (180,) are those of the cells with the set's
    end included, `cv` is the biological variation of a rep.
    """
    labels = {label for rep_flags in posterior.flags for label in rep_flags} - {flags.SLOW_FIRST}
    if labels or len(reps) < _REPS_MIN or len(reps) != posterior.progress:
        return None
    velocities = np.array([rep.velocity_mps for rep in reps[1:] if rep.velocity_mps is not None])
    if len(velocities) != len(reps) - 1:
        return None
    cell, places = int(log_weight.argmax()), curve_offsets(posterior.curve_prior)
    used = np.array([shares_used(places, progress)[cell] for progress in range(2, len(reps) + 1)])
    off = velocities - (posterior.planes[V1, cell] + used * posterior.planes[DROP, cell])
    squares = np.minimum(off * off, _RESIDUAL_MAX_MPS**2)
    variance = float(squares.sum()) / (len(off) - _FITTED) - cv * cv * float((velocities**2).mean())
    return float(f"{variance:.6g}"), len(off)


def pooled_noise(estimates: Iterable[tuple[float | None, int]]) -> tuple[float, int]:
    """Return the sensor's variance and the reps behind it, pooled over sets and earlier estimates.

    >>> pooled_noise([(0.004, 30), (None, 0), (0.0032, 10)])
    (0.0038, 40)
    """
    measured = [(variance, reps) for variance, reps in estimates if variance is not None and reps]
    reps = sum(count for _, count in measured)
    if not reps:
        return 0.0, 0
    return float(f"{sum(variance * count for variance, count in measured) / reps:.6g}"), reps


def sensor_sd_mps(variance: float, reps: int) -> float:
    """Return the sd of a sensor, shrunk to the usual one if its sets are few.

    >>> [round(sensor_sd_mps(0.0036, reps), 3) for reps in (0, 40, 400)]
    [0.03, 0.04, 0.055]
    """
    pooled = (variance * reps + _USUAL_SD_MPS**2 * _USUAL_REPS) / (reps + _USUAL_REPS)
    return round(min(max(sqrt(max(pooled, 0.0)), _SD_MIN_MPS), _SD_MAX_MPS), 4)
