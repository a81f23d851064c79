"""What the advisor remembers of a lifter: the lifter, each set of the last weeks, the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from spotter.domain.events.lifting import Intent
from spotter.domain.policies import Block, Session
from spotter.domain.weeks import WeekStart
from spotter_advisor.state.eligibility import Standing
from spotter_advisor.state.history import Facts
from spotter_advisor.state.terms import Terms

LIFTER: Final = "lifter"
LEDGER: Final = "ledger"
SIGNS: Final = "signs"
SET_KEPT: Final = timedelta(days=28)
"""Sets are kept this long after anything about them was received."""
LEDGER_KEPT: Final = timedelta(weeks=8)
"""Entries and training days are kept this long."""

EndedBy = Literal["lifter", "silence", "next_set", "history"]


def set_entry(set_key: str) -> str:
    """Name the entry of a set."""
    return f"set:{set_key}"


@dataclass(frozen=True, slots=True)
class RepSeen:
    """One report of a rep, with what its newest estimate says."""

    number: int
    event_id: str
    """Of the event that reported it: two devices may use one number."""
    started: datetime
    ended: datetime
    """Corrected, like `started`."""
    voided: bool = False
    real: bool = True
    """No ghost, no re-racking, no second report of the same rep."""
    failed: bool = False
    stalled: bool = False
    rir: float | None = None
    rir_low: float | None = None
    rir_high: float | None = None
    ends: bool = False
    """Its estimate by itself asks for the end of the set."""
    advised: int = 0
    """Revision of the newest advice after it; 0: none yet."""

    @property
    def valid(self) -> bool:
        """Tell whether it counts as a rep."""
        return self.real and not self.voided


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a set beside its reps."""

    exercise: str | None = None
    load_kg: float | None = None
    intent: Intent = "work"
    target_rir: int | None = None
    is_last_set: bool = False
    spotter_present: bool = False
    station_id: str | None = None


@dataclass(frozen=True, slots=True)
class Pins:
    """What a set keeps from when it opened, whatever changes meanwhile."""

    config: int
    """Version of the gym's configuration."""
    policy: Mapping[str, Any]
    """The lifter's own layers, folded into one."""
    policy_version: str
    beginner: bool
    zone: str
    week_start: WeekStart
    team: str | None = None
    day: str = ""
    """The local day that it opened on, an ISO date; empty in sets of older programs."""
    blocks: tuple[Block, ...] = ()
    """The lifter's own that hold on that day."""
    session: Session | None = None
    """Of that day."""


@dataclass(frozen=True, slots=True)
class Stop:
    """*Stop* or *failing* was said in time: the latch."""

    said_at: datetime
    """End of the rep after which it was said."""
    under_way: int | None = None
    """Number of the rep that was under way then: it is none after the stop."""


