"""What the explanations look like, for the published OpenAPI description."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from spotter.domain.event_types import Timestamp
from spotter.domain.events.budgets import BudgetEntry
from spotter.domain.events.lifting import Intent
from spotter.domain.events.outputs import Action, Confidence, Flag, Mode
from spotter.domain.exercises import Risk


class RuleItem(BaseModel):
    """A rule that applied, in a sentence."""

    id: str
    title: str
    sentence: str


class ChangeItem(BaseModel):
    """One thing that would have made a difference (`had`), and the difference (`then`)."""

    had: str
    then: str


class BoundItem(BaseModel):
    """The least reps in reserve that a rule asked for; the one that `decided` made the target."""

    rule: str
    rir: int
    reason: str
    decided: bool


class TermsView(BaseModel):
    """What held in the set, and what it was made of."""

    target_rir: int | None
    floor_rir: int
    reason: str | None
    bounds: list[BoundItem]
    standing: dict[str, Any]
    """The lifter's state: units left, warning signs, share of hard sets, recovery."""
    origins: dict[str, str]
    """Which layer of policy the values came from."""
    beginner: bool | None
    last_set: bool | None
    spotter: bool | None
    block: str | None
    last_week: bool | None
    mode: str | None
    late_cost: float | None
    early_cost: float | None
    stops_at_because: str | None
    """Where the probability comes from at which *stop* is advised."""


class SetAbout(BaseModel):
    """The set as known now."""

    exercise: str | None
    name: str
    risk: Risk
    in_catalogue: bool
    needs_spotter: bool
    muscle_group: str
    load_kg: float | None
    pct_1rm: float | None
    intent: Intent | None
    target_rir: int | None
    is_last_set: bool | None
    spotter_present: bool | None
    station_id: str | None
    opened_at: Timestamp | None


class EstimateRead(BaseModel):
    """The estimate that the advice read; what is null was revised since, or not recorded."""

    revision: int | None
    rir: float | None
    rir_low: float | None
    rir_high: float | None
    velocity_loss: float | None
    confidence: Confidence | None
    mode: Mode | None
    learned_sets: int | None
    flags: list[Flag] | None
    revised_since: bool


class AdviceInputs(BaseModel):
    """What the decision looked at."""

    set: SetAbout
    terms: TermsView | None
    estimate: EstimateRead | None
    budget_left: float


class VersionsView(BaseModel):
    """What it was computed with."""

    policy: str
    model: str | None
    profile: str | None
    estimate_revision: int | None


class ProbabilitiesView(BaseModel):
    """How sure it was, and how sure it had to be."""

    limit_rir: int | None
    at_limit: float | None
    """P(reps left <= limit_rir)."""
    stops_at: float | None
    one_more_at: float | None
    next_rep_fails: float | None
    rir_at_most: list[float] | None
    """P(reps left <= 0), P(reps left <= 1), ...."""


class AdviceWhy(BaseModel):
    """An advice, explained."""

    alert_id: str
    athlete_id: str
    set_id: str
    set_key: str
    time: Timestamp
    after_rep: int
    revision: int
    replaced_by: str | None
    """The newest advice after the same rep, where a correction led to another."""
    action: Action
    sentence: str
    late: bool
    inputs: AdviceInputs
    rules: list[RuleItem]
    versions: VersionsView
    probabilities: ProbabilitiesView
    would_have_changed: list[ChangeItem]
    not_recorded: list[str]


class BudgetChangeItem(BaseModel):
    """One change of a lifter's budget."""

    revision: int
    time: Timestamp
    week_start: Timestamp
    allowed: float
    spent: float
    left: float
    reasons: list[str]
    entry: BudgetEntry | None


class BudgetChangePage(BaseModel):
    """Changes of a lifter's budget, the newest first, and the cursor of the next page where there is one."""

    changes: list[BudgetChangeItem]
    next_cursor: str | None


class BudgetStand(BaseModel):
    """A week's budget in one revision."""

    allowed: float
    spent: float
    left: float
    reasons: list[str]


class BudgetWhy(BaseModel):
    """A change of a budget, explained."""

    athlete_id: str
    revision: int
    time: Timestamp
    week_start: Timestamp
    week_end: Timestamp | None
    time_zone: str
    sentence: str
    before: BudgetStand | None
    """The revision before of that week; null: there was none."""
    after: BudgetStand
    inputs: dict[str, Any]
    """The entry, what became of its set, warning signs, muscles that rest, the share of hard sets, a forecast."""
    rules: list[RuleItem]
    would_have_changed: list[ChangeItem]
    not_recorded: list[str]
