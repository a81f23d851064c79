"""Sets without velocities in m/s: by rep times, or as a ratio to the set's own fastest rep.

A concentric time is a velocity over the exercise's travel, which varies between lifters: the same model with that
spread added, as a scale that first and last velocity share.

Everything else is measured by its pace (the inverse of a cycle, a velocity in another metric) in units of the best of
the curve's first three. Fresh reps lie at .97 ± .05 of that unit, the last rep before failure at its retention:
velocity at failure over the first.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from functools import lru_cache
from math import hypot, sqrt

import numpy as np

from spotter_detector.model.exercise_models import exercise_model
from spotter_detector.model.grid import N_MAX, Floats, Spread, first_velocity, mixed, planes_over_grid, velocity_planes
from spotter_detector.model.prior import Prior

# The reference of a curve is the fastest of its first so many measured reps.
REFERENCE_REPS = 3
_FRESH = Spread.same(0.97, 0.05)
_CONCENTRIC_CV = 0.06
# Breaths between reps vary, and not independently: a hurried or a slow stretch is several reps long (design choice).
_CYCLE_CV = 0.15
# The concentric share of a fresh cycle, which alone grows, and the sd that this assumption adds (design choice).
_CYCLE_CONCENTRIC_SHARE = 0.4
_CYCLE_SD = 0.10
# Peak velocity falls about half as far as mean velocity (design choice, with its sd).
_PEAK_FALL_SHARE = 0.5
_PEAK_SD = 0.10
# Limit for a first velocity that the line puts near or under that at failure.
_RETENTION_MAX = 0.95
_RETENTION_MIN = 0.1
_RETENTION_CV_MIN = 0.05
# A watch's concentric phase begins and ends a little elsewhere than the bar's: log sd between watches (design choice).
_TIMED_LOG_SD = 0.05
# Sd of log reps without a load, where only paces are known: no single is timed by its cycles (design choice).
_BY_PACE_LOG_N_SD = 0.50
# A tempo is slower than the lifter's capacity; by how much only the end shows (design choice).
_TEMPO_FRESH = Spread.same(1.6, 0.45)
_TEMPO_LAST = Spread.same(0.85, 0.25)


class PaceKind(Enum):
    """What the reps of a set are measured by: velocity in m/s, a ratio of velocities, a time."""

    VELOCITY = ("velocity", "velocity")
    RATIO = ("ratio", "ratio")
    PEAK_RATIO = ("peak_ratio", "ratio")
    CONCENTRIC = ("concentric", "timing")
    CYCLE = ("cycle", "timing")

    def __init__(self, label: str, mode: str) -> None:
        self.label = label
        # The mode of an estimate; a set at a tempo is `tempo` whatever it is measured by.
        self.mode = mode


def retention(prior: Prior, kind: PaceKind) -> Spread:
    """Return the pace at failure in units of the reference, by the reps possible.

    The ratio of the prior's velocities, its sd by propagation of errors: a load that leaves many reps starts faster and
    ends as slowly. So bench press keeps .28 ± .07 at 70 %1RM, and squat .50 ± .10.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=70, planned_reps=None, target_rir=None, tempo=False)
    >>> for kind in (PaceKind.CONCENTRIC, PaceKind.CYCLE, PaceKind.RATIO, PaceKind.PEAK_RATIO):
    ...     print(kind.label, retention(prior, kind).mean[14].round(3), retention(prior, kind).sd[14].round(3))
    concentric 0.251 0.08
    cycle 0.456 0.146
    ratio 0.251 0.08
    peak_ratio 0.626 0.108
    """
    if prior.tempo:
        return _TEMPO_LAST
    usual = usual_retention(prior, kind)
    if prior.retention_sd is None:
        return usual
    # A pace that grows towards failure is none.
    mean = np.clip(usual.mean + prior.retention_offset, _RETENTION_MIN, 1.0)
    return Spread(mean, np.full(N_MAX, prior.retention_sd))


def usual_retention(prior: Prior, kind: PaceKind) -> Spread:
    """Return the pace at failure in units of the reference as the prior's velocities have it."""
    first = first_velocity(prior)
    slowest = np.maximum(first.mean, prior.v_last_mean_mps / _RETENTION_MAX)
    mean = _FRESH.mean * prior.v_last_mean_mps / slowest
    # A scale that both velocities share leaves their ratio as it is.
    shared = 2.0 * prior.v1_v_last_cov / (prior.v_last_mean_mps * slowest)
    variance = (prior.v_last_sd_mps / prior.v_last_mean_mps) ** 2 + (first.sd / slowest) ** 2 - shared
    sd = mean * np.sqrt(np.maximum(variance, _RETENTION_CV_MIN**2))
    if kind is PaceKind.CYCLE:
        grown = 1.0 / (_CYCLE_CONCENTRIC_SHARE / mean + 1.0 - _CYCLE_CONCENTRIC_SHARE)
        steepness = _CYCLE_CONCENTRIC_SHARE * (grown / mean) ** 2
        return Spread(grown, np.sqrt((steepness * sd) ** 2 + _CYCLE_SD**2))
    if kind is PaceKind.PEAK_RATIO:
        return Spread(1.0 - _PEAK_FALL_SHARE * (1.0 - mean), np.sqrt((_PEAK_FALL_SHARE * sd) ** 2 + _PEAK_SD**2))
    return Spread(mean, sd)


