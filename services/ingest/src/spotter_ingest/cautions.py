"""What the sender of an accepted event should know: each caution begins with a keyword for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from spotter.domain.event_types import EventData, Part
from spotter.domain.events import Event, event_type, short_name
from spotter.domain.events.lifting import RepAmended, RepCompleted
from spotter.domain.events.people import AthleteUpdated, ExerciseAdded, StationPaired, StationReleased

LATE_BY_SENDER: Final = timedelta(seconds=5)
LATE_BY_RECEIPT: Final = timedelta(seconds=10)
UNUSED_TYPES: Final = frozenset({StationPaired, StationReleased})
"""Types that this version stores without using them."""
_UNUSED_REP_FIELDS: Final = ("peak_velocity_mps", "confidence")
UNUSED_FIELDS: Final[Mapping[type[EventData], Sequence[str]]] = {
    RepCompleted: _UNUSED_REP_FIELDS,
    RepAmended: tuple(f"set.{name}" for name in (*_UNUSED_REP_FIELDS, "exercise")),
    ExerciseAdded: ("velocity_metric", "fit", "health_connect"),
    AthleteUpdated: ("programme", "bodyweight_kg", "consent.leaderboard", "consent.history"),
}
"""Fields that this version stores and shows, and decides nothing by."""


def caution(event: Event, received: datetime, notes: Sequence[str]) -> str | None:
    """Return what to tell the sender, with notes on what was translated; None where there is nothing to tell."""
    cautions: list[str] = []
    if event.senttime is not None:
        late = event.senttime - event.time
        if late > LATE_BY_SENDER:
            cautions.append(f"late: sent {late.total_seconds():.0f} s after it happened, so no advice sounds for it")
    else:
        late = received - event.time
        if late > LATE_BY_RECEIPT:
            cautions.append(
                f"clock: received {late.total_seconds():.0f} s after its time; send senttime so that a wrong clock is "
                "told from a late event"
            )
    cautions.extend(notes)
    unused = _unused(event.data)
    if unused:
        pronoun = "it" if len(unused) == 1 else "them"
        cautions.append(f"stored: this version keeps {', '.join(unused)} but does not use {pronoun} yet")
    return "; ".join(cautions) or None


def _unused(data: EventData) -> list[str]:
    """Return the type or the fields of an event that nothing uses."""
    kind = type(data)
    if kind in UNUSED_TYPES:
        return [short_name(event_type(data))]
    return [path for path in UNUSED_FIELDS.get(kind, ()) if _is_given(data, path)]


def _is_given(part: Part, path: str) -> bool:
    name, _, rest = path.partition(".")
    value = part.__dict__[name]
    if rest and isinstance(value, Part):
        return _is_given(value, rest)
    return value is not None and name in part.model_fields_set
