"""The catalogue of exercises: what kind of risk each is, which muscle it works, how it is modelled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Annotated, Literal

import orjson
from pydantic import Field

from spotter.values import ExerciseId, Part, ShortText

Risk = Literal["high_risk", "compound", "isolation", "machine", "bodyweight", "band"]
"""`high_risk`: compound free-weight lifts that never go to failure by advice; `compound`: other free-weight compounds."""


class ExerciseFields(Part):
    """What a gym says of an exercise of its own; `exercise` names it."""

    exercise: ExerciseId
    name: ShortText
    risk: Risk
    needs_spotter: bool = False
    muscle_group: Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")] = "other"
    model_class: Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")] = "unknown"


class Exercise(ExerciseFields):
    """One entry of the catalogue."""


UNKNOWN = Exercise(
    exercise="unknown", name="Unknown exercise", risk="high_risk", needs_spotter=True, muscle_group="other"
)
"""An exercise that nobody described is handled as the strictest kind."""


class Catalogue:
    """Exercises by id; what is not there is handled as the strictest kind."""

    def __init__(self, entries: Iterable[Exercise]) -> None:
        self._entries: Mapping[str, Exercise] = MappingProxyType({entry.exercise: entry for entry in entries})

    def __contains__(self, exercise: object) -> bool:
        return exercise in self._entries

    def __iter__(self) -> Iterator[Exercise]:
        return iter(self._entries.values())

    def get(self, exercise: str | None) -> Exercise:
        """Look an exercise up; `UNKNOWN` (with the id asked for) where there is no entry.

        >>> builtin_catalogue().get("back_squat").risk, builtin_catalogue().get("juggling").risk
        ('high_risk', 'high_risk')
        """
        if exercise is None:
            return UNKNOWN
        return self._entries.get(exercise) or UNKNOWN.model_copy(update={"exercise": exercise})

    def extended(self, entries: Iterable[Exercise]) -> Catalogue:
        """Give this catalogue with `entries` added or replaced."""
        return Catalogue([*self._entries.values(), *entries])


@cache
def builtin_catalogue() -> Catalogue:
    """Read the exercises that every gym has."""
    text = resources.files("spotter").joinpath("exercises.json").read_bytes()
    return Catalogue(Exercise.model_validate(entry) for entry in orjson.loads(text))
