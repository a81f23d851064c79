"""The reps of a set: duplicates, restarted counters, conflicts, corrections."""

from __future__ import annotations

from bisect import insort
from typing import Any

from spotter.domain.events import Event, corrected, corrected_time
from spotter.domain.events.lifting import Device, EffortReported, RepAmended, RepCompleted, RepCorrection, RepStarted
from spotter.domain.events.outputs import DeviceLost, RepCounted
from spotter.domain.fast_dataclass import replace
from spotter.domain.time import SECOND_US, micros, moment_of
from spotter.streaming.processor import Reject
from spotter_detector.lifecycle.overdue import overdue_after_us
from spotter_detector.lifecycle.unit_of_work import COPIED, FOUND_IN_MOTION, UnitOfWork
from spotter_detector.model.set_end import FAILED_NEXT
from spotter_detector.state import LiftedSet, RepRecord, UnderWay

_FRESH_US = 5 * SECOND_US
"""A rep sent this soon after it ended is fresh: advice on it may sound."""
_FRESH_BLIND_US = 10 * SECOND_US
"""The same where only the times of the event and of its receipt are known."""
_FLAGS = frozenset({"clock", "renumbered"})
"""Flags about how a rep arrived."""
_UNMEASURED = {"started_at", "ended_at", "exercise", "load_kg", "side", "kind", "assisted"}
_MEASURED = tuple(name for name in RepCorrection.model_fields if name not in _UNMEASURED)


def rep_end_us(event: Event, data: RepCompleted) -> int:
    """Return the corrected end of a rep."""
    return micros(corrected(event, data.ended_at or event.time))


def _start_of(event: Event, data: RepCompleted, ended_us: int) -> int:
    if data.started_at is not None:
        return min(ended_us, micros(corrected(event, data.started_at)))
    return ended_us - round((data.concentric_s or 1.0) * SECOND_US)


def counter_of(event: Event, data: RepCompleted) -> str:
    """Return who counted the rep: the event's source and the device."""
    return f"{event.source}\x1f{data.device.id if data.device and data.device.id else ''}"


def is_fresh(event: Event, at_us: int) -> bool:
    """Whether an event was sent soon enough after what it reports; on the corrected clock, sent is received."""
    return micros(event.received) - at_us <= (_FRESH_BLIND_US if event.senttime is None else _FRESH_US)


def add_rep(
    work: UnitOfWork, lifted_set: LiftedSet, data: RepCompleted, ended_us: int
) -> tuple[LiftedSet, RepRecord] | Reject | None:
    """Add a completed rep to its set; None if the set has it already.

    A number that the same counter used before for another rep means that the counter restarted if the rep comes after
    all others; otherwise it is a conflict.
    """
    event = work.event
    counter, content = counter_of(event, data), work.content
    device = data.device.model_dump(exclude_none=True) if data.device else None
    fresh = COPIED not in work.tags and is_fresh(event, micros(corrected_time(event)))
    flags: tuple[str, ...] = () if fresh or event.senttime is not None else ("clock",)
    found_in = None
    if work.tags:
        found_in = FOUND_IN_MOTION if FOUND_IN_MOTION in work.tags else None
        flags = tuple(word for word in work.tags if word in _FLAGS)
    number = data.rep_number
    if number is None:
        number = next_number(lifted_set)
    else:
        alike = [rep for rep in lifted_set.reps if number in (rep.sent_number, rep.number) and rep.source == counter]
        same = [rep for rep in alike if rep.sent_number == number]
        if any(rep.content == content for rep in same):
            return None
        if same and ended_us <= lifted_set.reps[-1].ended_us:
            about = f"rep {number} of set {lifted_set.set_id}"
            return Reject("rep_conflict", f"{about} was reported before with other values; the first report stays")
        if alike:
            device = {**(device or {}), "rep_id": number}
            number = next_number(lifted_set)
            flags = (*(flag for flag in flags if flag != "renumbered"), "renumbered")
    rep = RepRecord(
        source=counter,
        identity=work.identity,
        content=content,
        event_id=event.id,
        sent_number=data.rep_number,
        number=number,
        started_us=_start_of(event, data, ended_us),
        ended_us=ended_us,
        received_us=work.received_us,
        measured={name: value for name in _MEASURED if (value := data.__dict__[name]) is not None},
        device=device,
        flags=flags,
        fresh=fresh,
        start_told=data.started_at is not None,
        load_kg=data.load_kg,
        called_rir=lifted_set.calls.get(str(number)) if lifted_set.calls else None,
        found_in=found_in,
        side=data.side,
        kind=data.kind,
        assisted=data.assisted,
    )
    return insert_rep(work, lifted_set, rep), rep


def insert_rep(work: UnitOfWork, lifted_set: LiftedSet, rep: RepRecord) -> LiftedSet:
    """Insert a new rep in order; a rep that started before its end is no longer under way."""
    if not lifted_set.reps or lifted_set.reps[-1].order <= rep.order:
        reps = (*lifted_set.reps, rep)
    else:
        ordered = list(lifted_set.reps)
        insort(ordered, rep, key=lambda other: other.order)
        reps = tuple(ordered)
    under_way = lifted_set.under_way
    if under_way is not None and rep.ended_us >= under_way.started_us:
        under_way = None
    return work.put(replace(lifted_set, reps=reps, under_way=under_way))


