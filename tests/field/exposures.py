"""One arm after the other, drops, rest-pause, clusters: what belongs together is one exposure, priced by its hardest part."""

from __future__ import annotations

from typing import Any, Final

from tests.field.checks import did, did_at_once, no_emergency, planned_by, spent
from tests.field.events import (
    EASY,
    HARD,
    MEDIUM,
    SHORT,
    TO_FAILURE,
    KeyOf,
    Sent,
    called,
    ended,
    lifted,
    of,
    rep,
    reps,
    started,
)
from tests.field.reader import Reader
from tests.field.situation import Check, Situation, situation
from tests.field.which_set import DAY

TOP: Final = (0.44, 0.41, 0.37, 0.32)
"""A heavy set of bench press, in m/s; at 60 % of its load the same lifter begins at about 0.8 m/s."""


def arm(set_id: str, at: float, rir: float, velocities: tuple[float, ...] = TO_FAILURE, **context: Any) -> list[Sent]:
    """Return a set of one arm."""
    return lifted(set_id, "biceps_curl", velocities, at, rir=rir, load_kg=12, is_last_set=True, **context)


def drop(set_id: str, load_kg: float, velocities: tuple[float, ...], at: float, **context: Any) -> list[Sent]:
    """Return a part of a drop set that goes to failure."""
    return lifted(set_id, "leg_extension", velocities, at, rir=0, load_kg=load_kg, is_last_set=True, **context)


def heavy_sessions(at: float, *drops: float) -> list[Sent]:
    """Return four sessions of a heavy set, the last of them two days before now, each perhaps with drops in the same set."""
    sessions = []
    for session in range(4):
        begin = at + 2 * DAY * session
        parts: list[Sent] = []
        for index, load_kg in enumerate((100.0, *drops)):
            more: dict[str, Any] = {"intent": "drop"} if index else {}
            at_s = begin + 18 * index
            parts.append(started("top", "bench_press", at_s, load_kg=load_kg, spotter_present=True, **more))
            parts += reps("top", TOP, begin + 18 * index + 3, first=1 + 4 * index)
        last_s = begin + 18 * len(drops)
        sessions += [*parts, called("top", 1, last_s + 16), ended("top", last_s + 17)]
    return sessions


def light_set(**context: Any) -> list[Sent]:
    """Return an easy set at the load of the last drop."""
    return lifted("light", "bench_press", EASY, -60, load_kg=60, spotter_present=True, **context)


def alike(who: str) -> Check:
    """Tell that both lifters are thought to have about as many reps left after their last set."""

    def within_a_third(reader: Reader) -> bool:
        mine, other = (each.sets[-1]["estimates"][-1]["rir"] for each in (reader, reader.other(who)))
        return bool(abs(mine - other) <= max(mine, other) / 3)

    return Check(f"as many reps left as {who}", True, within_a_third)


