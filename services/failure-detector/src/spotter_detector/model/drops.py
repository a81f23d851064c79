"""Drop sets: the load is reduced within the set, and each new load begins a curve of its own."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import sqrt

from spotter_detector.model.exercise_models import exercise_model
from spotter_detector.model.prior import Prior
from spotter_detector.model.records import Observation

# A load is a new one if it differs by more than rounding.
_LOAD_RATIO = 1.02
# In a drop set without reported loads, a rep this much faster than the last has a lighter load (design choice).
_FASTER_RATIO = 1.3
# Sd of the change of first velocity when plates are taken off, and what fatigue costs of log reps (design choices).
_DROP_SD_MPS = 0.10
_DROP_LOG_N = 0.40


def is_new_load(rep: Observation, last_kg: float | None, last_mps: float | None, *, is_drop_set: bool) -> bool:
    """Whether a rep has another load than the reps before it: as reported or, in a drop set, by its speed.

    >>> rep = Observation(9, 40.0, 0.45, None, None, None, load_kg=60.0)
    >>> [is_new_load(rep, last_kg, 0.25, is_drop_set=False) for last_kg in (80.0, 60.0, None)]
    [True, False, False]
    >>> is_new_load(rep, None, 0.25, is_drop_set=True)
    True
    """
    if rep.load_kg is not None and last_kg is not None:
        return rep.load_kg * _LOAD_RATIO < last_kg or last_kg * _LOAD_RATIO < rep.load_kg
    if not is_drop_set or last_mps is None or rep.velocity_mps is None:
        return False
    return rep.velocity_mps > _FASTER_RATIO * last_mps


@lru_cache(maxsize=256)
def prior_after_drop(prior: Prior) -> Prior:
    """Return the prior of the curve that begins when the load changes within a set.

    How much lighter the new load is is unknown, and the lifter is tired: at one velocity fewer reps are left than in a
    fresh set (design choices).

    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=80, planned_reps=None, target_rir=None, tempo=False)
    >>> after = prior_after_drop(prior)
    >>> round(after.v1_sd_mps, 3), round(after.log_n_mean - prior.log_n_mean, 2), round(after.log_n_sd, 2)
    (0.123, -0.4, 0.55)
    """
    slope = exercise_model(prior.model_class).line_slope
    variance = _DROP_SD_MPS**2
    return replace(
        prior,
        v1_sd_mps=round(sqrt(prior.v1_sd_mps**2 + variance), 6),
        log_n_mean=round(max(prior.log_n_mean - _DROP_LOG_N, 0.7), 6),
        log_n_sd=round(sqrt(prior.log_n_sd**2 + slope**2 * variance), 6),
        v1_log_n_cov=round(prior.v1_log_n_cov + slope * variance, 6),
        untold=None if prior.untold is None else prior_after_drop(prior.untold),
    )
