"""The home family: velocity falls along a power curve from a first to a last velocity, the law the model is built from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lab.accuracy.simulation.parameters import Home, parameters
from lab.accuracy.truth import HomeLifter, HomeSet, WideSet


def draw_lifters(
    exercise: str, one_rm_kg: NDArray[np.float64], random: np.random.Generator, of: Home | None = None
) -> list[HomeLifter]:
    """Draw lifters with these strengths from the population `of`, by default the exercise's."""
    lifting = parameters().lifting
    of = parameters().home[exercise] if of is None else of
    count = len(one_rm_kg)
    more_reps = of.load_log_n_sd * random.standard_normal(count)
    faster = of.v_load_sd * random.standard_normal(count)
    slope = of.line_slope * np.exp(of.line_slope_cv * random.standard_normal(count))
    v_last = np.maximum(of.v_last + of.v_last_between_sd * random.standard_normal(count), lifting.velocity_floor_mps)
    curve = np.clip(of.curve + of.curve_sd * random.standard_normal(count), *of.curve_range)
    # Reps and velocity at a load are independent of one another: a faster lifter's line lies lower.
    alpha = of.line_log_n + more_reps - slope * faster
    return [
        HomeLifter(
            exercise=exercise,
            alpha=float(alpha[i]),
            beta=float(slope[i]),
            v_bar_mps=of.line_velocity,
            line_sd=of.line_sd,
            v_load_offset_mps=float(faster[i]),
            v_day_sd_mps=of.v_day_sd,
            v_last_mean_mps=float(v_last[i]),
            v_last_sd_mps=of.v_last_within_sd,
            curve=float(curve[i]),
            cv=lifting.cv,
            first_cv=lifting.first_cv,
            first_share=lifting.first_share,
            one_rm_kg=float(one_rm_kg[i]),
        )
        for i in range(count)
    ]


def draw_set(
    lifter: HomeLifter, pct_1rm: float, sensor_sd_mps: float, random: np.random.Generator, of: Home | None = None
) -> HomeSet:
    """Draw a set of a lifter at a load; `of` as in `draw_lifters`."""
    lifting = parameters().lifting
    v1_mps = (
        velocity_at(lifter.exercise, pct_1rm, of) + lifter.v_load_offset_mps + random.normal(0.0, lifter.v_day_sd_mps)
    )
    v1_mps = max(v1_mps, lifting.velocity_floor_mps)
    log_n = lifter.alpha + lifter.beta * (v1_mps - lifter.v_bar_mps) + random.normal(0.0, lifter.line_sd)
    v_last_mps = max(random.normal(lifter.v_last_mean_mps, lifter.v_last_sd_mps), lifting.velocity_floor_mps)
    reps = int(min(max(np.rint(np.exp(log_n)), 1), lifting.reps_max))
    return HomeSet(lifter, pct_1rm, float(v1_mps), float(v_last_mps), float(log_n), reps, sensor_sd_mps)


def velocity_at(exercise: str, pct_1rm: float, of: Home | None = None) -> float:
    """Return the population's mean first velocity at a load, m/s.

    >>> round(velocity_at("bench_press", 70.0), 3)
    0.579
    """
    of = parameters().home[exercise] if of is None else of
    log_n = parameters().lifting.log_reps_at(pct_1rm) + of.load_shift
    return of.line_velocity + (log_n - of.line_log_n) / of.line_slope


def velocities(lifted_set: HomeSet | WideSet, reps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return velocity (m/s) at these reps of the set's curve (1 is the first, N the last), without biological variation.

    >>> from lab.accuracy.simulation.lifters import draw
    >>> [[lifted_set]] = draw("home", "bench_press", count=1, sets_each=1, seed=1)
    >>> velocities(lifted_set, np.arange(1.0, lifted_set.reps_possible + 1))[[0, -1]].round(3).tolist() == [
    ...     round(lifted_set.v1_mps, 3), round(lifted_set.v_last_mps, 3)]
    True
    """
    if lifted_set.reps_possible == 1:
        return np.full(len(reps), lifted_set.v_last_mps)
    used = (np.clip(reps - 1.0, 0.0, None) / (lifted_set.reps_possible - 1)) ** lifted_set.lifter.curve
    return (1.0 - used) * lifted_set.v1_mps + used * lifted_set.v_last_mps
