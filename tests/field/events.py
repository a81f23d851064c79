"""What apps and trackers send, in words that a situation can be read by; times count in seconds from now."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

Clock = Literal["right", "read for each event", "none", "since start"]
"""Whether a sender sets `senttime`: once for a request or for each event, or by a clock that counts from 1970."""
When = float | datetime
"""Seconds from the moment at which a situation begins, before it if negative; or a moment."""

TO_FAILURE: Final = (0.62, 0.60, 0.57, 0.54, 0.49, 0.43, 0.36, 0.28, 0.20)
"""Mean velocities of a set that ends at failure, in m/s."""
HARD: Final = TO_FAILURE[:7]
MEDIUM: Final = TO_FAILURE[:5]
SHORT: Final = TO_FAILURE[:3]
EASY: Final = (0.80, 0.80, 0.79, 0.79)


@dataclass(frozen=True)
class KeyOf:
    """Stands for the key of the lifter's set of this ordinal, as it is when the event is sent."""

    ordinal: int


@dataclass(frozen=True)
class Other:
    """Stands for another lifter of the situation."""

    who: str


@dataclass(frozen=True)
class Sent:
    """One event as an app sends it."""

    kind: str
    data: dict[str, object]
    at: When | None = None
    source: str = "phone"
    clock: Clock = "right"
    who: str = ""
    """Tells a second lifter of the same situation from the first."""

    def delayed(self, seconds: float) -> Sent:
        """Return it as it would happen later."""
        assert isinstance(self.at, float | int)
        return replace(self, at=self.at + seconds)


def event(kind: str, at: When | None = None, /, **data: object) -> Sent:
    """Return an event of any type; what is None is left out."""
    return Sent(kind, {name: value for name, value in data.items() if value is not None}, at)


def started(set_id: str | None, exercise: str, at: When | None, **context: object) -> Sent:
    """A set starts."""
    return event("set.started", at, set_id=set_id, exercise=exercise, **context)


def rep(set_id: str | None, number: int | None, velocity: float | None, at: When | None, **fields: object) -> Sent:
    """A rep is done."""
    return event("rep.completed", at, set_id=set_id, rep_number=number, mean_velocity_mps=velocity, **fields)


def reps(
    set_id: str | None,
    velocities: Sequence[float | None],
    at: float,
    *,
    every_s: float = 3.0,
    first: int | None = 1,
    **fields: object,
) -> list[Sent]:
    """Reps are done one after the other; `first` is the number of the first, None where they have none."""
    return [
        rep(set_id, None if first is None else first + index, velocity, at + every_s * index, **fields)
        for index, velocity in enumerate(velocities)
    ]


def ended(set_id: str | None, at: When) -> Sent:
    """A set ends."""
    return event("set.ended", at, set_id=set_id)


def called(set_id: str | None, rir: float, at: When, **fields: object) -> Sent:
    """The lifter says how many reps were left."""
    return event("effort.reported", at, set_id=set_id, rir=rir, **fields)


def amended(set_id: str | None, at: When | None, **fields: object) -> Sent:
    """What was said of a set is corrected."""
    return event("set.amended", at, set_id=set_id, **fields)


def rep_voided(set_id: str | None, number: int, at: When | None, **fields: object) -> Sent:
    """A rep was none."""
    return event("rep.voided", at, set_id=set_id, rep_number=number, **fields)


def set_voided(set_id: str | None, at: When | None, **fields: object) -> Sent:
    """A set never happened."""
    return event("set.voided", at, set_id=set_id, **fields)


def lifted(
    set_id: str | None,
    exercise: str,
    velocities: Sequence[float | None],
    at: float,
    *,
    rir: float | None = None,
    ends: bool = True,
    **context: object,
) -> list[Sent]:
    """A whole set: it starts at `at`, its reps from 4 s after on, then the lifter's call, then its end."""
    done = at + 4 + 3.0 * (len(velocities) - 1)
    return [
        started(set_id, exercise, at, **context),
        *reps(set_id, velocities, at + 4),
        *([called(set_id, rir, done + 3)] if rir is not None else []),
        *([ended(set_id, done + 4)] if ends else []),
    ]


def named_reps(
    set_id: str | None,
    exercise: str,
    velocities: Sequence[float | None],
    at: float,
    *,
    every_s: float = 3.0,
    first: int | None = 1,
    **fields: object,
) -> list[Sent]:
    """Reps of a tracker that says with each of them what is lifted."""
    return reps(set_id, velocities, at, every_s=every_s, first=first, exercise=exercise, **fields)


def by(source: str, events: Iterable[Sent]) -> list[Sent]:
    """The same, from another sender."""
    return [replace(sent, source=source) for sent in events]


def timed_by(clock: Clock, events: Iterable[Sent]) -> list[Sent]:
    """The same, of a sender with another clock."""
    return [replace(sent, clock=clock) for sent in events]


def of(who: str, events: Iterable[Sent]) -> list[Sent]:
    """The same, of another lifter."""
    return [replace(sent, who=who) for sent in events]


def delayed(seconds: float, events: Iterable[Sent]) -> list[Sent]:
    """The same, later."""
    return [sent.delayed(seconds) for sent in events]


def newest_first(events: Sequence[Sent]) -> list[Sent]:
    """The same events, uploaded from the last to the first."""
    return list(reversed(events))


def from_both_ends(events: Sequence[Sent]) -> list[Sent]:
    """The same events: the first, the last, the second, the last but one, and so on."""
    middle = (len(events) + 1) // 2
    pairs = itertools.zip_longest(events[:middle], reversed(events[middle:]))
    return [sent for pair in pairs for sent in pair if sent is not None]


def without(fields: str | Iterable[str], events: Iterable[Sent]) -> list[Sent]:
    """The same, of an app that does not send these fields."""
    names = {fields} if isinstance(fields, str) else set(fields)
    return [
        replace(sent, data={name: value for name, value in sent.data.items() if name not in names}) for sent in events
    ]


def in_turn(*uploads: Sequence[Sent]) -> list[Sent]:
    """All events in the order in which they happened."""

    def moment(sent: Sent) -> float:
        assert isinstance(sent.at, float | int)
        return sent.at

    return sorted((sent for upload in uploads for sent in upload), key=moment)
