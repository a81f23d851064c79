"""The index of a catalogue's names, by canonical words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from spotter.domain.exercises.entry import Exercise, Modality
from spotter.domain.exercises.words import EQUIPMENT, GRIPS, words

_EQUIPMENT_WORDS: Final[dict[Modality, str]] = {
    "ez_bar": "ezbar",
    "trap_bar": "trapbar",
    "weighted_bodyweight": "weighted",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A name of an exercise."""

    entry: Exercise
    written: str
    words: frozenset[str]


class Names:
    """The names of all entries; words that two entries claim belong to the later one."""

    def __init__(self, entries: Iterable[Exercise]) -> None:
        self._by_words: dict[frozenset[str], Name] = {}
        twice: list[str] = []
        for entry in entries:
            for written in (*entry.names, entry.exercise):
                key = frozenset(words(written))
                before = self._by_words.get(key)
                if not key or (before is not None and before.entry is entry):
                    continue
                if before is not None:
                    twice.append(f"{written!r} names {before.entry.exercise} and {entry.exercise}")
                self._by_words[key] = Name(entry, written, key)
        self.claimed_twice: Final = tuple(twice)
        """Sentences about names that more than one entry claims."""
        self.all: Final = tuple(self._by_words.values())
        self.vocabulary: Final = frozenset().union(EQUIPMENT, GRIPS, *self._by_words)
        """Every word that has a meaning in a name."""

    def get(self, key: frozenset[str]) -> Name | None:
        """Return the name of these words; they may also name the equipment, if it is the exercise's usual one.

        >>> from spotter.domain.exercises.catalogue import builtin_catalogue
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


def equipment_word(entry: Exercise) -> str | None:
    """Return the canonical word for an exercise's equipment."""
    return None if entry.modality is None else _EQUIPMENT_WORDS.get(entry.modality, entry.modality)
