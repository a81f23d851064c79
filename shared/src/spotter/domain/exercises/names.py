"""Who bears which name: the index of a catalogue, by canonical words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from spotter.domain.exercises.entry import Exercise, Modality
from spotter.domain.exercises.words import EQUIPMENT, GRIPS, words

_GEAR: Final[dict[Modality, str]] = {"ez_bar": "ezbar", "trap_bar": "trapbar", "weighted_bodyweight": "weighted"}


@dataclass(frozen=True, slots=True)
class Name:
    """A name of an exercise."""

    entry: Exercise
    written: str
    words: frozenset[str]


class Names:
    """The names of all entries; where two claim the same words, the later entry has them."""

    def __init__(self, entries: Iterable[Exercise]) -> None:
        self._by_words: dict[frozenset[str], Name] = {}
        twice: list[str] = []
        for entry in entries:
            for written in (*entry.names, entry.exercise):
                said = frozenset(words(written))
                before = self._by_words.get(said)
                if not said or (before is not None and before.entry is entry):
                    continue
                if before is not None:
                    twice.append(f"{written!r} names {before.entry.exercise} and {entry.exercise}")
                self._by_words[said] = Name(entry, written, said)
        self.claimed_twice: Final = tuple(twice)
        """Sentences about names that more than one entry claims."""
        self.all: Final = tuple(self._by_words.values())
        self.vocabulary: Final = frozenset().union(EQUIPMENT, GRIPS, *self._by_words)
        """Every word that means something in a name."""

    def bearing(self, said: frozenset[str]) -> Name | None:
        """Give the name that consists of these words; one for the equipment may be too many, where it is the usual one.

        >>> from spotter.domain.exercises.catalogue import builtin_catalogue
        >>> names = builtin_catalogue().names
        >>> [(name := names.bearing(frozenset(words(text)))) and name.entry.exercise
        ...  for text in ("Bench Press (Barbell)", "Bench Press (Dumbbell)", "Bench Press (Cable)")]
        ['bench_press', 'dumbbell_bench_press', None]
        """
        if (name := self._by_words.get(said)) is not None:
            return name
        for word in sorted(said & EQUIPMENT):
            name = self._by_words.get(said - {word})
            if name is not None and word == gear(name.entry):
                return name
        return None


def gear(entry: Exercise) -> str | None:
    """Give the word for what an exercise's load hangs on."""
    return None if entry.modality is None else _GEAR.get(entry.modality, entry.modality)
