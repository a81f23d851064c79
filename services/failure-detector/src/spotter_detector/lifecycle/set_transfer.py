"""Moving a set to another lifter: its events are written again for that lifter, and later ones are forwarded.

A set that was moved away stays here for as long as others do. It still assigns numbers, detects duplicates and rejects
conflicts as before, and what it accepts is forwarded under the other lifter's key. What is written follows from its
cause, ids included, so that writing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from spotter.domain.events import Event, EventData, corrected_time, lifting
from spotter.domain.fast_dataclass import replace
from spotter.domain.ids import derived_id
from spotter.domain.time import micros, moment_of
from spotter.streaming.processor import Reject
from spotter_detector.lifecycle.set_reps import about_us, reported_rep
from spotter_detector.lifecycle.unit_of_work import COPIED, FOUND_IN_MOTION, UnitOfWork
from spotter_detector.state import LiftedSet, RepRecord

SOURCE: Final = "spotter/failure-detector/moved"


def move_set(work: UnitOfWork, lifted_set: LiftedSet, to_athlete_id: str) -> LiftedSet | Reject:
    """Move a set to another lifter: its events are copied there, and here it counts no more."""
    if to_athlete_id == work.event.data.athlete_id:
        return Reject(
            "same_lifter", f"set {lifted_set.set_id} is {to_athlete_id}'s already: name the lifter who did it"
        )
    if lifted_set.moved_to:
        detail = (
            f"set {lifted_set.set_id} was moved to {lifted_set.moved_to} before: "
            "to move it on, send set.moved for that lifter"
        )
        return Reject("moved_already", detail)
    gone = replace(lifted_set, moved_to=to_athlete_id, under_way=None, profile="", term=None)
    if lifted_set.ended_us is None:
        gone = replace(gone, ended_us=max(lifted_set.active_us, micros(corrected_time(work.event))))
    gone = work.put(gone)
    work.elsewhere += _copies(work, lifted_set, to_athlete_id)
    work.publish_closed(gone)
    return gone


def forward_event(work: UnitOfWork, lifted_set: LiftedSet) -> None:
    """Forward an event about a set that was moved to the lifter who has it; the set remembers it."""
    event = work.event
    lifted_set = work.remember(lifted_set)
    passed = replace(
        event,
        id=_id(lifted_set, *event.identity),
        data=_for_new_lifter(work, event.data, lifted_set),
        movedfrom=_moved_from(lifted_set, work.tags),
        sequence=None,
    )
    work.elsewhere.append(passed)


def forward_rep(work: UnitOfWork, lifted_set: LiftedSet, identity: str) -> None:
    """Forward a rep, reported or found in a signal, that was added to a set that was moved."""
    rep = next(rep for rep in lifted_set.reps if rep.identity == identity)
    event = work.event
    tags = _tags(work.tags, rep)
    if isinstance(event.data, lifting.RepCompleted):
        numbered = event.data.model_copy(update={"rep_number": rep.number, "device": _device(rep)})
        passed = replace(
            event,
            id=_id(lifted_set, *event.identity),
            data=_for_new_lifter(work, numbered, lifted_set),
            movedfrom=_moved_from(lifted_set, tags),
            sequence=None,
        )
        work.elsewhere.append(passed)
        return
    work.elsewhere.append(
        Event(
            id=_id(lifted_set, rep.event_id, rep.revision),
            source=_reporter(rep),
            time=moment_of(rep.ended_us),
            data=_for_new_lifter(work, _rep(rep), lifted_set),
            senttime=None if event.senttime is None else event.received,
            receivedtime=event.received,
            configversion=event.configversion,
            movedfrom=_moved_from(lifted_set, tags),
        )
    )


def _reporter(rep: RepRecord) -> str:
    return rep.source.partition("\x1f")[0]


def forward_correction(work: UnitOfWork, lifted_set: LiftedSet, rep: RepRecord, change: Mapping[str, Any]) -> None:
    """Forward what a signal showed later about a rep of a set that was moved."""
    data = lifting.RepAmended(rep_number=rep.number, set=lifting.RepCorrection(**change))
    work.elsewhere.append(_written(work, lifted_set, data, rep.ended_us, f"correction {rep.revision}", work.tags))


def forward_device_loss(work: UnitOfWork) -> None:
    """Forward the loss of a device to the lifters of sets that were running when they were moved."""
    for lifted_set in work.newest():
        if lifted_set.moved_to and lifted_set.end_reason is None:
            forward_event(work, lifted_set)


def _copies(work: UnitOfWork, lifted_set: LiftedSet, to_athlete_id: str) -> Iterator[Event]:
    """Yield the events of a set, as far as they are kept, in the order of what they are about."""
    moved = replace(lifted_set, moved_to=to_athlete_id)
    opening = lifting.SetStarted if lifted_set.context.get("exercise") else lifting.SetAmended
    opened = _written(work, moved, opening(**lifted_set.context), lifted_set.opened_us, "start")
    yield replace(opened, configversion=lifted_set.config)
    for index, rep in enumerate(lifted_set.reps):
        copied = _written(work, moved, _rep(rep), rep.ended_us, f"rep {index}", _tags((COPIED,), rep))
        if rep.set_id in lifted_set.other_ids:  # so that two recorders stay two
            copied = replace(copied, data=copied.data.model_copy(update={"set_id": rep.set_id}))
        yield replace(copied, source=_reporter(rep))
        if rep.voided and not lifted_set.voided:  # at once: the next rep, of another device, may have the same number
            yield _written(work, moved, lifting.RepVoided(rep_number=rep.number), rep.ended_us, f"void {index}")
    voided = [rep.number for rep in lifted_set.reps if rep.voided]
    efforts = [note for note in lifted_set.notes if note.kind == "effort"]
    for index, note in enumerate(efforts):
        fields = dict(note.fields)
        about = reported_rep(note, lifted_set.reps)
        if about is not None and about.number in voided:
            fields["rep_number"] = about.number
        at_us = about_us(note, lifted_set.reps)
        event = _written(work, moved, lifting.EffortReported(**fields), at_us, f"effort {index}")
        yield replace(event, source=note.source)
    under_way = lifted_set.under_way
    if under_way is not None and not under_way.overdue:
        # Still under way: if it becomes overdue, that is published for the other lifter, at the time it would be here.
        started = _written(
            work, moved, lifting.RepStarted(rep_number=under_way.rep_number), under_way.started_us, "began", ()
        )
        received = moment_of(under_way.received_us)
        yield replace(started, source=under_way.source, senttime=received, receivedtime=received)
    if lifted_set.voided:
        yield _written(work, moved, lifting.SetVoided(), lifted_set.active_us, "voided")
    if lifted_set.ended_us is not None:
        end = {"reason": "next_set" if lifted_set.end_reason == "history" else lifted_set.end_reason}
        yield _written(
            work, moved, lifting.SetEnded.model_validate(end), max(lifted_set.ended_us, lifted_set.active_us), "end"
        )


def _written(
    work: UnitOfWork, lifted_set: LiftedSet, data: EventData, at_us: int, what: str, tags: Sequence[str] = (COPIED,)
) -> Event:
    """Return an event for the lifter who has the set; its times are by our clock, so that none is corrected again."""
    received = work.event.received
    return Event(
        id=_id(lifted_set, *work.event.identity, what),
        source=SOURCE,
        time=moment_of(at_us),
        data=_for_new_lifter(work, data, lifted_set),
        senttime=received,
        receivedtime=received,
        configversion=work.event.configversion,
        movedfrom=_moved_from(lifted_set, tags),
    )


def _id(lifted_set: LiftedSet, *parts: object) -> str:
    return derived_id("moved", lifted_set.key, *parts)


def _moved_from(lifted_set: LiftedSet, tags: Sequence[str]) -> str:
    return " ".join((lifted_set.key, *tags))


def _tags(tags: Sequence[str], rep: RepRecord) -> tuple[str, ...]:
    """Return the tags for a rep: what its report does not carry."""
    return tuple(dict.fromkeys((*tags, *rep.flags, *(() if rep.found_in is None else (FOUND_IN_MOTION,)))))


def _for_new_lifter(work: UnitOfWork, data: EventData, lifted_set: LiftedSet) -> EventData:
    addressee = {
        "gym_id": work.event.data.gym_id,
        "athlete_id": lifted_set.moved_to,
        "set_id": lifted_set.set_id,
        "set_key": None,
    }
    return data.model_copy(update=addressee)


def _device(rep: RepRecord) -> lifting.Device | None:
    return lifting.Device(**rep.device) if rep.device else None


def _rep(rep: RepRecord) -> lifting.RepCompleted:
    return lifting.RepCompleted(
        **rep.measured,
        rep_number=rep.number,
        started_at=moment_of(rep.started_us) if rep.start_told else None,
        load_kg=rep.load_kg,
        side=rep.side,
        kind=rep.kind,
        assisted=rep.assisted,
        device=_device(rep),
    )
