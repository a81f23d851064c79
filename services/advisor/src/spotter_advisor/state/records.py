"""State entries of a lifter: the athlete, each set of the last weeks, the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from spotter.domain.events.lifting import Intent
from spotter.domain.policies import Block, Session
from spotter.domain.weeks import WeekStart
from spotter_advisor.state.history import SetFacts
from spotter_advisor.state.terms import Eligibility, SetTerms

ATHLETE: Final = "lifter"
LEDGER: Final = "ledger"
HISTORY: Final = "signs"
WEEKS: Final = "weeks"
SET_KEPT: Final = timedelta(days=28)
"""How long a set is kept after the last event about it was received."""
LEDGER_KEPT: Final = timedelta(weeks=8)
"""How long entries are kept."""
HISTORY_KEPT: Final = timedelta(weeks=16)
"""How long reports, check-ins and daily sums are kept: what a week allowed eight weeks ago follows from those before it."""
WEEKS_KEPT: Final = timedelta(weeks=53)
"""How long training days, and what each week allowed, are kept."""

EndedBy = Literal["lifter", "silence", "next_set", "history"]


def set_entry(set_key: str) -> str:
    """Return the name of a set's state entry."""
    return f"set:{set_key}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a lifter's weeks are counted."""

    zone: str
    week_start: WeekStart


@dataclass(frozen=True, slots=True)
class AdvisedRep:
    """One reported rep, with its newest estimate."""

    number: int
    event_id: str
    """Id of the event that reported it: two devices may use one number, and the number may change."""
    started: datetime
    ended: datetime
    """Corrected, like `started`."""
    voided: bool = False
    real: bool = True
    """Not a ghost, a re-racking or a second report of the same rep."""
    failed: bool = False
    stalled: bool = False
    rir: float | None = None
    rir_low: float | None = None
    rir_high: float | None = None
    ends: bool = False
    """Its estimate alone asks for the end of the set."""
    revision: int = 0
    judged: bool = True
    """Not for calibration or warm-up, which say nothing of the set."""
    assisted: bool = False
    """Somebody or something took load off."""
    side: str | None = None
    """`left` or `right`; None: both, or not told."""

    @property
    def valid(self) -> bool:
        """Whether it counts as a rep of the set."""
        return self.real and self.judged and not self.voided


@dataclass(frozen=True, slots=True)
class Context:
    """What is reported of a set beside its reps."""

    exercise: str | None = None
    load_kg: float | None = None
    intent: Intent = "work"
    target_rir: int | None = None
    is_last_set: bool = False
    spotter_present: bool = False
    station_id: str | None = None
    planned_reps: int | None = None
    part_of: str | None = None
    """Key of the first set of the exposure that it continues; None: it stands alone, or is the first."""


@dataclass(frozen=True, slots=True)
class Pins:
    """What applies to a set from when it opened, whatever changes meanwhile."""

    config: int
    """Version of the gym's configuration."""
    policy: Mapping[str, Any]
    """The lifter's own policy layers, merged."""
    policy_version: str
    beginner: bool
    zone: str
    week_start: WeekStart
    team: str | None = None
    day: str = ""
    """The local day on which it opened, an ISO date."""
    blocks: tuple[Block, ...] = ()
    """The lifter's own that include that day."""
    session: Session | None = None
    """Of that day."""

    @property
    def calendar(self) -> Calendar:
        """How the week of the set is counted."""
        return Calendar(self.zone, self.week_start)


@dataclass(frozen=True, slots=True)
class StopLatch:
    """*Stop* or *failing* was advised in time."""

    said_at: datetime
    """End of the rep after which it was advised."""
    under_way: datetime | None = None
    """Since when a rep was under way then: it does not count as done after the stop."""


@dataclass(frozen=True, slots=True)
class EffortReport:
    """The lifter's own report of how near to failure a set was."""

    about: datetime
    """It is about the reps done up to then."""
    rep: str | None = None
    """The rep it names, by the event that reported it; then the end of that rep counts instead of `about`."""
    rir: float | None = None
    failed: bool | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """How a set ended."""

    ended_by: EndedBy
    ended_at: datetime
    gone: Literal["voided", "merged"] | None = None
    """There was no such set: it never happened, or its reps are another's."""


@dataclass(frozen=True, slots=True)
class AdvisedOutcome:
    """How a set came out: what its summary says beside its context."""

    reps: int
    rir: float | None
    rir_low: float | None
    rir_high: float | None
    failed: bool
    last_rep_at: datetime
    """When the set opened, if it has no rep."""
    reps_after_stop: int
    followed: bool | None


