"""The prior of a set before its first rep: population values, or values learned from the lifter's earlier sets.

A learned prior has `learned_sets` over 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import log, sqrt
from typing import Protocol

from spotter_detector.model.exercise_models import CURVE_SD, SCALE_LOG_SD, ExerciseModel, exercise_model, log_reps_at
from spotter_detector.model.prior import Prior

# Load unknown: 10 reps, times or divided by e^.8 (design choice): singles and doubles exist.
_VAGUE_LOG_N = log(10.0)
_VAGUE_LOG_N_SD = 0.80
# Sd of a load in %1RM, in points of %: it depends on the 1RM behind it and the day (design choice). Treated as exact, a
# 1RM ten points off leaves a squat at failure two or more reps to go; this costs next to nothing if it is exact.
_PCT_1RM_SD = 2.0
# Sd of log reps of the load implied by a coach's planned reps (design choice).
_PLAN_SD = 0.35
# Reps in reserve implied by a plan without a target (design choice; the usual prescription is 1–3).
_USUAL_TARGET_RIR = 2
# Below 65 % of the 1RM the line to the velocity is an extrapolation: half of its way is added as sd (design choice).
_LINE_UP_TO_LOG_N = log(18.5)
_EXTRAPOLATION_SHARE = 0.5
# Median of trackers on a bar: linear encoders .015–.04, cameras .03–.08, inertial units .05–.08 m/s.
_SENSOR_SD_MPS = 0.03
# Biological variation of one rep about the lifter's curve: .035 (.02–.075).
_VELOCITY_CV = 0.035


class LearnedProfile(Protocol):
    """What this package needs of a learned profile."""

    @property
    def kind(self) -> str:
        """`velocity`, `timing` or `pace`."""

    def build_prior(self, cold: Prior, at_days: float | None) -> Prior:
        """Return the population prior with the learned values in place."""


@dataclass(frozen=True, slots=True)
class _LoadBelief:
    """Log reps possible as implied by the load, with their variance."""

    log_n: float
    variance: float


def build_prior(
    model_class: str,
    *,
    pct_1rm: float | None,
    planned_reps: int | None,
    target_rir: int | None,
    tempo: bool,
    velocity_metric: str = "mean",
    sensor_sd_mps: float | None = None,
    load_kg: float | None = None,
    drop: bool = False,
    at_days: float | None = None,
    profile: LearnedProfile | None = None,
    timing_profile: LearnedProfile | None = None,
    pace_profile: LearnedProfile | None = None,
) -> Prior:
    """Return the prior of a set.

    Reps possible and first velocity both depend on the load, so they are one joint Gaussian: a line between them for
    the uncertainty of the load, and independent spreads at a given load. %1RM gives the load within 2 points; without
    it planned reps narrow it.

    Parameters
    ----------
    model_class : str
        A row of `EXERCISE_MODELS`; any other is `unknown`.
    pct_1rm : float or None
        Load in % of the one-repetition maximum.
    planned_reps, target_rir : int or None
        The plan, if there is one; ignored if %1RM is given.
    tempo : bool
        The set is lifted at a controlled tempo.
    velocity_metric : str
        The metric the set's reps are expected in. Population values are of mean velocity all the same: another metric
        is treated as a ratio until a profile has learned it.
    sensor_sd_mps : float or None
        Noise of the device, if known; otherwise the median of trackers.
    load_kg : float or None
        The load; used by a profile that has learned from loads.
    drop : bool
        The set's intent is to reduce the load within it.
    at_days : float or None
        When the set is lifted, on the clock of the profile's terms: learned values drift with time.
    profile, timing_profile, pace_profile : spotter_detector.profile.Profile or None
        What was learned of this lifter in this exercise from velocities in this metric, from concentric times, and from
        paces. A profile is recognised by its kind, whichever of the arguments it is.

    >>> known = build_prior("bench_press", pct_1rm=80.0, planned_reps=None, target_rir=None, tempo=False)
    >>> known.v1_mean_mps, known.v1_sd_mps, known.log_n_mean, known.log_n_sd, known.v1_log_n_cov
    (0.465494, 0.071603, 2.197225, 0.324092, 0.003341)
    >>> cold = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> cold.v1_mean_mps, cold.v1_sd_mps, cold.log_n_mean, cold.log_n_sd, cold.v1_log_n_cov
    (0.488908, 0.178513, 2.302585, 0.8, 0.122222)
    >>> plan = build_prior("bench_press", pct_1rm=None, planned_reps=5, target_rir=1, tempo=False)
    >>> plan.v1_mean_mps, plan.log_n_mean, plan.log_n_sd
    (0.396069, 1.884809, 0.436103)
    """
    cold = _population(
        model_class,
        pct_1rm,
        planned_reps,
        target_rir,
        tempo=tempo,
        velocity_metric=velocity_metric,
        sensor_sd_mps=sensor_sd_mps,
        load_kg=load_kg,
        drop=drop,
    )
    profiles = {learned.kind: learned for learned in (profile, timing_profile, pace_profile) if learned is not None}
    prior = _learned(cold, profiles, at_days)
    if pct_1rm is None and planned_reps is None and load_kg is None:
        return prior
    untold = _learned(_without_load(cold), profiles, at_days)
    # Without a strength a load in kg says nothing.
    return prior if replace(untold, load_kg=load_kg) == prior else replace(prior, untold=untold)


def _without_load(cold: Prior) -> Prior:
    return _population(
        cold.model_class,
        None,
        None,
        None,
        tempo=cold.tempo,
        velocity_metric=cold.velocity_metric,
        sensor_sd_mps=cold.sensor_sd_mps if cold.sensor_told else None,
        load_kg=None,
        drop=cold.drop,
    )


def _learned(cold: Prior, profiles: Mapping[str, LearnedProfile], at_days: float | None) -> Prior:
    prior = profiles["velocity"].build_prior(cold, at_days) if "velocity" in profiles else cold
    if "timing" in profiles:
        prior = replace(prior, timing=profiles["timing"].build_prior(cold, at_days))
    if "pace" in profiles:
        # How much of a pace is left at failure goes by the reps possible, whatever the load.
        usual = replace(_without_load(cold), pct_1rm=cold.pct_1rm, load_kg=cold.load_kg)
        prior = replace(prior, pace=profiles["pace"].build_prior(usual, at_days))
    learned_sets = max(each.learned_sets for each in (prior, prior.timing, prior.pace) if each is not None)
    return prior if learned_sets == prior.learned_sets else replace(prior, learned_sets=learned_sets)


def _population(
    model_class: str,
    pct_1rm: float | None,
    planned_reps: int | None,
    target_rir: int | None,
    *,
    tempo: bool,
    velocity_metric: str,
    sensor_sd_mps: float | None,
    load_kg: float | None,
    drop: bool,
) -> Prior:
    model = exercise_model(model_class)
    load = _load(model, pct_1rm, planned_reps, target_rir)
    v1_mean = model.velocity_at_mps(load.log_n)
    beyond_mps = max(0.0, load.log_n - _LINE_UP_TO_LOG_N) / model.line_slope
    v1_variance = (
        model.v1_sd_at_load_mps() ** 2 + load.variance / model.line_slope**2 + (_EXTRAPOLATION_SHARE * beyond_mps) ** 2
    )
    scale_variance = SCALE_LOG_SD**2
    return Prior(
        model_class=model_class if exercise_model(model_class) is not exercise_model("unknown") else "unknown",
        velocity_metric=velocity_metric,
        v1_mean_mps=_readable(v1_mean),
        v1_sd_mps=_readable(sqrt(v1_variance + scale_variance * v1_mean**2)),
        v_last_mean_mps=model.v_last_mps,
        v_last_sd_mps=_readable(sqrt(model.v_last_sd_mps() ** 2 + scale_variance * model.v_last_mps**2)),
        log_n_mean=_readable(load.log_n),
        log_n_sd=_readable(sqrt(load.variance + model.load_sd**2)),
        v1_log_n_cov=_readable(load.variance / model.line_slope),
        curve_mean=model.curve_mean,
        sensor_sd_mps=_SENSOR_SD_MPS if sensor_sd_mps is None else sensor_sd_mps,
        velocity_cv=_VELOCITY_CV,
        pct_1rm=pct_1rm,
        tempo=tempo,
        learned_sets=0,
        curve_sd=CURVE_SD,
        v1_v_last_cov=_readable(scale_variance * v1_mean * model.v_last_mps),
        load_kg=load_kg,
        drop=drop,
        sensor_told=sensor_sd_mps is not None,
    )


def _load(model: ExerciseModel, pct_1rm: float | None, planned_reps: int | None, target_rir: int | None) -> _LoadBelief:
    if pct_1rm is not None:
        off = log_reps_at(pct_1rm - _PCT_1RM_SD) - log_reps_at(pct_1rm + _PCT_1RM_SD)
        return _LoadBelief(log_reps_at(pct_1rm) + model.load_shift, (0.5 * off) ** 2)
    variance = _VAGUE_LOG_N_SD**2 - model.load_sd**2
    if planned_reps is None:
        return _LoadBelief(_VAGUE_LOG_N + model.load_shift, variance)
    planned_log_n = log(max(planned_reps + (_USUAL_TARGET_RIR if target_rir is None else target_rir), 1))
    gain = variance / (variance + _PLAN_SD**2)
    vague = _VAGUE_LOG_N + model.load_shift
    return _LoadBelief(vague + gain * (planned_log_n - vague), variance * (1.0 - gain))


def _readable(value: float) -> float:
    return round(value, 6)