@dataclass(frozen=True, slots=True)
class Report:
    """How near to failure the lifter says it was."""

    about: datetime
    """What was done up to then."""
    rep: str | None = None
    """The rep it names, by the event that reported it; its end counts instead of `about`."""
    rir: float | None = None
    failed: bool | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """How a set ended."""

    ended_by: EndedBy
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a set: all that its summary says beside what is known of the set."""

    reps: int
    rir: float | None
    rir_low: float | None
    rir_high: float | None
    failed: bool
    last_rep_at: datetime
    """When it opened, where it has no rep."""
    reps_after_stop: int
    followed: bool | None


@dataclass(frozen=True, slots=True)
class Entry:
    """What one set took from the weekly failure budget."""

    set_key: str
    set_id: str
    exercise: str
    muscle_group: str
    ended_by: str
    cost: float
    rules: tuple[str, ...]
    at: datetime
    """Corrected end of its last rep."""
    revision: int = field(default=0, compare=False)
    muscles: Mapping[str, float] = field(default_factory=dict)
    """Units by muscle group; empty in entries of older programs: all of it in `muscle_group`."""
    rest_h: int = 0
    """How long its muscle groups are closed to failure, h; 0: it ended short of failure."""
    rest_rule: Literal["R11", "R13"] = "R11"

    def on(self, muscle_group: str) -> float:
        """Give the units that a muscle group pays."""
        if not self.muscles:
            return self.cost if muscle_group == self.muscle_group else 0.0
        return self.muscles.get(muscle_group, 0.0)


@dataclass(frozen=True, slots=True)
class AdvisedSet:
    """One set, as far as advice, summary and ledger need it."""

    key: str
    set_id: str
    opened_at: datetime
    opened_received: datetime
    received: datetime
    """When something about it was received last, to the hour."""
    context: Context
    pins: Pins
    terms: Terms
    history: bool = False
    reopened: int = 0
    reps: tuple[RepSeen, ...] = ()
    """By corrected end, then number."""
    plan: int = 0
    """Revision of the newest advice before the first rep; 0: none yet."""
    stop: Stop | None = None
    overdue: int | None = None
    """Number of a rep that was under way for too long: a reason to stop that only its voiding takes away."""
    one_more: int | None = None
    """Number of the rep after which *one more* was said in time."""
    correcting: bool = False
    """The newest word about its reps was a correction."""
    report: Report | None = None
    closing: Closing | None = None
    told: tuple[Outcome, Context, Closing] | None = None
    """What its newest summary said."""
    summaries: int = 0
    """Revision of its newest summary; 0: none yet."""
    charged: Entry | None = None
    """Its newest entry in the ledger."""
    moved_from: str | None = None
    """Key of the set under the lifter to whom it was credited first."""
    standing: Standing = field(default_factory=Standing)
    """How the lifter stood when it opened; a pain counts from when it is told."""
    fastest_mps: float | None = None
    """Velocity of its fastest rep."""
    offset_mps: float | None = None
    """Its first velocity less the lifter's own at this load."""
    offset_sds: float | None = None
    """The same in usual sds."""
    facts: Facts | None = None
    """What it put into the history of signs."""

    @property
    def is_open(self) -> bool:
        """Tell whether the set has not ended."""
        return self.closing is None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a coach gave on top."""

    id: str
    units: float
    reason: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where and how a lifter's weeks are counted."""

    zone: str
    week_start: WeekStart


@dataclass(frozen=True, slots=True)
class Announced:
    """The running week's budget as it was last told."""

    week_start: datetime
    zone: str
    allowed: float
    spent: float
    reasons: tuple[str, ...]
    signs: tuple[str, ...] = ()
    """Names of the warning signs."""
    after: float | None = None
    """What is allowed when this changes by itself."""


@dataclass(frozen=True, slots=True)
class Lifter:
    """What holds for a lifter from the next set on."""

    level: str | None = None
    """As the coach says."""
    beginner_since: str = ""
    """Training days from this one on count towards the end of being a beginner."""
    seasoned: bool = False
    """Enough sessions are logged."""
    days: tuple[str, ...] = ()
    """Days with a work set, ISO dates, ascending: of the last weeks, and while they count all."""
    days_per_week: int | None = None
    """As said at the start of a session."""
    zone: str | None = None
    week_start: WeekStart | None = None
    calendar: Calendar | None = None
    """In force since the newest set opened."""
    calendar_until: datetime | None = None
    """Until here it holds at least, where the lifter's own settings were changed since."""
    newest_set_at: datetime | None = None
    policy: Mapping[str, Any] = field(default_factory=dict)
    """The lifter's own layers, folded into one."""
    policy_layers: int = 0
    """How often the lifter's own layers, team, blocks or sessions were changed."""
    team: str | None = None
    blocks: tuple[Block, ...] = ()
    sessions: tuple[Session, ...] = ()
    config: int = 0
    """The newest version of the gym's configuration that an event brought."""
    grants: tuple[Grant, ...] = ()
    budgets: int = 0
    """Revision of the newest word about the budget."""
    announced: Announced | None = None
    swept: datetime | None = None
    """When sets were last looked through for those to be forgotten."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries that cost something, by time and key of their set."""

    entries: tuple[Entry, ...] = ()
