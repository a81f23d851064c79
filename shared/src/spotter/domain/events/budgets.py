"""Events that Spotter writes about a lifter's week: the failure budget, warning signs, and notices after a session."""

from __future__ import annotations

from typing import Literal

from spotter.domain.event_types import EventData, Part, Timestamp


class BudgetEntry(Part):
    """The cost of one set in the weekly failure budget."""

    set_id: str
    set_key: str
    exercise: str
    muscle_group: str
    ended_by: str
    cost: float
    rule_ids: list[str]
    revision: int
    last_rep_at: Timestamp | None = None
    """Corrected end of the set's last rep."""
    day: str | None = None
    """Local day on which its exposure began, ISO, in the zone pinned then: it decides the week that is charged."""
    week_start: Timestamp | None = None
    """Of the week that has this day, by the calendar pinned then."""
    exposure_key: str | None = None
    """Key of the first set of the exposure that the set is a part of, if it is another: the hardest part pays for all."""
    repriced: str | None = None
    """Why it was priced anew other than by a correction of its set."""
    muscles: dict[str, float] | None = None
    """Units by muscle group: all of them for the one the exercise works most, shares for the others."""
    recovers_at: Timestamp | None = None
    """Until then its muscle groups are closed to failure; None where it ended short of failure."""


class WarningSign(Part):
    """An active warning sign."""

    name: Literal["soreness", "joint", "sleep", "irritability", "fatigue", "dread", "slow_first_reps", "plateau"]
    rule_id: str
    sentence: str
    since: Timestamp
    until: Timestamp
    """When it ends by itself, if nothing else is reported."""


class ClosedGroup(Part):
    """A muscle group that is closed to failure until it has recovered."""

    muscle_group: str
    until: Timestamp
    rule_id: str


class HardSets(Part):
    """How many of the work sets of the last 28 days ended at one rep in reserve or less."""

    share: float
    hard: int
    sets: int
    over: bool
    """It is too high: nothing may be spent until it is lower."""


class ReadinessPart(Part):
    """One part of a readiness."""

    name: Literal["wellness", "velocity", "recovery", "pain"]
    points: float
    of: float
    sentence: str


class Readiness(Part):
    """How ready a lifter is to train hard, 0 to 100: the points of all parts relative to their maximum."""

    score: int
    parts: list[ReadinessPart]


class PlannedCost(Part):
    """What the advisor expects one planned set to cost."""

    exercise: str
    set: int
    """1 is the first of its exercise."""
    target_rir: int | None = None
    cost: float
    rule_ids: list[str]


class Forecast(Part):
    """What a session's plan is expected to spend of the week."""

    units: float
    left: float
    """Of the week, after it."""
    sets: list[PlannedCost]
    """The planned sets that cost something."""


class AllowedFrom(Part):
    """The allowance from a moment on, if nothing else happens."""

    at: Timestamp
    allowed: float


class BudgetChanged(EventData):
    """The failure budget of one week of a lifter: after an entry was made or revised, or because more or less is allowed."""

    revision: int
    """One higher for each event about a lifter, whichever week it is about."""
    entry: BudgetEntry | None = None
    week_start: Timestamp
    week_end: Timestamp | None = None
    time_zone: str
    allowed: float
    spent: float
    left: float
    reasons: list[str]
    """How `allowed` is composed, in words."""
    valid_until: Timestamp
    """When this changes by itself: a grant expires or the week ends."""
    allowed_after: float | None = None
    """The allowance from `valid_until` on, if nothing else happens."""
    allowed_later: list[AllowedFrom] | None = None
    """Where it changes more than once in the week: the later allowances, by time."""
    signs: list[WarningSign] | None = None
    """The active ones."""
    closed: list[ClosedGroup] | None = None
    """Muscle groups that are closed to failure now."""
    hard_share: HardSets | None = None
    readiness: Readiness | None = None
    """At the start of a session and after a check-in."""
    forecast: Forecast | None = None
    """If a session began with a plan."""


class NoticeGiven(EventData):
    """A notice to the lifter after a session; a new revision keeps the id."""

    notice_id: str
    kind: Literal["plateau", "sandbagging", "hard_share", "signs"]
    revision: int
    rule_ids: list[str]
    sentence: str
    valid_until: Timestamp
    not_before: Timestamp | None = None
    """When the session is probably over: show the notice from then on."""
    withdrawn: bool = False
    """It is no longer true."""
