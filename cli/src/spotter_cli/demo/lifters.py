"""The lifters of the simulated gym: names, strength, velocity loss, and compliance with advice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from spotter_detector.model import EXERCISE_MODELS

Level = Literal["beginner", "intermediate", "advanced"]

ONE_RM_KG: Final = {
    "back_squat": 130.0,
    "bench_press": 95.0,
    "deadlift": 155.0,
    "overhead_press": 60.0,
    "hip_thrust": 150.0,
    "prone_bench_pull": 80.0,
}
"""Typical maxima of trained lifters of both sexes (design choice)."""
ROM_M: Final = {
    "back_squat": 0.62,
    "bench_press": 0.38,
    "deadlift": 0.55,
    "overhead_press": 0.50,
    "hip_thrust": 0.35,
    "prone_bench_pull": 0.42,
}
"""Typical range of motion (design choice)."""
MODEL_CLASSES: Final = {exercise: exercise for exercise in ONE_RM_KG} | {"prone_bench_pull": "bench_pull"}
SAME_LIFTER_SHARE: Final = 0.7
"""Share of the spread of reps at a load that is between lifters; the rest is between days (design choice)."""

_NAMES: Final = ("Ada", "Bo", "Chidi", "Dana", "Emre", "Freya", "Goran", "Hana", "Inés", "Jo", "Kofi", "Liv")
_LEVELS: Final[tuple[Level, ...]] = ("intermediate", "advanced", "intermediate", "beginner")


@dataclass(frozen=True, slots=True)
class Strength:
    """A lifter's strength in one exercise."""

    one_rm_kg: float
    rom_m: float
    v_last_mps: float
    """Mean velocity of the last rep before failure."""
    v1_shift_mps: float
    """How much faster than average the first rep is at the same share of the maximum."""
    log_reps_shift: float
    """How many more reps than average, as a logarithm."""
    curve: float
    """Exponent of the velocity loss over the share of the set."""


@dataclass(frozen=True, slots=True)
class SimulatedLifter:
    """A simulated lifter."""

    athlete_id: str
    name: str
    level: Level
    compliance: float
    """Share of the stop advice that is followed."""
    strengths: Mapping[str, Strength]


def make_lifters(random: Random, count: int) -> list[SimulatedLifter]:
    """Draw the lifters of a gym; repeated names get a number."""
    scale = [random.uniform(0.75, 1.25) for _ in range(count)]
    return [_make_lifter(random, index, scale[index]) for index in range(count)]


def _make_lifter(random: Random, index: int, scale: float) -> SimulatedLifter:
    name = _NAMES[index % len(_NAMES)]
    athlete_id = name.lower().replace("é", "e")
    again = index // len(_NAMES) + 1
    return SimulatedLifter(
        athlete_id=athlete_id if again == 1 else f"{athlete_id}-{again}",
        name=name if again == 1 else f"{name} {again}",
        level=_LEVELS[index % len(_LEVELS)],
        compliance=random.uniform(0.75, 1.0) if index % 6 else 0.3,
        strengths={exercise: _strength(random, exercise, scale) for exercise in ONE_RM_KG},
    )


def _strength(random: Random, exercise: str, scale: float) -> Strength:
    model = EXERCISE_MODELS[MODEL_CLASSES[exercise]]
    return Strength(
        one_rm_kg=ONE_RM_KG[exercise] * scale * random.uniform(0.9, 1.1),
        rom_m=ROM_M[exercise] * random.uniform(0.92, 1.08),
        v_last_mps=max(random.gauss(model.v_last_mps, model.v_last_between_sd_mps), 0.08),
        v1_shift_mps=random.gauss(0, model.v1_sd_at_load_mps() * SAME_LIFTER_SHARE),
        log_reps_shift=random.gauss(0, model.load_sd * SAME_LIFTER_SHARE),
        curve=max(random.gauss(model.curve_mean, 0.15), 0.8),
    )