def next_number(lifted_set: LiftedSet) -> int:
    """Return the number for a rep that has none."""
    return min(10_000, max((rep.number for rep in lifted_set.reps), default=0) + 1)


def start_rep(work: UnitOfWork, lifted_set: LiftedSet, data: RepStarted, started_us: int) -> LiftedSet:
    """Note that a rep is under way, unless a later one has ended or begun, or the report came too late."""
    before = lifted_set.under_way
    if not is_fresh(work.event, micros(corrected_time(work.event))) or (
        lifted_set.last_us is not None and started_us <= lifted_set.last_us
    ):
        return lifted_set
    if before is not None and started_us <= before.started_us:
        return lifted_set
    seen = work.merger.merge(lifted_set.key, lifted_set.reps)
    under_way = UnderWay(
        work.identity,
        data.rep_number,
        started_us,
        work.received_us,
        source=work.event.source,
        overdue_after_us=overdue_after_us(lifted_set.start, [rep.observation for rep in seen]),
    )
    return work.put(replace(lifted_set, under_way=under_way))


def drop_rep_under_way(work: UnitOfWork, lifted_set: LiftedSet, lost: DeviceLost) -> LiftedSet:
    """Stop waiting for a rep whose device is lost: it can no longer report the end, and the lifter may be well."""
    under_way = lifted_set.under_way
    if under_way is None or under_way.overdue or under_way.source != lost.reported_by:
        return lifted_set
    return work.put(replace(lifted_set, under_way=None))


def correct_rep(
    work: UnitOfWork, lifted_set: LiftedSet, number: int, change: RepAmended | None
) -> tuple[LiftedSet, RepRecord] | Reject:
    """Amend the rep with that number; without a change, void it."""
    rep = next((other for other in reversed(lifted_set.reps) if other.number == number), None)
    if rep is None:
        return Reject(
            "unknown_rep", f"set {lifted_set.set_id} has no rep {number}: send the rep first, or correct the number"
        )
    if change is None:
        new = replace(rep, voided=True, revision=rep.revision + 1)
    else:
        measured = change.set.model_dump(include=set(_MEASURED), exclude_unset=True, exclude_none=True)
        ended, started = change.set.ended_at, change.set.started_at
        event = work.event
        ended_us = rep.ended_us if ended is None else min(work.received_us, micros(corrected(event, ended)))
        started_us = rep.started_us if started is None else min(ended_us, micros(corrected(event, started)))
        new = replace(
            rep,
            measured={**rep.measured, **measured},
            started_us=min(started_us, ended_us),
            ended_us=ended_us,
            start_told=rep.start_told or started is not None,
            load_kg=rep.load_kg if change.set.load_kg is None else change.set.load_kg,
            side=rep.side if change.set.side is None else change.set.side,
            kind=rep.kind if change.set.kind is None else change.set.kind,
            assisted=rep.assisted if change.set.assisted is None else change.set.assisted,
            revision=rep.revision + 1,
        )
    reps = sorted((new if other is rep else other for other in lifted_set.reps), key=lambda other: other.order)
    return work.put(replace(lifted_set, reps=tuple(reps))), new


def apply_effort(work: UnitOfWork, lifted_set: LiftedSet, data: EffortReported, at_us: int) -> LiftedSet:
    """Store the lifter's report of the effort with the rep it is about: the numbered one, else the last before it."""
    called_rir = data.called_rir
    if data.failed is not None:
        called_rir = FAILED_NEXT if data.failed else None
    if called_rir is None:
        return lifted_set
    rep = reported_rep(lifted_set, data, at_us)
    if rep is None:
        number = data.rep_number
        if number is None:
            return lifted_set
        return work.put(replace(lifted_set, calls={**lifted_set.calls, str(number): called_rir}))
    new = replace(rep, called_rir=called_rir)
    return work.put(replace(lifted_set, reps=tuple(new if other is rep else other for other in lifted_set.reps)))


def reported_rep(lifted_set: LiftedSet, data: EffortReported, at_us: int) -> RepRecord | None:
    """Return the rep that a report at `at_us` is about, if the set has it."""
    if data.rep_number is not None:
        return next((rep for rep in reversed(lifted_set.reps) if rep.number == data.rep_number), None)
    return next((rep for rep in reversed(lifted_set.reps) if not rep.voided and rep.ended_us <= at_us), None)


def publish_rep(work: UnitOfWork, lifted_set: LiftedSet, rep: RepRecord) -> None:
    """Publish a rep in its current revision."""
    ended_at = moment_of(rep.ended_us)
    fields: dict[str, Any] = {
        **rep.measured,
        **work.names_of(lifted_set),
        "started_at": moment_of(rep.started_us),
        "ended_at": ended_at,
        "rep_number": rep.number,
        "revision": rep.revision,
        "rep_event_id": rep.event_id,
        "rep_time": ended_at,
        "flags": list(rep.flags),
        "voided": rep.voided,
    }
    if rep.device is not None:
        fields["device"] = Device(**rep.device)
    if rep.found_in is not None:
        fields["found_in"] = rep.found_in
    for name in ("side", "kind", "assisted"):
        if (value := getattr(rep, name)) is not None:
            fields[name] = value
    work.facts.append(RepCounted.model_construct(**fields))
