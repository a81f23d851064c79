"""Catalogues: the exercises that ship, and what a gym adds to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib import resources
from types import MappingProxyType
from typing import Final

import orjson

from spotter.domain.exercises.entry import Exercise
from spotter.domain.exercises.names import Names

UNKNOWN: Final = Exercise(
    exercise="unknown", name="Unknown exercise", risk="high_risk", needs_spotter=True, muscle_group="other"
)
"""An exercise without an entry is handled as the strictest kind."""

_INHERITED: Final = ("modality", "joint_risk", "fit", "health_connect")


class Catalogue:
    """Exercises by id; one without an entry is handled as the strictest kind."""

    def __init__(self, entries: Iterable[Exercise]) -> None:
        self._entries: Mapping[str, Exercise] = MappingProxyType({entry.exercise: entry for entry in entries})

    def __contains__(self, exercise: object) -> bool:
        return exercise in self._entries

    def __iter__(self) -> Iterator[Exercise]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    @cached_property
    def names(self) -> Names:
        """The index of names; a name that two entries claim belongs to the later one."""
        return Names(self._entries.values())

    def get(self, exercise: str | None) -> Exercise:
        """Return an exercise by id, or `UNKNOWN` with that id.

        >>> builtin_catalogue().get("back_squat").risk, builtin_catalogue().get("juggling").risk
        ('high_risk', 'high_risk')
        """
        if exercise is None:
            return UNKNOWN
        return self._entries.get(exercise) or UNKNOWN.model_copy(update={"exercise": exercise})

    def extended(self, entries: Iterable[Exercise]) -> Catalogue:
        """Return this catalogue with `entries` added or replaced.

        An entry that replaces another keeps its names, and its joints and codes unless it has its own. High-risk lifts
        that ship never become less strict: their floor is not configurable.

        >>> eased = Exercise(exercise="back_squat", name="Kniebeuge", risk="machine", muscle_group="quadriceps")
        >>> entry = builtin_catalogue().extended([eased]).get("back_squat")
        >>> entry.name, entry.risk, entry.needs_spotter, "Back squat" in entry.names
        ('Kniebeuge', 'high_risk', True, True)
        """
        merged = dict(self._entries)
        for entry in entries:
            before = merged.pop(entry.exercise, None)
            merged[entry.exercise] = entry if before is None else _replacement(entry, before)
        return Catalogue(merged.values())


def _replacement(entry: Exercise, before: Exercise) -> Exercise:
    """Return a gym's entry with what it keeps of the one it replaces."""
    kept: dict[str, object] = {name: getattr(before, name) for name in _INHERITED if getattr(entry, name) is None}
    if entry.muscles is None and entry.muscle_group == before.muscle_group:
        kept["muscles"] = before.muscles
    kept["aliases"] = list(dict.fromkeys([*(entry.aliases or ()), *before.names]))
    shipped = builtin_catalogue()
    if entry.exercise in shipped and shipped.get(entry.exercise).traits.high_risk:
        kept["risk"] = shipped.get(entry.exercise).risk
        kept["needs_spotter"] = entry.needs_spotter or shipped.get(entry.exercise).needs_spotter
    return entry.model_copy(update=kept)


@cache
def builtin_catalogue() -> Catalogue:
    """Return the exercises that every gym has; raises ValueError if two of them claim one name."""
    text = resources.files("spotter.domain.exercises").joinpath("catalogue.json").read_bytes()
    catalogue = Catalogue(Exercise.model_validate(entry) for entry in orjson.loads(text))
    if catalogue.names.claimed_twice:
        raise ValueError(f"catalogue.json: {'; '.join(catalogue.names.claimed_twice)}")
    return catalogue
