"""Trackers notify twice, buffer, start over, and see a rep where a bar is taken off its rack."""

from __future__ import annotations

from typing import Final

from tests.field.checks import advised, did, flagged, no_emergency, numbers, rejected_for, spent, velocities
from tests.field.events import (
    HARD,
    MEDIUM,
    SHORT,
    Sent,
    delayed,
    ended,
    event,
    in_turn,
    lifted,
    rep,
    reps,
    started,
    timed_by,
)
from tests.field.situation import Situation, live, situation

DEVICE: Final = {"id": "bar-7", "model": "Barlight"}
FLUSHED: Final = [rep("s", 1 + index, velocity, -3000, rom_m=0.5) for index, velocity in enumerate(HARD)]
"""All reps have the time at which the app woke up."""


def measured(velocities_mps: tuple[float, ...], at: float, **fields: object) -> list[Sent]:
    """Return reps of one device, as it measures them."""
    return reps("s", velocities_mps, at, rom_m=0.45, device=DEVICE, **fields)  # type: ignore[arg-type]


REPS: Final[tuple[Situation, ...]] = (
    situation(
        "each rep is notified twice",
        [
            started("s", "machine_chest_press", -3000, load_kg=40),
            *in_turn(measured(HARD, -2995), delayed(1.4, measured(HARD, -2995))),
            ended("s", -2970),
        ],
        did("machine_chest_press 7"),
        numbers(0, *range(1, 8)),
        flagged(0, "renumbered", yes=False),
        rejected_for(*["duplicate_rep"] * 7),
    ),
    situation(
        "a device sends its reps again after it was connected again",
        [
            started("s", "machine_chest_press", -3000, load_kg=40),
            *measured(MEDIUM, -2995),
            *measured(MEDIUM, -2960),
            *measured(HARD[5:], -2944, first=6),
            ended("s", -2930),
        ],
        did("machine_chest_press 7"),
        numbers(0, *range(1, 8)),
        velocities(0, *HARD),
        rejected_for(*["duplicate_rep"] * 5),
    ),
    situation(
        "a device counts from one again after it was connected again",
        [
            started("s", "machine_chest_press", -3000, load_kg=40),
            *measured(HARD[:4], -2995),
            *measured(HARD[4:], -2970),
            ended("s", -2950),
        ],
        did("machine_chest_press 7"),
        numbers(0, *range(1, 8)),
        velocities(0, *HARD),
        flagged(0, "renumbered"),
        rejected_for(),
    ),
    situation(
        "a number that another rep has already, measured otherwise and not later",
        [
            started("s", "machine_chest_press", -3000, load_kg=40),
            *measured(HARD, -2995),
            rep("s", 4, 0.33, -2986.4, rom_m=0.45, device=DEVICE),
        ],
        did("machine_chest_press 7"),
        rejected_for("rep_conflict"),
    ),
    situation(
        "an app that slept flushes its buffer: all reps have one time",
        [started("s", "leg_press", -3005, load_kg=120), *FLUSHED, ended("s", -2995)],
        did("leg_press 7"),
        numbers(0, *range(1, 8)),
        flagged(0, "clock"),
        flagged(0, "failed", yes=False),
        no_emergency(),
        spent(0.0),
    ),
    situation(
        "an app that slept reads its clock for each event of its buffer",
        timed_by("read for each event", [started("s", "leg_press", -3005, load_kg=120), *FLUSHED, ended("s", -2995)]),
        did("leg_press 7"),
        numbers(0, *range(1, 8)),
        velocities(0, *HARD),
        flagged(0, "failed", yes=False),
        no_emergency(),
        spent(0.0),
    ),
    situation(
        "an app flushes its buffer without saying when anything happened",
        [
            started("s", "leg_press", None, load_kg=120),
            *[rep("s", 1 + index, velocity, None) for index, velocity in enumerate(MEDIUM)],
        ],
        did("leg_press 5"),
        numbers(0, *range(1, 6)),
        no_emergency(),
    ),
    situation(
        "two counters on one bar under one id",
        [
            *lifted("s", "leg_press", HARD, -3000, ends=False, load_kg=120),
            *[event("rep.completed", -2995.8 + 3 * index, set_id="s", device={"id": "wrist"}) for index in range(7)],
            ended("s", -2970),
        ],
        did("leg_press 7"),
    ),
    situation(
        "a bar that is taken off its rack seems to begin a rep",
        live(
            [
                started("s", "bench_press", 0.5, load_kg=60),
                event("rep.started", 1.0, set_id="s", rep_number=1),
                event("rep.started", 8.0, set_id="s", rep_number=1),
                rep("s", 1, 0.62, 8.8, rom_m=0.42, concentric_s=0.7),
                event("rep.started", 10.2, set_id="s", rep_number=2),
                rep("s", 2, 0.61, 11.0, rom_m=0.42, concentric_s=0.7),
                rep("s", 3, 0.60, 13.0, rom_m=0.42, concentric_s=0.71),
                ended("s", 14.0),
            ]
        ),
        did("bench_press 3"),
        no_emergency(),
        advised(0, "continue"),
    ),
    situation(
        "reps without numbers, ids or velocities are timing",
        [
            *[event("rep.completed", -3000 + 3.0 * index, exercise="push_up") for index in range(6)],
            ended(None, -2980),
        ],
        did("push_up 6"),
        numbers(0, *range(1, 7)),
    ),
    situation(
        "a set goes on after a rest within it, and is one set",
        [
            started("s", "leg_press", -3000, load_kg=120),
            *reps("s", SHORT, -2995),
            *reps("s", SHORT, -2960, first=4),
            ended("s", -2950),
        ],
        did("leg_press 6"),
    ),
)
