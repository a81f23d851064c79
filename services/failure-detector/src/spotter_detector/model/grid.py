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
    array([0.507, 0.406, 0.316])
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
    array([0.98, 1.3 , 1.66])
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
    """Velocity (m/s) on the lifter's line by the reps possible: the joint Gaussian, given log reps.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> [round(float(first_velocity(prior).mean[n - 1]), 3) for n in (4, 10, 20)]  # more reps go with a faster first one
    [0.314, 0.489, 0.621]
    """
    slope = prior.v1_log_n_cov / prior.log_n_sd**2
    sd = sqrt(prior.v1_sd_mps**2 - slope * prior.v1_log_n_cov)
    return Spread(prior.v1_mean_mps + slope * (_LOG_REPS - prior.log_n_mean), np.full(N_MAX, sd))


@lru_cache(maxsize=1024)
def velocity_planes(prior: Prior) -> Floats:
    """Return the prior over the grid of a set with velocities: array (6, 180), planes as above, read-only.

    First velocity as it goes with the cell's reps, velocity at failure as it goes with the first. Near the 1RM the line
    falls below the velocity at failure; the first rep does not: see `bent`.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> planes = velocity_planes(prior)
    >>> round(float(planes[V1, 9]), 3), round(float(planes[DROP, 9]), 3), round(sum(reps_possible(planes)[:10]), 3)
    (0.49, -0.34, 0.524)
    """
    by_reps = prior.v_last_log_n_cov / prior.log_n_sd**2
    last = Spread(
        prior.v_last_mean_mps + by_reps * (_LOG_REPS - prior.log_n_mean),
        np.full(N_MAX, sqrt(prior.v_last_sd_mps**2 - by_reps * prior.v_last_log_n_cov)),
    )
    line = first_velocity(prior)
    cov = prior.v1_v_last_cov - by_reps * prior.v1_log_n_cov
    at_mps, steepness = bent(line.mean, last.mean)
    flat = 1.0 - steepness
    # The bend is linear about the cell's mean.
    variance = (steepness * line.sd) ** 2 + 2.0 * steepness * flat * cov + (flat * last.sd) ** 2
    return planes_over_grid(prior, Spread(at_mps, np.sqrt(variance)), last, steepness * cov + flat * last.sd**2)


# How far over the velocity at failure the line begins to bend, m/s: the first velocity of two, three and five reps is
# then as far over it as (N − 1)^.7 says (design choice, within .03 m/s in bench press, squat and deadlift).
_BEND_MPS = 0.08


def bent(line_mps: Floats, v_last_mps: Floats) -> tuple[Floats, Floats]:
    """Return the first velocity where a lifter's line is at `line_mps`, and its derivative by the line's.

    A log line puts the first rep of a double below the last one. The first velocity nears the one at failure instead,
    and is never under it: the softplus of the line's distance to it. The derivative by the velocity at failure is the
    rest, to 1.

    >>> first_mps, steepness = bent(np.array([0.10, 0.25, 0.50]), np.array(0.27))
    >>> first_mps.round(3).tolist(), steepness.round(2).tolist()
    ([0.279, 0.316, 0.504], [0.11, 0.44, 0.95])
    """
    over = (line_mps - v_last_mps) / _BEND_MPS
    return v_last_mps + _BEND_MPS * np.logaddexp(0.0, over), 1.0 / (1.0 + np.exp(-over))


def planes_over_grid(prior: Prior, first: Spread, last: Spread, cov: float | Floats = 0.0) -> Floats:
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


def mixed(planes: Floats, other: Floats, share: float) -> Floats:
    """Return the mixture of two priors over the grid, (6, 180) each: `share` of it is `other`; read-only.

    The weights of the cells are mixed; within a cell the mixture is the one Gaussian with its mean and covariance.

    >>> from spotter_detector.model import build_prior
    >>> heavy, light = (
    ...     velocity_planes(build_prior("bench_press", pct_1rm=pct, planned_reps=None, target_rir=None, tempo=False))
    ...     for pct in (90.0, 60.0)
    ... )
    >>> both = mixed(heavy, light, 0.05)
    >>> [round(float(np.exp(of[LOG_WEIGHT]).reshape(CURVES, N_MAX)[:, 21].sum()), 4) for of in (heavy, light, both)]
    [0.0, 0.0586, 0.0029]
    """
    log_weight = np.logaddexp(planes[LOG_WEIGHT] + log(1.0 - share), other[LOG_WEIGHT] + log(share))
    part = np.exp(other[LOG_WEIGHT] + log(share) - log_weight)
    off_v1, off_drop = other[V1] - planes[V1], other[DROP] - planes[DROP]
    apart = part * (1.0 - part)
    both: Floats = planes + part * (other - planes)
    both[VAR_V1] += apart * off_v1 * off_v1
    both[COV] += apart * off_v1 * off_drop
    both[VAR_DROP] += apart * off_drop * off_drop
    both[LOG_WEIGHT] = log_weight
    both.setflags(write=False)
    return both


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
