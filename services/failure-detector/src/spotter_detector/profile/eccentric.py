"""How the time of the way down changes to the end of a lifter's sets: learned where the end is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from spotter_detector.model.eccentric import EccentricTrend, bounded_logs, eccentric_time_s
from spotter_detector.model.records import Observation
from spotter_detector.profile.codec import significant

# Growth of the log of the time to the last possible rep: none on average, its sd between lifters and between the sets of
# one (design choices: which way it goes is nobody's but the lifter's).
_BETWEEN_SD, _WITHIN_SD = 0.40, 0.12
# Scatter of one rep about the trend, sd of logs, worth so many reps (design choice).
_SCATTER, _SCATTER_REPS = 0.15, 10
_REPS_MIN = 5
# Sets whose end shows the direction.
_SETS_MIN = 2


@dataclass(frozen=True, slots=True)
class SetTrend:
    """Growth of the log of the time of the way down in one set with its variance, sum of squares about it, and reps."""

    growth: float
    variance: float
    squares: float
    reps: int

    def numbers(self) -> tuple[float, ...]:
        """Return the trend as four numbers."""
        return significant((self.growth, self.variance, self.squares, float(self.reps)))


def set_trend(reps: Sequence[Observation], possible: float, curve: float) -> tuple[float, ...]:
    """Return the numbers of a `SetTrend` of a set with so many reps possible; none where too few times are known.

    >>> reps = [Observation(n, 3.0 * n, None, 1.0, None, None, eccentric_s=1.0 + 0.05 * n) for n in range(1, 11)]
    >>> growth, variance, squares, count = set_trend(reps, 10, 1.0)
    >>> round(growth, 2), count
    (0.36, 10.0)
    """
    timed = [(number, took_s) for number, rep in enumerate(reps) if (took_s := eccentric_time_s(rep)) is not None]
    if len(timed) < _REPS_MIN or possible < len(reps):
        return ()
    logs = np.array(bounded_logs(tuple(took_s for _, took_s in timed)))
    shares = np.array([(number / max(possible - 1.0, 1.0)) ** curve for number, _ in timed])
    off = shares - shares.mean()
    width = float((off * off).sum())
    growth = float((off * logs).sum()) / width
    squares = float(((logs - logs.mean() - growth * off) ** 2).sum())
    scatter = (squares + _SCATTER_REPS * _SCATTER**2) / (len(timed) - 2 + _SCATTER_REPS)
    return SetTrend(growth, scatter / width, squares, len(timed)).numbers()


def pooled_trend(base: tuple[float, ...], sets: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    """Return precision, precision times growth, sum of squares, reps and sets, of earlier sets and new ones.

    >>> pooled_trend((), [(0.4, 0.01, 0.1, 8.0)])
    (40.9836066, 16.3934426, 0.1, 8.0, 1.0)
    """
    total = np.array(base) if base else np.zeros(5)
    for growth, variance, squares, reps in sets:
        precision = 1.0 / (variance + _WITHIN_SD**2)
        total = total + np.array([precision, precision * growth, squares, reps, 1.0])
    return significant(total.tolist()) if total[-1] else ()


def trend_of(pooled: tuple[float, ...]) -> EccentricTrend | None:
    """Return what is expected of the next set; None before a few sets have shown it.

    >>> trend = trend_of(pooled_trend((), [(0.4, 0.01, 0.1, 8.0)] * 4))
    >>> trend is not None and (round(trend.growth, 2), round(trend.growth_sd, 2), round(trend.scatter, 2))
    (0.39, 0.14, 0.14)
    """
    if not pooled or pooled[4] < _SETS_MIN:
        return None
    precision = pooled[0] + 1.0 / _BETWEEN_SD**2
    freedom = max(pooled[3] - 2.0 * pooled[4], 0.0) + _SCATTER_REPS
    return EccentricTrend(
        round(pooled[1] / precision, 6),
        round(sqrt(1.0 / precision + _WITHIN_SD**2), 6),
        round(sqrt((pooled[2] + _SCATTER_REPS * _SCATTER**2) / freedom), 6),
    )
