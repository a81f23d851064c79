"""Moving a set to another lifter: its events are written for that lifter, and so is all that still comes of it.

A set that was moved away stays here for as long as others do: it settles numbers, knows what comes twice and refuses
what contradicts itself, as it would have done, and what it takes goes on under the other lifter's key. What is written
follows from the event that gave it, ids included, so that writing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from spotter.domain.events import Event, EventData, corrected_time
from spotter.domain.events.lifting import (
    Device,
    EffortReported,
    RepAmended,
    RepCompleted,
    RepCorrection,
    RepStarted,
    RepVoided,
    SetAmended,
    SetContext,
    SetEnded,
    SetStarted,
)
from spotter.domain.fast_dataclass import replace
from spotter.domain.ids import derived_id
from spotter.streaming.processor import Reject
from spotter_detector.lifecycle import reps
from spotter_detector.lifecycle.device_clock import micros, moment
from spotter_detector.lifecycle.unit_of_work import COPIED, FOUND_IN_MOTION, UnitOfWork
from spotter_detector.model.rir_report import FAILED_NEXT
from spotter_detector.state import LiftedSet, RepRecord

SOURCE: Final = "spotter/failure-detector/moved"
_SAID_OF_EFFORT: Final = {"rir", "rpe", "failed", "rep_number"}


def move(turn: UnitOfWork, one: LiftedSet, to_athlete_id: str) -> LiftedSet | Reject:
    """Give a set to another lifter: what happened in it is written there, and nothing of it counts here any more."""
    if to_athlete_id == turn.event.data.athlete_id:
        return Reject("same_lifter", f"set {one.set_id} is {to_athlete_id}'s already: name the lifter who did it")
    if one.moved_to:
        detail = f"set {one.set_id} was moved to {one.moved_to} before: to move it on, send set.moved for that lifter"
        return Reject("moved_already", detail)
    gone = replace(one, moved_to=to_athlete_id, under_way=None, profile="", term=None)
    if one.ended_us is None:
        gone = replace(gone, ended_us=max(one.active_us, micros(corrected_time(turn.event))))
    gone = turn.put(gone)
    turn.elsewhere += _copies(turn, one, to_athlete_id)
    turn.tell_closed(gone)
    return gone


def pass_on(turn: UnitOfWork, one: LiftedSet) -> Reject | None:
    """Take an event about a set that was moved, and write it for the lifter who has the set."""
    event, data = turn.event, turn.event.data
    words = turn.words
    if isinstance(data, RepCompleted):
        taken = reps.take(turn, one, data, reps.end_of(event, data))
        if taken is None or isinstance(taken, Reject):
            return taken
        one, rep = taken
        _runs_on(turn, one, rep.ended_us)
        words = _words(words, rep)
        data = data.model_copy(update={"rep_number": rep.number, "device": _device(rep)})
    else:
        one = turn.put(replace(one, seen={**one.seen, turn.identity: turn.content}))
        if isinstance(data, RepAmended | RepVoided):
            corrected = reps.correct(turn, one, data.rep_number, data if isinstance(data, RepAmended) else None)
            if isinstance(corrected, Reject):
                return corrected
        elif isinstance(data, EffortReported):
            at_us = micros(corrected_time(event))
            reps.call(turn, remembered(turn, one, data), data, at_us)
        elif isinstance(data, SetContext):
            turn.put(replace(one, context={**one.context, **said_of(data)}))
        elif isinstance(data, SetEnded) and one.end_reason is None:
            ended_us = max(one.active_us, micros(corrected_time(event)))
            turn.put(replace(one, ended_us=ended_us, end_reason=data.reason))
    passed = replace(
        event,
        id=_id(one, *event.identity),
        data=_of(turn, data, one),
        movedfrom=_mark(one, words),
        sequence=None,
    )
    turn.elsewhere.append(passed)
    return None


def pass_rep(turn: UnitOfWork, one: LiftedSet, rep: RepRecord) -> None:
    """Write a rep that was found in a signal, and put into a set that was moved."""
    _runs_on(turn, one, rep.ended_us)
    event = turn.event
    turn.elsewhere.append(
        Event(
            id=_id(one, rep.event_id, rep.revision),
            source=rep.source.partition("\x1f")[0],
            time=moment(rep.ended_us),
            data=_of(turn, _rep(rep), one),
            senttime=None if event.senttime is None else event.received,
            receivedtime=event.received,
            configversion=event.configversion,
            movedfrom=_mark(one, _words(turn.words, rep)),
        )
    )


def pass_correction(turn: UnitOfWork, one: LiftedSet, rep: RepRecord, change: Mapping[str, Any]) -> None:
    """Write what else was found out about a rep of a set that was moved."""
    data = RepAmended(rep_number=rep.number, set=RepCorrection(**change))
    turn.elsewhere.append(_written(turn, one, data, rep.ended_us, f"correction {rep.revision}", turn.words))


def pass_loss(turn: UnitOfWork) -> None:
    """Tell those who have sets that ran when they were moved that the device is gone."""
    for one in turn.newest():
        if one.moved_to and one.end_reason is None:
            pass_on(turn, one)


def remembered(turn: UnitOfWork, one: LiftedSet, data: EffortReported) -> LiftedSet:
    """Keep what was said of a set's effort, as it was said."""
    at_us = micros(corrected_time(turn.event))
    if turn.event.senttime is None and one.last_us is not None:
        at_us = max(at_us, one.last_us)  # where the sender's clock is not known it is about all that was done
    said = data.model_dump(include=_SAID_OF_EFFORT, exclude_none=True)
    rep = reps.called_of(one, data, at_us)
    about = None if rep is None else rep.number
    told = {**said, "source": turn.event.source, "at_us": at_us, "about": about}
    return turn.put(replace(one, efforts=(*one.efforts, told)))


