"""Events about single reps: started, completed, corrected, overdue, the effort of one, a device lost."""

from __future__ import annotations

from spotter.domain.events import corrected, corrected_time
from spotter.domain.events.lifting import EffortReported, RepAmended, RepCompleted, RepStarted, RepVoided
from spotter.domain.events.outputs import DeviceLost
from spotter.domain.fast_dataclass import replace
from spotter.domain.time import micros
from spotter.streaming.processor import Reject
from spotter_detector.handlers import draft
from spotter_detector.handlers.draft import DetectorDraft
from spotter_detector.lifecycle import profile_update, reps, set_transfer, sets, timers
from spotter_detector.lifecycle.unit_of_work import UnitOfWork
from spotter_detector.state import LiftedSet


def rep_started(work: UnitOfWork) -> DetectorDraft:
    """Note that a rep is under way."""
    event, data = work.event, work.event.data
    assert isinstance(data, RepStarted)
    at_us = micros(corrected(event, data.started_at or event.time))
    existing = sets.find_for_rep(work, data.set_id, at_us)
    # A bar that is only carried about reports a start too, without a rep: only a rep opens or reopens a set.
    if existing is None:
        return draft.accept_for_lifter(work)
    if existing.moved_to:
        return draft.forward(work, existing)
    if not existing.is_open:
        return draft.accept(work, work.remember(existing))
    lifted_set = sets.continue_set(work, existing, at_us)
    return draft.accept(work, work.remember(reps.start_rep(work, lifted_set, data, at_us)))


def rep_completed(work: UnitOfWork) -> DetectorDraft:
    """Add a rep to its set, which it may open."""
    event, data = work.event, work.event.data
    assert isinstance(data, RepCompleted)
    ended_us = reps.rep_end_us(event, data)
    existing = sets.find_for_rep(work, data.set_id, ended_us)
    if existing is None:
        context = {name: value for name in ("exercise", "load_kg") if (value := getattr(data, name)) is not None}
        existing = sets.open_set(work, data.set_id, ended_us, context, profile_update.measure_of(data))
    elif existing.moved_to:
        return draft.forward(work, existing)
    elif not existing.reps:
        existing = sets.pin_to_measure(work, existing, profile_update.measure_of(data))
    added = reps.add_rep(work, existing, data, ended_us)
    if added is None:
        return draft.ignore(work)
    if isinstance(added, Reject):
        return draft.reject(work, added)
    lifted_set, rep = added
    lifted_set = sets.continue_set(work, lifted_set, ended_us)
    reps.publish_rep(work, lifted_set, rep)
    lifted_set, request = draft.revise(work, existing, lifted_set, rep)
    return draft.accept(work, lifted_set, request)


def rep_corrected(work: UnitOfWork) -> DetectorDraft:
    """Amend or void a rep."""
    data = work.event.data
    assert isinstance(data, RepAmended | RepVoided)
    existing = _set_with_rep(work, data)
    if existing is None or work.is_too_old(existing):
        return draft.reject_unknown_set(work, existing)
    if existing.moved_to:
        return draft.forward(work, existing)
    correction = reps.correct_rep(work, existing, data.rep_number, data if isinstance(data, RepAmended) else None)
    if isinstance(correction, Reject):
        return draft.reject(work, correction)
    lifted_set, rep = correction
    lifted_set = work.remember(lifted_set)
    reps.publish_rep(work, lifted_set, rep)
    lifted_set, request = draft.revise(work, existing, lifted_set)
    return draft.accept(work, lifted_set, request)


def _set_with_rep(work: UnitOfWork, data: RepAmended | RepVoided) -> LiftedSet | None:
    if data.set_id is None or work.moved_from_key:
        return sets.find_for_report(work, None)
    named = list(work.named(data.set_id))
    with_rep = (lifted_set for lifted_set in named if any(rep.number == data.rep_number for rep in lifted_set.reps))
    return next(with_rep, next(iter(named), None))


def effort_reported(work: UnitOfWork) -> DetectorDraft:
    """Apply the lifter's report of the effort to the rep it is about."""
    existing = sets.find_for_report(work, work.event.data.set_id)
    if existing is None or work.is_too_old(existing):
        return draft.reject_unknown_set(work, existing)
    if existing.moved_to:
        return draft.forward(work, existing)
    data = work.event.data
    assert isinstance(data, EffortReported)
    lifted_set = set_transfer.keep_effort(work, work.remember(existing), data)
    lifted_set = reps.apply_effort(work, lifted_set, data, micros(corrected_time(work.event)))
    lifted_set, request = (
        draft.revise(work, existing, lifted_set) if lifted_set.reps != existing.reps else (lifted_set, None)
    )
    return draft.accept(work, lifted_set, request)


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
