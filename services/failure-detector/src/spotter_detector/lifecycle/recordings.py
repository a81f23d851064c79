"""Two recordings of one set: a phone's and a watch's, each with reps of its own and a name of its own."""

from __future__ import annotations

from spotter_detector.lifecycle.duplicates import is_overlapping
from spotter_detector.lifecycle.event_order import sent_times
from spotter_detector.lifecycle.set_draft import REOPEN_US, SetDraft
from spotter_detector.state import RepRecord


def overlaps(draft: SetDraft, rep: RepRecord, since_us: int) -> bool:
    """Whether a set has reps of another recorder that overlap a rep in time, and none of the same one.

    What ended before the rep's own set began is of the set before.
    """
    started_us, ended_us = sent_times(rep)
    has_any = False
    for other in draft.reps[-6:]:
        began_us, done_us = sent_times(other)
        if other.source == rep.source and done_us > started_us and began_us < ended_us:
            return False
        has_any = has_any or (done_us > since_us and is_overlapping(rep, other))
    return has_any


def is_recording_of(other: SetDraft, draft: SetDraft) -> bool:
    """Whether a set of the second recorder's name is its recording of the same set."""
    if other.voided or other.moved_to or other.moved_from or draft.moved_from:
        return False
    if other.last_us is None:
        return abs(other.opened_us - draft.opened_us) <= REOPEN_US
    return other.opened_us <= draft.active_us and draft.opened_us <= other.active_us


def joined(draft: SetDraft, other: SetDraft) -> tuple[SetDraft, SetDraft]:
    """Make two recordings one set, the one that has the first rep; return it, and the other, which is left empty."""
    if other.reps and other.opened < draft.opened:
        draft, other = other, draft
    draft.names = (*draft.names, *(name for name in other.names if name is not None and name not in draft.names))
    draft.reps += other.reps
    draft.refused += other.refused
    draft.notes += other.notes
    draft.keys += other.keys
    if other.last_us is not None:
        draft.last_us = other.last_us if draft.last_us is None else max(draft.last_us, other.last_us)
    if draft.exercise is None:
        draft.exercise = other.exercise
    draft.ended_us = draft.end_reason = None
    draft.touched = True
    other.touched = False
    other.voided = True  # it takes part in nothing any more
    other.names = ()
    return draft, other
