"""The truth about the season's exercises: the accuracy protocol's three lifts, and others by the same law."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from lab.accuracy.simulation import home, timing
from lab.accuracy.simulation.parameters import BodyParameters, Home, parameters
from lab.accuracy.truth import HomeLifter, HomeSet

LIFTS: Final = ("bench_press", "back_squat", "deadlift")
"""Never to failure by advice."""
FINISHERS: Final = ("biceps_curl", "triceps_pushdown", "chest_fly")
"""Isolation: to failure on the last set."""
MACHINES: Final = ("leg_press", "leg_extension", "leg_curl", "lat_pulldown")
BODYWEIGHT: Final = ("push_up",)
_ONE_RM_KG: Final = {
    "biceps_curl": 24.0,
    "triceps_pushdown": 45.0,
    "chest_fly": 28.0,
    "leg_press": 220.0,
    "leg_extension": 90.0,
    "leg_curl": 70.0,
    "lat_pulldown": 85.0,
    "push_up": 100.0,
}
"""Means of strength (design choice); loads are shares of it, so it affects nothing else."""
_OTHERS: Final = Home(
    line_velocity=0.55,
    line_log_n=2.30,
    line_slope=4.5,
    line_slope_cv=0.10,
    line_sd=0.17,
    load_shift=0.0,
    load_log_n_sd=0.30,
    v_load_sd=0.05,
    v_day_sd=0.015,
    v_last=0.25,
    v_last_between_sd=0.06,
    v_last_within_sd=0.030,
    curve=1.30,
    curve_sd=0.20,
    curve_range=(0.7, 2.2),
)
"""For exercises without studies: lifters differ more than in the three lifts, and a lifter's sets as much as there
(design choice, made before any season was run and not tuned)."""


@dataclass(frozen=True, slots=True)
class Able:
    """A lifter in one exercise."""

    exercise: str
    law: HomeLifter
    body: timing.LifterBody
    weekly_gain: float
    """Relative growth of the 1RM per week."""

    def one_rm_kg(self, week: float) -> float:
        """Return the strength after some weeks."""
        return self.law.one_rm_kg * float((1.0 + self.weekly_gain) ** week)

    def draw_set(self, load_kg: float, week: float, random: np.random.Generator) -> HomeSet:
        """Draw the truth about a set."""
        pct_1rm = 100.0 * load_kg / self.one_rm_kg(week)
        return home.draw_set(self.law, pct_1rm, parameters().device.sensor_sd, random, population(self.exercise))

    def load_kg(self, pct_1rm: float, week: float) -> float:
        """Return the load for a share of the 1RM, in whole plates."""
        plate = parameters().lifting.plate_kg
        return max(round(pct_1rm / 100.0 * self.one_rm_kg(week) / plate), 1) * plate


@cache
def population(exercise: str) -> Home:
    """Return the population of an exercise."""
    return parameters().home.get(exercise, _OTHERS)


def draw_able(exercise: str, weekly_gain: float, random: np.random.Generator) -> Able:
    """Draw a lifter in an exercise."""
    lifts = parameters().body.get(exercise)
    travel = BodyParameters(_ONE_RM_KG[exercise], 0.25, 0.45, 0.04) if lifts is None else lifts
    one_rm_kg = travel.one_rm_kg * np.exp(travel.one_rm_log_sd * random.standard_normal(1))
    [law] = home.draw_lifters(exercise, one_rm_kg, random, population(exercise))
    return Able(exercise, law, timing.draw_body(exercise, random, travel), weekly_gain)
