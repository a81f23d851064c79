"""Taking reps into a set: duplicates, restarted counters, conflicts, corrections."""

from __future__ import annotations

from bisect import insort
from typing import Any

from spotter.domain.events import Event, corrected, corrected_time
from spotter.domain.events.lifting import Device, EffortReported, RepAmended, RepCompleted, RepCorrection, RepStarted
from spotter.domain.events.outputs import DeviceLost, RepCounted
from spotter.domain.fast_dataclass import replace
from spotter.streaming.processor import Reject
from spotter_detector.lifecycle.device_clock import SECOND_US, micros, moment
from spotter_detector.lifecycle.unit_of_work import COPIED, FOUND_IN_MOTION, UnitOfWork
from spotter_detector.model import overdue_after_s
from spotter_detector.model.rir_report import FAILED_NEXT
from spotter_detector.state import LiftedSet, RepRecord, UnderWay

_FRESH_US = 5 * SECOND_US
"""Advice may sound for a rep that was sent this soon after it happened."""
_FRESH_BLIND_US = 10 * SECOND_US
"""The same where only the times of the event and of its receipt are known."""
_FLAGS = frozenset({"clock", "renumbered"})
"""What is told of how a rep came."""
_UNMEASURED = {"started_at", "ended_at", "exercise", "load_kg"}
_MEASURED = tuple(name for name in RepCorrection.model_fields if name not in _UNMEASURED)


def end_of(event: Event, data: RepCompleted) -> int:
    """Give the corrected end of a rep."""
    return micros(corrected(event, data.ended_at or event.time))


def _start_of(event: Event, data: RepCompleted, ended_us: int) -> int:
    if data.started_at is not None:
        return min(ended_us, micros(corrected(event, data.started_at)))
    return ended_us - round((data.concentric_s or 1.0) * SECOND_US)


def counter_of(event: Event, data: RepCompleted) -> str:
    """Name who counted the rep: the event's source and the device."""
    return f"{event.source}\x1f{data.device.id if data.device and data.device.id else ''}"


def is_fresh(event: Event, at_us: int) -> bool:
    """Tell whether what an event says of a moment was sent soon enough after it: corrected, sending is receipt."""
    return micros(event.received) - at_us <= (_FRESH_BLIND_US if event.senttime is None else _FRESH_US)


def take(
    turn: UnitOfWork, one: LiftedSet, data: RepCompleted, ended_us: int
) -> tuple[LiftedSet, RepRecord] | Reject | None:
    """Put a completed rep into its set; None for one that is there already.

    A number that the same counter used before for another rep is a counter that restarted where the rep comes
    after all others, and else a conflict.
    """
    event = turn.event
    counter, said = counter_of(event, data), turn.content
    device = data.device.model_dump(exclude_none=True) if data.device else None
    fresh = COPIED not in turn.words and is_fresh(event, micros(corrected_time(event)))
    flags: tuple[str, ...] = () if fresh or event.senttime is not None else ("clock",)
    found_in = None
    if turn.words:
        found_in = FOUND_IN_MOTION if FOUND_IN_MOTION in turn.words else None
        flags = tuple(word for word in turn.words if word in _FLAGS)
    number = data.rep_number
    if number is None:
        number = next_number(one)
    else:
        alike = [rep for rep in one.reps if number in (rep.sent_number, rep.number) and rep.source == counter]
        same = [rep for rep in alike if rep.sent_number == number]
        if any(rep.content == said for rep in same):
            return None
        if same and ended_us <= one.reps[-1].ended_us:
            detail = f"rep {number} of set {one.set_id} was reported before with other values; the first report stays"
            return Reject("rep_conflict", detail)
        if alike:
            device = {**(device or {}), "rep_id": number}
            number = next_number(one)
            flags = (*(flag for flag in flags if flag != "renumbered"), "renumbered")
    rep = RepRecord(
        source=counter,
        identity=turn.identity,
        content=said,
        event_id=event.id,
        sent_number=data.rep_number,
        number=number,
        started_us=_start_of(event, data, ended_us),
        ended_us=ended_us,
        received_us=turn.received_us,
        measured=_measured(data),
        device=device,
        flags=flags,
        fresh=fresh,
        start_told=data.started_at is not None,
        load_kg=data.load_kg,
        called_rir=one.calls.get(str(number)) if one.calls else None,
        found_in=found_in,
    )
    return put_in(turn, one, rep), rep


def put_in(turn: UnitOfWork, one: LiftedSet, rep: RepRecord) -> LiftedSet:
    """Put a new rep in its place; none that began before its end is under way any more."""
    if not one.reps or one.reps[-1].order <= rep.order:
        reps = (*one.reps, rep)
    else:
        ordered = list(one.reps)
        insort(ordered, rep, key=lambda known: known.order)
        reps = tuple(ordered)
    waiting = one.under_way
    if waiting is not None and rep.ended_us >= waiting.started_us:
        waiting = None
    return turn.put(replace(one, reps=reps, under_way=waiting))


