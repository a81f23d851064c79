"""Events about lifters, gyms and their equipment."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, model_validator

from spotter.domain.event_types import AthleteId, EventData, ExerciseId, LoadKg, Part, ShortText, StationId, Timestamp
from spotter.domain.exercises import ExerciseFields
from spotter.domain.policies import BlockSaid, PolicyFields, SessionFields
from spotter.domain.time import dated

_ZONES = available_timezones()


def _known_zone(name: str) -> str:
    if name not in _ZONES:
        raise ValueError("must be a zone of the IANA time zone database such as Europe/Berlin")
    return name


ZoneName = Annotated[str, AfterValidator(_known_zone)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Score = Annotated[int, Field(ge=1, le=5)]


class WellnessReported(EventData):
    """How the lifter feels today, 1 (bad) to 5 (good), and where it hurts, 0 to 10."""

    soreness: Score | None = None
    sleep: Score | None = None
    mood: Score | None = None
    motivation: Score | None = None
    irritability: Score | None = None
    fatigue: Score | None = None
    pain: dict[ShortText, Annotated[int, Field(ge=0, le=10)]] | None = None


class PlannedExercise(Part):
    """The plan of a session for one exercise."""

    exercise: ExerciseId
    sets: Annotated[int, Field(ge=1, le=30)]
    target_rir: Annotated[int, Field(ge=0, le=10)] | None = None
    """Left out: as the rules decide."""


class SessionStarted(EventData):
    """A training session begins."""

    mode: Literal["normal", "time_pressed"] = "normal"
    days_per_week: Annotated[int, Field(ge=1, le=7)] | None = None
    policy: SessionFields | None = None
    """Applies on the session's day, above every other layer."""
    planned: Annotated[list[PlannedExercise], Field(max_length=50)] | None = None
    """What is planned, in order; answered with a forecast of what it may spend of the week's budget."""


class StationPaired(EventData):
    """A device is paired with a station, and perhaps with a lifter."""

    station_id: StationId
    device_id: ShortText
    exercise: ExerciseId | None = None
    load_kg: LoadKg | None = None


class StationReleased(StationPaired):
    """A device is no longer paired with a station."""


class Consent(Part):
    """A lifter's consent by use of the data."""

    live: bool | None = None
    leaderboard: bool | None = None
    history: bool | None = None


class AthleteUpdated(EventData):
    """A lifter's details, as set by a coach."""

    name: ShortText | None = None
    level: Literal["beginner", "intermediate", "advanced"] | None = None
    time_zone: ZoneName | None = None
    week_start: Weekday | None = None
    team: ShortText | None = None
    """Its policy applies between the gym's and the lifter's own. A team without a policy adds nothing."""
    programme: ShortText | None = None
    bodyweight_kg: Annotated[float, Field(ge=20, le=400)] | None = None
    consent: Consent | None = None


class PolicyUpdated(PolicyFields, EventData):
    """A layer of policy: the gym's, with `team` that team's, with athlete_id that lifter's; with `block` for that block."""

    team: ShortText | None = None
    block: BlockSaid | None = None
    """A block of the training calendar; the values apply from its first day to its last, in the lifter's local days."""
    time_zone: ZoneName | None = None
    week_start: Weekday | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.team is not None and self.athlete_id is not None:
            raise ValueError("team: a layer is a team's or a lifter's: leave out team or athlete_id")
        if (self.team or self.block) and (self.time_zone or self.week_start):
            raise ValueError(
                "time_zone, week_start: weeks are a gym's or a lifter's, on every day: leave out team and block"
            )
        return self


class ExerciseAdded(ExerciseFields, EventData):
    """An exercise of the gym's own."""


class BudgetGranted(EventData):
    """A coach grants a lifter additional budget."""

    athlete_id: AthleteId
    units: Annotated[float, Field(gt=0, le=20)]
    reason: ShortText
    expires: Annotated[Timestamp, AfterValidator(dated)]


class TokenRevoked(EventData):
    """A token is revoked."""

    token_id: ShortText


class AdviceAcknowledged(EventData):
    """A client reports what became of an alert."""

    alert_id: ShortText
    state: Literal["delivered", "shown", "dismissed"] = "delivered"
