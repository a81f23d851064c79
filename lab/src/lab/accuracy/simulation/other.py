"""The other family: capacity falls by the work done, and the first rep at or under the failing velocity is not done.

v_k = v0·(1 − w/(c − fatigue·w·(k − 1))), the load w and the capacity c in 1RMs: a linear load–velocity relation whose
strength at no speed is used up. Reps to failure fall with the load as in Epley's rule.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lab.accuracy.simulation.parameters import parameters
from lab.accuracy.truth import OtherLifter, OtherSet


def draw_lifters(exercise: str, one_rm_kg: NDArray[np.float64], random: np.random.Generator) -> list[OtherLifter]:
    """Draw lifters with these strengths from the population."""
    lifting, of = parameters().lifting, parameters().other[exercise]
    count = len(one_rm_kg)
    v0 = of.v0 + of.v0_sd * random.standard_normal(count)
    v_fail = np.maximum(of.v_fail + of.v_fail_between_sd * random.standard_normal(count), lifting.velocity_floor_mps)
    fatigue = of.fatigue * np.exp(of.fatigue_log_sd * random.standard_normal(count))
    return [
        OtherLifter(
            exercise=exercise,
            v0_mps=float(v0[i]),
            fatigue=float(fatigue[i]),
            v_fail_mean_mps=float(v_fail[i]),
            v_fail_sd_mps=of.v_fail_within_sd,
            strength_sd=of.strength_log_sd,
            fatigue_sd=of.fatigue_within_log_sd,
            cv=lifting.cv,
            first_cv=lifting.first_cv,
            first_share=lifting.first_share,
            one_rm_kg=float(one_rm_kg[i]),
        )
        for i in range(count)
    ]


def draw_set(lifter: OtherLifter, pct_1rm: float, sensor_sd_mps: float, random: np.random.Generator) -> OtherSet:
    """Draw a set of a lifter at a load."""
    lifting = parameters().lifting
    strength = float(np.exp(random.normal(0.0, lifter.strength_sd)))
    fatigue = lifter.fatigue * float(np.exp(random.normal(0.0, lifter.fatigue_sd)))
    v_fail_mps = max(float(random.normal(lifter.v_fail_mean_mps, lifter.v_fail_sd_mps)), lifting.velocity_floor_mps)
    return with_reps_possible(lifter, pct_1rm, strength, fatigue, v_fail_mps, sensor_sd_mps)


def with_reps_possible(
    lifter: OtherLifter, pct_1rm: float, strength: float, fatigue: float, v_fail_mps: float, sensor_sd_mps: float
) -> OtherSet:
    """Return a set with the reps over its failing velocity, at least one."""
    lifted_set = OtherSet(lifter, pct_1rm, strength, fatigue, v_fail_mps, 1, sensor_sd_mps)
    falling = velocities(lifted_set, np.arange(1.0, parameters().lifting.reps_max + 1))
    reps = max(int(np.count_nonzero(np.cumprod(falling > v_fail_mps))), 1)
    return replace(lifted_set, reps_possible=reps)


def velocities(lifted_set: OtherSet, reps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return velocity (m/s) at these reps (1 is the first), without biological variation; 0 at no capacity.

    >>> lifter = OtherLifter("bench_press", 1.6, 0.035, 0.16, 0.03, 0.0, 0.0, 0.0, 0.0, 1.0, 100.0)
    >>> velocities(OtherSet(lifter, 80.0, 1.0, 0.035, 0.16, 8, 0.0), np.array([1.0, 4.0, 8.0])).round(3).tolist()
    [0.448, 0.354, 0.201]
    """
    lifter, load = lifted_set.lifter, lifted_set.pct_1rm / 100.0
    capacity = lifted_set.strength / (1.0 - lifter.v_fail_mean_mps / lifter.v0_mps) - lifted_set.fatigue * load * (
        reps - 1.0
    )
    slowed: NDArray[np.float64] = 1.0 - load / np.maximum(capacity, load)
    return lifter.v0_mps * slowed
