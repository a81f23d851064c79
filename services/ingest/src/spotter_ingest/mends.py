"""What to send instead of a field or type that does not exist: never what changes the unit or the meaning of a value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from spotter.domain.events import short_name

_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_NAME_CHARACTERS_MAX: Final = 64
_SLIPS_MAX: Final = ((8, 2), (4, 1))
"""Letters of a word, and how many of them may be wrong; shorter words are other words then."""
_SYNONYMS: Final = {"weight": "load", "avg": "mean", "average": "mean", "repetition": "rep"}
_INFLECTIONS: Final = ("", "s", "d", "ed")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit: how it is called, of what it measures, and how many of the first of its kind it is."""

    name: str
    kind: str
    factor: float


_UNITS: Final = {
    word: unit
    for words, unit in (
        ("kg kgs kilo kilos kilogram kilograms", _Unit("kilograms", "mass", 1)),
        ("lb lbs pound pounds", _Unit("pounds", "mass", 0.45359237)),
        ("g gram grams", _Unit("grams", "mass", 0.001)),
        ("st stone", _Unit("stone", "mass", 6.35029318)),
        ("mps", _Unit("metres per second", "speed", 1)),
        ("cms cmps", _Unit("centimetres per second", "speed", 0.01)),
        ("mms mmps", _Unit("millimetres per second", "speed", 0.001)),
        ("kmh kph", _Unit("kilometres per hour", "speed", 1 / 3.6)),
        ("mph", _Unit("miles per hour", "speed", 0.44704)),
        ("fps", _Unit("feet per second", "speed", 0.3048)),
        ("m meter meters metre metres", _Unit("metres", "length", 1)),
        ("cm", _Unit("centimetres", "length", 0.01)),
        ("mm", _Unit("millimetres", "length", 0.001)),
        ("in inch inches", _Unit("inches", "length", 0.0254)),
        ("ft feet", _Unit("feet", "length", 0.3048)),
        ("s sec secs second seconds", _Unit("seconds", "time", 1)),
        ("ms millis msec", _Unit("milliseconds", "time", 0.001)),
        ("us micros", _Unit("microseconds", "time", 0.000001)),
        ("min mins minute minutes", _Unit("minutes", "time", 60)),
        ("hz", _Unit("hertz", "rate", 1)),
        ("khz", _Unit("kilohertz", "rate", 1000)),
        ("pct percent", _Unit("per cent", "share", 0.01)),
    )
    for word in words.split()
}


def mend_of(name: str, names: Iterable[str]) -> str | None:
    """Return what to send instead of a field, by the fields that exist; None where none is meant alike.

    >>> names = ("load_kg", "load_lb", "mean_velocity_mps", "peak_velocity_mps", "rom_m")
    >>> mend_of("lod_kg", names), mend_of("weight_lbs", names), mend_of("max_velocity_mps", names)
    ('Did you mean load_kg?', 'Did you mean load_lb?', None)
    >>> mend_of("rom_cm", names), mend_of("load", names)
    ('Send rom_m, in metres: divide by 100.', 'Send load_kg, in kilograms, or load_lb, in pounds.')
    """
    words, unit = _parsed(name)
    parsed = {other: _parsed(other) for other in names}
    nearest = _nearest(words, {other_words for other_words, _ in parsed.values()})
    alike = {
        other: other_unit
        for other, (other_words, other_unit) in parsed.items()
        if other_words in nearest and (unit is None or (other_unit is not None and unit.kind == other_unit.kind))
    }
    same = next((other for other, other_unit in alike.items() if unit == other_unit), None)
    if same is not None:
        return f"Did you mean {same}?"
    if not alike:
        return None
    ways = [_way(other, unit, other_unit) for other, other_unit in alike.items()]
    return f"Send {ways[0] if unit else ', or '.join(ways)}."


def type_mend(name: str, types: Iterable[str]) -> str | None:
    """Return which type a misspelt one means; None where that is not sure.

    >>> types = ("spotter.set.ended.v1", "spotter.set.started.v1", "spotter.rep.completed.v1")
    >>> type_mend("rep.complete", types), type_mend("spotter.set.deleted.v1", types)
    ('Did you mean spotter.rep.completed.v1?', None)
    """
    words = {_split(short_name(other)): other for other in types}
    nearest = _nearest(_split(short_name(name[:_NAME_CHARACTERS_MAX])), words)
    return f"Did you mean {words[nearest.pop()]}?" if nearest else None


def _way(name: str, sent: _Unit | None, unit: _Unit | None) -> str:
    if unit is None:
        return name
    if sent is None:
        return f"{name}, in {unit.name}"
    factor = sent.factor / unit.factor
    how = f"divide by {round(1 / factor)}" if factor < 1 and (1 / factor).is_integer() else f"multiply by {factor:.9g}"
    return f"{name}, in {unit.name}: {how}"


def _split(name: str) -> tuple[str, ...]:
    words = tuple(word.lower() for word in _WORD.findall(name))
    return tuple(_SYNONYMS.get(word, word) for word in words)


def _parsed(name: str) -> tuple[tuple[str, ...], _Unit | None]:
    """Return the words of a field, and its unit."""
    words = _split(name[:_NAME_CHARACTERS_MAX])
    unit = _UNITS.get(words[-1]) if len(words) > 1 else None
    return (words if unit is None else words[:-1]), unit


def _nearest(words: tuple[str, ...], others: Iterable[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Return the one among others that the words misspell; none if there are none or several as near."""
    slips = {other: count for other in others if (count := _slips(words, other)) is not None}
    nearest = {other for other, count in slips.items() if count == min(slips.values())}
    return nearest if len(nearest) == 1 else set()


def _slips(words: tuple[str, ...], others: tuple[str, ...]) -> int | None:
    """Count the wrong letters; None where a word is another one."""
    if len(words) != len(others):
        return None
    total = 0
    for word, other in zip(words, others, strict=True):
        if any(word + ending == other or other + ending == word for ending in _INFLECTIONS):
            continue
        count = _distance(word, other)
        if count > next((most for letters, most in _SLIPS_MAX if len(other) >= letters), 0):
            return None
        total += count
    return total


def _distance(word: str, other: str) -> int:
    """Count the letters to add, leave out, replace or swap with the next one (optimal string alignment).

    >>> _distance("laod", "load"), _distance("vlocity", "velocity"), _distance("ended", "amended")
    (1, 1, 2)
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, 1):
        before, last, row = row, before, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == wanted:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
