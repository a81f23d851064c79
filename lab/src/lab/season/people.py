"""The lifters of a season: level, days per week, programme, time zone and obedience to advice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np

from lab.season.exercises import BODYWEIGHT, FINISHERS, LIFTS, MACHINES, Able, draw_able
from lab.season.habits import HABITS
from spotter.domain.policies import BlockKind
from spotter.domain.weeks import WeekStart

Level = Literal["beginner", "intermediate", "advanced"]

FIRST_DAY: Final = date(2026, 10, 5)
"""A Monday: the half year from it has clocks put back and forward on three continents, and a week 53."""
ZONES: Final[tuple[tuple[str, WeekStart], ...]] = (
    ("Europe/Berlin", "monday"),
    ("America/New_York", "sunday"),
    ("Australia/Lord_Howe", "monday"),
    ("Asia/Kathmandu", "sunday"),
    ("America/Santiago", "monday"),
    ("Africa/Cairo", "saturday"),
)
_DAYS: Final = ((2, 0.30), (3, 0.34), (4, 0.20), (5, 0.10), (6, 0.06))
_PATTERN: Final = {2: (0, 3), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 4, 5), 6: (0, 1, 2, 3, 4, 5)}
"""Weekdays of training, by days per week."""


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """The size of a season, and its lifters' obedience."""

    lifters: int = 200
    weeks: int = 26
    sets: int = 2
    """Per session."""
    seed: int = 26
    defiant: float = 0.15
    """Share of lifters who follow the advice in half of their sets."""
    obedience: float = 0.95
    """Share of sets in which the others follow the advice."""
    habits: float = 0.0
    """Share of lifters whose apps and trackers report by a habit of `lab.season.habits`."""


@dataclass(frozen=True, slots=True)
class Span:
    """A block of the training calendar."""

    name: str
    kind: BlockKind
    first_week: int
    weeks: int

    def days(self) -> tuple[date, date]:
        """Return the first and the last day."""
        first = FIRST_DAY + timedelta(weeks=self.first_week)
        return first, first + timedelta(weeks=self.weeks, days=-1)


@dataclass(frozen=True, slots=True)
class Person:
    """One lifter."""

    number: int
    level: Level | None
    """As set by the coach; None: unknown."""
    zone: str
    week_start: WeekStart
    moves_in: int | None
    """Week in which they move to another zone."""
    new_zone: str
    days: tuple[int, ...]
    """Weekdays, 0 is Monday."""
    hour: int
    """Of the first set, local."""
    blocks: tuple[Span, ...]
    obedience: float
    reuses_ids: bool
    tells_days: bool
    """Whether they report at the start of a session how often they train."""
    calls: float
    """Share of sets after which they report reps in reserve."""
    has_spotter: bool
    abilities: tuple[tuple[Able, ...], ...]
    """Main lifts, finishers, machines, bodyweight."""
    habit: str | None = None
    """How their training is reported, where it is not as it should be."""

    @property
    def name(self) -> str:
        """The lifter's id."""
        return f"lifter-{self.number:03d}"


def person(number: int, plan: TrainingPlan) -> Person:
    """Draw a lifter; the same number in the same plan is the same lifter."""
    random = np.random.default_rng((plan.seed, number))
    zone, week_start = ZONES[number % len(ZONES)]
    count = int(random.choice([days for days, _ in _DAYS], p=[share for _, share in _DAYS]))
    levels: tuple[Level | None, ...] = (None, "beginner", "intermediate", "advanced")
    level = levels[int(random.choice(4, p=(0.1, 0.15, 0.5, 0.25)))]
    gains = random.uniform(0.0, 0.004, 6) * (random.uniform(size=6) > 0.3)
    lifts = [LIFTS[int(index)] for index in random.permutation(len(LIFTS))[:2]]
    machines = [MACHINES[int(index)] for index in random.permutation(len(MACHINES))[:2]]
    finisher = FINISHERS[int(random.integers(len(FINISHERS)))]
    named = ((*lifts,), (finisher,), (*machines,), BODYWEIGHT)
    gain = iter(gains.tolist())
    return Person(
        number=number,
        level=level,
        zone=zone,
        week_start=week_start,
        moves_in=int(random.integers(4, plan.weeks)) if plan.weeks > 4 and random.uniform() < 0.1 else None,
        new_zone="Pacific/Auckland",
        days=_PATTERN[count],
        hour=int(random.choice((6, 12, 18, 21, 23))),
        blocks=_blocks(number, plan),
        obedience=0.5 if random.uniform() < plan.defiant else plan.obedience,
        reuses_ids=bool(random.uniform() < 0.2),
        tells_days=bool(random.uniform() < 0.7),
        calls=float(random.choice((0.2, 0.5, 0.9))),
        has_spotter=bool(random.uniform() < 0.5),
        abilities=tuple(tuple(draw_able(name, next(gain), random) for name in names) for names in named),
        habit=_habit(number, plan),
    )


def _habit(number: int, plan: TrainingPlan) -> str | None:
    random = np.random.default_rng((plan.seed, number, 2))  # of its own: the lifter stays the same lifter
    habits = sorted(HABITS)
    return habits[int(random.integers(len(habits)))] if random.uniform() < plan.habits else None


def _blocks(number: int, plan: TrainingPlan) -> tuple[Span, ...]:
    """Return the calendar: empty for one third, all kinds of blocks in varying order for the others."""
    if number % 3 == 0:
        return ()
    orders: tuple[tuple[tuple[BlockKind, int], ...], ...] = (
        (("accumulate", 4), ("intensify", 3), ("deload", 1)),
        (("accumulate", 3), ("high_intensity", 2), ("deload", 1)),
    )
    order, spans, week = orders[number % 3 - 1], list[Span](), 0
    while week < plan.weeks:
        kind, weeks = order[len(spans) % len(order)]
        spans.append(Span(f"{kind}-{week}", kind, week, weeks))
        week += weeks
    return tuple(spans)