@dataclass(frozen=True, slots=True)
class ToldSummary:
    """What a summary says."""

    outcome: AdvisedOutcome
    context: Context
    closing: Closing
    day: str
    """Local day on which its exposure began, ISO."""
    calendar: Calendar
    """By which the week is counted that it is one of."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What one set cost of the weekly failure budget."""

    set_key: str
    set_id: str
    exercise: str
    muscle_group: str
    ended_by: str
    cost: float
    rules: tuple[str, ...]
    at: datetime
    """Corrected end of its last rep."""
    day: str
    """Local day on which its exposure began, ISO, in the zone pinned then: the week that has it is charged."""
    exposure: str
    """Key of the first set of its exposure."""
    revision: int = field(default=0, compare=False)
    muscles: Mapping[str, float] = field(default_factory=dict)
    """Units by muscle group; empty in entries of older programs, where `muscle_group` pays all of it."""
    rest_h: int = 0
    """How long its muscle groups recover from failure, h; 0: it ended short of failure."""
    rest_rule: Literal["R11", "R13"] = "R11"
    repriced: str | None = None
    """Why it was priced anew other than by a correction of its set."""

    def on(self, muscle_group: str) -> float:
        """Return the units that a muscle group pays."""
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
    """When the last event about it was received, to the hour."""
    context: Context
    pins: Pins
    terms: SetTerms
    history: bool = False
    reopened: int = 0
    reps: tuple[AdvisedRep, ...] = ()
    """By corrected end, then number."""
    plan: int = 0
    """Revision of the newest advice before the first rep; 0: none yet."""
    given: Mapping[str, int] = field(default_factory=dict)
    """Revision of the newest advice by the number of the rep that it came after."""
    stop: StopLatch | None = None
    overdue: datetime | None = None
    """Since when a rep has been under way for too long: a reason to stop until it comes after all."""
    one_more: str | None = None
    """The rep, by the event that reported it, after which *one more* was advised in time."""
    correcting: bool = False
    """The newest event about its reps was a correction."""
    report: EffortReport | None = None
    closing: Closing | None = None
    told: ToldSummary | None = None
    """What its newest summary said."""
    summaries: int = 0
    """Revision of its newest summary; 0: none yet."""
    price: LedgerEntry | None = None
    """What it costs by itself, as of its newest end."""
    charged: LedgerEntry | None = None
    """Its newest entry in the ledger: of an exposure's parts only the hardest costs anything."""
    described: int | None = None
    """Version of the gym's configuration that describes its exercise, if not the one it is pinned to."""
    standing: Eligibility = field(default_factory=Eligibility)
    """The lifter's eligibility when it opened; a pain counts from when it is reported."""
    fastest_mps: float | None = None
    """Velocity of its fastest rep."""
    offset_mps: float | None = None
    """Its first velocity less the lifter's own at this load."""
    offset_sds: float | None = None
    """The same in usual sds."""
    own_facts: SetFacts | None = None
    """What it says by itself, as of its newest end."""
    facts: SetFacts | None = None
    """What it added to the history: of an exposure's parts only the hardest counts."""

    @property
    def is_open(self) -> bool:
        """Whether the set has not ended."""
        return self.closing is None

    @property
    def is_gone(self) -> bool:
        """Whether there was no such set."""
        return self.closing is not None and self.closing.gone is not None

    @property
    def exposure(self) -> str:
        """Key of the first set of its exposure."""
        return self.context.part_of or self.key


@dataclass(frozen=True, slots=True)
class Grant:
    """Units that a coach granted on top."""

    id: str
    units: float
    reason: str
    expires: datetime
    at: datetime | None = None
    """When it was granted; None: before anything that is known."""


@dataclass(frozen=True, slots=True)
class FrequencyReport:
    """How often a lifter trains, as reported at the start of a session."""

    at: datetime
    days_per_week: int


@dataclass(frozen=True, slots=True)
class PastCalendar:
    """A calendar that was in force up to a moment."""

    calendar: Calendar
    until: datetime


@dataclass(frozen=True, slots=True)
class AnnouncedBudget:
    """The running week's budget as last published."""

    week_start: datetime
    zone: str
    allowed: float
    spent: float
    reasons: tuple[str, ...]
    signs: tuple[str, ...] = ()
    """Names of the active warnings."""
    after: float | None = None
    """Units allowed once this changes by itself."""


@dataclass(frozen=True, slots=True)
class AthleteState:
    """What applies to a lifter from the next set on."""

    level: str | None = None
    """As set by the coach."""
    beginner_since: str = ""
    """Training days from this one on count towards no longer being a beginner."""
    seasoned_from: str | None = None
    """The day, ISO, on which enough sessions were logged no longer to be a beginner."""
    days: tuple[str, ...] = ()
    """Days with a work set, ISO dates, ascending: of the last year, and all up to `seasoned_from`."""
    frequency: tuple[FrequencyReport, ...] = ()
    """By time."""
    zone: str | None = None
    week_start: WeekStart | None = None
    calendar: Calendar | None = None
    """In force since the newest set opened."""
    calendar_until: datetime | None = None
    """It stays in force until then at least, if the lifter's own settings were changed since."""
    newest_set_at: datetime | None = None
    past_calendars: tuple[PastCalendar, ...] = ()
    """Those before it, by time."""
    policy: Mapping[str, Any] = field(default_factory=dict)
    """The lifter's own policy layers, merged."""
    policy_layers: int = 0
    """How often the lifter's own layers, team, blocks or sessions were changed."""
    team: str | None = None
    blocks: tuple[Block, ...] = ()
    sessions: tuple[Session, ...] = ()
    config: int = 0
    """The newest version of the gym's configuration that applies to the lifter."""
    described: int = 0
    """The newest one that an event carried: sets of the running week are priced by what it says of their exercises."""
    grants: tuple[Grant, ...] = ()
    budgets: int = 0
    """Revision of the newest published budget."""
    announced: AnnouncedBudget | None = None
    swept: datetime | None = None
    """When old sets were last looked for."""


@dataclass(frozen=True, slots=True)
class TouchedWeek:
    """A week that has a set or an entry, with its budget as last published."""

    first_day: str
    """ISO."""
    calendar: Calendar
    allowed: float
    spent: float


@dataclass(frozen=True, slots=True)
class TouchedWeeks:
    """The weeks of the last year that have a set or an entry, by first day."""

    weeks: tuple[TouchedWeek, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries that cost something, by time and key of their set."""

    entries: tuple[LedgerEntry, ...] = ()
