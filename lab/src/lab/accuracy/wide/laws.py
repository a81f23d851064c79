"""Lifters of the wide world and their sets, by the law that velocity follows: that of the home family, or the other's."""

from __future__ import annotations

import numpy as np

from lab.accuracy.simulation import other
from lab.accuracy.simulation.parameters import parameters
from lab.accuracy.truth import OtherSet, WideLifter, WideOtherLifter, WideSet
from lab.accuracy.wide import parameters as wide
from lab.accuracy.wide.first_velocity import first_velocity
from lab.accuracy.wide.sessions import SetPlan


def draw_lifter(family: str, exercise: str, random: np.random.Generator) -> WideLifter | WideOtherLifter:
    """Draw a lifter in one exercise.

    >>> draw_lifter("other", "bench_press", np.random.default_rng(1)).exercise
    'bench_press'
    """
    body, lifting, of = parameters().body[exercise], parameters().lifting, wide.EXERCISES_WIDE[exercise]
    z = random.standard_normal(6).tolist()
    log_scale = wide.SCALE_LOG_SD * z[0]
    v_last_mps = max(of.v_last + of.v_last_between_sd * z[2], wide.VELOCITY_LAST_MIN_MPS)
    rom_m = float(body.rom * np.exp(wide.TRAVEL_LOG_SD * z[4]))
    one_rm_kg = float(body.one_rm_kg * np.exp(body.one_rm_log_sd * z[5]))
    if family == "home":
        home = parameters().home[exercise]
        return WideLifter(
            exercise=exercise,
            log_scale=log_scale,
            line_offset=wide.LINE_BETWEEN_SD * z[1],
            v_last_mps=v_last_mps,
            curve=float(np.clip(home.curve + home.curve_sd * z[3], *home.curve_range)),
            rom_m=rom_m,
            cv=lifting.cv,
            first_cv=lifting.first_cv,
            first_share=lifting.first_share,
            one_rm_kg=one_rm_kg,
        )
    law = parameters().other[exercise]
    return WideOtherLifter(
        exercise=exercise,
        v0_mps=float(np.exp(log_scale)) * (law.v0 + law.v0_sd * z[3]),
        fatigue=float(law.fatigue * np.exp(wide.LINE_BETWEEN_SD * z[1])),
        v_fail_mean_mps=float(np.exp(log_scale)) * v_last_mps,
        v_fail_sd_mps=of.v_last_within_sd,
        strength_sd=strength_log_sd(exercise),
        fatigue_sd=wide.LINE_WITHIN_SD,
        cv=lifting.cv,
        first_cv=lifting.first_cv,
        first_share=lifting.first_share,
        one_rm_kg=one_rm_kg,
        log_scale=log_scale,
        rom_m=rom_m,
    )


def draw_set(lifter: WideLifter | WideOtherLifter, plan: SetPlan, random: np.random.Generator) -> WideSet | OtherSet:
    """Draw a set as planned."""
    z = random.standard_normal(3).tolist()
    if isinstance(lifter, WideLifter):
        return _home_set(lifter, plan, *z)
    return _other_set(lifter, plan, *z)


def strength_log_sd(exercise: str) -> float:
    """Return the sd of a day's log strength in the other family: the first velocity's at a usual load.

    >>> round(strength_log_sd("bench_press"), 3)
    0.028
    """
    return wide.DAY_SD_MPS / (
        wide.DAY_AT_LOAD * (parameters().other[exercise].v0 - wide.EXERCISES_WIDE[exercise].v_last)
    )


def strength_left(strength: float, pct_1rm: float, lost: float) -> float:
    """Return what is left of a day's strength (1RMs) after sets that took a share of the reps possible.

    >>> round(strength_left(1.0, 75.0, 0.1), 3)
    0.976
    """
    over = max(strength - pct_1rm / 100.0, 0.0)
    return strength - float(1.0 - np.exp(-lost)) * over


def _home_set(lifter: WideLifter, plan: SetPlan, day: float, line: float, last: float) -> WideSet:
    home, lifting, of = parameters().home[lifter.exercise], parameters().lifting, wide.EXERCISES_WIDE[lifter.exercise]
    x = lifting.log_reps_at(plan.pct_1rm) + home.load_shift - plan.lost
    scale = float(np.exp(lifter.log_scale))
    v1_mps = scale * (float(first_velocity(lifter.exercise, np.array(x))) + wide.DAY_SD_MPS * day)
    log_n = x + lifter.line_offset + wide.LINE_WITHIN_SD * line
    return WideSet(
        lifter=lifter,
        pct_1rm=plan.pct_1rm,
        v1_mps=max(v1_mps, wide.VELOCITY_LAST_MIN_MPS),
        v_last_mps=max(scale * lifter.v_last_mps + of.v_last_within_sd * last, wide.VELOCITY_LAST_MIN_MPS),
        usual_log_n=x,
        reps_possible=int(np.clip(np.rint(np.exp(log_n)), 1, lifting.reps_max)),
        sensor_sd_mps=parameters().device.sensor_sd,
    )


def _other_set(lifter: WideOtherLifter, plan: SetPlan, day: float, fatigue: float, last: float) -> OtherSet:
    strength = strength_left(float(np.exp(lifter.strength_sd * day)), plan.pct_1rm, plan.lost)
    v_fail_mps = max(lifter.v_fail_mean_mps + lifter.v_fail_sd_mps * last, parameters().lifting.velocity_floor_mps)
    return other.with_reps_possible(
        lifter,
        plan.pct_1rm,
        strength,
        lifter.fatigue * float(np.exp(lifter.fatigue_sd * fatigue)),
        v_fail_mps,
        parameters().device.sensor_sd,
    )
