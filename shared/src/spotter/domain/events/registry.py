"""The list of event types: data, the role that may send it, and its topic."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from spotter.domain.event_types import EventData
from spotter.domain.events import budgets, lifting, outputs, people

Role = Literal["device", "app", "coach", "admin"]
ROLES: tuple[Role, ...] = ("device", "app", "coach", "admin")
"""Each role includes those before it."""


About = Literal["athlete", "gym", "device", "token", "either"]
"""What an event type is keyed by: `either` is the athlete if one is named, else the gym."""


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event."""

    name: str
    """On the wire, for example `spotter.rep.completed.v1`."""
    data: type[EventData]
    role: Role | None
    """The lowest role that may send it; None: written by Spotter only."""
    topic: str
    about: About


def _types() -> dict[str, EventType]:
    rows: list[tuple[str, type[EventData], Role | None, str, About]] = [
        ("set.started", lifting.SetStarted, "app", "lifts.v1", "athlete"),
        ("rep.started", lifting.RepStarted, "device", "lifts.v1", "athlete"),
        ("rep.completed", lifting.RepCompleted, "device", "lifts.v1", "athlete"),
        ("motion.sampled", lifting.MotionSampled, "device", "lifts.v1", "athlete"),
        ("rep.amended", lifting.RepAmended, "app", "lifts.v1", "athlete"),
        ("rep.voided", lifting.RepVoided, "app", "lifts.v1", "athlete"),
        ("set.amended", lifting.SetAmended, "app", "lifts.v1", "athlete"),
        ("set.voided", lifting.SetVoided, "app", "lifts.v1", "athlete"),
        ("set.moved", lifting.SetMoved, "coach", "lifts.v1", "athlete"),
        ("effort.reported", lifting.EffortReported, "app", "lifts.v1", "athlete"),
        ("set.ended", lifting.SetEnded, "device", "lifts.v1", "athlete"),
        ("wellness.reported", people.WellnessReported, "app", "lifts.v1", "athlete"),
        ("session.started", people.SessionStarted, "app", "lifts.v1", "athlete"),
        ("station.paired", people.StationPaired, "app", "pairings.v1", "device"),
        ("station.released", people.StationReleased, "app", "pairings.v1", "device"),
        ("athlete.updated", people.AthleteUpdated, "coach", "lifts.v1", "athlete"),
        ("policy.updated", people.PolicyUpdated, "coach", "config.v1", "either"),
        ("exercise.added", people.ExerciseAdded, "coach", "config.v1", "gym"),
        ("budget.granted", people.BudgetGranted, "coach", "lifts.v1", "athlete"),
        ("token.revoked", people.TokenRevoked, "admin", "access.v1", "token"),
        ("advice.acknowledged", people.AdviceAcknowledged, "device", "acks.v1", "either"),
        ("rep.overdue", outputs.RepOverdue, None, "lifts.v1", "athlete"),
        ("device.lost", outputs.DeviceLost, None, "lifts.v1", "athlete"),
        ("set.opened", outputs.SetOpened, None, "estimates.v1", "athlete"),
        ("set.closed", outputs.SetClosed, None, "estimates.v1", "athlete"),
        ("rep.counted", outputs.RepCounted, None, "estimates.v1", "athlete"),
        ("effort.counted", outputs.EffortCounted, None, "estimates.v1", "athlete"),
        ("effort.estimated", outputs.EffortEstimated, None, "estimates.v1", "athlete"),
        ("advice.given", outputs.AdviceGiven, None, "advice.v1", "athlete"),
        ("set.summarised", outputs.SetSummarised, None, "advice.v1", "athlete"),
        ("budget.changed", budgets.BudgetChanged, None, "advice.v1", "athlete"),
        ("notice.given", budgets.NoticeGiven, None, "advice.v1", "athlete"),
        ("event.rejected", outputs.EventRejected, None, "lifts.dead.v1", "athlete"),
    ]
    return {
        f"spotter.{short}.v1": EventType(f"spotter.{short}.v1", data, role, topic, about)
        for short, data, role, topic, about in rows
    }


TYPES = MappingProxyType(_types())
"""Event types by name."""

NAMES = MappingProxyType({kind.data: name for name, kind in TYPES.items()})
"""Names of event types by the class of their data."""


def event_type(data: EventData) -> str:
    """Return the name of the event type that carries `data`.

    >>> event_type(lifting.SetEnded())
    'spotter.set.ended.v1'
    """
    return NAMES[type(data)]


def short_name(name: str) -> str:
    """Strip the prefix and version that every type's name has.

    >>> short_name("spotter.rep.completed.v1")
    'rep.completed'
    """
    return name.removeprefix("spotter.").removesuffix(".v1")