EXPOSURES: Final[tuple[Situation, ...]] = (
    situation(
        "one arm after the other, an id for each, nothing said of sides",
        [*arm("l", -600, 0), *arm("r", -552, 0)],
        did("biceps_curl 9", "biceps_curl 9"),
        planned_by(1, "R11", yes=False),
        spent(1.0),
    ),
    situation(
        "one arm after the other, sent before it happens",
        [*arm("l", 1, 0), *arm("r", 45, 0)],
        did_at_once("biceps_curl 9", "biceps_curl 9"),
        spent(1.0),
    ),
    situation(
        "one arm two minutes after the other, with their sides",
        [*arm("l", -600, 0, side="left"), *arm("r", -440, 0, side="right")],
        planned_by(1, "R11", yes=False),
        spent(1.0),
    ),
    situation(
        "one arm after the other, and the other goes further",
        [*arm("l", -600, 2, HARD), *arm("r", -555, 0, part_of="l")],
        did("biceps_curl 7", "biceps_curl 9"),
        spent(1.0),
    ),
    situation(
        "one arm after the other, and the other does less",
        [*arm("l", -600, 0, side="left"), *arm("r", -555, 2, HARD, side="right", part_of="l")],
        spent(1.0),
    ),
    situation(
        "two arms under one id, by its sides",
        [
            started("x", "biceps_curl", -600, load_kg=12),
            *reps("x", HARD, -596, side="left"),
            *reps("x", HARD, -560, side="right"),
            called("x", 1, -538),
            ended("x", -537),
        ],
        spent(0.5),
        no_emergency(),
    ),
    situation(
        "a drop set as three rows that name what they continue",
        [
            *drop("d0", 60, TO_FAILURE, -600),
            *drop("d1", 45, MEDIUM, -560, intent="drop", part_of="d0"),
            *drop("d2", 30, SHORT, -535, intent="drop", part_of="d1"),
        ],
        did("leg_extension 9", "leg_extension 5", "leg_extension 3"),
        planned_by(1, "R11", yes=False),
        planned_by(2, "R11", yes=False),
        spent(1.0),
    ),
    situation(
        "a drop set as three rows that all continue the first",
        [
            *drop("d0", 60, TO_FAILURE, -900),
            *drop("d1", 45, MEDIUM, -760, intent="drop", part_of="d0"),
            *drop("d2", 30, SHORT, -640, intent="drop", part_of="d0"),
        ],
        spent(1.0),
    ),
    situation(
        "a drop set as three rows without rest, nothing said",
        [*drop("1", 60, TO_FAILURE, -600), *drop("2", 45, MEDIUM, -565), *drop("3", 30, SHORT, -545)],
        planned_by(1, "R11", yes=False),
        planned_by(2, "R11", yes=False),
        spent(1.0),
    ),
    situation(
        "a drop set under a single id, each row ended",
        [
            *drop("1", 60, TO_FAILURE, -600, intent="work"),
            *drop("1", 45, MEDIUM, -562, intent="drop"),
            *drop("1", 30, SHORT, -540, intent="drop"),
        ],
        spent(1.0),
    ),
    situation(
        "rest-pause as two sets",
        [
            *lifted("a", "leg_press", TO_FAILURE, -600, rir=0, load_kg=120),
            *lifted("b", "leg_press", SHORT, -556, rir=0, load_kg=120),
        ],
        did("leg_press 9", "leg_press 3"),
        planned_by(1, "R11", yes=False),
        spent(1.0),
    ),
    situation(
        "a part names the key of the set that it continues",
        lifted("1", "leg_press", TO_FAILURE, -1200, rir=0, load_kg=120),
        lifted("1", "leg_press", SHORT, -1100, rir=0, load_kg=120, part_of=KeyOf(0)),
        did("leg_press 9", "leg_press 3"),
        planned_by(1, "R11", yes=False),
        spent(1.0),
    ),
    situation(
        "a cluster of five",
        [
            sent
            for index in range(5)
            for sent in lifted(
                f"c{index}",
                "leg_press",
                (0.5, 0.45 - 0.04 * index),
                -600 + 27 * index,
                rir=max(0, 2 - index),
                load_kg=160,
            )
        ],
        did(*["leg_press 2"] * 5),
        spent(1.0),
    ),
    situation(
        "two sets to failure with a rest between are two exposures",
        [
            *lifted("a", "leg_press", TO_FAILURE, -900, rir=0, load_kg=120),
            *lifted("b", "leg_press", TO_FAILURE, -690, rir=0, load_kg=120),
        ],
        planned_by(1, "R11", yes=True),
        spent(2.0),
    ),
    situation(
        "a superset to failure is two exposures",
        [
            *lifted("a", "leg_curl", TO_FAILURE, -600, rir=0, load_kg=40),
            *lifted("b", "biceps_curl", TO_FAILURE, -555, rir=0, load_kg=14),
        ],
        spent(2.0),
    ),
    situation(
        "sets with drops in them teach no load that was not lifted",
        [*heavy_sessions(-8 * DAY, 80, 60), *of("plain", heavy_sessions(-8 * DAY))],
        [*light_set(), *of("plain", light_set())],
        alike("plain"),
    ),
    situation(
        "a drop whose load only the reps say",
        [
            started("s", "leg_extension", -600, load_kg=60),
            *reps("s", TO_FAILURE, -596, load_kg=60),
            *[rep("s", 10 + index, velocity, -565 + 3 * index, load_kg=40) for index, velocity in enumerate(MEDIUM)],
            called("s", 0, -550),
            ended("s", -549),
        ],
        did("leg_extension 14"),
        spent(1.0),
    ),
)
