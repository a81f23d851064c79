"""The records of a weekly report: all numbers, no drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from spotter.domain.time import format_time

LEFT: Final = ("failure or 0", "1", "2", "3", "4", "5 or more", "not known")
"""How many reps were left at the end of a set, as sets are counted."""
HARD_LEFT: Final = 2
"""Sets in the first so many of these are hard."""
EARLY_LEFT: Final = 5
"""Sets with so many left ended far from failure."""


@dataclass(frozen=True, slots=True)
class SetDone:
    """A set of the lifter's, as far as reports count it."""

    exercise: str
    exposure: str
    """What belongs together has the same: two arms, drops, clusters."""
    week: str
    """Name of the week that the set counts in."""
    day: date
    reps: int
    rir: float | None
    failed: bool
    followed: bool | None
    reps_after_stop: int
    one_rep_max_kg: float | None
    chosen: bool = True
    """How near to failure it ended was a choice: of as many reps as possible, and of a test, the intent tells it."""

    @property
    def left_index(self) -> int:
        """Index in `LEFT`."""
        if self.failed:
            return 0
        return len(LEFT) - 1 if self.rir is None else min(int(self.rir + 0.5), EARLY_LEFT)


@dataclass(frozen=True, slots=True)
class ExerciseDone:
    """What was done of one exercise in the week."""

    exercise: str
    name: str
    sets: int
    reps: int
    left: tuple[int, ...]
    """Sets by `LEFT`."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one set took from the budget."""

    set_id: str
    exercise: str
    name: str
    day: date
    cost: float
    rules: tuple[str, ...]
    repriced: str | None = None
    """Why it was priced anew other than by a correction of its set."""


@dataclass(frozen=True, slots=True)
class WeekBudget:
    """A week's budget; `allowed` is None where the advisor published none."""

    allowed: float | None
    spent: float
    reasons: tuple[str, ...] = ()
    entries: tuple[Spent, ...] = ()

    @property
    def left(self) -> float | None:
        """What may still be spent."""
        return None if self.allowed is None else max(0.0, round(self.allowed - self.spent, 6))


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One check-in: how the lifter felt, 1 (bad) to 5 (good)."""

    day: date
    scores: tuple[tuple[str, int], ...]
    pain: tuple[tuple[str, int], ...]

    @property
    def mean(self) -> float | None:
        """All scores in one."""
        return sum(score for _, score in self.scores) / len(self.scores) if self.scores else None


@dataclass(frozen=True, slots=True)
class ReportedSign:
    """Something that speaks against spending."""

    rule_id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Trend:
    """One week in a row of weeks."""

    name: str
    sets: int
    reps: int
    hard: int
    early: int
    judged: int
    """Sets of which it is known how many reps were left, without those of as many as possible and tests."""
    allowed: float | None
    spent: float
    strength: tuple[tuple[str, float], ...] = ()
    """Best 1RM by the load-velocity profile in the week, by exercise, kg."""

    @property
    def hard_share(self) -> float | None:
        """Share of sets that ended with one rep left or less."""
        return self.hard / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Next:
    """The week that follows, as far as it is known."""

    name: str
    first_day: date
    allowed: float | None
    block: dict[str, Any] | None
    closed: tuple[tuple[str, datetime], ...]
    """Muscle groups that are still closed to failure when it begins."""


@dataclass(frozen=True, slots=True)
class WeeklyReport:
    """All facts of a weekly report."""

    athlete_id: str
    name: str | None
    week: str
    first_day: date
    last_day: date
    time_zone: str
    running: bool
    """The week is not over."""
    level: str | None
    block: dict[str, Any] | None
    exercises: tuple[ExerciseDone, ...]
    left: tuple[int, ...]
    """Sets by `LEFT`."""
    reps: int
    days: int
    budget: WeekBudget
    stops: int
    """Sets in which a stop was advised in time."""
    followed: int
    reps_after_stop: int
    hard_28: dict[str, Any] | None
    """Share of hard sets of the last 28 days, as the advisor published it last in the week."""
    readiness: dict[str, Any] | None
    signs: tuple[ReportedSign, ...]
    closed: tuple[tuple[str, datetime, str], ...]
    check_ins: tuple[CheckIn, ...]
    """Of the last four weeks."""
    trends: tuple[Trend, ...]
    """Eight weeks, this one the last."""
    notices: tuple[ReportedSign, ...]
    next: Next
    missing: tuple[str, ...] = ()

    @property
    def sets(self) -> int:
        """How many sets were done."""
        return sum(self.left)

    @property
    def title(self) -> str:
        """Lifter and week."""
        return f"{self.name or self.athlete_id}, week {self.week}"


_COPIED: Final = (
    "athlete_id", "name", "week", "first_day", "last_day", "time_zone", "running", "level", "block", "sets", "reps", "days",
)  # fmt: skip


def as_data(report: WeeklyReport) -> dict[str, Any]:
    """Return a report as data that orjson writes."""
    trends = [
        {
            "week": week.name, "sets": week.sets, "reps": week.reps, "hard": week.hard, "early": week.early, "known": week.judged,
            "hard_share": week.hard_share, "allowed": week.allowed, "spent": week.spent,
            "one_rep_max_kg": dict(week.strength),
        }
        for week in report.trends
    ]  # fmt: skip
    return {
        **{name: getattr(report, name) for name in _COPIED},
        "sets_by_reps_left": dict(zip(LEFT, report.left, strict=True)),
        "exercises": [
            {
                "exercise": exercise.exercise,
                "name": exercise.name,
                "sets": exercise.sets,
                "reps": exercise.reps,
                "sets_by_reps_left": dict(zip(LEFT, exercise.left, strict=True)),
            }
            for exercise in report.exercises
        ],
        "budget": {
            "allowed": report.budget.allowed,
            "spent": report.budget.spent,
            "left": report.budget.left,
            "reasons": report.budget.reasons,
            "entries": [
                {
                    "set_id": entry.set_id,
                    "exercise": entry.exercise,
                    "day": entry.day,
                    "cost": entry.cost,
                    "rule_ids": entry.rules,
                    "repriced": entry.repriced,
                }
                for entry in report.budget.entries
            ],
        },
        "stops": {"said": report.stops, "followed": report.followed, "reps_after": report.reps_after_stop},
        "hard_share": report.hard_28,
        "readiness": report.readiness,
        "signs": report.signs,
        "closed": [
            {"muscle_group": group, "until": format_time(until), "rule_id": rule}
            for group, until, rule in report.closed
        ],
        "wellness": [
            {"day": check_in.day, "mean": check_in.mean, **dict(check_in.scores), "pain": dict(check_in.pain)}
            for check_in in report.check_ins
        ],
        "trends": trends,
        "notices": report.notices,
        "next_week": {
            "week": report.next.name,
            "first_day": report.next.first_day,
            "allowed": report.next.allowed,
            "block": report.next.block,
            "closed": [{"muscle_group": group, "until": format_time(until)} for group, until in report.next.closed],
        },
        "not_recorded": report.missing,
    }
