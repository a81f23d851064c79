"""The grammar of a name: which exercise its words mean, with what may be left out of them.

A name says a movement, perhaps with equipment, sides, grips, positions and parts of the body. The movement and the
equipment must be those of the exercise. The rest may be left out where the catalogue's names lack it, as long as that
never leads to a laxer risk class than another reading would.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from spotter.domain.exercises.catalogue import Name, Names, equipment_word
from spotter.domain.exercises.entry import Exercise
from spotter.domain.exercises.risk import RISKS
from spotter.domain.exercises.words import EQUIPMENT, GRIPS, PARTS, POSITIONS

_STRICTNESS: Final = {risk: -rank for rank, risk in enumerate(RISKS)}
"""Higher is stricter; the risk classes are listed from the strictest."""
_AIDS: Final = frozenset({"belt"})
"""What a lifter wears, unless it is what the load hangs on: left out only where no exercise is stricter."""
_COSTS: Final = ((GRIPS | _AIDS, 0.03), (frozenset(PARTS), 0.03), (POSITIONS, 0.05))
"""What it costs to leave a word out (design choice): less than one wrong letter."""
_EQUIPMENT_COST: Final = 0.02
_VAGUE: Final = tuple(
    map(frozenset, ({"press"}, {"seated", "press"}, {"raise"}, {"extension"}, {"pull"}, {"kickback"}, {"jump"}))
)
"""Movements that are several, until a position, a part of the body or the like is named."""
_ADDED: Final = frozenset({"band", "chain", "bodyweight", "weighted", "assisted"})
"""What may be added to other equipment: a *banded back squat* is no *band squat*."""
_NO_MOVEMENT: Final = EQUIPMENT | GRIPS | POSITIONS | frozenset(PARTS)
"""Names of these words alone are short forms (*incline bench*), which mean nothing beside a movement."""
_NEAR_EQUIPMENT: Final = {"kettlebell": "dumbbell", "ezbar": "barbell"}
"""What is lifted alike, where an exercise has no form of its own with it."""


@dataclass(frozen=True, slots=True)
class Sense:
    """An exercise that words may mean."""

    name: Name
    matched: frozenset[str]
    """The words that say so."""
    left_out: tuple[str, ...]
    cost: float

    @property
    def entry(self) -> Exercise:
        """The exercise."""
        return self.name.entry


def sense_of(names: Names, spoken: frozenset[str]) -> Sense | None:
    """Return the only exercise that words mean, or None.

    A single leg is the leg of *leg curl*, or tells how another exercise is done.

    >>> from spotter.domain.exercises.catalogue import builtin_catalogue
    >>> names = builtin_catalogue().names
    >>> [(sense := sense_of(names, frozenset(text.split()))) and sense.entry.exercise
    ...  for text in ("singleleg curl", "bench press machine", "decline crunch", "row table")]
    ['leg_curl', 'machine_chest_press', 'crunch', None]
    """
    for words in _readings(spoken):
        if (exact := names.get(words)) is not None:
            left_out = tuple(sorted(spoken - words - {"singleleg"}))
            return Sense(exact, words, left_out, 0.03 * len(left_out))
        senses = sorted(_senses(names, words), key=_rank)
        if not senses:
            continue
        best = senses[0]
        rivals = [sense for sense in senses if _rank(sense)[:2] == _rank(best)[:2]]
        if any(sense.entry is not best.entry for sense in rivals) or _is_laxer_than_another(names, best, words):
            return None
        return best
    return None


def _rank(sense: Sense) -> tuple[float, int, str]:
    return (sense.cost, -len(sense.matched), sense.name.written)


def _readings(spoken: frozenset[str]) -> Iterator[frozenset[str]]:
    yield spoken
    if "singleleg" in spoken:
        yield spoken - {"singleleg"} | {"leg"}
        yield spoken - {"singleleg"}


def _senses(names: Names, words: frozenset[str]) -> Iterator[Sense]:
    for name in names.within(words):
        other = (words - name.words) & EQUIPMENT - {equipment_word(name.entry)}
        left_out = words - name.words - EQUIPMENT
        if left_out and name.words in _VAGUE:
            continue
        forms = [name]
        if other:
            forms = list(_forms(names, name, words & EQUIPMENT))
        for form in forms:
            cost = _cost(form.entry, left_out)
            if cost is not None:
                extra = _EQUIPMENT_COST if other else 0.0
                yield Sense(form, words - left_out, tuple(sorted(left_out)), round(cost + extra, 2))


def _forms(names: Names, name: Name, equipment: frozenset[str]) -> Iterator[Name]:
    """Yield the names of the same exercise with other equipment: none where that is added, or not the only one."""
    if len(equipment) > 1 or equipment & _ADDED or name.words & EQUIPMENT or name.words in _VAGUE:
        return
    (word,) = equipment
    yield from names.with_equipment(name.entry, word, _NEAR_EQUIPMENT.get(word))


def _cost(entry: Exercise, left_out: frozenset[str]) -> float | None:
    """Return what it costs to leave words out; None where one of them may make it another exercise."""
    total = 0.0
    for word in left_out:
        if (word in PARTS and PARTS[word] not in entry.shares) or (word in _AIDS and not entry.traits.high_risk):
            return None
        cost = next((cost for group, cost in _COSTS if word in group), None)
        if cost is None:
            return None
        total += cost
    return round(total, 2)


def _is_laxer_than_another(names: Names, best: Sense, words: frozenset[str]) -> bool:
    """Whether words that were left out, or equipment that was not named, could mean a stricter exercise."""
    with_left_out = (
        name
        for name in names.within(words)
        if name.words - best.matched and _agrees(name, words) and not name.words <= _NO_MOVEMENT
    )
    with_more = (name for name in names.around(words) if name.words - words <= EQUIPMENT | GRIPS)
    return any(_STRICTNESS[name.entry.risk] > _STRICTNESS[best.entry.risk] for name in (*with_left_out, *with_more))


def _agrees(name: Name, words: frozenset[str]) -> bool:
    """Whether a name is of the equipment that the words say."""
    return not (words & EQUIPMENT) - name.words - {equipment_word(name.entry)}
