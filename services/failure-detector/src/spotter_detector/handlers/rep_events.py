"""Events about single reps: started, completed, overdue, a device lost."""

from __future__ import annotations

from spotter.domain.events import corrected
from spotter.domain.events.lifting import RepCompleted, RepStarted
from spotter.domain.events.outputs import DeviceLost
from spotter.domain.fast_dataclass import replace
from spotter.domain.time import micros
from spotter.streaming.processor import Reject
from spotter_detector.handlers import draft
from spotter_detector.handlers.draft import DetectorDraft
from spotter_detector.lifecycle import reps, set_transfer, timers
from spotter_detector.lifecycle.assignment import assign, find_running
from spotter_detector.lifecycle.unit_of_work import UnitOfWork


def rep_started(work: UnitOfWork) -> DetectorDraft:
    """Note that a rep may be under way."""
    event, data = work.event, work.event.data
    assert isinstance(data, RepStarted)
    at_us = micros(corrected(event, data.started_at or event.time))
    existing = find_running(work, data.set_id, data.set_key, at_us)
    # A bar that is only carried about reports a start too, without a rep: only a rep opens or reopens a set.
    if existing is None:
        return draft.accept_for_lifter(work)
    if existing.moved_to:
        return draft.forward(work, existing)
    if not existing.is_open:
        return draft.accept(work, work.remember(existing))
    return draft.accept(work, work.remember(reps.start_rep(work, existing, data, at_us)))


def rep_completed(work: UnitOfWork) -> DetectorDraft:
    """Add a rep to its set, which it may open."""
    data = work.event.data
    assert isinstance(data, RepCompleted)
    rep = reps.reported_rep(work, data)
    assignment = assign(work, rep)
    if assignment.reject is not None:
        return draft.accept_changes(work, assignment, assignment.reject)
    if assignment.moved is not None:
        return draft.forward_rep(work, assignment.moved, rep)
    if assignment.target is None:
        return draft.reject_unknown_set(work)
    if assignment.target.voided:
        voided = Reject("set_voided", "the set was voided, and has no reps")
        return draft.accept_changes(work, assignment, voided)
    return draft.accept_changes(work, assignment)


def rep_overdue(work: UnitOfWork) -> DetectorDraft:
    """Mark the rep under way that the timer meant as overdue."""
    for lifted_set in work.open_sets():
        under_way = lifted_set.under_way
        if under_way is not None and timers.overdue_id(lifted_set, under_way) == work.event.id:
            marked = replace(lifted_set, under_way=replace(under_way, overdue=True))
            return draft.accept(work, work.remember(marked))
    return draft.ignore(work)


def device_lost(work: UnitOfWork) -> DetectorDraft:
    """Drop the reps under way whose end the device can no longer report."""
    data = work.event.data
    assert isinstance(data, DeviceLost)
    for lifted_set in work.open_sets():
        reps.drop_rep_under_way(work, lifted_set, data)
    set_transfer.forward_device_loss(work)
    return draft.accept(work)
