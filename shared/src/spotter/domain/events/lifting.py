"""Events of a set: its start and end, its reps, their corrections."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from spotter.domain.event_types import (
    AthleteId,
    EventData,
    ExerciseId,
    LoadKg,
    Part,
    PeakVelocityMps,
    PhaseS,
    RepNumber,
    RomM,
    SetId,
    Share,
    ShortText,
    StationId,
    Timestamp,
    VelocityMps,
)
from spotter.domain.motion_limits import SAMPLES_MAX

Intent = Literal["work", "warmup", "amrap", "test", "drop", "technique"]
VelocityMetric = Literal["mean", "propulsive", "peak"]
Side = Literal["left", "right", "both"]
RepKind = Literal["work", "calibration", "warmup"]


class SetContext(EventData):
    """The context of a set; every field may be left out or amended."""

    exercise: ExerciseId | None = None
    load_kg: LoadKg | None = None
    pct_1rm: Annotated[float, Field(ge=1, le=120)] | None = None
    intent: Intent | None = None
    target_rir: Annotated[int, Field(ge=0, le=20)] | None = None
    planned_reps: Annotated[int, Field(ge=1, le=1000)] | None = None
    is_last_set: bool | None = None
    spotter_present: bool | None = None
    tempo: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    station_id: StationId | None = None
    side: Side | None = None
    part_of: SetId | None = None
    """`set_id` or `set_key` of the set that this one continues: the other arm, the next drop, the next cluster."""


class SetStarted(SetContext):
    """A lifter starts a set, or adds context to the open one."""

    exercise: ExerciseId


class SetAmended(SetContext):
    """The context of a set is corrected."""


class SetVoided(EventData):
    """The set never happened: it has no reps and costs nothing."""

    reason: ShortText | None = None


class SetMoved(EventData):
    """A set was credited to the wrong lifter of the same gym."""

    to_athlete_id: AthleteId


class SetEnded(EventData):
    """A set is over."""

    reason: Literal["lifter", "silence", "next_set"] = "lifter"


class RepStarted(EventData):
    """A rep is under way."""

    rep_number: RepNumber | None = None
    started_at: Timestamp | None = None


class Device(Part):
    """The sensor that saw a rep."""

    id: ShortText | None = None
    model: ShortText | None = None
    rep_id: Annotated[str | int, Field(union_mode="left_to_right")] | None = None


class RepFields(Part):
    """Measurements of a rep; a rep without any is valid too."""

    mean_velocity_mps: VelocityMps | None = None
    peak_velocity_mps: PeakVelocityMps | None = None
    rom_m: RomM | None = None
    concentric_s: PhaseS | None = None
    eccentric_s: PhaseS | None = None
    started_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    velocity_sd_mps: Annotated[float, Field(ge=0, le=1)] | None = None
    confidence: Share | None = None
    exercise: ExerciseId | None = None
    load_kg: LoadKg | None = None
    """Of this rep: another load than before starts another curve."""
    side: Side | None = None
    kind: RepKind | None = None
    """`calibration` and `warmup` reps are shown, never judged, and no reference for later ones."""
    assisted: bool | None = None
    """A machine or a partner took load off: the rep counts and proves no strength."""


class RepCompleted(RepFields, EventData):
    """A rep is done."""

    velocity_metric: VelocityMetric = "mean"
    rep_number: RepNumber | None = None
    device: Device | None = None

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Self:
        if self.started_at and self.ended_at and self.started_at > self.ended_at:
            raise ValueError("started_at must not be after ended_at")
        return self


class RepCorrection(RepFields):
    """Corrected fields of a rep; fields left out stay."""

    velocity_metric: VelocityMetric | None = None


class RepAmended(EventData):
    """Some fields of a rep are corrected."""

    rep_number: RepNumber
    set: RepCorrection


class RepVoided(EventData):
    """A counted rep was not a rep."""

    rep_number: RepNumber
    reason: ShortText | None = None


class MotionSampled(EventData):
    """Raw samples of a bar or a wrist."""

    t0: Timestamp
    rate_hz: Annotated[float, Field(ge=1, le=2000)]
    signal: Literal["bar_velocity", "bar_position", "imu_bar", "imu_wrist"]
    samples: Annotated[
        Annotated[list[float | None], Field(fail_fast=True)]
        | Annotated[
            list[Annotated[list[float], Field(min_length=6, max_length=6, fail_fast=True)] | None],
            Field(fail_fast=True),
        ],
        Field(min_length=1, max_length=SAMPLES_MAX),
    ]
    """Positive upwards, whatever the exercise; null: missing. Up to 0.2 s of missing samples are bridged."""
    device: Device | None = None

    @model_validator(mode="after")
    def _fits_the_signal(self) -> Self:
        if len(self.samples) / self.rate_hz > 5:
            raise ValueError("samples must span at most 5 s: send smaller chunks")
        first = next((sample for sample in self.samples if sample is not None), None)
        if first is not None and isinstance(first, list) != self.signal.startswith("imu"):
            raise ValueError("samples of imu_* are rows [ax, ay, az, gx, gy, gz]; samples of bar_* are numbers")
        return self


RPE_AT_FAILURE: Final = 10
"""RPE on the lifting scale is this minus the reps in reserve (Zourdos et al. 2016)."""


class EffortReported(EventData):
    """How close to failure the lifter felt: exactly one of rir, rpe and failed."""

    rir: Annotated[float, Field(ge=0, le=30)] | None = None
    rpe: Annotated[float, Field(ge=1, le=10)] | None = None
    failed: bool | None = None
    rep_number: RepNumber | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if sum(value is not None for value in (self.rir, self.rpe, self.failed)) != 1:
            raise ValueError("exactly one of rir, rpe and failed must be given")
        return self

    @property
    def called_rir(self) -> float | None:
        """Reps in reserve as called; None where only `failed` was reported."""
        return self.rir if self.rpe is None else RPE_AT_FAILURE - self.rpe