def in_units_of_reference(prior: Prior, kind: PaceKind) -> bool:
    """Whether a set is measured by how its paces fall, whatever their level.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=80, planned_reps=None, target_rir=None, tempo=False)
    >>> [kind.label for kind in PaceKind if in_units_of_reference(prior, kind)]
    ['ratio', 'peak_ratio', 'cycle']
    """
    return kind is not PaceKind.VELOCITY and (prior.tempo or kind is not PaceKind.CONCENTRIC)


def travel_m(prior: Prior) -> float:
    """Return the travel that is divided by a concentric time, m.

    >>> from spotter_detector.model import build_prior
    >>> travel_m(build_prior("back_squat", pct_1rm=80, planned_reps=None, target_rir=None, tempo=False))
    0.6
    """
    return exercise_model(prior.model_class).rom_m


@lru_cache(maxsize=1024)
def prior_for_kind(prior: Prior, kind: PaceKind) -> Prior:
    """Return the prior of a set measured by this kind.

    For concentric times it is the learned one, or else that of velocity with the travel's spread between lifters; so
    for paces, which without a load say little of how heavy the set is: the reps possible are then the usual ones.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=80, planned_reps=None, target_rir=None, tempo=False)
    >>> values = prior_for_kind(prior, PaceKind.CONCENTRIC)
    >>> round(prior.v1_sd_mps, 3), round(values.v1_sd_mps, 3), round(values.v1_v_last_cov, 4)
    (0.072, 0.091, 0.002)
    """
    if kind is PaceKind.VELOCITY or prior.tempo:
        return prior
    if kind is not PaceKind.CONCENTRIC:
        return by_pace(prior) if prior.pace is None else prior.pace
    if prior.timing is not None:
        return prior.timing
    widened = _over_travels(prior)
    return widened if prior.untold is None else replace(widened, untold=_over_travels(prior.untold))


def by_pace(prior: Prior) -> Prior:
    """Return a population prior as it is for paces; one that was learned stays as it is."""
    if prior.learned_sets or prior.log_n_sd <= _BY_PACE_LOG_N_SD:
        return prior if prior.untold is None else replace(prior, untold=by_pace(prior.untold))
    return with_reps(prior, prior.log_n_mean, _BY_PACE_LOG_N_SD)


def with_reps(prior: Prior, log_n_mean: float, log_n_sd: float) -> Prior:
    """Return the prior with another belief about log reps, on the same line to the first velocity.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> few = with_reps(prior, 1.6, 0.2)
    >>> [round(float(first_velocity(of).mean[4]), 3) for of in (prior, few)]
    [0.357, 0.357]
    """
    slope = prior.v1_log_n_cov / prior.log_n_sd**2
    residual = prior.v1_sd_mps**2 - slope * prior.v1_log_n_cov
    return replace(
        prior,
        v1_mean_mps=round(prior.v1_mean_mps + slope * (log_n_mean - prior.log_n_mean), 6),
        v1_sd_mps=round(sqrt(residual + (slope * log_n_sd) ** 2), 6),
        log_n_mean=round(log_n_mean, 6),
        log_n_sd=round(log_n_sd, 6),
        v1_log_n_cov=round(slope * log_n_sd**2, 6),
    )


def _over_travels(prior: Prior) -> Prior:
    scale_sd = hypot(exercise_model(prior.model_class).rom_log_sd, _TIMED_LOG_SD)
    v1, v_last = prior.v1_mean_mps, prior.v_last_mean_mps
    return replace(
        prior,
        v1_sd_mps=round(hypot(prior.v1_sd_mps, scale_sd * v1), 6),
        v_last_sd_mps=round(hypot(prior.v_last_sd_mps, scale_sd * v_last), 6),
        v1_v_last_cov=round(prior.v1_v_last_cov + scale_sd**2 * v1 * v_last, 6),
    )


@lru_cache(maxsize=1024)
def prior_planes(prior: Prior, kind: PaceKind) -> Floats:
    """Return the prior over the grid, (6, 180), for a set measured by this kind; read-only.

    What was told of the load may be wrong: so much of the prior is that of the same set without it.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=80, planned_reps=None, target_rir=None, tempo=False)
    >>> float(prior_planes(prior, PaceKind.CYCLE)[0, 8]), round(float(prior_planes(prior, PaceKind.VELOCITY)[0, 8]), 3)
    (0.97, 0.467)
    """
    planes = _planes(prior, kind)
    if prior.untold is None:
        return planes
    return mixed(planes, prior_planes(prior.untold, kind), prior.untold_share)


def _planes(prior: Prior, kind: PaceKind) -> Floats:
    if not in_units_of_reference(prior, kind):
        return velocity_planes(prior)
    fresh = _TEMPO_FRESH if prior.tempo else _FRESH
    return planes_over_grid(prior, fresh, retention(prior, kind))


def pace_cv(prior: Prior, kind: PaceKind) -> float:
    """Return the coefficient of variation of one rep's pace about the curve.

    Concentric times .06; whole cycles .15, since breaths between reps vary. Velocities in another metric vary as mean
    velocity does; the sensor's noise is separate.

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=80, planned_reps=None, target_rir=None, tempo=False)
    >>> [pace_cv(prior, kind) for kind in (PaceKind.VELOCITY, PaceKind.PEAK_RATIO, PaceKind.CONCENTRIC, PaceKind.CYCLE)]
    [0.035, 0.035, 0.06, 0.15]
    """
    if kind is PaceKind.CONCENTRIC:
        return _CONCENTRIC_CV
    return _CYCLE_CV if kind is PaceKind.CYCLE else prior.velocity_cv
