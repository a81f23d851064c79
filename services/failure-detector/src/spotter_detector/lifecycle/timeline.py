"""Which set an event is about: one pure fold over a lifter's events in order of time.

A lifter does one set at a time. An event is about the set that its key names, else about the set of its id that was
running at the event's own time. A rep of another exercise is of another set, also under the same id; reps of two
recorders that overlap in time are one rep, so their sets are one. Ends are decided here alone: by `set.ended`, by the
next set that starts, or by silence.

Because the fold goes by the time of what happened, the order in which events arrive makes no difference: an event that
arrives late is folded again with those around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from spotter.domain.time import MINUTE_US, SECOND_US
from spotter_detector.lifecycle.duplicates import refusal_of
from spotter_detector.lifecycle.event_order import Item, sent_times
from spotter_detector.lifecycle.recordings import is_recording_of, joined, overlaps
from spotter_detector.lifecycle.set_draft import NO_REP_US, REOPEN_US, SetDraft, context_of
from spotter_detector.state import LiftedSet, Note, RepRecord, SetRef

INHERIT_US: Final = 30 * MINUTE_US
"""A set that continues another after this long inherits nothing from it."""
RECENT: Final = 16
"""How many of the newest sets may still run, or overlap with what happens now."""
_INHERITED: Final = frozenset({"exercise", "load_kg", "pct_1rm", "intent", "target_rir", "planned_reps", "is_last_set",
                               "spotter_present", "tempo", "station_id"})  # fmt: skip
TOGETHER_US: Final = 5 * SECOND_US
"""Starts of one exercise by two programs that come this close together are of one set (design choice)."""


class Timeline:
    """A lifter's sets up to a moment, to which events are added in order of time."""

    def __init__(
        self,
        refs: Sequence[SetRef],
        load: Callable[[str], LiftedSet],
        *,
        merged: Mapping[str, str],
        anchors: Mapping[str, str] | None = None,
    ) -> None:
        """`refs`: stored sets, the latest start last; `anchors`: keys by the identity of the events they come from."""
        self.refs = refs
        self._load = load
        self._merged = merged
        self._anchors = anchors or {}
        self._stored: dict[str, SetDraft] = {}
        self.new: list[SetDraft] = []
        """Sets that began in this fold, in order of their start."""
        self.waiting: list[Note] = []
        """Events whose set has not begun."""
        self._may_forward = True
        """Whether an event may be about a set that was moved to another lifter."""
        self._late_pins: list[Item] = []

    def touched(self) -> list[SetDraft]:
        """Return all sets that the fold has changed, in order of their start."""
        changed = [draft for draft in (*self._stored.values(), *self.new) if draft.touched]
        return sorted(changed, key=lambda draft: draft.opened)

    def begun(self, at_us: int, name: str | None = None) -> Iterator[SetDraft]:
        """Yield the sets that had begun at a moment, the latest start first; with a name, those of that name."""
        new = (
            draft for draft in reversed(self.new) if draft.opened_us <= at_us and (name is None or name in draft.names)
        )
        stored = (
            self._wrapped(ref)
            for ref in reversed(self.refs)
            if ref.opened_us <= at_us and (name is None or name == ref.set_id or name in ref.other_ids)
        )
        upper = next(new, None)
        for lower in stored:
            while upper is not None and upper.opened >= lower.opened:
                yield upper
                upper = next(new, None)
            yield lower
        while upper is not None:
            yield upper
            upper = next(new, None)

    def _live(self, since_us: int, at_us: int) -> Iterator[SetDraft]:
        """Yield the sets of which something happened since a moment, or that have not ended, the latest start first."""
        new = [draft for draft in reversed(self.new) if draft.opened_us <= at_us]
        stored = [
            self._wrapped(ref)
            for ref in self.refs[-RECENT:]
            if ref.opened_us <= at_us and (ref.is_open or ref.until_us >= since_us or ref.key in self._stored)
        ]
        return iter(sorted((*stored, *new), key=lambda draft: draft.opened, reverse=True) if stored else new)

    def _wrapped(self, ref: SetRef) -> SetDraft:
        draft = self._stored.get(ref.key)
        if draft is None:
            draft = self._stored[ref.key] = SetDraft.of(self._load(ref.key))
        return draft

    def keyed(self, key: str) -> SetDraft | None:
        """Return the set of that key."""
        key = self._merged.get(key, key)
        for draft in self.new:
            if key in draft.keys:
                return draft
        ref = next((ref for ref in self.refs if ref.key == key), None)
        return None if ref is None else self._wrapped(ref)

    def moved_here(self, moved_from: str) -> SetDraft | None:
        """Return the set that was moved here from a key of another lifter."""
        every = (draft for draft in self.begun(2**62) if draft.moved_from == moved_from)
        return next(every, None)

    def fold(self, items: Sequence[Item], newcomer: str) -> None:
        """Assign events, in order of time; only the newcomer may be about a set that was moved to another lifter."""
        for item in items:
            self._may_forward = item.identity == newcomer
            if isinstance(item, Note):
                self.place_note(item)
            else:
                self.place_rep(item)
        pins, self._late_pins = self._late_pins, []
        for item in pins:
            draft = self.keyed(item.set_key or "")
            if draft is None:
                assert isinstance(item, Note)
                self.waiting.append(item)
            elif isinstance(item, Note):
                self._apply(draft, item)
            else:
                draft.add_rep(item)

    def _is_coming(self, key: str) -> bool:
        return self._merged.get(key, key) in self._anchors.values()

    # Reps

    def place_rep(self, rep: RepRecord, moved_from: str = "") -> SetDraft | None:
        """Add a rep to its set, which it may open; None if its key names a set that is not known."""
        ended_us = sent_times(rep)[1]
        draft: SetDraft | None
        if moved_from:
            draft = self.moved_here(moved_from)
        elif rep.set_key is not None:
            draft = self.keyed(rep.set_key)
            if draft is None:
                if self._is_coming(rep.set_key):
                    self._late_pins.append(rep)
                return None
        else:
            draft = self.find_for_rep(rep.set_id, rep.exercise, ended_us)
            draft = self._other_recording(rep, draft) or draft
        if draft is not None and refusal_of(rep, draft.reps) is not None:
            self._note_anchor(draft, rep.identity)
            draft.refused.append(rep)
            draft.touched = True
            return draft
        if draft is None:
            draft = self._open(rep, ended_us, rep.set_id, rep.exercise)
            draft.moved_from = moved_from
        elif not draft.voided and not draft.moved_to and draft.continues(ended_us):
            draft.ended_us = draft.end_reason = None
        self._note_anchor(draft, rep.identity)
        draft.add_rep(rep)
        if not draft.moved_to and not draft.voided:
            self._end_others(draft, ended_us)
        return draft

    def find_for_rep(self, name: str | None, exercise: str | None, at_us: int) -> SetDraft | None:
        """Return the set that a rep at a moment belongs to; None if it opens a new one."""
        if name is None:
            running = self._running(at_us)
            return running if running is not None and running.fits(exercise) else None
        for draft in self.begun(at_us, name):
            if draft.voided or (draft.moved_to and not self._may_forward):
                continue
            runs = draft.is_running(at_us)
            if draft.fits(exercise) and (runs or self._may_continue(draft, at_us)):
                if not runs and draft.names[0] != name:
                    running = self._running(at_us)
                    if running is not None and running is not draft and running.fits(exercise):
                        return running  # the second recorder of the set before goes on as that of this one
                return draft
            if not runs:
                break
        return None

    def _running(self, at_us: int) -> SetDraft | None:
        """Return the set that runs at a moment: the one with the latest activity."""
        running = [draft for draft in self._live(at_us, at_us) if draft.is_running(at_us) and not draft.moved_to]
        return max(running, key=lambda draft: draft.active_us, default=None)

    def _may_continue(self, draft: SetDraft, at_us: int) -> bool:
        if at_us - draft.over_us > REOPEN_US:
            return False
        for later in self.begun(at_us):
            if later.opened <= draft.opened:
                return True
            if later is not draft and later.reps and not later.moved_to and not later.voided:
                return False
        return True

    def _other_recording(self, rep: RepRecord, own: SetDraft | None) -> SetDraft | None:
        """Return the set that has this rep already, reported by another recorder under another name."""
        started_us, ended_us = sent_times(rep)
        for draft in self._live(started_us, ended_us):
            if draft is own or draft.voided or draft.moved_to or draft.last_us is None or draft.last_us <= started_us:
                continue
            if not overlaps(draft, rep, since_us=0 if own is None else own.opened_us):
                continue
            if rep.set_id is not None and rep.set_id not in draft.names:
                draft.names = (*draft.names, rep.set_id)
                draft.touched = True
            if own is not None and is_recording_of(own, draft):
                return self._absorb(draft, own)
            for other in islice(self.begun(ended_us, rep.set_id), 2) if rep.set_id is not None else ():
                if other is not draft and is_recording_of(other, draft):
                    draft = self._absorb(draft, other)
            return draft
        return None

    def _absorb(self, draft: SetDraft, other: SetDraft) -> SetDraft:
        """Make two recordings one set, the one that has the first rep; return it."""
        draft, other = joined(draft, other)
        if other in self.new:
            self.new.remove(other)
        return draft

    # Openings and ends

    def _open(self, opener: Item, at_us: int, name: str | None, exercise: str | None) -> SetDraft:
        draft = SetDraft(opener, at_us, name)
        draft.exercise = exercise
        if isinstance(opener, RepRecord) and name is not None:
            draft.inherited = self._inherited(name, exercise, at_us)
            draft.exercise = draft.inherited.get("exercise", exercise)
        index = len(self.new)
        while index and self.new[index - 1].opened > draft.opened:
            index -= 1
        self.new.insert(index, draft)
        draft.touched = True
        return draft

    def _inherited(self, name: str, exercise: str | None, at_us: int) -> Mapping[str, Any]:
        """Return the context that a set which goes on after another one has from the last set of its name."""
        for draft in self.begun(at_us, name):
            if at_us - draft.active_us > INHERIT_US:
                break
            if draft.fits(exercise) and not draft.voided and draft.exercise is not None:
                context = {name: value for name, value in context_of(draft).items() if name in _INHERITED}
                return {**context, "exercise": draft.exercise}
        return {}

    def _end_others(self, draft: SetDraft, at_us: int) -> None:
        for other in self._live(at_us, at_us):
            if other is draft or other.ended_us is not None or other.voided or other.active_us > at_us:
                continue
            if other.reps or other.opened < draft.opened:
                silent = other.silence_us < at_us
                other.close(min(at_us, other.silence_us), "silence" if silent else "next_set")

    def _note_anchor(self, draft: SetDraft, identity: str) -> None:
        key = self._anchors.get(identity)
        if key is not None and key not in draft.keys:
            draft.keys.append(key)

    # Other events

    def place_note(self, note: Note, moved_from: str = "") -> SetDraft | None:
        """Add an event to its set, which a `set.started` may open; None if its set is not known."""
        draft: SetDraft | None
        if moved_from:
            draft = self.moved_here(moved_from)
        elif note.set_key is not None:
            draft = self.keyed(note.set_key)
            if draft is None and self._is_coming(note.set_key):
                self._late_pins.append(note)
                return None
        elif note.kind == "started":
            draft = self.find_for_start(note.set_id, note.fields.get("exercise"), note.at_us)
            draft = draft or self._started_by_another(note)
        else:
            draft = self.about(note.set_id, note.at_us, note.kind)
        if draft is None:
            if note.kind != "started" and not (moved_from and note.kind == "amended"):
                self.waiting.append(note)
                return None
            draft = self._open(note, note.at_us, note.set_id, note.fields.get("exercise"))
            draft.moved_from = moved_from
            self._note_anchor(draft, note.identity)
            draft.add_note(note)
            self._end_others(draft, note.at_us)
            return draft
        self._note_anchor(draft, note.identity)
        self._apply(draft, note)
        return draft

    def _apply(self, draft: SetDraft, note: Note) -> None:
        draft.add_note(note)
        if note.kind == "ended":
            self._end(draft, note.at_us, note.fields.get("reason", "lifter"))
        elif note.kind == "voided":
            draft.voided = True
            if draft.ended_us is None:
                draft.close(max(draft.active_us, min(note.at_us, draft.silence_us)), "lifter")

    def find_for_start(self, name: str | None, exercise: str | None, at_us: int) -> SetDraft | None:
        """Return the set that a `set.started` adds to; None if it opens a new one."""
        if name is None:
            running = self._running(at_us)
            return running if running is not None and running.fits(exercise) else None
        for draft in self.begun(at_us, name):
            may_have = self._may_forward or not draft.moved_to
            if draft.is_running(at_us) and draft.fits(exercise) and may_have:
                return draft
            if draft.over_us < at_us - NO_REP_US:
                break
        return None

    def _started_by_another(self, note: Note) -> SetDraft | None:
        """Return the set that another recorder has just started, if this start is of the same set."""
        for draft in self._live(note.at_us, note.at_us):
            starts = [other for other in draft.notes if other.kind == "started"]
            if (
                draft.reps
                or not starts
                or draft.moved_from
                or draft.exercise != note.fields.get("exercise")
                or not draft.is_running(note.at_us)
                or note.at_us - draft.opened_us > TOGETHER_US
                or any(other.source == note.source for other in starts)
            ):
                continue
            if note.set_id is not None and note.set_id not in draft.names:
                draft.names = (*draft.names, note.set_id)
            return draft
        return None

    def about(self, name: str | None, at_us: int, kind: str) -> SetDraft | None:
        """Return the set that a correction, call or end at a moment is about: one that ran, else the last begun."""
        last = voided = None
        for draft in self.begun(at_us, name):
            if draft.voided:
                if kind == "voided" and any(note.kind == kind and note.at_us == at_us for note in draft.notes):
                    return draft  # reported again
                voided = voided or draft
                continue
            if draft.moved_to and not self._may_forward:
                continue
            if name is None and (draft.moved_to or (kind not in ("amended", "ended", "voided") and not draft.reps)):
                continue
            if draft.is_running(at_us):
                return draft
            last = last or draft
            if draft.over_us < at_us - NO_REP_US:
                break
        return last or (voided if name is not None else None)

    def _end(self, draft: SetDraft, at_us: int, reason: str) -> None:
        """End a set as reported; a set that silence has ended before was ended so by the lifter."""
        is_silent = draft.ended_us is None or draft.end_reason == "silence"
        if is_silent and draft.active_us <= at_us <= draft.silence_us:
            draft.close(at_us, reason)
        elif is_silent and draft.silence_us < at_us:
            draft.close(draft.silence_us, reason if self._may_continue(draft, at_us) else "silence")
