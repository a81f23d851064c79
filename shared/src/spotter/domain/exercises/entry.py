"""One exercise: the fields that a gym may send, and the entry of a catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import Field, model_validator

from spotter.domain.event_types import ExerciseId, Part, ShortText
from spotter.domain.exercises.joints import Joint, JointRisk
from spotter.domain.exercises.risk import RISKS, Risk, RiskTraits

Modality = Literal[
    "barbell", "ez_bar", "trap_bar", "landmine", "dumbbell", "kettlebell", "smith", "cable", "machine",
    "bodyweight", "weighted_bodyweight", "band",
]  # fmt: skip
"""What the load hangs on."""
MODALITIES: Final[tuple[Modality, ...]] = get_args(Modality)
MUSCLES: Final = (
    *("quadriceps", "hamstrings", "glutes", "adductors", "abductors", "calves", "back", "traps", "chest", "shoulders"),
    *("biceps", "triceps", "forearms", "abdominals", "neck"),
)
"""Muscle groups of the exercises that ship; `back` is everything between traps and hips. A gym may name others."""
VelocityMetric = Literal["mean", "propulsive", "peak"]
Direction = Literal["up", "down"]
Phase = Literal["eccentric", "concentric"]
MuscleGroup = Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")]
_SUM_TOLERANCE: Final = 0.01  # allows thirds with two decimals


class FitCode(Part):
    """An exercise in Garmin's FIT SDK: `exercise_category`, the name within it, and both as the profile spells them.

    Source of those that ship: profile 21.218 of the SDK.
    """

    category: Annotated[int, Field(ge=0, le=65_534)]
    name: Annotated[int, Field(ge=0, le=65_534)] | None = None
    """None: the category has no name for this very exercise."""
    label: ShortText | None = None


class ExerciseFields(Part):
    """An exercise that a gym adds or replaces; `exercise` is its id."""

    exercise: ExerciseId
    name: ShortText
    risk: Risk
    needs_spotter: bool = False
    muscle_group: MuscleGroup = "other"
    """The group whose weekly budget a set is counted in: the one with the largest share."""
    model_class: Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")] = "unknown"
    aliases: Annotated[list[ShortText], Field(max_length=64)] | None = None
    """Other names, as trackers, apps and lifters write them."""
    modality: Modality | None = None
    muscles: Annotated[dict[MuscleGroup, Annotated[float, Field(gt=0, le=1)]], Field(max_length=16)] | None = None
    """Shares of the work by muscle group; they sum to 1. Those that ship are a design choice."""
    joint_risk: dict[Joint, JointRisk] | None = None
    """Joints that it loads near failure; None: unknown. Those that ship are a design choice."""
    velocity_metric: VelocityMetric = "mean"
    """The velocity that trackers give of it: the peak for Olympic lifts and jumps, the mean for the rest."""
    direction: Direction = "up"
    """The way that hands and bar go in the concentric phase, by which a signal of the bar is read; a pulldown's is down."""
    first_phase: Phase | None = None
    """What a set begins with: a squat is lowered first, and a rise before that is the way out of the rack. None: either."""
    phases: Annotated[list[ShortText], Field(min_length=2, max_length=8)] | None = None
    """The lifts that one rep consists of, the longest first, where trackers report each of them as a rep; None: it is one."""
    fit: FitCode | None = None
    health_connect: Annotated[int, Field(ge=0, le=65_534)] | None = None
    """`segmentType` of an `ExerciseSegment` in Health Connect's client library (androidx)."""

    @model_validator(mode="after")
    def _shares_are_of_a_whole(self) -> Self:
        if self.muscles is None:
            return self
        total = fsum(self.muscles.values())
        if abs(total - 1) > _SUM_TOLERANCE:
            raise ValueError(f"muscles: the shares must sum to 1, not {total:.4g}")
        if self.muscle_group not in ("other", *self.muscles):
            raise ValueError(f"muscle_group: {self.muscle_group} has no share in muscles: give it one, or leave it out")
        return self


class Exercise(ExerciseFields):
    """One entry of the catalogue."""

    @model_validator(mode="before")
    @classmethod
    def _largest_share_leads(cls, fields: object) -> object:
        if not isinstance(fields, dict) or fields.get("muscle_group", "other") != "other":
            return fields
        shares = fields.get("muscles")
        if not isinstance(shares, dict) or not all(isinstance(share, int | float) for share in shares.values()):
            return fields  # the validation of `muscles` reports what is wrong
        return {**fields, "muscle_group": max(shares, key=lambda group: shares[group], default="other")}

    @property
    def shares(self) -> Mapping[str, float]:
        """Shares of the work by muscle group: without `muscles` all of it in `muscle_group`.

        >>> Exercise(exercise="sled_push", name="Sled push", risk="machine", muscle_group="legs").shares
        {'legs': 1.0}
        """
        return self.muscles or {self.muscle_group: 1.0}

    @property
    def traits(self) -> RiskTraits:
        """What its risk class allows."""
        return RISKS[self.risk]

    @property
    def names(self) -> tuple[str, ...]:
        """The name and the aliases, as written."""
        return (self.name, *(self.aliases or ()))

    def loads(self, joint: Joint | None) -> bool:
        """Return whether a pain in `joint` concerns this exercise: also if the joint or the exercise's joints are unknown."""
        return joint is None or self.joint_risk is None or joint in self.joint_risk
