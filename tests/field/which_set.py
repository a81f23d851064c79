"""Apps name sets as they like: which set an event means is found by its key, its own time and its exercise."""

from __future__ import annotations

from typing import Final

from tests.field.checks import (
    another_name,
    did,
    did_at_once,
    ended_by,
    loads,
    newest_of,
    numbers,
    rir,
    spent,
    stopped,
    velocities,
)
from tests.field.events import (
    HARD,
    MEDIUM,
    SHORT,
    TO_FAILURE,
    KeyOf,
    Other,
    amended,
    by,
    called,
    delayed,
    ended,
    event,
    in_turn,
    lifted,
    named_reps,
    newest_first,
    of,
    rep_voided,
    reps,
    started,
    timed_by,
    without,
)
from tests.field.situation import Situation, situation

DAY: Final = 86_400.0
SQUAT: Final = (0.61, 0.59, 0.56, 0.52, 0.47, 0.41, 0.35, 0.28, 0.23)

PHONE: Final = lifted("p7", "leg_press", TO_FAILURE, -3000, rir=0, load_kg=120)
WATCH: Final = by(
    "watch",
    without({"mean_velocity_mps", "load_kg"}, delayed(0.4, lifted("w3", "leg_press", TO_FAILURE, -3000, rir=0))),
)

