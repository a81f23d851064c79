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
from spotter_detector.lifecycle import reps
from spotter_detector.lifecycle.sets import context_of
from spotter_detector.lifecycle.unit_of_work import COPIED, FOUND_IN_MOTION, UnitOfWork
from spotter_detector.model.set_end import FAILED_NEXT
from spotter_detector.state import LiftedSet, RepRecord

SOURCE: Final = "spotter/failure-detector/moved"
_EFFORT_FIELDS: Final = {"rir", "rpe", "failed", "rep_number"}


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


def forward_event(work: UnitOfWork, lifted_set: LiftedSet) -> Reject | None:
    """Apply an event to a set that was moved, and forward it to the lifter who has the set."""
    event, data = work.event, work.event.data
    tags = work.tags
    if isinstance(data, lifting.RepCompleted):
        added = reps.add_rep(work, lifted_set, data, reps.rep_end_us(event, data))
        if added is None or isinstance(added, Reject):
            return added
        lifted_set, rep = added
        _extend(work, lifted_set, rep.ended_us)
        tags = _tags(tags, rep)
        data = data.model_copy(update={"rep_number": rep.number, "device": _device(rep)})
    else:
        lifted_set = work.remember(lifted_set)
        if isinstance(data, lifting.RepAmended | lifting.RepVoided):
            corrected = reps.correct_rep(
                work, lifted_set, data.rep_number, data if isinstance(data, lifting.RepAmended) else None
            )
            if isinstance(corrected, Reject):
                return corrected
        elif isinstance(data, lifting.EffortReported):
            at_us = micros(corrected_time(event))
            reps.apply_effort(work, keep_effort(work, lifted_set, data), data, at_us)
        elif isinstance(data, lifting.SetContext):
            work.put(replace(lifted_set, context={**lifted_set.context, **context_of(data)}))
        elif isinstance(data, lifting.SetEnded) and lifted_set.end_reason is None:
            ended_us = max(lifted_set.active_us, micros(corrected_time(event)))
            work.put(replace(lifted_set, ended_us=ended_us, end_reason=data.reason))
    passed = replace(
        event,
        id=_id(lifted_set, *event.identity),
        data=_for_new_lifter(work, data, lifted_set),
        movedfrom=_moved_from(lifted_set, tags),
        sequence=None,
    )
    work.elsewhere.append(passed)
    return None


def forward_rep(work: UnitOfWork, lifted_set: LiftedSet, rep: RepRecord) -> None:
    """Forward a rep that was found in a signal and added to a set that was moved."""
    _extend(work, lifted_set, rep.ended_us)
    event = work.event
    work.elsewhere.append(
        Event(
            id=_id(lifted_set, rep.event_id, rep.revision),
            source=rep.source.partition("\x1f")[0],
            time=moment_of(rep.ended_us),
            data=_for_new_lifter(work, _rep(rep), lifted_set),
            senttime=None if event.senttime is None else event.received,
            receivedtime=event.received,
            configversion=event.configversion,
            movedfrom=_moved_from(lifted_set, _tags(work.tags, rep)),
        )
    )


def forward_correction(work: UnitOfWork, lifted_set: LiftedSet, rep: RepRecord, change: Mapping[str, Any]) -> None:
    """Forward what a signal showed later about a rep of a set that was moved."""
    data = lifting.RepAmended(rep_number=rep.number, set=lifting.RepCorrection(**change))
    work.elsewhere.append(_written(work, lifted_set, data, rep.ended_us, f"correction {rep.revision}", work.tags))


def forward_device_loss(work: UnitOfWork) -> None:
    """Forward the loss of a device to the lifters of sets that were running when they were moved."""
    for lifted_set in work.newest():
        if lifted_set.moved_to and lifted_set.end_reason is None:
            forward_event(work, lifted_set)


