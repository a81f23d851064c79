"""The home family as arithmetic: the prior of a set by its lifter's constants, and the evidence in its reps.

Given reps possible N and the curve's exponent, a set is linear and Gaussian: lifters in the log of reps (`MORE`), in
velocity at a load (`FASTER`), in the slope of their line (`STEEPER`, off the mean slope) and in their last velocity
(`LAST`); sets in first velocity, log reps and last velocity. The one product, slope times velocity, is linearised
around the current means.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lab.accuracy.oracles.normal import Floats
from lab.accuracy.simulation.parameters import Home, parameters

MORE, FASTER, STEEPER, LAST = range(4)
STATES = 4

# Rounding of log reps to reps, as an integral over [log(N − ½), log(N + ½)].
_LEGENDRE, _LEGENDRE_WEIGHTS = np.polynomial.legendre.leggauss(4)
_LOG_LEAST, _LOG_MOST = np.log(0.3), np.log(90.0)
_MASS_MIN = 1e-300


@dataclass(frozen=True, slots=True)
class SetPrior:
    """The prior of first velocity, log reps and last velocity of sets.

    Arrays of one shape, lifters first; a covariance has the names of both variables.
    """

    first: Floats
    log_n: Floats
    last: Floats
    first_first: Floats
    first_log_n: Floats
    first_last: Floats
    log_n_log_n: Floats
    log_n_last: Floats
    last_last: Floats


def mean_slope(of: Home) -> float:
    """Return the mean slope of the lifters' lines, which is log-normal.

    >>> round(mean_slope(parameters().home["bench_press"]), 3)
    4.523
    """
    return float(of.line_slope * np.exp(0.5 * of.line_slope_cv**2))


def slope_sd(of: Home) -> float:
    """Return the standard deviation of slopes between lifters."""
    return float(mean_slope(of) * np.sqrt(np.expm1(of.line_slope_cv**2)))


def set_prior(
    of: Home, mean: Floats, cov: Floats, load_mps: Floats, load_variance: Floats, lever: Floats | None = None
) -> SetPrior:
    """Return the prior of a set by its lifter's constants.

    Parameters
    ----------
    mean, cov : array (…, 4), (…, 4, 4)
        Of the lifters' constants.
    load_mps, load_variance : arrays that broadcast with …
        The population's first velocity at the load, m/s, and its variance if the load is unknown.
    lever : array or None
        The set's position on the lifter's line, m/s from its middle, if known better than by the load.
    """
    along = load_mps - of.line_velocity
    lever = along if lever is None else lever
    slope = mean_slope(of) + mean[..., STEEPER]
    spread = load_variance + of.v_day_sd**2
    log_n_log_n = (
        cov[..., MORE, MORE]
        + lever * (2.0 * cov[..., MORE, STEEPER] + lever * cov[..., STEEPER, STEEPER])
        + slope**2 * spread
        + of.line_sd**2
    )
    return SetPrior(
        first=load_mps + mean[..., FASTER],
        log_n=of.line_log_n + mean[..., MORE] + slope * along,
        last=mean[..., LAST] + 0.0 * along,
        first_first=cov[..., FASTER, FASTER] + spread,
        first_log_n=cov[..., FASTER, MORE] + lever * cov[..., FASTER, STEEPER] + slope * spread,
        first_last=cov[..., FASTER, LAST] + 0.0 * along,
        log_n_log_n=log_n_log_n,
        log_n_last=cov[..., MORE, LAST] + lever * cov[..., STEEPER, LAST],
        last_last=cov[..., LAST, LAST] + of.v_last_within_sd**2 + 0.0 * along,
    )


def log_reps_within(mean: Floats, variance: Floats, reps: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the probability that exactly `reps` are possible, and the mean and variance of log reps given that.

    >>> mass, mean, variance = log_reps_within(np.array([2.0]), np.array([0.09]), np.array([7.0, 20.0]))
    >>> mass.round(4).tolist(), mean.round(3).tolist(), variance.round(4).tolist()
    ([0.1852, 0.0003], [1.944, 2.993], [0.0017, 0.0002])
    """
    low = np.where(reps > 1, np.log(np.maximum(reps - 0.5, 0.3)), _LOG_LEAST)
    high = np.where(reps < parameters().lifting.reps_max, np.log(reps + 0.5), _LOG_MOST)
    middle, half = 0.5 * (high + low), 0.5 * (high - low)
    precision = 1.0 / variance
    mass, first, second = (np.zeros(np.broadcast_shapes(mean.shape, reps.shape)) for _ in range(3))
    for point, weight in zip(_LEGENDRE.tolist(), _LEGENDRE_WEIGHTS.tolist(), strict=True):
        off = half * point
        density = weight * np.exp(-0.5 * precision * (middle + off - mean) ** 2) + _MASS_MIN
        mass += density
        first += density * off
        second += density * off**2
    shift = first / mass
    scale = half * np.sqrt(precision / (2.0 * np.pi))
    return np.asarray(mass * scale), middle + shift, np.asarray(second / mass - shift**2)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of reps about first and last velocity: information `ff`, `fl`, `ll` and its products `f`, `l` with the values."""

    ff: Floats
    fl: Floats
    ll: Floats
    f: Floats
    l: Floats  # noqa: E741  # first and last


def share_used(reps_possible: Floats, curve: Floats, reps: int) -> Floats:
    """Return the share of the way from first to last velocity at reps 1 … `reps` (last axis); 1 past the last possible rep.

    >>> share_used(np.array([1.0, 5.0]), np.array([1.3]), 5).round(3).tolist()
    [[1.0, 1.0, 1.0, 1.0, 1.0], [0.0, 0.165, 0.406, 0.688, 1.0]]
    """
    done = np.arange(reps) / np.maximum(reps_possible - 1.0, 1.0)[..., None]
    used = np.where(reps_possible[..., None] > 1.0, np.minimum(done, 1.0), 1.0)
    with np.errstate(divide="ignore"):
        shares: Floats = np.exp(curve[..., None] * np.log(used))
    return shares


def update(
    first: Floats, last: Floats, ff: Floats, fl: Floats, ll: Floats, seen: Evidence
) -> tuple[Floats, Floats, Floats]:
    """Return the log evidence of reps under a Gaussian of first and last velocity, and the posterior means.

    Parameters
    ----------
    first, last, ff, fl, ll : arrays
        Means and covariance before the reps.

    Returns
    -------
    log evidence (without terms common to all hypotheses), mean of the first and of the last velocity
    """
    det = ff * ll - fl * fl
    information_det = seen.ff * seen.ll - seen.fl * seen.fl
    scale = 1.0 + ff * seen.ff + 2.0 * fl * seen.fl + ll * seen.ll + det * information_det
    off_f = seen.f - seen.ff * first - seen.fl * last
    off_l = seen.l - seen.fl * first - seen.ll * last
    inverse = 1.0 / scale
    after_ff = (ff + det * seen.ll) * inverse
    after_fl = (fl - det * seen.fl) * inverse
    after_ll = (ll + det * seen.ff) * inverse
    move_f = after_ff * off_f + after_fl * off_l
    move_l = after_fl * off_f + after_ll * off_l
    evidence = first * (seen.f + off_f) + last * (seen.l + off_l) + move_f * off_f + move_l * off_l - np.log(scale)
    return 0.5 * evidence, first + move_f, last + move_l


@dataclass(frozen=True, slots=True)
class Natural:
    """Gaussians of first and last velocity in natural form: precision, precision times mean, and log normaliser."""

    ff: Floats
    fl: Floats
    ll: Floats
    f: Floats
    l: Floats  # noqa: E741  # first and last
    constant: Floats

    @classmethod
    def of(cls, first: Floats, last: Floats, ff: Floats, fl: Floats, ll: Floats) -> Natural:
        """Build it from means and covariances."""
        det = ff * ll - fl * fl
        precise_ff, precise_fl, precise_ll = ll / det, -fl / det, ff / det
        f, l = precise_ff * first + precise_fl * last, precise_fl * first + precise_ll * last  # noqa: E741
        return cls(precise_ff, precise_fl, precise_ll, f, l, -0.5 * (np.log(det) + f * first + l * last))

    def log_evidence(self, seen: Evidence, part: slice) -> Floats:
        """Return the log evidence of reps under some of the Gaussians, without `constant` and common terms.

        Equals that of `update`, at half the cost.
        """
        ff, fl, ll = self.ff[part] + seen.ff, self.fl[part] + seen.fl, self.ll[part] + seen.ll
        f, l = self.f[part] + seen.f, self.l[part] + seen.l  # noqa: E741
        det = ff * ll
        det -= fl * fl
        fl *= f
        fl *= l
        fl *= 2.0
        ll *= f
        ll *= f
        ff *= l
        ff *= l
        ff += ll
        ff -= fl
        ff /= det
        np.log(det, out=det)
        ff -= det
        ff *= 0.5
        return ff
