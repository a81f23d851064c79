"""What the routes of weeks and reports return as JSON, for the published OpenAPI description."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from spotter.domain.event_types import Timestamp
from spotter.domain.policies import BlockKind


class WeekItem(BaseModel):
    """One week of a lifter."""

    week: str
    first_day: str
    last_day: str
    sets: int
    reps: int
    hard: int
    """Sets that ended with one rep left or none."""
    allowed: float | None
    """null: the advisor published none."""
    spent: float


class WeekPage(BaseModel):
    """Weeks, the newest first, and the cursor of the next page where there is one."""

    weeks: list[WeekItem]
    next_cursor: str | None


class ReportBlock(BaseModel):
    """A block of the training calendar."""

    name: str
    kind: BlockKind
    first_day: str
    last_day: str


class ReportExercise(BaseModel):
    """What was done of one exercise."""

    exercise: str
    name: str
    sets: int
    reps: int
    sets_by_reps_left: dict[str, int]


class ReportEntry(BaseModel):
    """What one set took from the budget."""

    set_id: str
    exercise: str
    day: str
    cost: float
    rule_ids: list[str]
    repriced: str | None = None
    """Why it was priced anew other than by a correction of its set."""


class ReportBudget(BaseModel):
    """The week's budget."""

    allowed: float | None
    spent: float
    left: float | None
    reasons: list[str]
    entries: list[ReportEntry]


class ReportStops(BaseModel):
    """Sets in which a stop was advised in time, those that ended there, and the reps after one."""

    said: int
    followed: int
    reps_after: int


class ReportSign(BaseModel):
    """A warning sign or a notice."""

    rule_id: str
    sentence: str


class ReportRest(BaseModel):
    """A muscle group that rests from failure."""

    muscle_group: str
    until: Timestamp
    rule_id: str | None = None


class ReportTrend(BaseModel):
    """One week in a row of eight."""

    week: str
    sets: int
    reps: int
    hard: int
    early: int
    known: int
    hard_share: float | None
    allowed: float | None
    spent: float
    one_rep_max_kg: dict[str, float]


class ReportNext(BaseModel):
    """The week that follows, as far as it is known."""

    week: str
    first_day: str
    allowed: float | None
    block: ReportBlock | None
    closed: list[ReportRest]


class ReportView(BaseModel):
    """The weekly report as data."""

    athlete_id: str
    name: str | None
    week: str
    first_day: str
    last_day: str
    time_zone: str
    running: bool
    level: str | None
    block: ReportBlock | None
    sets: int
    reps: int
    days: int
    sets_by_reps_left: dict[str, int]
    exercises: list[ReportExercise]
    budget: ReportBudget
    stops: ReportStops
    hard_share: dict[str, Any] | None
    """Of the last 28 days, as last published in the week."""
    readiness: dict[str, Any] | None
    signs: list[ReportSign]
    closed: list[ReportRest]
    wellness: list[dict[str, Any]]
    """Check-ins of four weeks: day, mean, scores, pain."""
    trends: list[ReportTrend]
    notices: list[ReportSign]
    next_week: ReportNext
    not_recorded: list[str]
