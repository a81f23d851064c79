"""The sensor's noise by the sets it measured: what scatters about the curve beyond a lifter's own variation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt

import numpy as np

from spotter_detector.model import flags
from spotter_detector.model.filter import Posterior
from spotter_detector.model.grid import DROP, V1, curve_offsets, shares_used
from spotter_detector.model.records import Observation

# Of the tracker that nobody knows, worth so many reps.
_USUAL_SD_MPS, _USUAL_REPS = 0.03, 120
_SD_MIN_MPS, _SD_MAX_MPS = 0.01, 0.12
# First and last velocity, and about half of the curve's exponent, are fitted.
_FITTED = 2.5
_REPS_MIN = 6
# A wild velocity is the outlier's matter.
_RESIDUAL_MAX_MPS = 0.2


def sensor_scatter(
    reps: Sequence[Observation], found: Posterior, log_weight: np.ndarray, cv: float
) -> tuple[float, int] | None:
    """Variance of the sensor, (m/s)², by one set and the reps that it rests on; None where the set cannot tell.

    May be under 0: only many sets together are an estimate. `log_weight` (180,) are those of the cells with the end taken
    in, `cv` the biological variation of a rep.
    """
    words = {word for one in found.flags for word in one} - {flags.SLOW_FIRST}
    if words or len(reps) < _REPS_MIN or len(reps) != found.progress:
        return None
    velocities = np.array([one.velocity_mps for one in reps[1:] if one.velocity_mps is not None])
    if len(velocities) != len(reps) - 1:
        return None
    cell, places = int(log_weight.argmax()), curve_offsets(found.values)
    used = np.array([shares_used(places, progress)[cell] for progress in range(2, len(reps) + 1)])
    off = velocities - (found.planes[V1, cell] + used * found.planes[DROP, cell])
    squares = np.minimum(off * off, _RESIDUAL_MAX_MPS**2)
    variance = float(squares.sum()) / (len(off) - _FITTED) - cv * cv * float((velocities**2).mean())
    return float(f"{variance:.6g}"), len(off)


def pooled_noise(known: Iterable[tuple[float | None, int]]) -> tuple[float, int]:
    """The sensor's variance and the reps behind it, of sets and what was known before.

    >>> pooled_noise([(0.004, 30), (None, 0), (0.0032, 10)])
    (0.0038, 40)
    """
    told = [(variance, reps) for variance, reps in known if variance is not None and reps]
    reps = sum(count for _, count in told)
    if not reps:
        return 0.0, 0
    return float(f"{sum(variance * count for variance, count in told) / reps:.6g}"), reps


def sensor_sd_mps(variance: float, reps: int) -> float:
    """The noise believed of a sensor whose sets say this: shrunk to the usual one where they are few.

    >>> [round(sensor_sd_mps(0.0036, reps), 3) for reps in (0, 40, 400)]
    [0.03, 0.04, 0.055]
    """
    believed = (variance * reps + _USUAL_SD_MPS**2 * _USUAL_REPS) / (reps + _USUAL_REPS)
    return round(min(max(sqrt(max(believed, 0.0)), _SD_MIN_MPS), _SD_MAX_MPS), 4)
