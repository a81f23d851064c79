"""From posteriors to results: median, interval and probabilities of the reps in reserve, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spotter_detector.model.grid import N_MAX, PROGRESS_MAX, Floats
from spotter_detector.model.prior import Prior
from spotter_detector.model.timing import PaceKind

# P(RIR ≤ 0) … P(RIR ≤ 6).
_RESERVES = np.arange(7)
# Interval and median.
_LEVELS: Floats = np.array([0.1, 0.5, 0.9])


@dataclass(frozen=True, slots=True)
class Summary:
    """Results for n sets, rounded: `quantiles` (n, 3) of RIR at .1, .5, .9; `p_rir_le` (n, 7)."""

    quantiles: Floats
    p_rir_le: Floats


def summarise(log_weight: Floats, progress: NDArray[np.intp]) -> Summary:
    """Summarise the posteriors of n sets.

    RIR = N − progress is a whole number. Its quantiles lie between whole numbers by spreading each one's probability
    evenly over half a rep to either side, never below 0: so the median rounds to the posterior median, and it is under
    j + ½ exactly where P(RIR ≤ j) is over ½.
    `log_weight` (n, 180) are the log weights of the cells, −inf where N < progress; `progress` (n,) the reps done in the
    curve.

    >>> log_weight = np.full((1, 180), -np.inf)
    >>> log_weight[0, [7, 8, 9]] = np.log([0.2, 0.5, 0.3])  # N is 8, 9 or 10
    >>> summary = summarise(log_weight, np.array([8]))
    >>> summary.quantiles.tolist(), summary.p_rir_le.tolist()
    ([[0.0, 1.1, 2.17]], [[0.2, 0.7, 1.0, 1.0, 1.0, 1.0, 1.0]])
    """
    sets = len(progress)
    weight = log_weight - np.maximum.reduce(log_weight, axis=-1, keepdims=True)
    np.exp(weight, out=weight)
    reps = weight[:, :N_MAX] + weight[:, N_MAX : 2 * N_MAX]
    reps += weight[:, 2 * N_MAX :]
    below = np.zeros((sets, N_MAX + 1))  # column n: P(N ≤ n)
    cumulated = below[:, 1:]
    np.add.accumulate(reps, axis=-1, out=cumulated)
    cumulated /= cumulated[:, -1:].copy()

    done = progress[:, None]
    row = np.arange(0, sets * (N_MAX + 1), N_MAX + 1)[:, None]
    p_rir_le = below.take(row + np.minimum(done + _RESERVES, N_MAX))
    # The first n with P(N ≤ n) at or over the level.
    reached = np.add.reduce(below[:, None, :] < _LEVELS[:, None], axis=-1, dtype=np.intp)
    cell = row + reached
    lower = below.take(cell - 1)
    quantiles = (_LEVELS - lower) / (below.take(cell) - lower)
    quantiles += reached - done - 0.5
    np.maximum(quantiles, 0.0, out=quantiles)
    return Summary(_rounded(quantiles, 1e2), _rounded(p_rir_le, 1e4))


def reps_in_reserve(log_weight: Floats, progress: int) -> Floats:
    """Return the probabilities of 0 … 59 reps in reserve, (60,), from the log weights (180,) of the cells.

    >>> log_weight = np.full(180, -np.inf)
    >>> log_weight[[7, 8, 9]] = np.log([0.2, 0.5, 0.3])  # N is 8, 9 or 10
    >>> reps_in_reserve(log_weight, 8)[:4].round(2).tolist()
    [0.2, 0.5, 0.3, 0.0]
    """
    by_reps = np.exp(log_weight - log_weight.max()).reshape(-1, N_MAX).sum(axis=0)
    probabilities = np.zeros(N_MAX)
    left = by_reps[max(progress - 1, 0) :]
    probabilities[: len(left)] = left / by_reps.sum()
    return probabilities


def p_outlier(log_weight: Floats, inlier: Floats) -> float:
    """Return the probability that the last rep was an outlier, from the cells' log weights and inlier probabilities.

    >>> log_weight = np.full(180, -np.inf)
    >>> log_weight[[7, 8]] = np.log([0.2, 0.8])
    >>> round(p_outlier(log_weight, np.where(np.arange(180) == 7, 0.5, 1.0)), 3)
    0.1
    """
    weight = np.exp(log_weight - log_weight.max())
    return 1.0 - float((weight * inlier).sum() / weight.sum())


def _rounded(values: Floats, unit: float) -> Floats:
    values *= unit
    np.rint(values, out=values)
    values /= unit
    return values


# Module names: looking a member up through its enum class takes ten times as long (measured).
_VELOCITY = PaceKind.VELOCITY
# Width of the 80 % interval, reps (design choice; the model's tests measure how often such estimates are right).
_HIGH_WIDTH_MAX = 3.0
_LOW_WIDTH_MIN = 6.0


def confidence_of(
    prior: Prior, kind: PaceKind, *, tempo_held: bool, progress: int, rir_low: float, rir_high: float
) -> str:
    """Return `low`, `medium` or `high` for one estimate (design choice).

    *low*: the 80 % interval is wider than 6 reps; or nothing was learned of the lifter and the reps have no velocity in
    m/s; or the set is at a tempo that the lifter still keeps; or it reaches the end of the grid. *high*: none of
    these, the interval is at most 3 reps wide, and the set is not at a tempo. *medium*: the rest.

    A set without a profile reaches *high* once its last reps slow down so clearly that few ends remain.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> for low, high in ((0.0, 1.4), (1.1, 5.2), (3.0, 11.0)):
    ...     print(confidence_of(prior, PaceKind.VELOCITY, tempo_held=False, progress=8, rir_low=low, rir_high=high))
    high
    medium
    low
    >>> confidence_of(prior, PaceKind.CONCENTRIC, tempo_held=False, progress=8, rir_low=0.0, rir_high=1.4)
    'low'
    """
    width = rir_high - rir_low
    blind = prior.learned_sets == 0 and kind is not _VELOCITY
    at_the_end_of_the_grid = progress >= PROGRESS_MAX or progress + rir_high > N_MAX - 1
    if width > _LOW_WIDTH_MIN or blind or (prior.tempo and tempo_held) or at_the_end_of_the_grid:
        return "low"
    return "high" if width <= _HIGH_WIDTH_MAX and not prior.tempo else "medium"