WHICH_SET: Final[tuple[Situation, ...]] = (
    situation(
        "sets numbered within each exercise, the reps of the second exercise name it",
        [
            started("1", "biceps_curl", -600, load_kg=14, is_last_set=True),
            *named_reps("1", "biceps_curl", HARD, -595),
            ended("1", -575),
            *named_reps("1", "back_squat", SQUAT, -550, load_kg=110),
        ],
        did("biceps_curl 7", "back_squat 9"),
        numbers(0, 1, 2, 3, 4, 5, 6, 7),
        newest_of("1", "back_squat"),
        stopped("back_squat", "R02", by_rep=7),
    ),
    situation(
        "sets numbered within each exercise, only the starts name it",
        [
            *lifted("1", "biceps_curl", MEDIUM, -600, load_kg=14),
            *lifted("1", "back_squat", SQUAT, -560, load_kg=110),
            *lifted("1", "biceps_curl", SHORT, -500, load_kg=12),
        ],
        did("biceps_curl 5", "back_squat 9", "biceps_curl 3"),
        loads(14, 110, 12),
        stopped("back_squat", "R02", by_rep=7),
    ),
    situation(
        "sets numbered within each exercise, none is ended",
        [
            *lifted("1", "leg_curl", MEDIUM, -600, ends=False, load_kg=40),
            *lifted("1", "leg_extension", MEDIUM, -570, ends=False, load_kg=50),
            *lifted("2", "leg_curl", SHORT, -540, load_kg=40),
        ],
        did("leg_curl 5", "leg_extension 5", "leg_curl 3"),
        ended_by("next_set", "next_set", "lifter"),
    ),
    situation(
        "sets numbered within each exercise, by a clock that runs a minute ahead and is not told",
        timed_by(
            "none",
            [
                *named_reps("1", "biceps_curl", MEDIUM, 10, every_s=2.0, load_kg=14),
                *named_reps("1", "back_squat", SQUAT, 38, every_s=2.0, load_kg=110),
            ],
        ),
        did_at_once("biceps_curl 5", "back_squat 9"),
        stopped("back_squat", "R02", by_rep=7),
    ),
    situation(
        "sets numbered within each exercise, sent before they happen",
        [
            *lifted("1", "biceps_curl", MEDIUM, 1, load_kg=14),
            *lifted("1", "back_squat", SQUAT, 25, load_kg=110),
        ],
        did_at_once("biceps_curl 5", "back_squat 9"),
        stopped("back_squat", "R02", by_rep=7),
    ),
    situation(
        "a superset in two rounds, sent before it happens",
        [
            started("A", "chest_fly", 1, load_kg=14),
            *reps("A", SHORT, 2),
            started("B", "lat_pulldown", 15, load_kg=50),
            *reps("B", SHORT, 16),
            *reps("A", SHORT, 36, first=4),
            *reps("B", SHORT, 56, first=4),
        ],
        did_at_once("chest_fly 3", "lat_pulldown 3", "chest_fly 3", "lat_pulldown 3"),
    ),
    situation(
        "a superset with one id for each exercise, in two rounds",
        [
            started("A", "chest_fly", -600, load_kg=14),
            *reps("A", SHORT, -598),
            started("B", "lat_pulldown", -582, load_kg=50),
            *reps("B", SHORT, -580),
            *reps("A", SHORT, -560, first=4),
            *reps("B", SHORT, -540, first=4),
        ],
        did("chest_fly 3", "lat_pulldown 3", "chest_fly 3", "lat_pulldown 3"),
        loads(14, 50, 14, 50),
    ),
    situation(
        "a circuit of three exercises with one id for each",
        [
            started("a", "leg_curl", -900, load_kg=20),
            *reps("a", SHORT, -898),
            started("b", "push_up", -880),
            *reps("b", SHORT, -878),
            started("c", "biceps_curl", -860, load_kg=12),
            *reps("c", SHORT, -858),
            *reps("a", SHORT, -838),
            *reps("b", SHORT, -818),
            *reps("c", SHORT, -798),
        ],
        did("leg_curl 3", "push_up 3", "biceps_curl 3", "leg_curl 3", "push_up 3", "biceps_curl 3"),
    ),
    situation(
        "a superset without ids, each rep names its exercise",
        [
            *named_reps(None, "bench_press", SHORT, -600, first=None, load_kg=70),
            *named_reps(None, "barbell_row", SHORT, -570, first=None, load_kg=60),
            *named_reps(None, "bench_press", SHORT, -540, first=None, load_kg=70),
            *named_reps(None, "barbell_row", SHORT, -510, first=None, load_kg=60),
        ],
        did("bench_press 3", "barbell_row 3", "bench_press 3", "barbell_row 3"),
        loads(70, 60, 70, 60),
    ),
    situation(
        "a superset without ids, only the starts name the exercise",
        [
            sent
            for index, exercise in enumerate(("leg_curl", "leg_extension", "leg_curl", "leg_extension"))
            for sent in lifted(None, exercise, SHORT, -600 + 30 * index, ends=False, load_kg=40)
        ],
        did("leg_curl 3", "leg_extension 3", "leg_curl 3", "leg_extension 3"),
    ),
    situation(
        "a superset under a single id, each rep names its exercise",
        [
            sent
            for index, exercise in enumerate(("leg_curl", "leg_extension", "leg_curl", "leg_extension"))
            for sent in named_reps("x", exercise, SHORT, -600 + 25 * index, load_kg=40)
        ],
        did("leg_curl 3", "leg_extension 3", "leg_curl 3", "leg_extension 3"),
    ),
    situation(
        "a rep that names another exercise in the middle, without any id",
        [
            *named_reps(None, "overhead_press", MEDIUM, -300, first=None, load_kg=40),
            *named_reps(None, "leg_press", MEDIUM, -270, first=None, load_kg=150),
        ],
        did("overhead_press 5", "leg_press 5"),
    ),
    situation(
        "yesterday's correction comes while the same id runs today",
        lifted("1", "leg_curl", TO_FAILURE, -DAY, rir=0, load_kg=35),
        lifted("1", "back_squat", SQUAT[:4], -20, ends=False, load_kg=110),
        [
            amended("1", -DAY + 60, exercise="seated_leg_curl", load_kg=37.5),
            rep_voided("1", 3, -DAY + 62, reason="counted twice"),
        ],
        did("seated_leg_curl 8", "back_squat 4"),
        loads(37.5, 110),
        numbers(1, 1, 2, 3, 4),
    ),
    situation(
        "a correction a day later is about the set that ran before it, not the one that is named alike and came after",
        lifted("3", "leg_curl", MEDIUM, -2 * DAY, load_kg=35),
        lifted("3", "leg_press", MEDIUM, -600, load_kg=140),
        [amended("3", -DAY, load_kg=32.5)],
        loads(32.5, 140),
    ),
    situation(
        "corrections name an older set by its key",
        [
            *lifted("1", "leg_curl", MEDIUM, -2400, load_kg=35),
            *lifted("1", "leg_curl", MEDIUM, -2000, load_kg=35),
            *lifted("1", "leg_curl", MEDIUM, -600, load_kg=35),
        ],
        [
            amended("1", -30, set_key=KeyOf(0), load_kg=40),
            rep_voided(None, 5, -29, set_key=KeyOf(1)),
            event("rep.amended", -28, set_id="1", set_key=KeyOf(1), rep_number=4, set={"mean_velocity_mps": 0.5}),
            called("1", 0, -27, set_key=KeyOf(0)),
        ],
        did("leg_curl 5", "leg_curl 4", "leg_curl 5"),
        loads(40, 35, 35),
        velocities(1, 0.62, 0.60, 0.57, 0.50),
        rir(0, 0),
    ),
    situation(
        "calls come late and name sets whose ids were used again",
        [
            *lifted("1", "leg_curl", HARD, -2400, load_kg=35),
            *lifted("2", "leg_curl", HARD, -2100, load_kg=35),
            *lifted("1", "leg_press", HARD, -1800, load_kg=140),
            *lifted("2", "leg_press", HARD, -1500, load_kg=140),
        ],
        [called("1", 0, -2370), called("2", 3, -2070), called("1", 1, -1770), called("2", 4, -1470)],
        spent(1.5),
        *(rir(ordinal, called_rir) for ordinal, called_rir in enumerate((0, 3, 1, 4))),
    ),
    situation(
        "calls come late and name no set",
        [
            sent
            for index, exercise in enumerate(("leg_curl", "leg_press", "leg_extension"))
            for sent in [
                *named_reps(None, exercise, HARD, -2400 + 400 * index, load_kg=40),
                ended(None, -2377 + 400 * index),
            ]
        ],
        [called(None, 0, -2370), called(None, 1, -1970), called(None, 3, -1570)],
        spent(1.5),
        *(rir(ordinal, called_rir) for ordinal, called_rir in enumerate((0, 1, 3))),
    ),
    situation(
        "calls come late, in no order, and name no set",
        [
            *lifted(None, "leg_curl", HARD, -2400, load_kg=40),
            *lifted(None, "leg_press", HARD, -2000, load_kg=40),
        ],
        [called(None, 1, -1970), called(None, 0, -2370)],
        rir(0, 0),
        rir(1, 1),
    ),
    situation(
        "ends of older sets come late and name ids that were used again",
        [
            *lifted("1", "leg_curl", MEDIUM, -2400, ends=False, load_kg=40),
            *lifted("1", "leg_press", MEDIUM, -2000, ends=False, load_kg=140),
            *lifted("1", "chest_fly", MEDIUM, -20, ends=False, load_kg=16),
        ],
        [ended("1", -2380), ended("1", -1980)],
        did("leg_curl 5", "leg_press 5", "chest_fly 5"),
        ended_by("lifter", "lifter", None),
    ),
    situation(
        "a coach moves an older set whose id was used again",
        [
            *lifted("1", "leg_curl", MEDIUM, -2400, load_kg=40),
            *lifted("1", "leg_press", MEDIUM, -600, load_kg=140),
            *of("owner", [started("z", "push_up", -100)]),
        ],
        [event("set.moved", -2300, set_id="1", to_athlete_id=Other("owner"))],
        did("leg_press 5"),
        did("leg_curl 5", "push_up 0", who="owner"),
    ),
    situation(
        "a coach moves an older set by its key",
        [
            *lifted("1", "leg_curl", MEDIUM, -2400, load_kg=40),
            *lifted("1", "leg_press", MEDIUM, -600, load_kg=140),
            *of("owner", [started("z", "push_up", -100)]),
        ],
        [event("set.moved", -5, set_id="1", set_key=KeyOf(0), to_athlete_id=Other("owner"))],
        did("leg_press 5"),
        did("leg_curl 5", "push_up 0", who="owner"),
    ),
    situation(
        "reps from before a set began are none of it",
        lifted("1", "leg_press", MEDIUM, -20, ends=False, load_kg=140),
        named_reps("1", "leg_curl", SHORT, -1200, load_kg=40),
        did("leg_curl 3", "leg_press 5"),
        loads(40, 140),
    ),
    situation(
        "phone and watch record one set, each under an id of its own",
        in_turn(PHONE, WATCH),
        did("leg_press 9"),
        spent(1.0),
        another_name("w3", "p7"),
    ),
    situation(
        "a watch syncs the set that the phone sent long before",
        PHONE,
        WATCH,
        did("leg_press 9"),
        spent(1.0),
        another_name("w3", "p7"),
    ),
    situation(
        "a watch syncs first, newest event first, and the phone comes after",
        newest_first(WATCH),
        PHONE,
        did("leg_press 9"),
        loads(120),
        spent(1.0),
    ),
    situation(
        "a watch without exercises misses reps and syncs two sets",
        [
            *lifted("p1", "leg_press", HARD, -3000, rir=1, load_kg=120),
            *lifted("p2", "leg_press", MEDIUM, -2700, load_kg=120),
        ],
        by(
            "watch",
            [
                *reps("w1", (None,) * 4, -2989.6, first=None),
                ended("w1", -2970),
                *reps("w2", (None,) * 5, -2695.5, first=None),
                ended("w2", -2675),
            ],
        ),
        did("leg_press 7", "leg_press 5"),
        spent(0.5),
        another_name("w2", "p2"),
    ),
    situation(
        "two devices that record one after the other have recorded two sets",
        [
            *lifted("p1", "leg_press", MEDIUM, -3000, load_kg=120),
            *by("watch", lifted("w1", "leg_press", SHORT, -2800, load_kg=120)),
        ],
        did("leg_press 5", "leg_press 3"),
    ),
)
