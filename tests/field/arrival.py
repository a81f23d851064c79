"""Phones are offline: the order in which events arrive says nothing of the order in which they happened."""

from __future__ import annotations

from typing import Final

from tests.field.checks import did, ended_by, loads, numbers, planned_by, rejected_for, rir, spent, stopped
from tests.field.events import (
    EASY,
    HARD,
    MEDIUM,
    TO_FAILURE,
    amended,
    called,
    ended,
    event,
    in_turn,
    lifted,
    newest_first,
    of,
    rep_voided,
    set_voided,
    without,
)
from tests.field.situation import Situation, situation
from tests.field.which_set import DAY, SQUAT

WORKOUT: Final = [
    *lifted("a", "leg_press", HARD, -7200, rir=2, load_kg=120),
    *lifted("b", "leg_press", HARD, -7000, rir=1, load_kg=120),
    *lifted("c", "leg_curl", TO_FAILURE, -6800, rir=0, load_kg=40),
    *lifted("d", "biceps_curl", MEDIUM, -6600, rir=4, load_kg=14),
    *lifted("e", "biceps_curl", HARD, -6400, rir=1, load_kg=14),
]
DAILY: Final = [
    *lifted("1", "leg_press", HARD, -2 * DAY, rir=1, load_kg=120),
    *lifted("2", "leg_curl", MEDIUM, -2 * DAY + 300, rir=4, load_kg=40),
    *lifted("1", "chest_fly", TO_FAILURE, -DAY, rir=0, load_kg=14),
    *lifted("2", "lat_pulldown", HARD, -DAY + 300, rir=3, load_kg=55),
    *lifted("1", "leg_extension", HARD, -3000, rir=1, load_kg=50),
    *lifted("2", "triceps_pushdown", HARD, -2700, rir=2, load_kg=25),
]
DAILY_SETS: Final = (
    "leg_press 7",
    "leg_curl 5",
    "chest_fly 9",
    "lat_pulldown 7",
    "leg_extension 7",
    "triceps_pushdown 7",
)
RUNS: Final = lifted("s", "leg_curl", HARD, -3000, ends=False, load_kg=40)
"""Its reps are done at -2996, -2993, … -2978."""
LIFTED: Final = [*RUNS, ended("s", -2974)]

ARRIVAL: Final[tuple[Situation, ...]] = (
    situation("a call comes before its set", [called("s", 0, -2975)], LIFTED, did("leg_curl 7"), rir(0, 0), spent(1.0)),
    situation(
        "a call without an id comes before its set",
        [called(None, 1, -2975)],
        LIFTED,
        did("leg_curl 7"),
        rir(0, 1),
        spent(0.5),
    ),
    situation("an end comes before its set", [ended("s", -2974)], RUNS, did("leg_curl 7"), ended_by("lifter")),
    situation(
        "a correction comes before its set", [amended("s", -2970, load_kg=42.5)], LIFTED, did("leg_curl 7"), loads(42.5)
    ),
    situation(
        "a void comes before its rep",
        [*LIFTED[:4], rep_voided("s", 5, -2970)],
        LIFTED[4:],
        did("leg_curl 6"),
        numbers(0, 1, 2, 3, 4, 6, 7),
    ),
    situation(
        "a correction of a rep comes before it",
        [event("rep.amended", -2970, set_id="s", rep_number=7, set={"rom_m": 0.4})],
        LIFTED,
        did("leg_curl 7"),
        rejected_for(),
    ),
    situation("that a set never happened comes before it", [set_voided("s", -2970)], LIFTED, did(), spent(0.0)),
    situation(
        "a call whose set never comes changes nothing and is not given up yet",
        [*lifted("s", "leg_curl", MEDIUM, -3000, rir=4), called("t", 0, -2000)],
        did("leg_curl 5"),
        rir(0, 4),
        rejected_for(),
    ),
    situation(
        "a whole workout is uploaded newest first",
        newest_first(WORKOUT),
        did("leg_press 7", "leg_press 7", "leg_curl 9", "biceps_curl 5", "biceps_curl 7"),
        ended_by(*["lifter"] * 5),
        spent(2.0),
        rejected_for(),
    ),
    situation(
        "a workout without any ids of sets is uploaded newest first",
        newest_first(without("set_id", WORKOUT)),
        did("leg_press 7", "leg_press 7", "leg_curl 9", "biceps_curl 5", "biceps_curl 7"),
        spent(2.0),
        rejected_for(),
    ),
    situation(
        "three days with the same ids are uploaded newest first",
        newest_first(DAILY),
        did(*DAILY_SETS),
        ended_by(*["lifter"] * 6),
        spent(2.0),
        rejected_for(),
    ),
    situation(
        "first the calls of a workout arrive, then the ends, then the starts, then the reps",
        [
            each
            for kind in ("effort.reported", "set.ended", "set.started", "rep.completed")
            for each in DAILY
            if each.kind == kind
        ],
        did(*DAILY_SETS),
        spent(2.0),
        rejected_for(),
    ),
    situation(
        "the second half of a set arrives first", LIFTED[5:], LIFTED[:5], did("leg_curl 7"), numbers(0, *range(1, 8))
    ),
    situation(
        "every other rep of a set arrives first",
        LIFTED[1::2],
        LIFTED[0::2],
        did("leg_curl 7"),
        numbers(0, *range(1, 8)),
    ),
    situation(
        "yesterday's workout is uploaded while a set of the same id runs",
        lifted("1", "back_squat", SQUAT, -40, ends=False, load_kg=110),
        [
            *lifted("1", "leg_curl", TO_FAILURE, -DAY, rir=0, load_kg=40),
            *lifted("2", "leg_curl", EASY, -DAY + 300, rir=6, load_kg=20),
        ],
        did("leg_curl 9", "leg_curl 4", "back_squat 9"),
        ended_by("lifter", "lifter", None),
        stopped("back_squat", "R02", by_rep=7),
        rir(0, 0),
    ),
    situation(
        "a part arrives before the set that it continues",
        lifted("second", "leg_curl", MEDIUM, -2900, rir=0, load_kg=40, intent="drop", part_of="first"),
        lifted("first", "leg_curl", TO_FAILURE, -3000, rir=0, load_kg=60),
        did("leg_curl 9", "leg_curl 5"),
        spent(1.0),
        planned_by(1, "R11", yes=False),
    ),
    situation(
        "two lifters' sets in one upload, interleaved and newest first",
        newest_first(in_turn(WORKOUT, of("friend", WORKOUT))),
        spent(2.0),
        spent(2.0, who="friend"),
        did("leg_press 7", "leg_press 7", "leg_curl 9", "biceps_curl 5", "biceps_curl 7", who="friend"),
    ),
)
