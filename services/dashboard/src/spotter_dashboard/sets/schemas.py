"""What the query routes answer with, for the published OpenAPI description."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from spotter.domain.event_types import Timestamp
from spotter.domain.events.lifting import Intent
from spotter.domain.events.outputs import AdviceGiven, EffortEstimated, RepCounted, SetSummarised
from spotter.domain.exercises import Exercise


class RepItem(RepCounted):
    """A rep, with id and time of the event that reported it."""

    id: str
    time: Timestamp
    found_in: Literal["motion"] | None = Field(default=None, alias="from")
    """Found in raw motion, and not reported as a rep."""


class EstimateItem(EffortEstimated):
    """The newest estimate after a rep."""

    id: str
    time: Timestamp


class AdviceItem(AdviceGiven):
    """The newest advice after a rep; the plan comes first."""

    id: str
    time: Timestamp


class SummaryItem(SetSummarised):
    """What became of the set."""

    id: str
    time: Timestamp


class RejectedItem(BaseModel):
    """An event about the set that could not be used."""

    id: str
    time: Timestamp
    reason: str
    detail: str


class SetView(BaseModel):
    """A set with all that is in it, in the order of its reps, each in its highest revision."""

    set_id: str
    set_key: str
    athlete_id: str
    exercise: str | None
    load_kg: float | None
    intent: Intent
    state: Literal["open", "ended"]
    reps: list[RepItem]
    estimates: list[EstimateItem]
    advice: list[AdviceItem]
    rejected: list[RejectedItem]
    summary: SummaryItem | None


class ListedSet(BaseModel):
    """A set as it stands in lists."""

    set_id: str
    set_key: str
    athlete_id: str
    exercise: str | None
    load_kg: float | None
    intent: Intent
    station_id: str | None
    state: Literal["open", "ended"]
    opened_at: Timestamp
    ended_at: Timestamp | None


class SetPage(BaseModel):
    """Sets, the newest first, and the cursor of the next page where there is one."""

    sets: list[ListedSet]
    next_cursor: str | None


class BudgetItem(BaseModel):
    """What one set took from the budget."""

    set_id: str
    set_key: str
    exercise: str
    ended_by: str
    cost: float
    rule_ids: list[str]


class BudgetView(BaseModel):
    """A lifter's failure budget of this week."""

    athlete_id: str
    week_start: Timestamp
    time_zone: str
    allowed: float
    spent: float
    left: float
    entries: list[BudgetItem]


class ListedAthlete(BaseModel):
    """A lifter of whom something was heard."""

    athlete_id: str
    name: str | None


class AthletePage(BaseModel):
    """Lifters by id, and the cursor of the next page where there is one."""

    athletes: list[ListedAthlete]
    next_cursor: str | None


class MatchItem(BaseModel):
    """Which of an exercise's names was found, and how near it is to what was asked for."""

    name: str
    score: float
    how: Literal["id", "name", "fuzzy"]
    ignored: list[str]


class ExerciseItem(Exercise):
    """An exercise, and where it was searched for the name that was found."""

    match: MatchItem | None = None


class Import(BaseModel):
    """What an import would take the text for: an exercise, or none and the nearest in words."""

    exercise: str | None
    sentence: str


class ExerciseList(BaseModel):
    """The gym's catalogue, or what was found in it, best first."""

    exercises: list[ExerciseItem]
    next_cursor: str | None = None
    would_import: Import | None = None
