"""The reps of a set: as they are reported, under way, and as they are published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spotter.domain.events import Event, corrected, corrected_time
from spotter.domain.events.lifting import Device, RepCompleted, RepStarted
from spotter.domain.events.outputs import DeviceLost, EffortCounted, RepCounted
from spotter.domain.fast_dataclass import replace
from spotter.domain.time import SECOND_US, micros, moment_of
from spotter_detector.lifecycle.overdue import overdue_after_us
from spotter_detector.lifecycle.set_reps import MEASURED, NUMBERS_MAX
from spotter_detector.lifecycle.unit_of_work import COPIED, FOUND_IN_MOTION, UnitOfWork
from spotter_detector.state import LiftedSet, RepRecord, UnderWay

_FRESH_US = 5 * SECOND_US
"""A rep sent this soon after it ended is fresh: advice on it may sound."""
_FRESH_BLIND_US = 10 * SECOND_US
"""The same where only the times of the event and of its receipt are known."""
_FLAGS = frozenset({"clock", "renumbered"})
"""Flags about how a rep arrived."""


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


def reported_rep(work: UnitOfWork, data: RepCompleted) -> RepRecord:
    """Return a completed rep as it is reported, without a place in a set yet."""
    event = work.event
    counter, sent_us = counter_of(event, data), micros(data.ended_at or event.time)
    ended_us = work.end_of_flushed(counter, sent_us, rep_end_us(event, data))
    fresh = COPIED not in work.tags and is_fresh(event, micros(corrected_time(event)))
    flags: tuple[str, ...] = () if fresh or event.senttime is not None else ("clock",)
    found_in = None
    if work.tags:
        found_in = FOUND_IN_MOTION if FOUND_IN_MOTION in work.tags else None
        flags = tuple(word for word in work.tags if word in _FLAGS)
    return RepRecord(
        source=counter,
        identity=work.identity,
        content=work.content,
        event_id=event.id,
        sent_number=data.rep_number,
        number=data.rep_number or 0,
        started_us=_start_of(event, data, ended_us),
        ended_us=ended_us,
        received_us=work.received_us,
        measured={name: value for name in MEASURED if (value := data.__dict__[name]) is not None},
        device=data.device.model_dump(exclude_none=True) if data.device else None,
        flags=flags,
        fresh=fresh,
        start_told=data.started_at is not None,
        load_kg=data.load_kg,
        found_in=found_in,
        side=data.side,
        kind=data.kind,
        assisted=data.assisted,
        exercise=data.exercise,
        set_id=data.set_id,
        set_key=data.set_key,
        config=event.configversion or 0,
        tie=work.tie_at(ended_us),
        sent_us=sent_us,
    )


def next_number(lifted_set: LiftedSet) -> int:
    """Return the number for a rep that has none."""
    return min(NUMBERS_MAX, max((rep.number for rep in lifted_set.reps), default=0) + 1)


def start_rep(work: UnitOfWork, lifted_set: LiftedSet, data: RepStarted, started_us: int) -> LiftedSet:
    """Note that a rep is under way, unless a later one has ended or begun, or the report came too late."""
    before = lifted_set.under_way
    if not is_fresh(work.event, micros(corrected_time(work.event))) or (
        lifted_set.last_us is not None and started_us <= lifted_set.last_us
    ):
        return lifted_set
    if before is not None and started_us <= before.started_us:
        return lifted_set
    seen = work.merged(lifted_set)
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


def publish_rep(work: UnitOfWork, lifted_set: LiftedSet, rep: RepRecord, *, withdrawn: bool = False) -> None:
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
    for name in ("load_kg", "side", "kind", "assisted"):
        if (value := getattr(rep, name)) is not None:
            fields[name] = value
    if withdrawn:
        fields["withdrawn"] = True
    work.facts.append(RepCounted.model_construct(**fields))


def publish_effort(work: UnitOfWork, lifted_set: LiftedSet, effort: Mapping[str, Any] | None) -> None:
    """Publish the lifter's own report of the effort of a set that holds now."""
    work.facts.append(EffortCounted.model_construct(None, **{**work.names_of(lifted_set), **(effort or {})}))
