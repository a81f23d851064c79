"""Timers as events: silence ends a set, and a rep that is under way for too long is overdue."""

from __future__ import annotations

from spotter.domain.events import Event
from spotter.domain.events.lifting import SetEnded
from spotter.domain.events.outputs import RepOverdue
from spotter.domain.ids import derived_id
from spotter.domain.time import SECOND_US, moment_of
from spotter.streaming.processor import State
from spotter_detector.lifecycle import waiting_events
from spotter_detector.lifecycle.set_draft import NO_REP_US, SILENCE_US
from spotter_detector.state import LIFTER, LiftedSet, LifterSets, UnderWay, set_entry

SOURCE = "spotter/failure-detector/timer"


def open_sets(state: State) -> list[LiftedSet]:
    """Return a lifter's sets that have not ended."""
    lifter = state.get(LIFTER)
    if not isinstance(lifter, LifterSets):
        return []
    entries = (state.get(set_entry(ref.key)) for ref in lifter.sets if ref.is_open)
    return [lifted_set for lifted_set in entries if isinstance(lifted_set, LiftedSet)]


def _silence_due_us(lifted_set: LiftedSet) -> int:
    if lifted_set.reps:
        return max(rep.received_us for rep in lifted_set.reps) + SILENCE_US
    return lifted_set.received_us + NO_REP_US


def silence_time_us(lifted_set: LiftedSet) -> int:
    """Return when a set is over if nothing more happens in it, by the time of its last rep."""
    return lifted_set.reps[-1].ended_us + SILENCE_US if lifted_set.reps else lifted_set.opened_us + NO_REP_US


def silence_id(lifted_set: LiftedSet) -> str:
    """Return the id of the event that ends a set by silence after its last rep."""
    last = lifted_set.reps[-1].identity if lifted_set.reps else "none"
    return derived_id("silence", lifted_set.key, last, lifted_set.reopened)


def overdue_id(lifted_set: LiftedSet, under_way: UnderWay) -> str:
    """Return the id of the event that a set's rep has been under way for too long."""
    return derived_id("overdue", lifted_set.key, under_way.identity)


def _overdue_due_us(under_way: UnderWay | None) -> int | None:
    """Return when a rep under way is overdue, by the clock of receipt; None: never, or it was told."""
    if under_way is None or under_way.overdue or under_way.overdue_after_us is None:
        return None
    return under_way.received_us + under_way.overdue_after_us


def next_due_us(state: State) -> int | None:
    """Return when the lifter's next timer is due, by the clock of receipt."""
    due_us: list[int] = []
    expires_us = waiting_events.next_due_us(state)
    if expires_us is not None:
        due_us.append(expires_us)
    for lifted_set in open_sets(state):
        due_us.append(_silence_due_us(lifted_set))
        overdue_us = _overdue_due_us(lifted_set.under_way)
        if overdue_us is not None:
            due_us.append(overdue_us)
    return min(due_us, default=None)


def due(state: State, gym_id: str, athlete_id: str, now_us: int) -> list[Event]:
    """Return the events of the timers that are due, with the same ids at every call."""
    events = waiting_events.due(state, gym_id, athlete_id, now_us)
    for lifted_set in open_sets(state):
        addressee = {"gym_id": gym_id, "athlete_id": athlete_id, "set_id": lifted_set.set_id}
        under_way = lifted_set.under_way
        overdue_us = _overdue_due_us(under_way)
        if under_way is not None and overdue_us is not None and overdue_us <= now_us:
            after_us = overdue_us - under_way.received_us
            overdue = RepOverdue(
                **addressee,
                rep_number=under_way.rep_number,
                started_at=moment_of(under_way.started_us),
                outlasted_s=after_us / SECOND_US,
            )
            events.append(_event(overdue_id(lifted_set, under_way), under_way.started_us + after_us, overdue))
        if _silence_due_us(lifted_set) <= now_us:
            ended = SetEnded(**addressee, reason="silence")
            events.append(_event(silence_id(lifted_set), silence_time_us(lifted_set), ended))
    return events


def _event(identity: str, at_us: int, data: RepOverdue | SetEnded) -> Event:
    return Event(id=identity, source=SOURCE, time=moment_of(at_us), data=data)
