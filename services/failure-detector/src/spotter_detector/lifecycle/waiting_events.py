"""Events that wait for their set: how many, how long, and what becomes of them."""

from __future__ import annotations

from typing import Any, Final

from spotter.domain.events import Event, EventData
from spotter.domain.events.lifting import (
    EffortReported,
    RepAmended,
    RepCorrection,
    RepVoided,
    SetAmended,
    SetEnded,
    SetStarted,
    SetVoided,
)
from spotter.domain.fast_dataclass import replace
from spotter.domain.ids import derived_id
from spotter.domain.time import moment_of
from spotter.streaming.processor import Reject, State
from spotter_detector.lifecycle.unit_of_work import KEPT_US, UnitOfWork
from spotter_detector.state import LIFTER, LifterSets, Note, NoteKind

WAITING_MAX: Final = 64
"""How many events of a lifter may wait for their sets."""
SOURCE: Final = "spotter/failure-detector/waiting"
TYPES: Final[dict[NoteKind, type[EventData]]] = {
    "started": SetStarted,
    "amended": SetAmended,
    "rep_amended": RepAmended,
    "rep_voided": RepVoided,
    "effort": EffortReported,
    "ended": SetEnded,
    "voided": SetVoided,
}
_TIMES: Final = {"started_us": "started_at", "ended_us": "ended_at"}


def _waiting(state: State) -> tuple[Note, ...]:
    lifter = state.get(LIFTER)
    return lifter.waiting if isinstance(lifter, LifterSets) else ()


def next_due_us(state: State) -> int | None:
    """Return when the next waiting event is given up, by the clock of receipt."""
    return min((note.received_us + KEPT_US for note in _waiting(state)), default=None)


def due(state: State, gym_id: str, athlete_id: str, now_us: int) -> list[Event]:
    """Return the events that give up those which have waited for too long."""
    return [
        Event(
            id=_expiry_id(note),
            source=SOURCE,
            time=moment_of(note.received_us + KEPT_US),
            data=SetEnded(gym_id=gym_id, athlete_id=athlete_id, set_id=note.set_id, set_key=note.set_key),
        )
        for note in _waiting(state)
        if note.received_us + KEPT_US <= now_us
    ]


def _expiry_id(note: Note) -> str:
    return derived_id("expired", note.identity)


def give_up(work: UnitOfWork) -> Reject | None:
    """Give an event up that has waited for its set for as long as sets are kept; None if it waits no more."""
    note = next((note for note in work.lifter.waiting if _expiry_id(note) == work.event.id), None)
    if note is None:
        return None
    left = tuple(other for other in work.lifter.waiting if other is not note)
    work.put_lifter(replace(work.lifter, waiting=left))
    return Reject(
        "unknown_set", f"no set {note.set_id or ''} of that time has come in 28 days", event=_original(work, note)
    )


def give_up_oldest(work: UnitOfWork) -> Reject | None:
    """Give up the event that has waited longest, if more wait than may."""
    if len(work.lifter.waiting) <= WAITING_MAX:
        return None
    oldest = min(work.lifter.waiting, key=lambda note: (note.received_us, note.at_us))
    left = tuple(note for note in work.lifter.waiting if note is not oldest)
    work.put_lifter(replace(work.lifter, waiting=left))
    about = f"{WAITING_MAX} later events wait for their sets, too"
    return Reject(
        "unknown_set", f"no set {oldest.set_id or ''} of that time has come: {about}", event=_original(work, oldest)
    )


def _original(work: UnitOfWork, note: Note) -> Event:
    fields: dict[str, Any] = dict(note.fields)
    if note.kind == "rep_amended":
        change = {_TIMES.get(name, name): value for name, value in fields["set"].items()}
        change |= {name: moment_of(change[name]) for name in _TIMES.values() if name in change}
        fields["set"] = RepCorrection.model_construct(set(change), **change)
    about = work.event.data
    fields |= {"gym_id": about.gym_id, "athlete_id": about.athlete_id, "set_id": note.set_id, "set_key": note.set_key}
    data = TYPES[note.kind].model_construct(None, **fields)
    at, received = moment_of(note.at_us), moment_of(note.received_us)
    return Event(id=note.event_id, source=note.source, time=at, data=data, receivedtime=received)
