"""When each event of a recording is sent: waits cut short, times shifted to now. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from spotter.domain.ids import derived_id
from spotter.domain.time import format_time, parse_time
from spotter_cli.replay.recording import RecordedEvent, Recording, identity

BETWEEN_SETS_MAX_S: Final = 5.0
INSIDE_SET_MAX_S: Final = 20.0
_STEP: Final = timedelta(microseconds=1)
_MOMENTS: Final = frozenset({"started_at", "ended_at", "t0", "expires"})


@dataclass(frozen=True, slots=True)
class ScheduledEvent:
    """An event and when it is sent, in seconds from the start."""

    after_s: float
    recorded: RecordedEvent


def schedule(recording: Recording, speed: float = 1.0) -> list[ScheduledEvent]:
    """Cut waits to 5 s between sets and to 20 s within a set, and divide them by `speed`."""
    events = recording.events
    last_of = {event.set: index for index, event in enumerate(events) if event.set is not None}
    due: list[ScheduledEvent] = []
    after_s = 0.0
    runs_until = -1
    for index, event in enumerate(events):
        if index:
            limit_s = INSIDE_SET_MAX_S if index <= runs_until else BETWEEN_SETS_MAX_S
            before = _latest(events, index)
            wait_s = (event.at - before).total_seconds() if event.at and before else 0.0
            after_s += min(max(wait_s, 0.0), limit_s) / speed
        if event.set is not None:
            runs_until = max(runs_until, last_of[event.set])
        due.append(ScheduledEvent(after_s, event))
    return due


def _latest(events: Sequence[RecordedEvent], index: int) -> datetime | None:
    return next((event.at for event in reversed(events[:index]) if event.at is not None), None)


class TimeShift:
    """Maps a recording's times to those of a run that starts at `beginning`."""

    def __init__(self, due: Sequence[ScheduledEvent], beginning: datetime) -> None:
        self._beginning = beginning
        self._moments: list[datetime] = []
        self._old: list[datetime] = []
        self._new: list[datetime] = []
        for item in due:
            moment = beginning + timedelta(seconds=item.after_s)
            if self._moments:
                moment = max(moment, self._moments[-1] + _STEP)  # no two events at the same instant
            self._moments.append(moment)
            if item.recorded.at is not None and (not self._old or item.recorded.at > self._old[-1]):
                self._old.append(item.recorded.at)
                self._new.append(moment)

    def moment(self, index: int) -> datetime:
        """Return the new time of the event at an index of the schedule."""
        return self._moments[index]

    def of(self, old: datetime) -> datetime:
        """Return the new time of any old one, interpolated between the two nearest events."""
        if not self._old:
            return self._beginning
        index = bisect_right(self._old, old)
        if index == 0:
            return self._new[0] - (self._old[0] - old)
        if index == len(self._old):
            return self._new[-1] + (old - self._old[-1])
        share = (old - self._old[index - 1]) / (self._old[index] - self._old[index - 1])
        return self._new[index - 1] + share * (self._new[index] - self._new[index - 1])


def reissue(due: ScheduledEvent, index: int, shift: TimeShift, run: str) -> dict[str, object]:
    """Return the event as if it happened now: shifted times, and an id that is stable within this run.

    Invalid values stay as they are, so that the server can report them.
    """
    event = dict(due.recorded.event)
    event_id = event.get("id")
    if "id" not in event or (isinstance(event_id, str) and 0 < len(event_id) <= 64):
        event["id"] = derived_id("replay", run, identity(due.recorded))
    if event.get("time") is None or _is_moment(event["time"]):
        event["time"] = format_time(shift.moment(index))
    data = event.get("data")
    if isinstance(data, Mapping):
        event["data"] = _shifted(data, shift)
    return event


def _shifted(data: Mapping[str, object], shift: TimeShift) -> dict[str, object]:
    shifted = dict(data)
    for name, value in data.items():
        if name in _MOMENTS and _is_moment(value):
            shifted[name] = format_time(shift.of(parse_time(value)))
        elif name == "set" and isinstance(value, Mapping):
            shifted[name] = _shifted(value, shift)
    return shifted


def _is_moment(value: object) -> bool:
    try:
        parse_time(value)
    except ValueError:
        return False
    return True
