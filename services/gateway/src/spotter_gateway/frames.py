"""Frames to send at a given moment: an advice with its remaining time, an estimate as it was written.

Pure: the caller passes the moment, in ms since the epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import orjson

from spotter.domain.events import Event, encode, format_time, from_json
from spotter.domain.events.envelope import json_object, present_fields
from spotter.domain.events.outputs import (
    Action,
    AdviceGiven,
    EffortEstimated,
    RepCounted,
    SetClosed,
    SetOpened,
    SetSummarised,
)
from spotter.domain.events.people import AdviceAcknowledged
from spotter.domain.events.registry import NAMES
from spotter.domain.time import epoch_ms
from spotter.streaming.log import Record

_READ: Final = (AdviceGiven, EffortEstimated, SetOpened, SetClosed, SetSummarised, RepCounted, AdviceAcknowledged)
_TYPES: Final = frozenset(NAMES[data] for data in _READ)
_TIMED: Final = frozenset({"late", "ttl_ms", "sound_ms", "repeat", "withdrawn"})


@dataclass(frozen=True, slots=True)
class _Item:
    topic: str
    partition: int
    offset: int
    id: str
    key: str
    gym_id: str
    athlete_id: str


@dataclass(frozen=True, slots=True)
class Advice(_Item):
    """An advice in memory."""

    set_id: str | None
    set_key: str
    station_id: str | None
    alert_id: str
    action: Action
    after_rep: int
    late: bool
    repeat: int
    expires_ms: int
    sound_until_ms: int
    """Sound or haptic may start until then."""
    head: bytes
    """The start of the frame, without the members that depend on the moment."""
    newest: bool = True
    """There was no advice on a later rep of its set when it arrived."""
    withdrawn: bool = False
    """Its set never was: clients take it back."""


@dataclass(frozen=True, slots=True)
class Estimate(_Item):
    """An estimate in memory."""

    set_key: str
    station_id: str | None
    rep_number: int
    rep_event_id: str | None
    body: bytes


StreamItem = Advice | Estimate


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """The remaining time of an advice."""

    late: bool
    ttl_ms: int
    sound_ms: int


def time_left(advice: Advice, now_ms: int) -> TimeLeft:
    """Return the remaining time of an advice; a late one must not sound."""
    ttl_ms = max(0, advice.expires_ms - now_ms)
    late = advice.late or ttl_ms == 0
    sound_ms = 0 if late else max(0, min(advice.sound_until_ms - now_ms, ttl_ms))
    return TimeLeft(late, ttl_ms, sound_ms)


def advice_frame(advice: Advice, remaining: TimeLeft, repeated: int = 0) -> bytes:
    """Return the CloudEvent of an advice that this connection has had `repeated` times before.

    Its `repeat` is the number of repeats that remain.
    """
    return b'%b%b"late":%b,"ttl_ms":%d,"sound_ms":%d,"repeat":%d}}' % (
        advice.head,
        b'"withdrawn":true,' if advice.withdrawn else b"",
        b"true" if remaining.late else b"false",
        remaining.ttl_ms,
        remaining.sound_ms,
        max(0, advice.repeat - repeated),
    )


def withdrawn(advice: Advice) -> Advice:
    """Return an advice as it is to be sent once its set is gone."""
    return replace(advice, late=True, newest=False, withdrawn=True, repeat=0, expires_ms=0)


def withdrawal(advice: Advice, event: Event, record: Record) -> Advice:
    """Return an advice to be sent once more because of an event that took its set away.

    It has an id of its own: clients drop ids that they know.
    """
    raw = orjson.loads(advice.head + b'"late":true}}')
    raw |= {"id": event.id, "time": format_time(event.time)}
    at: dict[str, Any] = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    return replace(withdrawn(advice), **at, id=event.id, head=_head(raw))


def heartbeat_frame(now: datetime, age_ms: int) -> bytes:
    """Return a heartbeat with the age of the oldest event that detector or advisor has not finished."""
    return orjson.dumps({"heartbeat": {"at": format_time(now), "age_ms": age_ms}})


def read(record: Record, station_of: Callable[[str], str | None]) -> Advice | Estimate | Event | None:
    """Parse a record; None for types that the gateway does not use.

    `station_of` returns the station of a set by its key, which an estimate doesn't contain. Raises Unreadable.
    """
    event = record.event
    raw = None
    if event is None:
        raw = json_object(record.value)
        if raw.get("type") not in _TYPES:
            return None
        event = from_json(raw)
    elif not isinstance(event.data, _READ):
        return None
    gym_id, _, athlete_id = record.key.partition("/")
    origin = (record.topic, record.partition, record.offset, event.id, record.key, gym_id, athlete_id)
    match event.data:
        case AdviceGiven() as data:
            expires_ms = epoch_ms(data.expires_at)
            return Advice(
                *origin,
                set_id=data.set_id,
                set_key=data.set_key,
                station_id=data.station_id,
                alert_id=data.alert_id,
                action=data.action,
                after_rep=data.after_rep,
                late=data.late,
                repeat=data.repeat,
                expires_ms=expires_ms,
                sound_until_ms=expires_ms - data.ttl_ms + data.sound_ms,
                head=_head_of(event, data) if raw is None else _head(raw),
            )
        case EffortEstimated() as data:
            return Estimate(
                *origin,
                set_key=data.set_key,
                station_id=station_of(data.set_key),
                rep_number=data.rep_number,
                rep_event_id=data.rep_event_id,
                body=record.value,
            )
        case _:
            return event


def _head_of(event: Event, data: AdviceGiven) -> bytes:
    fixed = {name: value for name, value in present_fields(data).items() if name not in _TIMED}
    return b"%b," % encode(event, orjson.dumps(fixed, present_fields, orjson.OPT_UTC_Z))[:-2]


def _head(raw: dict[str, object]) -> bytes:
    """Build the same from JSON, which may have members of a newer version."""
    data = raw["data"]
    assert isinstance(data, dict)
    envelope = orjson.dumps({name: value for name, value in raw.items() if name != "data"})
    fixed = orjson.dumps({name: value for name, value in data.items() if name not in _TIMED})
    return b'%b,"data":%b,' % (envelope[:-1], fixed[:-1])
