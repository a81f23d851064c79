"""What shows the end of a set beside the velocities: a failed attempt, and the lifter's own report.

Trained lifters report accurately near failure: within .65 ± .78 reps at one to three reps in reserve (Refalo 2023), and
a little low; in sets of more than 12 reps and far from failure they are two to five reps off (Zourdos 2021), low by .95
on average (Halperin 2022).
"""

from __future__ import annotations

from math import inf, log

import numpy as np

from spotter_detector.model.flags import Verdict
from spotter_detector.model.grid import LOG_WEIGHT, N_MAX, Floats

# A failure that the lifter reports is certain.
FAILED_NEXT = -1.0
_BIAS = -0.2
_NEAR_SD = 0.9
_NEAR_RIR = 3.0
_LONG_SET = 12
_FAR_SD = 2.5
# Farther from failure a call is a lower bound: "5" means five or many more (Halperin 2022, Zourdos 2021). So many more
# count as this share of a residual.
_MORE_SHARE = 0.3
# How far ends that nobody calls are off the usual, reps (design choice), and what an easier set than usual counts: at
# all of it warm-ups would teach that the lifter is weak, at nothing that there is always one more.
_ENDING_SD = 2.5
_EASIER_SHARE = 0.5
# Beyond this many standard deviations the likelihood is linear (design choice): a report that is far off moves an
# estimate less the surer the velocities are, and a lower report never leaves more reps.
_TURN_SD = 2.0


def report_sd(called_rir: float, progress: int) -> float:
    """Return the standard deviation of a report, reps.

    >>> report_sd(2.0, progress=8), report_sd(5.0, progress=8), report_sd(2.0, progress=15)
    (0.9, 2.5, 2.5)
    """
    return _NEAR_SD if called_rir <= _NEAR_RIR and progress <= _LONG_SET else _FAR_SD


def log_likelihood(called_rir: float, progress: int) -> Floats:
    """Return the log likelihood (60,) of a report after `progress` reps by the reps possible, 1 … 60.

    A report of 0 covers everything below it; a reported failure, −1, leaves one number.

    >>> np.exp(log_likelihood(1.0, progress=8))[[7, 8, 9, 12]].round(2)
    array([0.41, 0.98, 0.67, 0.  ])
    """
    rir = np.arange(1.0, N_MAX + 1) - progress
    if called_rir <= FAILED_NEXT:
        return np.where(rir == 0.0, 0.0, -700.0)
    off = (called_rir - (rir + _BIAS)) / report_sd(called_rir, progress)
    if called_rir <= 0.0:
        off = np.minimum(off, 0.0)
    if called_rir <= _NEAR_RIR:
        return _log_density(off)
    likelihood = _log_density(np.where(off < 0.0, _MORE_SHARE * off, off))
    if progress <= _LONG_SET:
        # At least what a call of three says of fewer: so a call of more never leaves fewer.
        likelihood += _log_density(np.maximum((_NEAR_RIR - (rir + _BIAS)) / _NEAR_SD, 0.0))
    return likelihood


def log_ending(usual_rir: float, progress: int) -> Floats:
    """Return the log likelihood (60,) of a set that ended after `progress` reps, nobody said why, by the reps possible.

    Lifters end with about as many left as they usually do; residuals towards more count half, since many sets are easy.

    >>> np.exp(log_ending(2.0, progress=8))[[7, 9, 11, 19]].round(2)
    array([0.73, 1.  , 0.92, 0.14])
    """
    rir = np.arange(1.0, N_MAX + 1) - progress
    off = (usual_rir - rir) / _ENDING_SD
    return _log_density(np.where(off < 0.0, _EASIER_SHARE * off, off))


def _log_density(off: Floats) -> Floats:
    """Return the log of a normal density with straight tails, by how many standard deviations it is off."""
    size = np.abs(off)
    density: Floats = np.where(size <= _TURN_SD, -0.5 * size * size, _TURN_SD * (0.5 * _TURN_SD - size))
    return density


def apply_likelihood(planes: Floats, called_rir: float, progress: int) -> None:
    """Multiply a posterior, (6, 180), by the likelihood of a report, in place.

    >>> from spotter_detector.model import build_prior
    >>> from spotter_detector.model.grid import reps_possible, velocity_planes
    >>> prior = build_prior("bench_press", pct_1rm=75, planned_reps=None, target_rir=None, tempo=False)
    >>> planes = velocity_planes(prior).copy()
    >>> apply_likelihood(planes, 1.0, progress=8)
    >>> round(sum(reps_possible(planes)[7:11]), 2)
    0.98
    """
    by_reps = planes[LOG_WEIGHT].reshape(-1, N_MAX)
    by_reps += log_likelihood(called_rir, progress)


# How many times likelier such a report is with nothing left in reserve than with something: Bayes factors of each shape
# (design choices). A bar put down is as short and slow as an attempt that failed, and as often reported; two halves of
# one rep, and help after a rep that all but stopped, come from nothing else.
FAILED_FACTOR = {
    Verdict.FAILED: 40.0,
    Verdict.SECOND_HALF: 1000.0,
    Verdict.STALLED: 100.0,
    Verdict.HELPED: 500.0,
}
# Put down after a rest: who tries another rep does not wait for long.
RESTED_FACTOR = 3.0
# A failed attempt is one only where the estimate with it makes the end at least as likely as not.
BELIEVED = 0.5
# Help that is told, where the rep before was done alone: the lifter could not go on alone, or did not want to (design
# choice).
ASSISTED_FACTOR = 3.0
# A shape alone is never certain.
_PROBABILITY_MAX = 0.97


def apply_failed_attempt(planes: Floats, progress: int, factor: float) -> None:
    """Multiply the odds of the end at `progress` reps (1 or more) by `factor`, up to a probability of .97, in place.

    The remaining probability keeps its shape over the other numbers of reps, and takes over if another rep is done
    after all. A posterior is (6, 180).

    >>> from spotter_detector.model import build_prior
    >>> from spotter_detector.model.grid import reps_possible, velocity_planes
    >>> prior = build_prior("bench_press", pct_1rm=75, planned_reps=None, target_rir=None, tempo=False)
    >>> planes = velocity_planes(prior).copy()
    >>> before = reps_possible(planes)
    >>> apply_failed_attempt(planes, 6, 30.0)
    >>> after = reps_possible(planes)
    >>> round(before[5], 3), round(after[5], 3), round(before[9] / before[8], 3) == round(after[9] / after[8], 3)
    (0.02, 0.375, True)
    """
    by_reps = planes[LOG_WEIGHT].reshape(-1, N_MAX)
    log_odds = _log_sum(by_reps[:, progress - 1]) - _log_sum(np.delete(by_reps, progress - 1, axis=1))
    most = log(_PROBABILITY_MAX / (1.0 - _PROBABILITY_MAX))
    by_reps[:, progress - 1] += max(min(log(factor), most - log_odds), 0.0)


def _log_sum(log_weights: Floats) -> float:
    most = float(log_weights.max())
    if most == -inf:
        return most
    return most + log(float(np.exp(log_weights - most).sum()))