def said_of(data: SetContext) -> dict[str, Any]:
    """Give what an event says of its set, without what it leaves out."""
    return data.model_dump(exclude={"gym_id", "athlete_id", "set_id"}, exclude_none=True)


def _runs_on(turn: UnitOfWork, one: LiftedSet, at_us: int) -> None:
    if one.ended_us is not None and at_us > one.ended_us:
        turn.put(replace(one, ended_us=at_us))


def _copies(turn: UnitOfWork, one: LiftedSet, to_athlete_id: str) -> Iterator[Event]:
    """Give the events of a set, as far as they are known, in the order of what they are about."""
    there = replace(one, moved_to=to_athlete_id)
    opening = SetStarted if one.context.get("exercise") else SetAmended
    opened = _written(turn, there, opening(**one.context), one.opened_us, "start")
    yield replace(opened, configversion=one.config)
    for place, rep in enumerate(one.reps):
        source = rep.source.partition("\x1f")[0]
        copied = _written(turn, there, _rep(rep), rep.ended_us, f"rep {place}", _words((COPIED,), rep))
        yield replace(copied, source=source)
        if rep.voided:  # at once: the next one may have the same number, of another device
            yield _written(turn, there, RepVoided(rep_number=rep.number), rep.ended_us, f"void {place}")
    voided = [rep.number for rep in one.reps if rep.voided]
    for place, said in enumerate(one.efforts or _called(one)):
        effort = {name: value for name, value in said.items() if name in _SAID_OF_EFFORT}
        if said["about"] in voided:
            effort["rep_number"] = said["about"]
        told = _written(turn, there, EffortReported(**effort), said["at_us"], f"effort {place}")
        yield replace(told, source=said["source"])
    waiting = one.under_way
    if waiting is not None and not waiting.overdue:
        # It is not over: where it lasts too long there, that is told there, and at the time that it would have been here.
        began = _written(turn, there, RepStarted(rep_number=waiting.rep_number), waiting.started_us, "began", ())
        received = moment(waiting.received_us)
        yield replace(began, source=waiting.source, senttime=received, receivedtime=received)
    if one.ended_us is not None:
        said = {"reason": "next_set" if one.end_reason == "history" else one.end_reason}
        yield _written(turn, there, SetEnded.model_validate(said), max(one.ended_us, one.active_us), "end")


def _called(one: LiftedSet) -> list[dict[str, Any]]:
    """Give the calls of a set of an older program, which kept no more of them."""
    calls = [(rep.number, rep.called_rir) for rep in one.reps if rep.called_rir is not None]
    calls += [(int(number), called_rir) for number, called_rir in one.calls.items()]
    return [
        {
            "rep_number": number,
            "about": number,
            **({"failed": True} if called_rir <= FAILED_NEXT else {"rir": called_rir}),
            "source": SOURCE,
            "at_us": one.active_us,
        }
        for number, called_rir in calls
    ]


def _written(
    turn: UnitOfWork, one: LiftedSet, data: EventData, at_us: int, what: str, words: Sequence[str] = (COPIED,)
) -> Event:
    """Write an event for the lifter who has the set; its times are by our clock, so that nothing is corrected again."""
    received = turn.event.received
    return Event(
        id=_id(one, *turn.event.identity, what),
        source=SOURCE,
        time=moment(at_us),
        data=_of(turn, data, one),
        senttime=received,
        receivedtime=received,
        configversion=turn.event.configversion,
        movedfrom=_mark(one, words),
    )


def _id(one: LiftedSet, *parts: object) -> str:
    return derived_id("moved", one.key, *parts)


def _mark(one: LiftedSet, words: Sequence[str]) -> str:
    return " ".join((one.key, *words))


def _words(words: Sequence[str], rep: RepRecord) -> tuple[str, ...]:
    """Say of a rep what its report does not."""
    said = [*words, *rep.flags]
    if rep.found_in is not None:
        said.append(FOUND_IN_MOTION)
    return tuple(dict.fromkeys(said))


def _of(turn: UnitOfWork, data: EventData, one: LiftedSet) -> EventData:
    whose = {"gym_id": turn.event.data.gym_id, "athlete_id": one.moved_to, "set_id": one.set_id}
    return data.model_copy(update=whose)


def _device(rep: RepRecord) -> Device | None:
    return Device(**rep.device) if rep.device else None


def _rep(rep: RepRecord) -> RepCompleted:
    return RepCompleted(
        **rep.measured,
        rep_number=rep.number,
        started_at=moment(rep.started_us) if rep.start_told else None,
        load_kg=rep.load_kg,
        device=_device(rep),
    )