def keep_effort(work: UnitOfWork, lifted_set: LiftedSet, data: lifting.EffortReported) -> LiftedSet:
    """Keep a report of effort as it was sent, so that it can be copied if the set is moved."""
    at_us = micros(corrected_time(work.event))
    if work.event.senttime is None and lifted_set.last_us is not None:
        at_us = max(at_us, lifted_set.last_us)  # without the sender's clock it is about all reps so far
    fields = data.model_dump(include=_EFFORT_FIELDS, exclude_none=True)
    rep = reps.reported_rep(lifted_set, data, at_us)
    about = None if rep is None else rep.number
    effort = {**fields, "source": work.event.source, "at_us": at_us, "about": about}
    return work.put(replace(lifted_set, efforts=(*lifted_set.efforts, effort)))


def _extend(work: UnitOfWork, lifted_set: LiftedSet, at_us: int) -> None:
    if lifted_set.ended_us is not None and at_us > lifted_set.ended_us:
        work.put(replace(lifted_set, ended_us=at_us))


def _copies(work: UnitOfWork, lifted_set: LiftedSet, to_athlete_id: str) -> Iterator[Event]:
    """Yield the events of a set, as far as they are kept, in the order of what they are about."""
    moved = replace(lifted_set, moved_to=to_athlete_id)
    opening = lifting.SetStarted if lifted_set.context.get("exercise") else lifting.SetAmended
    opened = _written(work, moved, opening(**lifted_set.context), lifted_set.opened_us, "start")
    yield replace(opened, configversion=lifted_set.config)
    for index, rep in enumerate(lifted_set.reps):
        source = rep.source.partition("\x1f")[0]
        copied = _written(work, moved, _rep(rep), rep.ended_us, f"rep {index}", _tags((COPIED,), rep))
        yield replace(copied, source=source)
        if rep.voided:  # at once: the next rep, of another device, may have the same number
            yield _written(work, moved, lifting.RepVoided(rep_number=rep.number), rep.ended_us, f"void {index}")
    voided = [rep.number for rep in lifted_set.reps if rep.voided]
    for index, stored in enumerate(lifted_set.efforts or _efforts_of_reports(lifted_set)):
        effort = {name: value for name, value in stored.items() if name in _EFFORT_FIELDS}
        if stored["about"] in voided:
            effort["rep_number"] = stored["about"]
        event = _written(work, moved, lifting.EffortReported(**effort), stored["at_us"], f"effort {index}")
        yield replace(event, source=stored["source"])
    under_way = lifted_set.under_way
    if under_way is not None and not under_way.overdue:
        # Still under way: if it becomes overdue, that is published for the other lifter, at the time it would be here.
        started = _written(
            work, moved, lifting.RepStarted(rep_number=under_way.rep_number), under_way.started_us, "began", ()
        )
        received = moment_of(under_way.received_us)
        yield replace(started, source=under_way.source, senttime=received, receivedtime=received)
    if lifted_set.ended_us is not None:
        end = {"reason": "next_set" if lifted_set.end_reason == "history" else lifted_set.end_reason}
        yield _written(
            work, moved, lifting.SetEnded.model_validate(end), max(lifted_set.ended_us, lifted_set.active_us), "end"
        )


def _efforts_of_reports(lifted_set: LiftedSet) -> list[dict[str, Any]]:
    """Return the reports of a set stored before `efforts` was kept."""
    calls = [(rep.number, rep.called_rir) for rep in lifted_set.reps if rep.called_rir is not None]
    calls += [(int(number), called_rir) for number, called_rir in lifted_set.calls.items()]
    return [
        {
            "rep_number": number,
            "about": number,
            **({"failed": True} if called_rir <= FAILED_NEXT else {"rir": called_rir}),
            "source": SOURCE,
            "at_us": lifted_set.active_us,
        }
        for number, called_rir in calls
    ]


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
    addressee = {"gym_id": work.event.data.gym_id, "athlete_id": lifted_set.moved_to, "set_id": lifted_set.set_id}
    return data.model_copy(update=addressee)


def _device(rep: RepRecord) -> lifting.Device | None:
    return lifting.Device(**rep.device) if rep.device else None


def _rep(rep: RepRecord) -> lifting.RepCompleted:
    return lifting.RepCompleted(
        **rep.measured,
        rep_number=rep.number,
        started_at=moment_of(rep.started_us) if rep.start_told else None,
        load_kg=rep.load_kg,
        device=_device(rep),
    )
