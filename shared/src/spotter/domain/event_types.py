"""Types of the fields of events, exercises and policies: times, ids, ranges."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from spotter.domain.ids import EXERCISE_PATTERN, ID_PATTERN
from spotter.domain.time import format_time, parse_time

Timestamp = Annotated[
    datetime,
    BeforeValidator(parse_time),
    PlainSerializer(format_time, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
SetId = Annotated[str, Field(pattern=ID_PATTERN)]
AthleteId = SetId
StationId = SetId
ExerciseId = Annotated[str, Field(pattern=EXERCISE_PATTERN)]
LOAD_KG_MAX: Final = 600
LoadKg = Annotated[float, Field(ge=0, le=LOAD_KG_MAX)]
KG_PER_LB: Final = 0.45359237
"""Exact, by the definition of the international pound."""
EXERCISE_NAME_CHARACTERS_MAX: Final = 128
"""Of an exercise's name as an app writes it, which ingest replaces by the exercise's id."""
VELOCITY_RANGE_MPS: Final = (0.02, 5)
PEAK_VELOCITY_RANGE_MPS: Final = (0.02, 10)
ROM_RANGE_M: Final = (0.02, 2.5)
PHASE_RANGE_S: Final = (0.1, 30)
"""Lowest and highest, both included, that a rep can have, like the ranges above."""
VelocityMps = Annotated[float, Field(ge=VELOCITY_RANGE_MPS[0], le=VELOCITY_RANGE_MPS[1])]
PeakVelocityMps = Annotated[float, Field(ge=PEAK_VELOCITY_RANGE_MPS[0], le=PEAK_VELOCITY_RANGE_MPS[1])]
RomM = Annotated[float, Field(ge=ROM_RANGE_M[0], le=ROM_RANGE_M[1])]
PhaseS = Annotated[float, Field(ge=PHASE_RANGE_S[0], le=PHASE_RANGE_S[1])]
RepNumber = Annotated[int, Field(ge=1, le=10_000)]
Share = Annotated[float, Field(ge=0, le=1)]
ShortText = Annotated[str, Field(min_length=1, max_length=256)]


class Part(BaseModel):
    """A piece of an event's data: frozen, strictly typed, finite numbers only.

    Readers ignore unknown fields; ingest validates with `extra="forbid"`.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False)
    ALWAYS: ClassVar[tuple[str, ...]] = ()
    """Fields that are written even when None, because the contract promises them."""


_TEMPLATES: dict[type[EventData], tuple[dict[str, Any], set[str]]] = {}
_set: Final = object.__setattr__


class EventData(Part):
    """The data of an event: gym, athlete and set, and what the type adds."""

    gym_id: SetId | None = None
    athlete_id: AthleteId | None = None
    set_id: SetId | None = None
    """As the sender calls the set; may be used again."""
    set_key: SetId | None = None
    """Names a set exactly; never used again."""

    if not TYPE_CHECKING:  # pydantic's plugin for mypy gives each class one that names its fields

        @classmethod
        def model_construct(cls, _fields_set: set[str] | None = None, **values):
            """Build data from values that are known to be valid, without validation.

            Does what pydantic's own does in a sixth of the time; mypy checks names and types. Defaults are not copied,
            and every field counts as set: a set of names for each instance would be larger than most data.
            """
            template = _TEMPLATES.get(cls)
            if template is None:
                fields = cls.model_fields.items()
                defaults = {name: None if field.is_required() else field.default for name, field in fields}
                template = _TEMPLATES[cls] = (defaults, set(defaults))
            defaults, names = template
            data = cls.__new__(cls)
            _set(data, "__dict__", {**defaults, **values})
            _set(data, "__pydantic_fields_set__", names if _fields_set is None else _fields_set)
            _set(data, "__pydantic_extra__", None)
            _set(data, "__pydantic_private__", None)
            return data
