"""How much a lifter's reps to failure vary from set to set at a like load, where only paces are measured.

Where no load is told, sets at other loads are part of it: one lifter always takes the same dumbbell, another does heavy
and light days. Which of them it is the sets show, two or three at most; and whether what is told of the loads explains
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spotter_detector.profile.codec import significant
from spotter_detector.profile.generative_model import PACE_LOG_N_SD, Floats

# Sets that say nothing of the lifter, as no velocity tells a light day or a set cut short: one in so many, as often as
# there were some already; and how far they are off, sd of logs (design choices).
_ODD_ONE_IN = 30.0
ODD_SHARE: Final = 1.0 / _ODD_ONE_IN
_ODD_SD = 0.6
# Sd of log reps from set to set, of a lifter who is steady, less so, or not at all: where the load is told, and where it
# may be another one each time; with their prior probabilities (design choices).
_TOLD_SDS, _UNTOLD_SDS = np.array([0.04, 0.15, 0.30]), np.array([0.04, 0.15, 0.45])
_PRIOR = (0.70, 0.15, 0.15)
# Sd of log reps between usual lifters, and of one in seven, whose loads are none that are usual (design choice).
_BETWEEN_SDS, _LOG_BETWEEN = np.array([PACE_LOG_N_SD, 3.0 * PACE_LOG_N_SD]), np.log([6.0 / 7.0, 1.0 / 7.0])
# Nobody is known to be steady, or not, for good.
_SHARE_MIN = 0.002
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class RepsOffUsual:
    """By how much log reps of n sets are off the usual at their loads: (n,) each.

    `variance`: how well that is known; `is_told`: whether the load is.

    >>> RepsOffUsual.of_untold([12, 13], usual=12.0).off.round(3).tolist()
    [0.0, 0.08]
    """

    off: Floats
    variance: Floats
    is_told: NDArray[np.bool_]

    @classmethod
    def of_untold(cls, reps: Sequence[int], usual: float) -> RepsOffUsual:
        """Return sets that failed after so many reps, at loads that nobody told."""
        off = np.log(np.array(reps) / usual)
        return cls(off, np.full(len(off), 0.002), np.zeros(len(off), dtype=np.bool_))


@dataclass(frozen=True, slots=True)
class RepsHabit:
    """The probabilities of the candidate sds (3,), the sets that they rest on, and how many of these were odd.

    >>> [round(sd, 3) for sd in RepsHabit().sds], round(RepsHabit().broken_share, 3)
    ([0.066, 0.07], 0.178)
    """

    shares: tuple[float, ...] = _PRIOR
    sets: int = 0
    odd_sets: float = 0.0

    @property
    def sds(self) -> tuple[float, float]:
        """The sd of log reps from set to set at a told load, and without: a wide one must be seen to stand for narrow ones."""
        return _mean_sd(self.shares, _TOLD_SDS), _mean_sd(self.shares, _UNTOLD_SDS)

    @property
    def steady_sd(self) -> float:
        """The sd of log reps from set to set if the lifter is steady."""
        return _mean_sd(self.shares[:-1], _TOLD_SDS[:-1])

    @property
    def varied_sds(self) -> tuple[float, float]:
        """The sd if the lifter is not, at a told load and without."""
        return float(_TOLD_SDS[-1]), float(_UNTOLD_SDS[-1])

    @property
    def broken_share(self) -> float:
        """How often the next set is none of a steady lifter's."""
        odd = (1.0 + self.odd_sets) / (_ODD_ONE_IN + self.sets)
        return round(1.0 - (1.0 - self.shares[-1]) * (1.0 - odd), 6)

    def after(self, sets: RepsOffUsual) -> RepsHabit:
        """Return the habit after more sets. What they have in common is the lifter's own, and an odd one is none.

        >>> for reps in ([12, 13, 12], [6, 13, 20], [12, 13, 7, 13, 12]):
        ...     print([round(sd, 2) for sd in RepsHabit().after(RepsOffUsual.of_untold(reps, usual=10.0)).sds])
        [0.04, 0.04]
        [0.29, 0.44]
        [0.05, 0.05]
        """
        logs, odd_sets = self._log_evidence(sets)
        joint = np.exp(logs - logs.max())
        joint /= joint.sum()
        shares = np.maximum(joint.sum(axis=0), _SHARE_MIN)
        [odd] = significant([self.odd_sets + float((joint * odd_sets).sum())])
        return RepsHabit(significant((shares / shares.sum()).tolist()), self.sets + len(sets.off), odd)

    def between_sd(self, sets: RepsOffUsual) -> float:
        """Return the sd of log reps between lifters that these sets need: of usual lifters, unless this is none.

        >>> [round(RepsHabit().between_sd(RepsOffUsual.of_untold(reps, usual=12.0)), 2)
        ...  for reps in ([12, 13], [5], [30, 30, 28])]
        [0.21, 0.38, 0.59]
        """
        logs, _ = self._log_evidence(sets)
        return _mean_sd(np.exp(logs - logs.max()).sum(axis=1).tolist(), _BETWEEN_SDS)

    def log_evidence(self, sets: RepsOffUsual) -> float:
        """Return the log likelihood of the sets, up to a constant: how well their loads, or none, explain them."""
        logs, _ = self._log_evidence(sets)
        return float(logs.max() + np.log(np.exp(logs - logs.max()).sum()))

    def _log_evidence(self, sets: RepsOffUsual) -> tuple[Floats, Floats]:
        """Return it for each candidate with its prior, sds between lifters by sds from set to set, (2, 3); and odd sets."""
        sds = np.where(sets.is_told, _TOLD_SDS[:, None], _UNTOLD_SDS[:, None])
        usual, odd = sds**2 + sets.variance, np.maximum(sds, _ODD_SD) ** 2 + sets.variance
        between = _BETWEEN_SDS[:, None] ** 2
        mean = np.full((len(_BETWEEN_SDS), len(_TOLD_SDS)), float(np.median(sets.off)))
        total, likelihood, odd_sets = (np.zeros_like(mean) for _ in range(3))
        for _ in range(_ROUNDS):  # the mode of the lifter's own mean, and the width of the peak there
            squared = (sets.off - mean[:, :, None]) ** 2
            as_usual = log(1.0 - ODD_SHARE) - 0.5 * (squared / usual + np.log(usual))
            as_odd = log(ODD_SHARE) - 0.5 * (squared / odd + np.log(odd))
            as_any = np.logaddexp(as_usual, as_odd)
            odd_share = np.exp(as_odd - as_any)
            weights = (1.0 - odd_share) / usual + odd_share / odd
            likelihood = as_any.sum(axis=2) - 0.5 * mean**2 / between
            odd_sets = odd_share.sum(axis=2)
            total = weights.sum(axis=2) + 1.0 / between
            mean = (weights * sets.off).sum(axis=2) / total
        logs: Floats = likelihood - 0.5 * np.log(total * between) + np.log(self.shares) + _LOG_BETWEEN[:, None]
        return logs, odd_sets


def _mean_sd(shares: Sequence[float], sds: Floats) -> float:
    """Return the geometric mean of candidates."""
    weights = np.array(shares)
    return float(np.exp((weights * np.log(sds)).sum() / weights.sum()))