def _measured(data: RepCompleted) -> dict[str, Any]:
    """Give what was measured of a rep, without what is left out."""
    said = data.__dict__
    return {name: value for name in _MEASURED if (value := said[name]) is not None}


def next_number(one: LiftedSet) -> int:
    """Give the number of a rep that has none."""
    return min(10_000, max((rep.number for rep in one.reps), default=0) + 1)


def begin(turn: UnitOfWork, one: LiftedSet, data: RepStarted, started_us: int) -> LiftedSet:
    """Note that a rep is under way, unless a later one is done already, or nobody knows of it in time."""
    if not is_fresh(turn.event, micros(corrected_time(turn.event))) or (
        one.last_us is not None and started_us <= one.last_us
    ):
        return one
    seen = turn.merger.merge_reps(one.key, one.reps)
    waiting = UnderWay(
        turn.identity,
        data.rep_number,
        started_us,
        turn.received_us,
        source=turn.event.source,
        overdue_after_us=round(overdue_after_s(one.start, [rep.observation for rep in seen]) * SECOND_US),
    )
    return turn.put(replace(one, under_way=waiting))


def lose(turn: UnitOfWork, one: LiftedSet, lost: DeviceLost) -> LiftedSet:
    """Give up waiting for a rep whose device can't tell its end any more: the signal is lost, the lifter may be well."""
    waiting = one.under_way
    if waiting is None or waiting.overdue or waiting.source != lost.reported_by:
        return one
    return turn.put(replace(one, under_way=None))


def correct(
    turn: UnitOfWork, one: LiftedSet, number: int, change: RepAmended | None
) -> tuple[LiftedSet, RepRecord] | Reject:
    """Amend the rep of that number, or with no change void it."""
    rep = next((known for known in reversed(one.reps) if known.number == number), None)
    if rep is None:
        return Reject("unknown_rep", f"set {one.set_id} has no rep {number}: send the rep first, or correct the number")
    if change is None:
        new = replace(rep, voided=True, revision=rep.revision + 1)
    else:
        said = change.set.model_dump(include=set(_MEASURED), exclude_unset=True, exclude_none=True)
        ended, started = change.set.ended_at, change.set.started_at
        event = turn.event
        ended_us = rep.ended_us if ended is None else min(turn.received_us, micros(corrected(event, ended)))
        started_us = rep.started_us if started is None else min(ended_us, micros(corrected(event, started)))
        new = replace(
            rep,
            measured={**rep.measured, **said},
            started_us=min(started_us, ended_us),
            ended_us=ended_us,
            start_told=rep.start_told or started is not None,
            load_kg=rep.load_kg if change.set.load_kg is None else change.set.load_kg,
            revision=rep.revision + 1,
        )
    reps = sorted((new if known is rep else known for known in one.reps), key=lambda known: known.order)
    return turn.put(replace(one, reps=tuple(reps))), new


def call(turn: UnitOfWork, one: LiftedSet, data: EffortReported, at_us: int) -> LiftedSet:
    """Note the lifter's own word on the effort with the rep it is about: the numbered one, else the last before it."""
    called_rir = _called_rir(data)
    if called_rir is None:
        return one
    rep = called_of(one, data, at_us)
    if rep is None:
        number = data.rep_number
        return one if number is None else turn.put(replace(one, calls={**one.calls, str(number): called_rir}))
    new = replace(rep, called_rir=called_rir)
    return turn.put(replace(one, reps=tuple(new if known is rep else known for known in one.reps)))


def called_of(one: LiftedSet, data: EffortReported, at_us: int) -> RepRecord | None:
    """Give the rep that a call at `at_us` is about, where it is known."""
    if data.rep_number is not None:
        return next((rep for rep in reversed(one.reps) if rep.number == data.rep_number), None)
    return next((rep for rep in reversed(one.reps) if not rep.voided and rep.ended_us <= at_us), None)


def _called_rir(data: EffortReported) -> float | None:
    if data.failed is not None:
        return FAILED_NEXT if data.failed else None
    return data.called_rir


def tell(turn: UnitOfWork, one: LiftedSet, rep: RepRecord) -> None:
    """Tell of a rep as it is seen now."""
    ended_at = moment(rep.ended_us)
    whose = turn.event.data
    said: dict[str, Any] = {
        **rep.measured,
        "started_at": moment(rep.started_us),
        "ended_at": ended_at,
        "gym_id": whose.gym_id,
        "athlete_id": whose.athlete_id,
        "set_id": one.set_id,
        "set_key": one.key,
        "rep_number": rep.number,
        "revision": rep.revision,
        "rep_event_id": rep.event_id,
        "rep_time": ended_at,
        "flags": list(rep.flags),
        "voided": rep.voided,
    }
    if rep.device is not None:
        said["device"] = Device(**rep.device)
    if rep.found_in is not None:
        said["found_in"] = rep.found_in
    turn.facts.append(RepCounted.model_construct(**said))
