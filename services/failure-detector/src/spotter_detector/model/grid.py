"""The grid of hypotheses: reps possible N = 1 … 60, curve exponent p of three; and the prior over it.

A cell (N, p) states that progress g of N reps has used up the share f = ((g − 1) / (N − 1))^p of what lies between
first and last velocity: v = v1 + f·drop, drop = v_last − v1. Within a cell that is linear in (v1, drop), so the belief
about the two is exactly Gaussian. The three exponents are the nodes of a Gauss–Hermite rule for the belief about the
lifter's curve, and so preserve its mean and variance. Layout of every array over the grid: p in blocks, N running
within a block.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import erfc, inf, log, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from spotter_detector.model.prior import Prior

Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.intp]

N_MAX = 60
CURVES = 3
CELLS = N_MAX * CURVES
# Progress is counted up to here: a longer set stays 10 reps from the end of the grid, and velocity alone decides.
PROGRESS_MAX = 50
# Planes of a posterior: mean of v1 and of drop, their variances and covariance, log weight of the cell.
V1, DROP, VAR_V1, COV, VAR_DROP, LOG_WEIGHT = range(6)
PLANES = 6
_LOG_REPS: Floats = np.array([log(n) for n in range(1, N_MAX + 1)])
# Nodes in sds and log weights of the three-point rule of Gauss and Hermite.
_NODES = (-sqrt(3.0), 0.0, sqrt(3.0))
_LOG_NODE_WEIGHTS: Floats = np.array([log(1.0 / 6.0), log(2.0 / 3.0), log(1.0 / 6.0)])
# Step of the tabulated exponents; no velocity was seen to fall with an exponent outside these (design choice).
_CURVE_MIN, _CURVE_MAX, _CURVE_STEP = 0.5, 2.5, 0.04
# A prior never rules out what the reps may still show.
_PROBABILITY_MIN = 1e-300


def _share_used(curve: float, progress: int) -> list[float]:
    # The only rep of a one-rep set is its last.
    return [1.0 if n == 1 or progress >= n else ((progress - 1) / (n - 1)) ** curve for n in range(1, N_MAX + 1)]


_EXPONENTS = [_CURVE_MIN + _CURVE_STEP * at for at in range(round((_CURVE_MAX - _CURVE_MIN) / _CURVE_STEP) + 1)]
# Row (curve, g): the share f at progress g for each N. Progress 0 is never read as a share.
SHARE_USED: Floats = np.array(
    [
        row
        for curve in _EXPONENTS
        for row in ([0.0] * N_MAX, *(_share_used(curve, g) for g in range(1, PROGRESS_MAX + 1)))
    ]
)
# Row g: 0 where N reps are possible after g done, −inf where N < g.
POSSIBLE: Floats = np.array(
    [[0.0 if n >= g else -inf for _ in range(CURVES) for n in range(1, N_MAX + 1)] for g in range(PROGRESS_MAX + 1)]
)


def curve_offsets(prior: Prior) -> Indices:
    """Return the rows of `SHARE_USED` where the three exponents of a set begin: array (3,); progress is added.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> SHARE_USED[curve_offsets(prior) + 6, 10].round(3)  # after 6 reps of 11
    array([0.551, 0.429, 0.334])
    """
    return np.array(
        [
            round(
                (min(max(prior.curve_mean + node * prior.curve_sd, _CURVE_MIN), _CURVE_MAX) - _CURVE_MIN) / _CURVE_STEP
            )
            * (PROGRESS_MAX + 1)
            for node in _NODES
        ],
        dtype=np.intp,
    )


def curve_exponents(prior: Prior) -> Floats:
    """Return the three exponents of a set as tabulated: array (3,).

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> curve_exponents(prior).round(2)
    array([0.86, 1.22, 1.58])
    """
    steps = curve_offsets(prior) // (PROGRESS_MAX + 1)
    return np.array([_CURVE_MIN + _CURVE_STEP * step for step in steps.tolist()])


def shares_used(places: Indices, progress: int) -> Floats:
    """Return the share f of each cell at this progress, (180,), for exponents that begin at these rows."""
    shares: Floats = SHARE_USED[places + progress].reshape(CELLS)
    return shares


@dataclass(frozen=True, slots=True)
class Spread:
    """A mean and its sd for each number of reps possible, 1 … 60: arrays (60,)."""

    mean: Floats
    sd: Floats

    @classmethod
    def same(cls, mean: float, sd: float) -> Spread:
        """Return the same mean and sd for every number of reps."""
        return cls(np.full(N_MAX, mean), np.full(N_MAX, sd))


def first_velocity(prior: Prior) -> Spread:
    """First velocity (m/s) of a set by the reps possible in it: the joint Gaussian, given log reps.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> [round(float(first_velocity(prior).mean[n - 1]), 3) for n in (4, 10, 20)]  # more reps go with a faster first one
    [0.359, 0.489, 0.587]
    """
    slope = prior.v1_log_n_cov / prior.log_n_sd**2
    sd = sqrt(prior.v1_sd_mps**2 - slope * prior.v1_log_n_cov)
    return Spread(prior.v1_mean_mps + slope * (_LOG_REPS - prior.log_n_mean), np.full(N_MAX, sd))


@lru_cache(maxsize=1024)
def velocity_planes(prior: Prior) -> Floats:
    """Return the prior over the grid of a set with velocities: array (6, 180), planes as above, read-only.

    First velocity as it goes with the cell's reps; velocity at failure as it goes with the first.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> planes = velocity_planes(prior)
    >>> round(float(planes[V1, 9]), 3), round(float(planes[DROP, 9]), 3), round(sum(reps_possible(planes)[:10]), 3)
    (0.489, -0.319, 0.539)
    """
    by_reps = prior.v_last_log_n_cov / prior.log_n_sd**2
    last = Spread(
        prior.v_last_mean_mps + by_reps * (_LOG_REPS - prior.log_n_mean),
        np.full(N_MAX, sqrt(prior.v_last_sd_mps**2 - by_reps * prior.v_last_log_n_cov)),
    )
    return planes_over_grid(prior, first_velocity(prior), last, prior.v1_v_last_cov - by_reps * prior.v1_log_n_cov)


def planes_over_grid(prior: Prior, first: Spread, last: Spread, cov: float = 0.0) -> Floats:
    """Return a prior over the grid, (6, 180), from first and last velocity by the reps possible.

    The weights of the cells are those of `prior`: log-normal in reps, normal in the curve's exponent.
    `cov` is the covariance of first and last velocity.
    """
    planes: Floats = np.empty((PLANES, CURVES, N_MAX))
    planes[V1] = first.mean
    planes[DROP] = last.mean - first.mean
    planes[VAR_V1] = first.sd * first.sd
    planes[COV] = cov - planes[VAR_V1]
    planes[VAR_DROP] = planes[VAR_V1] + last.sd * last.sd - 2.0 * cov
    planes[LOG_WEIGHT] = [log(mass) for mass in _reps_masses(prior)]
    planes[LOG_WEIGHT] += _LOG_NODE_WEIGHTS[:, None]
    planes = planes.reshape(PLANES, CELLS)
    planes.setflags(write=False)
    return planes


def _reps_masses(prior: Prior) -> list[float]:
    """Mass of each N: the log-normal between N − ½ and N + ½, all below 1½ for 1, all above 59½ for 60."""
    upper = [_above(log(n + 0.5), prior) for n in range(1, N_MAX)] + [0.0]
    above = 1.0
    masses: list[float] = []
    for value in upper:
        masses.append(max(above - value, _PROBABILITY_MIN))
        above = value
    return masses


def _above(log_n: float, prior: Prior) -> float:
    return 0.5 * erfc((log_n - prior.log_n_mean) / (prior.log_n_sd * sqrt(2.0)))


def reps_possible(posterior: Floats) -> list[float]:
    """Return P(N = 1) … P(N = 60) of one posterior (6, 180).

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("back_squat", pct_1rm=85, planned_reps=None, target_rir=None, tempo=False)
    >>> probabilities = reps_possible(velocity_planes(prior))
    >>> probabilities.index(max(probabilities)) + 1, round(max(probabilities), 3)
    (6, 0.193)
    """
    weights = np.exp(posterior[LOG_WEIGHT] - posterior[LOG_WEIGHT].max())
    by_reps = weights.reshape(CURVES, N_MAX).sum(axis=0)
    return [float(weight / by_reps.sum()) for weight in by_reps]
