"""Catalogues: the exercises that ship, what a gym adds to them, and the index of their names by canonical words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Final

import orjson

from spotter.domain.exercises.entry import Exercise, Modality
from spotter.domain.exercises.words import EQUIPMENT, GRIPS, POSITIONS, words

UNKNOWN: Final = Exercise(
    exercise="unknown", name="Unknown exercise", risk="high_risk", needs_spotter=True, muscle_group="other"
)
"""An exercise without an entry is handled as the strictest kind."""

_EQUIPMENT_WORDS: Final[dict[Modality, str]] = {
    "ez_bar": "ezbar",
    "trap_bar": "trapbar",
    "weighted_bodyweight": "weighted",
}
_CACHED_MAX: Final = 4096
_INHERITED: Final = ("modality", "joint_risk", "first_phase", "phases", "fit", "health_connect")


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A name of an exercise."""

    entry: Exercise
    written: str
    words: frozenset[str]


class Names:
    """The names of all entries; words that two entries claim belong to the later one.

    A name that is not in English has its words in translation, if no other entry is named so: as it is written, it names
    its own entry in any case.
    """

    def __init__(self, entries: Iterable[Exercise]) -> None:
        self._by_words: dict[frozenset[str], Name] = {}
        self._by_word: defaultdict[str, list[Name]] = defaultdict(list)
        self._forms: dict[tuple[str | None, frozenset[str]], Name] = {}
        self._bare: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
        self._by_writing: dict[str, Name] = {}
        twice: list[str] = []
        for entry in entries:
            for written in (*entry.names, entry.exercise):
                key, untranslated = _words_of(written)
                if not key:
                    continue
                self._by_writing[_plain(written)] = Name(entry, written, key)
                before = self._by_words.get(key)
                if before is not None and (before.entry is entry or key != untranslated):
                    continue
                if before is not None:
                    twice.append(f"{written!r} names {before.entry.exercise} and {entry.exercise}")
                self._by_words[key] = Name(entry, written, key)
        self.claimed_twice: Final = tuple(twice)
        """Sentences about names that more than one entry claims."""
        self.all: Final = tuple(self._by_words.values())
        self.vocabulary: Final = frozenset().union(EQUIPMENT, GRIPS, POSITIONS, *self._by_words)
        """Every word that has a meaning in a name."""
        for name in self.all:
            usual = equipment_word(name.entry)
            bare = name.words - {usual}
            self._forms.setdefault((usual, bare), name)
            self._bare[name.entry.exercise].append(bare)
            for word in name.words:
                self._by_word[word].append(name)

    def as_written(self, text: str) -> Name | None:
        """Return the name that is written so, but for case and spaces."""
        return self._by_writing.get(_plain(text))

    def within(self, key: frozenset[str]) -> Iterator[Name]:
        """Yield the names that these words contain."""
        for word in key:
            for name in self._by_word.get(word, ()):
                if word == min(name.words) and name.words <= key:
                    yield name

    def around(self, key: frozenset[str]) -> Iterator[Name]:
        """Yield the names that contain these words, but for their usual equipment."""
        for name in self.sharing(key):
            if key - {equipment_word(name.entry)} <= name.words:
                yield name

    def sharing(self, key: Iterable[str]) -> Iterator[Name]:
        """Yield the names with any of these words, each once."""
        yield from dict.fromkeys(name for word in key for name in self._by_word.get(word, ()))

    def with_equipment(self, entry: Exercise, *equipment: str | None) -> list[Name]:
        """Return the names of the same exercise with the first equipment that there is one with.

        >>> catalogue = builtin_catalogue()
        >>> [name.entry.exercise for name in catalogue.names.with_equipment(catalogue.get("bench_press"), "machine")]
        ['machine_chest_press']
        """
        for word in filter(None, equipment):
            forms = [form for bare in self._bare[entry.exercise] if (form := self._forms.get((word, bare)))]
            if forms:
                return list({form.entry.exercise: form for form in forms}.values())
        return []

    def get(self, key: frozenset[str]) -> Name | None:
        """Return the name of these words; they may also name the equipment, if it is the exercise's usual one.

        >>> names = builtin_catalogue().names
        >>> [(name := names.get(frozenset(words(text)))) and name.entry.exercise
        ...  for text in ("Bench Press (Barbell)", "Bench Press (Dumbbell)", "Bench Press (Cable)")]
        ['bench_press', 'dumbbell_bench_press', None]
        """
        if (name := self._by_words.get(key)) is not None:
            return name
        for word in sorted(key & EQUIPMENT):
            name = self._by_words.get(key - {word})
            if name is not None and word == equipment_word(name.entry):
                return name
        return None


@lru_cache(_CACHED_MAX)
def _words_of(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of a name, in English and as they are; every gym has the names that ship."""
    return frozenset(words(name)), frozenset(words(name, translated=False))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def equipment_word(entry: Exercise) -> str | None:
    """Return the canonical word for an exercise's equipment."""
    return None if entry.modality is None else _EQUIPMENT_WORDS.get(entry.modality, entry.modality)


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
    if "direction" not in entry.model_fields_set:
        kept["direction"] = before.direction
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
