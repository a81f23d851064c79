"""Events about a set as a whole: started, amended, ended, moved to another lifter."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from spotter.domain.events import corrected_time
from spotter.domain.events.lifting import MotionSampled, SetAmended, SetEnded, SetMoved, SetStarted
from spotter.domain.time import micros
from spotter.streaming.processor import Reject
from spotter_detector.handlers import draft
from spotter_detector.handlers.draft import DetectorDraft
from spotter_detector.lifecycle import raw_motion, set_transfer, sets, timers
from spotter_detector.lifecycle.unit_of_work import COPIED, UnitOfWork
from spotter_detector.model import Prior
from spotter_detector.state import LiftedSet


def set_started(work: UnitOfWork) -> DetectorDraft:
    """Open a set, or amend the one that the event adds to."""
    data = work.event.data
    assert isinstance(data, SetStarted)
    at_us = micros(corrected_time(work.event))
    context = sets.context_of(data)
    existing = sets.find_for_start(work, data.set_id, at_us)
    if existing is None:
        return draft.accept(work, work.remember(sets.open_set(work, data.set_id, at_us, context)))
    return draft.forward(work, existing) if existing.moved_to else _amend(work, existing, context)


def set_amended(work: UnitOfWork) -> DetectorDraft:
    """Amend what is known about a set."""
    data = work.event.data
    assert isinstance(data, SetAmended)
    existing = sets.find_for_report(work, data.set_id)
    if existing is None and COPIED in work.tags:  # a set without an exercise that was moved here
        opened = sets.open_set(work, data.set_id, micros(corrected_time(work.event)), sets.context_of(data))
        return draft.accept(work, work.remember(opened))
    if existing is None or work.is_too_old(existing):
        return draft.reject_unknown_set(work, existing)
    return draft.forward(work, existing) if existing.moved_to else _amend(work, existing, sets.context_of(data))


def _amend(work: UnitOfWork, existing: LiftedSet, context: Mapping[str, object]) -> DetectorDraft:
    lifted_set = work.remember(sets.amend_set(work, existing, context))
    request = None
    if lifted_set.reps and _prior_of_estimates(lifted_set) != _prior_of_estimates(existing):
        lifted_set, request = draft.revise(work, existing, lifted_set)
    return draft.accept(work, lifted_set, request)


def _prior_of_estimates(lifted_set: LiftedSet) -> Prior:
    """Return the set's prior without what matters to later sets alone."""
    return lifted_set.start if lifted_set.start.drop else dataclasses.replace(lifted_set.start, load_kg=None)


def set_ended(work: UnitOfWork) -> DetectorDraft:
    """End a set, with the reps that its signals still held back."""
    data = work.event.data
    assert isinstance(data, SetEnded)
    if data.reason == "silence" and not work.moved_from_key:
        return _end_by_silence(work)
    at_us = micros(corrected_time(work.event))
    existing = sets.find_for_end(work, data.set_id, at_us)
    if existing is None:
        return draft.reject_unknown_set(work)
    if existing.moved_to:
        raw_motion.end_signals(work, existing)
        return draft.forward(work, work.get(existing.key))
    lifted_set = work.remember(existing)
    changes = raw_motion.end_signals(work, lifted_set)
    lifted_set = work.get(lifted_set.key)
    if lifted_set.is_open and at_us >= lifted_set.active_us:
        lifted_set = sets.close_set(work, lifted_set, at_us, data.reason)
    return _estimate_found_reps(work, lifted_set, changes)


def _end_by_silence(work: UnitOfWork) -> DetectorDraft:
    """End the set that the timer meant, unless it has continued.

    The event's id names it: ids of sets may be reused.
    """
    running = work.open_sets()
    silent = next((lifted_set for lifted_set in running if timers.silence_id(lifted_set) == work.event.id), None)
    if silent is None:
        return draft.ignore(work)
    return draft.accept(work, sets.close_set(work, work.remember(silent), timers.silence_time_us(silent), "silence"))


def set_moved(work: UnitOfWork) -> DetectorDraft:
    """Move a set to another lifter."""
    data = work.event.data
    assert isinstance(data, SetMoved)
    existing = sets.find_for_report(work, data.set_id)
    if existing is None or work.is_too_old(existing):
        return draft.reject_unknown_set(work, existing)
    moved = set_transfer.move_set(work, work.remember(existing), data.to_athlete_id)
    return draft.reject(work, moved) if isinstance(moved, Reject) else draft.accept(work, moved)


def motion_sampled(work: UnitOfWork) -> DetectorDraft:
    """Segment a chunk of raw motion into reps of a set."""
    data = work.event.data
    assert isinstance(data, MotionSampled)
    changes = raw_motion.segment_chunk(work, data)
    running = work.find(next(iter(changes.before))) if changes.before else next(iter(work.open_sets()), None)
    if running is None:
        return draft.accept_for_lifter(work)
    return _estimate_found_reps(work, work.remember(running), changes)


def _estimate_found_reps(work: UnitOfWork, lifted_set: LiftedSet, changes: raw_motion.MotionChanges) -> DetectorDraft:
    requests = [
        draft.revise(work, before, work.get(key), *changes.arrived.get(key, ()))[1]
        for key, before in changes.before.items()
    ]
    return draft.accept(work, lifted_set, *requests)
