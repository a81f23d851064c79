"""Exercises as people write them, loads in pounds, clocks without a date."""

from __future__ import annotations

from typing import Final

from tests.field.checks import answered, did, loads, mended_without, spent, warned
from tests.field.events import HARD, MEDIUM, called, ended, lifted, named_reps, rep, started, timed_by
from tests.field.situation import Situation, situation

NAMES: Final = {
    "Bench Press": "bench_press",
    "benchPress": "bench_press",
    "squat": "back_squat",
    "Barbell Squat": "back_squat",
    "bicep_curl": "biceps_curl",
    "Single-Arm Curl (Left)": "biceps_curl",
    "Seated Leg Curls": "seated_leg_curl",
    "Bench Press (Machine)": "machine_chest_press",
    "Kreuzheben": "deadlift",
    "Press de banca": "bench_press",
    "Panca piana": "bench_press",
    "Soulevé de terre": "deadlift",
    "DB Row - left": "dumbbell_row",
}
"""Names as apps and people write them, and the exercise that is meant."""


DOOR: Final[tuple[Situation, ...]] = (
    *[
        situation(
            f"an exercise is called {name}",
            [started("s", name, -600, load_kg=20), *named_reps("s", name, MEDIUM, -595)],
            warned(exercise),
            did(f"{exercise} 5"),
        )
        for name, exercise in NAMES.items()
    ],
    situation(
        "an exercise that nobody knows is handled as the strictest kind, with a warning",
        [*lifted("s", "Zercher flip jumps", HARD, -600, rir=0)],
        warned("exercise"),
        spent(2.0),
    ),
    situation(
        "a load in pounds",
        [
            *lifted("s", "leg_curl", MEDIUM, -600, load_lb=100),
            rep("t", 1, 0.5, -300, exercise="leg_press", load_lb=225),
        ],
        did("leg_curl 5", "leg_press 1"),
        loads(45.359, 102.058),
    ),
    situation(
        "a load in pounds and in kilograms",
        [started("s", "leg_curl", -600, load_kg=45, load_lb=100)],
        answered("refused"),
    ),
    situation(
        "a field that is not known is never to be renamed to another unit",
        [started("s", "leg_curl", -600, load_lbs=100)],
        answered("refused"),
        mended_without("load_kg"),
    ),
    situation(
        "a tracker without a date, which says when it sends",
        timed_by(
            "since start",
            [*named_reps("s", "bench_press", MEDIUM, -300, load_kg=60), called("s", 2, -285), ended("s", -280)],
        ),
        answered(*["accepted"] * 7),
        did("bench_press 5"),
    ),
)
