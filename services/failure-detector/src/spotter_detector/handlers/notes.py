"""Events about a set other than reps, as the notes that sets are built from."""

from __future__ import annotations

from typing import Any, Final

from spotter.domain.events import Event, EventData, corrected, corrected_time
from spotter.domain.events.lifting import (
    RepAmended,
    SetContext,
)
from spotter.domain.time import micros
from spotter_detector.lifecycle.set_reps import CONTEXT
from spotter_detector.lifecycle.unit_of_work import UnitOfWork
from spotter_detector.lifecycle.waiting_events import TYPES
from spotter_detector.state import Note, NoteKind

KINDS: Final[dict[type[EventData], NoteKind]] = {data: kind for kind, data in TYPES.items()}
_ADDRESS: Final = {"gym_id", "athlete_id", "set_id", "set_key"}
_TIMES: Final = {"started_at": "started_us", "ended_at": "ended_us"}


def note_of(work: UnitOfWork) -> Note:
    """Return an event as a note."""
    event, data = work.event, work.event.data
    at_us = micros(corrected_time(event))
    return Note(
        kind=KINDS[type(data)],
        identity=work.identity,
        content=work.content,
        event_id=event.id,
        source=event.source,
        at_us=at_us,
        received_us=work.received_us,
        set_id=data.set_id,
        set_key=data.set_key,
        fields=_fields(event),
        config=event.configversion or 0,
        tie=work.tie_at(at_us),
        timed=event.senttime is not None,
    )


def _fields(event: Event) -> dict[str, Any]:
    """Return what an event says, without whom and which set it is about; times are corrected."""
    data = event.data
    if isinstance(data, SetContext):
        return data.model_dump(include=set(CONTEXT), exclude_none=True)
    if isinstance(data, RepAmended):
        change = data.set.model_dump(exclude_unset=True, exclude_none=True)
        for name, in_us in _TIMES.items():
            if name in change:
                change[in_us] = micros(corrected(event, change.pop(name)))
        return {"rep_number": data.rep_number, "set": change}
    return data.model_dump(exclude=_ADDRESS, exclude_none=True)
