"""Events that only Spotter writes: no client may send them."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from spotter.domain.event_types import EventData, ExerciseId, Part, Timestamp
from spotter.domain.events.lifting import Device, Intent, RepFields, SetContext, VelocityMetric

Action = Literal["continue", "one_more", "stop", "failing"]
Mode = Literal["velocity", "ratio", "timing", "tempo"]
Confidence = Literal["low", "medium", "high"]
Flag = Literal[
    "slow_first", "outlier", "ghost", "rerack", "short_rom", "second_dip", "stall", "failed",
    "missed_rep", "pause", "renumbered", "second_source", "metric", "clock",
]  # fmt: skip


class SetOutput(EventData):
    """An output about a set: `set_id` as sent, and `set_key`, which is never reused."""

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
    """A set began, was reopened or amended, with all that is known of it and the versions it is pinned to.

    The newest one holds, whole.
    """

    set_key: str
    opened_by: str
    opened_at: Timestamp
    history: bool = False
    """It arrived after a later set: closed from the start."""
    reopened: int = 0
    """How often the set has continued after it was closed."""
    amended: bool = False
    """The set existed already; only its context has changed."""
    pinned_config: int = 0
    learned_sets: int = 0
    moved_from: str | None = None
    """Key of the set under the lifter it was credited to first."""
    other_ids: list[str] | None = None
    """Further `set_id`s of the set: another device recorded it under its own."""
    exposure_key: str | None = None
    """Key of the first set of the exposure that this set is a part of; its own key where it stands alone."""


class LoadVelocityLine(Part):
    """First velocity of a fresh set by its load, `intercept_mps + slope_mps · load`, between the loads it was learned from."""

    load_unit: Literal["kg", "pct_1rm"]
    load_min: float
    load_max: float
    intercept_mps: float
    slope_mps: float
    intercept_sd_mps: float
    """Standard error; likewise of the slope, and the covariance of the two."""
    slope_sd_mps: float
    cov: float
    set_sd_mps: float
    """Scatter of single sets about the line."""


class ExerciseProfile(Part):
    """What is known of a lifter in one exercise, by one velocity metric and one family of devices."""

    exercise: ExerciseId
    velocity_metric: VelocityMetric
    devices: str | None = None
    """Family of the devices; None where they did not name themselves."""
    measure: Literal["velocity", "timing", "pace"]
    learned_sets: int
    """0: all that had been learned was taken back."""
    model_version: str
    profile_version: str
    line: LoadVelocityLine | None = None
    """None where no load was ever named, or no velocity measured."""
    v_last_mps: float | None = None
    """Velocity of the last rep possible, and its standard error."""
    v_last_sd_mps: float | None = None
    one_rep_max_kg: float | None = None
    """Never without its standard error, and never where that is over 7.5 % of it."""
    one_rep_max_sd_kg: float | None = None
    one_rep_max_missing: Literal["no_load_in_kg", "no_velocity", "too_uncertain"] | None = None


class SetClosed(SetOutput):
    """A set is over."""

    reason: Literal["lifter", "silence", "next_set", "history"]
    ended_at: Timestamp
    reps: int
    reopened: int = 0
    moved_to: str | None = None
    """The lifter the set was moved to: none of it counts for this lifter any more."""
    merged_into: str | None = None
    """Key of the set that has its reps now: there never was a set of this key."""
    voided: bool | None = None
    """The set never happened, its reps included."""
    velocity_offset_mps: float | None = None
    """First velocity of the set minus the lifter's usual one at this load, by the sets before it; None where these
    taught nothing, or the load is unknown."""
    velocity_offset_sd: float | None = None
    """The same in standard deviations of the lifter's usual velocity."""
    one_rep_max_kg: float | None = None
    """The lifter's 1RM by the load–velocity profile of earlier sets, and its standard error."""
    one_rep_max_sd_kg: float | None = None
    learned: list[ExerciseProfile] | None = None
    """The lifter's profiles that have changed with this end, by all sets known by then; the newest one holds, whole."""


class RepCounted(RepFields, SetOutput):
    """A rep with its set and number resolved and corrections applied."""

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
    """Detected in a raw signal, not reported as a rep."""
    withdrawn: bool | None = None
    """The rep is of another set, which has it under the same `rep_event_id`: of this one it never was."""


