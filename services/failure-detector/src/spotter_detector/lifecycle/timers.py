"""Timers as events: silence ends a set, and a rep that is under way for too long is overdue."""

from __future__ import annotations

from spotter.domain.events import Event
from spotter.domain.events.lifting import SetEnded
from spotter.domain.events.outputs import RepOverdue
from spotter.domain.ids import derived_id
from spotter.streaming.processor import State
from spotter_detector.lifecycle.device_clock import MINUTE_US, SECOND_US, moment
from spotter_detector.model import overdue_after_s
from spotter_detector.state import LIFTER, LiftedSet, LifterSets, UnderWay, set_entry

SILENCE_US = 90 * SECOND_US
"""A set whose last rep was received this long ago is over."""
NO_REP_US = 15 * MINUTE_US
"""A set without any rep is over after this."""
SOURCE = "spotter/failure-detector/timer"


def open_sets(state: State) -> list[LiftedSet]:
    """Give a lifter's sets that have not ended."""
    lifter = state.get(LIFTER)
    if not isinstance(lifter, LifterSets):
        return []
    found = (state.get(set_entry(ref.key)) for ref in lifter.sets if ref.is_open)
    return [one for one in found if isinstance(one, LiftedSet)]


def _silence_due_us(one: LiftedSet) -> int:
    if one.reps:
        return max(rep.received_us for rep in one.reps) + SILENCE_US
    return one.received_us + NO_REP_US


def silence_time_us(one: LiftedSet) -> int:
    """Say when a set is over if nothing more happens in it, by the time of its last rep."""
    return one.reps[-1].ended_us + SILENCE_US if one.reps else one.opened_us + NO_REP_US


def silence_id(one: LiftedSet) -> str:
    """Name the event that ends a set by silence after its last rep."""
    last = one.reps[-1].identity if one.reps else "none"
    return derived_id("silence", one.key, last, one.reopened)


def overdue_id(one: LiftedSet, waiting: UnderWay) -> str:
    """Name the event that tells that a set's rep has been under way for too long."""
    return derived_id("overdue", one.key, waiting.identity)


def overdue_after_us(one: LiftedSet, waiting: UnderWay) -> int:
    """Say how long the rep that is under way in a set may take: by the lifter's own longest grind; see `model.grinding`."""
    if waiting.overdue_after_us is not None:
        return waiting.overdue_after_us
    return round(overdue_after_s(one.start, ()) * SECOND_US)


def next_due_us(state: State) -> int | None:
    """Say when the lifter's next timer is due, by the clock of receipt."""
    found: list[int] = []
    for one in open_sets(state):
        found.append(_silence_due_us(one))
        if one.under_way is not None and not one.under_way.overdue:
            found.append(one.under_way.received_us + overdue_after_us(one, one.under_way))
    return min(found, default=None)


def due(state: State, gym_id: str, athlete_id: str, now_us: int) -> list[Event]:
    """Give the events of the timers that are due; the same ids however often it is asked."""
    events: list[Event] = []
    for one in open_sets(state):
        who = {"gym_id": gym_id, "athlete_id": athlete_id, "set_id": one.set_id}
        waiting = one.under_way
        after_us = 0 if waiting is None else overdue_after_us(one, waiting)
        if waiting is not None and not waiting.overdue and waiting.received_us + after_us <= now_us:
            overdue = RepOverdue(
                **who,
                rep_number=waiting.rep_number,
                started_at=moment(waiting.started_us),
                outlasted_s=after_us / SECOND_US,
            )
            events.append(_event(overdue_id(one, waiting), waiting.started_us + after_us, overdue))
        if _silence_due_us(one) <= now_us:
            ended = SetEnded(**who, reason="silence")
            events.append(_event(silence_id(one), silence_time_us(one), ended))
    return events


def _event(identity: str, at_us: int, data: RepOverdue | SetEnded) -> Event:
    return Event(id=identity, source=SOURCE, time=moment(at_us), data=data)
