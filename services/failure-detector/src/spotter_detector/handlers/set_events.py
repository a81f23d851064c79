"""Events about a set: started, amended, ended, voided, moved to another lifter, calls and corrections."""

from __future__ import annotations

from spotter.domain.events import corrected_time
from spotter.domain.events.lifting import MotionSampled, SetEnded, SetMoved
from spotter.domain.fast_dataclass import replace
from spotter.domain.time import micros
from spotter.streaming.processor import Reject
from spotter_detector.handlers import draft
from spotter_detector.handlers.draft import DetectorDraft
from spotter_detector.handlers.notes import KINDS, note_of
from spotter_detector.lifecycle import raw_motion, set_publication, set_transfer, timers, waiting_events
from spotter_detector.lifecycle.assignment import assign, find_about
from spotter_detector.lifecycle.set_publication import SetChange
from spotter_detector.lifecycle.unit_of_work import KEPT_US, UnitOfWork
from spotter_detector.state import LiftedSet, Note

_CHANGES_NOTHING = "all that it says holds already"
_NO_EFFECT = {
    "ended": Reject("already_ended", "the set had ended before: the first end stays"),
    "started": Reject("changes_nothing", _CHANGES_NOTHING),
    "amended": Reject("changes_nothing", _CHANGES_NOTHING),
    "voided": Reject("changes_nothing", "the set was voided before"),
    "rep_voided": Reject("changes_nothing", "the rep was voided before"),
    "rep_amended": Reject("changes_nothing", _CHANGES_NOTHING),
}


def set_event(work: UnitOfWork) -> DetectorDraft:
    """Add an event to the set that it is about, which a start may open; it waits for a set that has not arrived yet."""
    note = note_of(work)
    rejected = _addressed(work, note)
    if rejected is not None:
        return rejected
    assignment = assign(work, note)
    if assignment.moved is not None:
        return draft.forward_note(work, assignment.moved, note)
    if assignment.target is None:
        return replace(draft.accept(work), reject=waiting_events.give_up_oldest(work), changes=work.changes)
    if assignment.target.voided and note.kind != "voided":
        return draft.accept_changes(work, assignment, Reject("set_voided", "the set was voided, and has no reps"))
    if note.kind in ("rep_amended", "rep_voided"):
        number = note.fields["rep_number"]
        if not any(rep.number == number for rep in assignment.target.reps):
            about = f"set {assignment.target.set_id} has no rep {number}"
            unknown = Reject("unknown_rep", f"{about}: send the rep, or correct the number")
            return draft.accept_changes(work, assignment, unknown)
    if note.kind in _NO_EFFECT and all(_is_unchanged(change) for change in assignment.changes):
        return draft.accept_changes(work, assignment, _NO_EFFECT[note.kind])
    return draft.accept_changes(work, assignment)


def _addressed(work: UnitOfWork, note: Note) -> DetectorDraft | None:
    """Reject an event about a set that is not kept any more, or whose key no set has."""
    if work.moved_from_key or (note.kind == "started" and note.set_key is None):
        return None
    existing = find_about(work, note.set_id, note.set_key, note.at_us, note.kind)
    if existing is None:
        if note.set_key is not None:
            return draft.reject_unknown_set(work)
        lifter = work.lifter
        forgotten = lifter.forgot and (note.at_us < work.received_us - KEPT_US or note.set_id in lifter.forgotten)
        return draft.reject_unknown_set(work) if forgotten else None
    return draft.reject_unknown_set(work, existing) if work.is_too_old(existing) else None


def _is_unchanged(change: SetChange) -> bool:
    before, after = change.before, change.after
    return before is not None and _content(before) == _content(after)


def _content(lifted_set: LiftedSet) -> tuple[object, ...]:
    return (
        lifted_set.context,
        lifted_set.reps,
        lifted_set.ended_us,
        lifted_set.end_reason,
        lifted_set.voided,
        lifted_set.other_ids,
        lifted_set.opened_us,
        lifted_set.exposure_key,
    )


def set_ended(work: UnitOfWork) -> DetectorDraft:
    """End a set, with the reps that its signals still held back."""
    data = work.event.data
    assert isinstance(data, SetEnded)
    if work.event.source == waiting_events.SOURCE:
        return DetectorDraft(work.event, work.changes, reject=waiting_events.give_up(work))
    if data.reason == "silence" and not work.moved_from_key:
        return _end_by_silence(work)
    existing = find_about(work, data.set_id, data.set_key, micros(corrected_time(work.event)), KINDS[SetEnded])
    if existing is None or not raw_motion.has_signals(work, existing):
        return set_event(work)
    changes = raw_motion.end_signals(work, existing)
    if existing.moved_to:
        return draft.forward(work, work.get(existing.key))
    assignment = assign(work, note_of(work))
    if assignment.target is None:
        return draft.accept_motion(work, existing, changes)
    return draft.accept_motion(work, assignment.target, changes)


def _end_by_silence(work: UnitOfWork) -> DetectorDraft:
    """End the set that the timer meant, unless it has continued.

    The event's id names it: ids of sets may be reused.
    """
    running = work.open_sets()
    silent = next((lifted_set for lifted_set in running if timers.silence_id(lifted_set) == work.event.id), None)
    if silent is None:
        return draft.ignore(work)
    closed = set_publication.close_by_silence(work, work.remember(silent), timers.silence_time_us(silent))
    return draft.accept(work, closed)


def set_moved(work: UnitOfWork) -> DetectorDraft:
    """Move a set to another lifter."""
    data = work.event.data
    assert isinstance(data, SetMoved)
    at_us = micros(corrected_time(work.event))
    existing = find_about(work, data.set_id, data.set_key, at_us, "moved")
    if existing is None or work.is_too_old(existing):
        return draft.reject_unknown_set(work, existing)
    moved = set_transfer.move_set(work, work.remember(existing), data.to_athlete_id)
    return draft.reject(work, moved) if isinstance(moved, Reject) else draft.accept(work, moved)


def motion_sampled(work: UnitOfWork) -> DetectorDraft:
    """Segment a chunk of raw motion into reps of a set."""
    data = work.event.data
    assert isinstance(data, MotionSampled)
    changes = raw_motion.segment_chunk(work, data)
    running = next((work.get(key) for key in changes.before if work.find(key)), None)
    running = running or next(iter(work.open_sets()), None)
    if running is None:
        return draft.accept_for_lifter(work)
    return draft.accept_motion(work, work.remember(running), changes)
