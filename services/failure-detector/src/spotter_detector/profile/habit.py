"""How much a lifter's reps to failure vary from set to set at a like load, where only paces are measured.

Where no load is told, sets at other loads are part of it: one lifter always takes the same dumbbell, another does heavy
and light days. Which of them it is the sets show, two or three at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from spotter_detector.profile.generative_model import PACE_LOG_N_SD, Floats

# Sd of log reps from set to set: candidates with their prior probabilities (design choice).
_SDS = np.array([0.03, 0.08, 0.20, 0.40])
_LOG_PRIOR = np.log([0.7, 0.1, 0.1, 0.1])
# The next set is none of the habit in one of so many, and of one more with each set (design choice).
_BROKEN_ONE_IN = 16


@dataclass(frozen=True, slots=True)
class RepsHabit:
    """Variance of log reps from set to set, and the sets that it rests on; 0 sets: nobody's.

    >>> round(RepsHabit(0.0, 0).sd, 3), round(RepsHabit(0.0, 0).broken_share, 3)
    (0.052, 0.062)
    """

    variance: float
    sets: int

    @property
    def sd(self) -> float:
        """The sd of log reps from set to set."""
        return sqrt(self.variance) if self.sets else _mean_sd(_LOG_PRIOR)

    @property
    def broken_share(self) -> float:
        """How often the next set is none of the habit."""
        return round(1.0 / (_BROKEN_ONE_IN + self.sets), 6)

    def after(self, off: Floats, variance: Floats) -> RepsHabit:
        """Return the habit after n more sets.

        `off` (n,) is by how much log reps differ from what is usual at the load, `variance` (n,) how well that is
        known. What they have in common is the lifter's own.

        >>> steady, varied = (np.log([12, 13, 12]), np.log([6, 13, 20]))
        >>> [round(RepsHabit(0.0, 0).after(log_reps - 2.3, np.full(3, 0.002)).sd, 2) for log_reps in (steady, varied)]
        [0.03, 0.4]
        """
        spread = _SDS[:, None] ** 2 + variance
        weights = 1.0 / spread
        total = weights.sum(axis=1) + 1.0 / PACE_LOG_N_SD**2
        mean = (weights * off).sum(axis=1)
        log_likelihood = -0.5 * (np.log(spread).sum(axis=1) + np.log(total))
        log_likelihood -= 0.5 * ((weights * off * off).sum(axis=1) - mean * mean / total)
        if self.sets:
            log_likelihood -= 0.5 * self.sets * (2.0 * np.log(_SDS) + self.variance / _SDS**2)
        return RepsHabit(float(f"{_mean_sd(_LOG_PRIOR + log_likelihood) ** 2:.6g}"), self.sets + len(off))


def _mean_sd(log_weights: Floats) -> float:
    """Return the geometric mean of the candidates: a wide one must not stand for the narrow ones before it is seen."""
    weights = np.exp(log_weights - log_weights.max())
    return float(np.exp((weights * np.log(_SDS)).sum() / weights.sum()))
