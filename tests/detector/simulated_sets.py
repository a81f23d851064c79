"""Sets by the law that the within-set filter is built from, seeded: what its tests measure it on.

A lifter's set at a load has N reps, v1 and v_last around the exercise's means, and a curve exponent; each rep scatters
with a coefficient of variation of .035, the first with .06 more, and the sensor adds .03 m/s.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np

from spotter_detector.model.exercise_models import EXERCISE_MODELS, log_reps_at

SENSOR_SD_MPS = 0.03
VELOCITY_CV = 0.035
FIRST_REP_CV = 0.06
CURVE_SD = 0.2


@dataclass(frozen=True, slots=True)
class SimulatedSet:
    """A set taken to failure: its load and the velocity of each of its reps."""

    model_class: str
    pct_1rm: float
    velocities_mps: tuple[float, ...]


def simulate(model_class: str, sets: int, seed: int, pct_1rm: tuple[float, float] = (65.0, 90.0)) -> list[SimulatedSet]:
    """Sets to failure of as many lifters, at loads spread evenly over the range."""
    random = np.random.default_rng(seed)
    model = EXERCISE_MODELS[model_class]
    made: list[SimulatedSet] = []
    for _ in range(sets):
        load = float(random.uniform(*pct_1rm))
        log_mean = log_reps_at(load) + model.load_shift
        reps = min(max(round(exp(random.normal(log_mean, model.load_sd))), 1), 60)
        v1 = max(float(random.normal(model.velocity_at_mps(log_mean), model.v1_sd_at_load_mps())), 0.1)
        v_last = max(float(random.normal(model.v_last_mps, model.v_last_sd_mps())), 0.05)
        curve = max(float(random.normal(model.curve_mean, CURVE_SD)), 0.7)
        velocities: list[float] = []
        for rep in range(1, reps + 1):
            share = ((rep - 1) / (reps - 1)) ** curve if reps > 1 else 1.0
            velocity = v1 + share * (v_last - v1)
            cv = (VELOCITY_CV**2 + (FIRST_REP_CV**2 if rep == 1 else 0.0)) ** 0.5
            velocity = velocity * (1.0 + cv * random.normal()) + SENSOR_SD_MPS * random.normal()
            velocities.append(max(float(velocity), 0.02))
        made.append(SimulatedSet(model_class, load, tuple(velocities)))
    return made
