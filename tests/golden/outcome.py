"""What came of a workout or a request, in forms that can be compared between hosts, commits and machines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson

TOPICS: Final = ("lifts.v1", "estimates.v1", "advice.v1", "lifts.dead.v1", "estimates.dead.v1")
PROCESSORS: Final = ("failure-detector", "advisor")
DIGEST_CHARACTERS: Final = 12
SIGNIFICANT_DIGITS: Final = 6
ZERO_BELOW: Final = 1e-9
"""What remains where two numbers cancel out is noise of the machine's arithmetic."""

_SEQUENCE: Final = re.compile(rb'"sequence":"(\d+)-(\d+)"')
_ORIGIN: Final = re.compile(rb'("origin":\{"topic":"[^"]*"),"partition":\d+,"offset":\d+\}')
_ID: Final = re.compile(rb'^(\{"specversion":"1\.0","id":)"[^"]*"')
_PROFILE_HASH: Final = re.compile(r"^(profile-\d+/\d+)/[0-9a-f]+$")


class Source(Protocol):
    """What can be asked for outputs and state: a harness, or a copy of all that one holds."""

    def values(self, topic: str, key: str) -> list[bytes]:
        """Return all values of a key in a topic, in order."""
        ...

    def state(self, processor: str, key: str) -> dict[str, bytes]:
        """Return a lifter's stored state, by entry."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One record, one entry of state, one answer."""

    label: str
    """The record's key; for state the key and the entry's name; what was asked for."""
    value: bytes


Outcome = Mapping[str, Sequence[Line]]
"""Lines by part, upstream first, so that the first part that differs is where to look; lines in the order of the log,
entries of state by name."""


def outcome(source: Source, keys: Sequence[str]) -> Outcome:
    """Collect everything that a host wrote under some keys."""
    records = {topic: [Line(key, value) for key in keys for value in source.values(topic, key)] for topic in TOPICS}
    states = {
        f"{name} state": [
            Line(f"{key} {entry}", value) for key in keys for entry, value in sorted(source.state(name, key).items())
        ]
        for name in PROCESSORS
    }
    return records | states


def exact(lines: Sequence[Line]) -> list[Line]:
    """Return lines byte for byte, except for where records stand in a log, which differs between hosts.

    Offsets in `sequence` become ranks under the same key; origins of dead letters become 0, and so do the ids of
    those unreadable records whose id follows from their offset.
    """
    offsets: dict[str, set[int]] = {}
    for line in lines:
        offsets.setdefault(line.label, set()).update(int(offset) for offset, _ in _SEQUENCE.findall(line.value))
    ranks = {label: {offset: rank for rank, offset in enumerate(sorted(seen))} for label, seen in offsets.items()}
    return [Line(line.label, _without_offsets(line.value, ranks[line.label])) for line in lines]


def _without_offsets(value: bytes, ranks: Mapping[int, int]) -> bytes:
    def ranked(match: re.Match[bytes]) -> bytes:
        return b'"sequence":"%d-%s"' % (ranks[int(match[1])], match[2])

    value = _ORIGIN.sub(rb'\1,"partition":0,"offset":0}', _SEQUENCE.sub(ranked, value))
    if b'"type":"spotter.event.rejected.v1"' in value and b'"rejected_id"' not in value:
        value = _ID.sub(rb'\1"0"', value)
    return value


def rounded(lines: Sequence[Line]) -> list[Line]:
    """Return what `exact` does with keys sorted and numbers rounded: the same on machines with other SIMD kernels."""
    return [Line(line.label, _rounded_json(line.value)) for line in exact(lines)]


def _rounded_json(value: bytes) -> bytes:
    try:
        parsed = orjson.loads(value)
    except orjson.JSONDecodeError:
        return value  # the workouts contain unreadable records
    return orjson.dumps(_rounded(parsed), option=orjson.OPT_SORT_KEYS)


def _rounded(value: Any) -> Any:
    match value:
        case dict():
            return {name: _rounded(member) for name, member in value.items()}
        case list():
            return [_rounded(member) for member in value]
        case float():
            return 0.0 if abs(value) < ZERO_BELOW else float(f"{value:.{SIGNIFICANT_DIGITS}g}")
        case str():
            return _PROFILE_HASH.sub(r"\1", value)  # a hash of numbers that are not rounded so far
    return value


def digest(lines: Iterable[Line]) -> str:
    """Return the start of the SHA-256 of lines with their labels."""
    sha256 = hashlib.sha256()
    for line in lines:
        label = line.label.encode()
        sha256.update(b"%d %d " % (len(label), len(line.value)) + label + line.value)
    return sha256.hexdigest()[:DIGEST_CHARACTERS]


def raw_digest(result: Outcome) -> str:
    """Return one digest of everything as it is, offsets included: comparable on fresh hosts of one kind alone."""
    return digest(line for lines in result.values() for line in lines)
