"""What the routes about lifters return, for the published OpenAPI description."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from spotter.domain.event_types import Timestamp
from spotter.domain.policies import BlockKind, LayerName, SessionMode


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
    """A lifter with at least one event."""

    athlete_id: str
    name: str | None


class AthletePage(BaseModel):
    """Lifters by id, and the cursor of the next page where there is one."""

    athletes: list[ListedAthlete]
    next_cursor: str | None


class BlockView(BaseModel):
    """A block of the training calendar, by local days, both included."""

    name: str
    kind: BlockKind
    first_day: str
    last_day: str
    last_week: bool
    """The day lies in its last seven."""


class LayerView(BaseModel):
    """The values of one layer, by field; `called` names a team or a block."""

    layer: LayerName
    called: str | None
    says: dict[str, Any]


class ValueView(BaseModel):
    """One value of the policy in force, with its origin and reason."""

    field: str
    value: int | float | dict[str, float] | None
    """null: not set; it follows from others."""
    layer: LayerName
    called: str | None
    origins: dict[str, LayerName]
    """Layers of a value that names several, by key."""
    title: str
    why: str
    rule_ids: list[str]


class PolicyView(BaseModel):
    """The policy in force for a lifter on one day."""

    athlete_id: str
    day: str
    time_zone: str
    team: str | None
    level: str | None
    mode: SessionMode
    block: BlockView | None
    layers: list[LayerView]
    """Those that set anything, lowest first, above the defaults."""
    values: list[ValueView]


class WellnessItem(BaseModel):
    """How a lifter felt, 1 (bad) to 5 (good), and where it hurt, 0 to 10."""

    id: str
    time: Timestamp
    soreness: int | None
    sleep: int | None
    mood: int | None
    motivation: int | None
    irritability: int | None
    fatigue: int | None
    pain: dict[str, int]


class WellnessPage(BaseModel):
    """Reports, the newest first, and the cursor of the next page where there is one."""

    reports: list[WellnessItem]
    next_cursor: str | None


class NoticeItem(BaseModel):
    """A notice after a session, in its highest revision."""

    time: Timestamp
    notice_id: str
    kind: str
    revision: int
    rule_ids: list[str]
    sentence: str
    not_before: Timestamp | None
    valid_until: Timestamp
    withdrawn: bool
    holds: bool


class NoticePage(BaseModel):
    """Notices, the newest first, and the cursor of the next page where there is one."""

    notices: list[NoticeItem]
    next_cursor: str | None
