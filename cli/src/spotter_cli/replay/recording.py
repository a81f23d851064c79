"""A recording: events in order of time, each with the set that it belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from spotter.domain.time import parse_time

STARTED: Final = "spotter.set.started.v1"
COMPLETED: Final = "spotter.rep.completed.v1"
ENDED: Final = "spotter.set.ended.v1"
_LIFTING: Final = frozenset({STARTED, COMPLETED, "spotter.rep.started.v1", "spotter.motion.sampled.v1"})
_CORRECTIONS: Final = frozenset(
    f"spotter.{name}.v1" for name in ("rep.amended", "rep.voided", "set.amended", "effort.reported")
)
SILENCE: Final = timedelta(seconds=90)
"""A set ends after this long without a rep."""
REOPENING: Final = timedelta(minutes=10)
"""A further rep reopens a set for this long after its end."""


class UnreadableFile(ValueError):
    """The file is not a recording."""


@dataclass(frozen=True, slots=True)
class RecordingSet:
    """One set of a recording."""

    number: int
    """Within the recording, from 1."""
    athlete_id: str | None
    set_id: str | None
    """As in the file; None if its events name no set."""


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One event of a file."""

    location: str
    """Where it is in the file, for people: `line 3`."""
    event: dict[str, object]
    at: datetime | None
    """When it happened; None if the file does not say."""
    set: RecordingSet | None = None

    @property
    def is_rep(self) -> bool:
        """Whether it reports a rep."""
        return self.event.get("type") == COMPLETED

    def text(self, name: str) -> str | None:
        """Return a field of its data if that is a string."""
        data = self.event.get("data")
        value = data.get(name) if isinstance(data, dict) else None
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Recording:
    """A file's events in order of time."""

    events: tuple[RecordedEvent, ...]
    sets: tuple[RecordingSet, ...]
    remarks: tuple[str, ...] = ()
    """One line for each thing that could not be read or was skipped."""

    @property
    def reps(self) -> int:
        """The number of reps."""
        return sum(event.is_rep for event in self.events)


def time_of(event: dict[str, object]) -> datetime | None:
    """Return when an event happened: its time, else a time in its data."""
    data = event.get("data")
    within = data if isinstance(data, dict) else {}
    for value in (event.get("time"), within.get("ended_at"), within.get("started_at"), within.get("t0")):
        if value is not None:
            try:
                return parse_time(value)
            except ValueError:
                return None
    return None


def in_order(events: Iterable[RecordedEvent]) -> list[RecordedEvent]:
    """Sort events by time; an event without a time stays behind its predecessor."""
    placed: list[tuple[datetime, RecordedEvent]] = []
    last: datetime | None = None
    waiting: list[RecordedEvent] = []
    for event in events:
        if event.at is None and last is None:
            waiting.append(event)
            continue
        last = event.at or last
        assert last is not None
        placed += [(last, item) for item in (*waiting, event)]
        waiting = []
    if last is None:
        return waiting
    return [event for _, event in sorted(placed, key=lambda item: item[0])]


@dataclass(slots=True)
class _OpenSet:
    """A set while its events are read."""

    recording_set: RecordingSet
    last: datetime | None = None
    last_index: int = 0
    ended: bool = False


@dataclass(slots=True)
class _Lifter:
    by_id: dict[str, _OpenSet] = field(default_factory=dict)
    current: _OpenSet | None = None


class _Sets:
    """Assigns events to sets, one by one, and records where an end is missing."""

    def __init__(self) -> None:
        self.sets: list[RecordingSet] = []
        self.ends_after: dict[int, RecordedEvent] = {}
        self._lifters: dict[str | None, _Lifter] = {}

    def set_of(self, event: RecordedEvent, index: int) -> RecordingSet | None:
        """Return the set of the event at `index`."""
        kind = event.event.get("type")
        if kind not in _LIFTING and kind != ENDED and kind not in _CORRECTIONS:
            return None
        lifter = self._lifters.setdefault(event.text("athlete_id"), _Lifter())
        name = event.text("set_id")
        running = lifter.current if name is None else lifter.by_id.get(name)
        if kind not in _LIFTING:
            if kind == ENDED and running is not None:
                running.ended = True
            return running.recording_set if running is not None else None
        if running is None or not _continues(running, event):
            if running is not None and running is lifter.current:
                self._end(running)
            running = _OpenSet(RecordingSet(len(self.sets) + 1, event.text("athlete_id"), name))
            self.sets.append(running.recording_set)
        running.last, running.last_index, running.ended = event.at or running.last, index, False
        lifter.current = running
        if name is not None:
            lifter.by_id[name] = running
        return running.recording_set

    def end_all(self) -> None:
        """End the sets that are still open."""
        for lifter in self._lifters.values():
            if lifter.current is not None:
                self._end(lifter.current)

    def _end(self, running: _OpenSet) -> None:
        if running.ended:
            return
        ending = running.recording_set
        who = {"athlete_id": ending.athlete_id, "set_id": ending.set_id}
        event: dict[str, object] = {
            "type": ENDED,
            "data": {name: value for name, value in who.items() if value is not None},
        }
        end = RecordedEvent(f"the end of set {ending.number}", event, running.last, ending)
        self.ends_after[running.last_index] = end


def _continues(running: _OpenSet, event: RecordedEvent) -> bool:
    by_name = event.text("set_id") is not None and event.event.get("type") != STARTED
    if running.ended and not by_name:
        return False
    pause = event.at - running.last if event.at and running.last else timedelta()
    return pause <= SILENCE + (REOPENING if by_name else timedelta())


def with_sets(events: Iterable[RecordedEvent], remarks: Iterable[str] = ()) -> Recording:
    """Assign events to sets, and end the sets that the file leaves open.

    A set id that is used again (the next day's set 1) and a pause longer than the silence limit start another set.
    Once waits are cut, a set that silence ended would run into the next one, so an explicit end is added.
    """
    ordered = in_order(events)
    sets = _Sets()
    assigned = [replace(event, set=sets.set_of(event, index)) for index, event in enumerate(ordered)]
    sets.end_all()
    with_ends = [item for index, event in enumerate(assigned) for item in (event, sets.ends_after.get(index)) if item]
    return Recording(tuple(with_ends), tuple(sets.sets), tuple(remarks))


def identity(event: RecordedEvent) -> str:
    """Return a key that two lines share only if the server would take them for the same event."""
    event_id = event.event.get("id")
    if isinstance(event_id, str):
        return f"{event.event.get('source', '')}\x1f{event_id}"
    if event.event.get("time") is None:
        return event.location
    return repr(sorted((name, repr(value)) for name, value in event.event.items()))
