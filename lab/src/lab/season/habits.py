"""How a lifter's apps and trackers report what the season has them do: habits over the events that they send.

The habits are those of `lab.habits` that leave advice possible while a set runs.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from lab.season.gym import Sent, Training, Wait
from spotter.domain.events import Event
from spotter.domain.events.lifting import EffortReported, RepCompleted

_WATCH_LATE: Final = timedelta(seconds=0.4)
"""The watch sees a rep this much after the tracker."""
_TWICE: Final = timedelta(seconds=0.3)
"""The second notification of a rep comes this much after the first."""


def no_ids(event: Event) -> Iterator[Event]:
    """Send no set ids."""
    yield replace(event, data=event.data.model_copy(update={"set_id": None}))


def notified_twice(event: Event) -> Iterator[Event]:
    """Send each rep again under another event id."""
    yield event
    if isinstance(event.data, RepCompleted):
        yield _later(event, _TWICE)


def second_recorder(event: Event) -> Iterator[Event]:
    """Have a watch tell the time of each rep, too, in a set of its own."""
    yield event
    if isinstance(event.data, RepCompleted):
        seen = RepCompleted(
            gym_id=event.data.gym_id, athlete_id=event.data.athlete_id, set_id=f"watch-{event.data.set_id}"
        )
        yield replace(_later(event, _WATCH_LATE), source="watch", data=seen)


def late_calls(event: Event) -> Iterator[Event]:
    """Send calls without a set id; `reported` holds them back until the session is over."""
    if isinstance(event.data, EffortReported):
        event = replace(event, data=event.data.model_copy(update={"set_id": None}))
    yield event


HABITS: Final[Mapping[str, Callable[[Event], Iterator[Event]]]] = MappingProxyType(
    {
        "no set ids": no_ids,
        "reps notified twice": notified_twice,
        "two recorders": second_recorder,
        "late calls": late_calls,
    }
)


def reported(training: Training, habit: str) -> Training:
    """Have what a lifter sends reported by a habit."""
    change, kept = HABITS[habit], list[Event]()
    sent: Sent = next(training)
    while True:
        answer: list[Event] = []
        if isinstance(sent, Wait):
            if kept:
                answer += yield [_sent_at(event, sent) for event in kept]
                kept = []
            answer += yield sent
        else:
            events = [changed for event in sent for changed in change(event)]
            if habit == "late calls":
                kept += [event for event in events if isinstance(event.data, EffortReported)]
                events = [event for event in events if not isinstance(event.data, EffortReported)]
            answer += yield from _in_turn(events)
        try:
            sent = training.send(answer)
        except StopIteration:
            return


def _in_turn(events: Sequence[Event]) -> Generator[Sent, list[Event], list[Event]]:
    return (yield events) if events else []


def _later(event: Event, by: timedelta) -> Event:
    times = {name: getattr(event, name) + by for name in ("time", "senttime", "receivedtime")}
    return replace(event, id=f"{event.id} again", **times)


def _sent_at(event: Event, wait: Wait) -> Event:
    """Return a call as it is uploaded when the waiting begins: an hour before its end."""
    sent = wait.until - timedelta(minutes=55)
    return replace(event, senttime=sent, receivedtime=sent)
