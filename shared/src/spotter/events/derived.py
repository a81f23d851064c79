"""What Spotter itself writes: no client may send these."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from spotter.events.lifting import Device, Intent, RepFields, SetContext, VelocityMetric
from spotter.values import EventData, Part, Timestamp

Action = Literal["continue", "one_more", "stop", "failing"]
Mode = Literal["velocity", "ratio", "timing", "tempo"]
Confidence = Literal["low", "medium", "high"]
Flag = Literal[
    "slow_first", "outlier", "ghost", "rerack", "short_rom", "second_dip", "stall", "failed",
    "missed_rep", "pause", "renumbered", "second_source", "metric", "clock",
]  # fmt: skip


class SetOutput(EventData):
    """What every output about a set carries: `set_id` as sent, and `set_key`, which is never reused."""

    set_key: str


class RepOverdue(EventData):
    """A rep has been under way for too long (written by the detector's timer)."""

    rep_number: int | None = None
    started_at: Timestamp
    outlasted_s: float


class DeviceLost(EventData):
    """The socket of a device closed with a set running (written by ingest)."""

    device_id: str | None = None
    reported_by: str | None = None
    """Event source of the reps that came over the socket."""


class SetOpened(SetContext, SetOutput):
    """A set began, or began again; says all that is known of it and what it is pinned to."""

    opened_by: str
    opened_at: Timestamp
    history: bool = False
    """It arrived when a later set was known: ended from the start."""
    reopened: int = 0
    """How often the set has gone on after an end."""
    amended: bool = False
    """The set was open or known; only what is said about it has changed."""
    pinned_config: int = 0
    learned_sets: int = 0


class SetClosed(SetOutput):
    """A set is over."""

    reason: Literal["lifter", "silence", "next_set", "history"]
    ended_at: Timestamp
    reps: int
    reopened: int = 0


class RepCounted(RepFields, SetOutput):
    """A rep as the detector sees it: set and number settled, corrections applied."""

    velocity_metric: VelocityMetric | None = None
    rep_number: int
    revision: int
    rep_event_id: str
    """Id of the event that reported the rep."""
    rep_time: Timestamp
    """Corrected end of the rep."""
    device: Device | None = None
    flags: list[Flag] = Field(default_factory=list)
    voided: bool = False
    found_in: Literal["motion"] | None = None
    """Found by the detector in a signal, and not reported as a rep."""


class EffortEstimated(SetOutput):
    """How many reps are left after a rep, and how sure that is."""

    rep_number: int
    revision: int
    velocity_loss: float | None = None
    reference_velocity_mps: float | None = None
    reference_rep: int | None = None
    rir: float
    rir_low: float
    rir_high: float
    p_rir_le: list[float]
    p_next_fails: float
    share_done: float
    mode: Mode
    confidence: Confidence
    learned_sets: int
    flags: list[Flag]
    model_version: str
    profile_version: str
    arrival: bool = True
    """The rep just arrived; false where an earlier answer is revised."""
    newest: bool = True
    """The rep is the newest known of the lifter."""
    fresh: bool = True
    """The rep was sent soon enough after it happened for advice to sound."""
    set_open: bool = True
    rep_time: Timestamp
    """Corrected end of the rep."""
    newest_received: Timestamp
    """When the newest rep of the set was received."""


class AdviceGiven(SetOutput):
    """What the lifter is told after a rep; after_rep 0 is the plan."""

    alert_id: str
    revision: int
    station_id: str | None = None
    action: Action
    emergency: bool = False
    after_rep: int
    target_rir: int | None
    late: bool
    rule_ids: list[str]
    sentence: str
    speech: str
    haptic: Literal["none", "tick", "double", "long"]
    sound_ms: int
    repeat: int
    expires_at: Timestamp
    ttl_ms: int
    budget_left: float
    policy_version: str


class SetSummarised(SetOutput):
    """What became of a set."""

    revision: int
    exercise: str | None = None
    load_kg: float | None = None
    intent: Intent = "work"
    reps: int
    rir_end: float | None = None
    rir_end_low: float | None = None
    rir_end_high: float | None = None
    ended_by: Literal["lifter", "silence", "next_set", "history"]
    ended_at: Timestamp
    failed: bool = False
    advice_followed: bool | None = None
    """Nothing where no stop was said."""
    reps_after_stop: int = 0


class BudgetEntry(Part):
    """What one set took from the weekly failure budget."""

    set_id: str
    set_key: str
    exercise: str
    muscle_group: str
    ended_by: str
    cost: float
    rule_ids: list[str]
    revision: int
    last_rep_at: Timestamp | None = None
    """Corrected end of the set's last rep: the week that it lies in is the week that pays."""


class BudgetChanged(EventData):
    """The failure budget of one week of a lifter: after an entry was made or revised, or because more or less is allowed."""

    revision: int
    """One higher for each that is told of a lifter, whichever week it is about."""
    entry: BudgetEntry | None = None
    week_start: Timestamp
    week_end: Timestamp | None = None
    time_zone: str
    allowed: float
    spent: float
    left: float
    reasons: list[str]
    """What `allowed` is made of, in words."""
    valid_until: Timestamp
    """When this changes by itself: a grant expires or the week ends."""
    allowed_after: float | None = None
    """What is allowed from `valid_until` on, if nothing else happens."""


class NoticeGiven(EventData):
    """What a lifter is told after the session, not in it; given anew it keeps its id and has a revision one higher."""

    notice_id: str
    kind: str
    revision: int
    rule_ids: list[str]
    sentence: str
    valid_until: Timestamp


class Origin(Part):
    """Where in a log a record stands."""

    topic: str
    partition: int
    offset: int


class EventRejected(EventData):
    """Something in a log that a reader could not use: why, where it stands, and the thing itself."""

    rejected_id: str | None = None
    set_key: str | None = None
    rejected_type: str | None = None
    reason: str
    detail: str
    reader: str
    origin: Origin
    event: dict[str, Any] | None = None
    raw_base64: str | None = None
