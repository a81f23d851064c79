"""What the routes about sets return, for the published OpenAPI description."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from spotter.domain.event_types import Timestamp
from spotter.domain.events.lifting import Intent
from spotter.domain.events.outputs import AdviceGiven, EffortEstimated, RepCounted, SetSummarised


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
    """The summary of the set."""

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
    """A set as lists show it."""

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