class EffortCounted(SetOutput):
    """The lifter's own report of a set's effort that holds now; the newest one holds, and one without figures: none."""

    effort_event_id: str | None = None
    about: Timestamp | None = None
    """It is about the reps that had ended by then, corrected."""
    rep_event_id: str | None = None
    """The rep that it names, by the event that reported it; then the end of that rep counts instead of `about`."""
    rir: float | None = None
    failed: bool | None = None


class EffortEstimated(SetOutput):
    """How many reps are left after a rep, and how certain that is."""

    rep_number: int
    rep_event_id: str | None = None
    """Id of the event that reported the rep."""
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
    """The rep just arrived; false where an earlier estimate is revised."""
    newest: bool = True
    """The rep is the lifter's newest."""
    fresh: bool = True
    """The rep was sent soon enough after it happened for advice to sound."""
    set_open: bool = True
    rep_time: Timestamp
    """Corrected end of the rep."""
    newest_received: Timestamp
    """When the newest rep of the set was received."""


class TermsSaid(Part):
    """Targets of a set, and the cost of stopping a rep too late or too early (None where a policy sets the probability)."""

    target: int | None = None
    floor: int
    reason: str
    stop_probability: float
    one_more_probability: float
    late_cost: float | None = None
    early_cost: float | None = None


class BoundSaid(Part):
    """The reps in reserve that a rule asks for."""

    rule: str
    rir: int
    reason: str


class StandingSaid(Part):
    """The lifter's budget and warning signs when the set opened."""

    left: float
    """Of the week's budget, in units."""
    muscle_left: float
    planned_left: float = 0.0
    """Of what a deload week has for planned isolation sets."""
    signs: list[str] = Field(default_factory=list)
    pain: bool = False
    hard_share: float | None = None
    hard_share_over: bool = False
    closed_until: Timestamp | None = None
    closed_rule: str | None = None
    plateau: bool = False


class Because(Part):
    """The inputs of an advice: of a plan all that its rules read, of the advice after a rep those of the decision."""

    terms: TermsSaid | None = None
    bounds: list[BoundSaid] | None = None
    standing: StandingSaid | None = None
    origins: dict[str, str] | None = None
    """The layer that each value of the policy comes from, with the name of the team or block."""
    beginner: bool | None = None
    last_set: bool | None = None
    spotter: bool | None = None
    risk: str | None = None
    block: str | None = None
    """Kind of the block that the day lies in."""
    last_week: bool | None = None
    mode: str | None = None
    estimate_revision: int | None = None
    rir: float | None = None
    p_at_limit: float | None = None
    """Probability of having reached the reps in reserve at which to stop, or fewer."""
    p_next_fails: float | None = None
    latched: bool | None = None
    """Stop had been advised in this set before."""
    confidence: Confidence | None = None


def _target_always(schema: dict[str, Any]) -> None:
    schema["properties"]["target_rir"].pop("default", None)
    schema["required"] = [name for name in schema["properties"] if name in {*schema["required"], "target_rir"}]


class AdviceGiven(SetOutput):
    """The advice after a rep; after_rep 0 is the plan."""

    model_config = ConfigDict(json_schema_extra=_target_always)
    ALWAYS: ClassVar[tuple[str, ...]] = ("target_rir",)
    alert_id: str
    revision: int
    station_id: str | None = None
    action: Action
    emergency: bool = False
    after_rep: int
    target_rir: int | None = None
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
    withdrawn: bool | None = None
    """Added by the gateway when it sends an advice once more, late: its set never was, and nothing of it holds."""
    because: Because | None = None


class SetSummarised(SetOutput):
    """The result of a set."""

    revision: int
    exposure_key: str | None = None
    """Key of the first set of the exposure that this set is a part of."""
    day: str | None = None
    """Local day on which its exposure began, ISO, in the zone pinned then: the set is one of the week that has it."""
    week_start: Timestamp | None = None
    """Of that week, by the calendar pinned then; likewise its end and its zone."""
    week_end: Timestamp | None = None
    time_zone: str | None = None
    voided: bool | None = None
    """The set never happened."""
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
    """None where no stop was advised."""
    reps_after_stop: int = 0


class Origin(Part):
    """Position of a record in a log."""

    topic: str
    partition: int
    offset: int


class EventRejected(EventData):
    """A record that a reader could not use: the reason, its position, and the record itself."""

    rejected_id: str | None = None
    set_key: str | None = None
    rejected_type: str | None = None
    reason: str
    detail: str
    reader: str
    origin: Origin
    event: dict[str, Any] | None = None
    raw_base64: str | None = None
