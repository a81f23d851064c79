"""Validates one event: what to write where, or why it is refused. Pure: the caller passes the time and new ids."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from spotter.domain.events import TYPES, Event, EventData, EventType, encode, envelope
from spotter.domain.events.lifting import (
    MotionSampled,
    RepAmended,
    RepFields,
    RepStarted,
    SetEnded,
    SetMoved,
)
from spotter.domain.events.people import AdviceAcknowledged, PolicyUpdated, StationPaired, TokenRevoked
from spotter.domain.exercises import Catalogue
from spotter.domain.fast_dataclass import record
from spotter.domain.ids import athlete_key, gym_key, json_string
from spotter.domain.time import EARLIEST
from spotter.domain.topics import LIFTS
from spotter.http import Problem
from spotter.http.envelope_fields import (
    AHEAD_MAX,
    ID_CHARACTERS_MAX,
    SOURCE_CHARACTERS_MAX,
    content_id,
    invalid,
    shown,
    text_attribute,
    time_attribute,
)
from spotter.http.tokens import Identity
from spotter.streaming.log import NewRecord
from spotter_ingest.cautions import caution
from spotter_ingest.errors import invalid_data
from spotter_ingest.length_checks import check_lengths
from spotter_ingest.mends import type_mend
from spotter_ingest.motion_checks import check_samples
from spotter_ingest.translation import translated

EVENT_BYTES_MAX: Final = 512 * 1024
"""Of an event as written: well below what a broker takes by default (1 MiB); the longest run of samples fits."""
_SHORTEN: Final = "Shorten it, or leave it out."
_CORRECT: Final = "Put it right, or leave it out."
_KINDS: Final = dict(TYPES)
_SENDABLE: Final = tuple(name for name, kind in TYPES.items() if kind.role is not None)


@record(frozen=True, slots=True)
class Receipt:
    """The context of an event: when it was received, and the gym's configuration."""

    at: datetime
    configversion: int
    catalogue: Catalogue
    new_id: Callable[[], str]
    """Returns an unused id."""


@record(frozen=True, slots=True)
class ValidEvent:
    """An event that may be written."""

    event: Event
    record: NewRecord
    warning: str | None = None
    """For its sender, after a keyword for programs: `clock: …`."""


def validate(raw: Mapping[str, object], bearer: Identity, receipt: Receipt) -> ValidEvent:
    """Validate an event sent by `bearer` and fill in what was left out.

    Raises Problem: 403 for what the bearer may not send (the type is checked before the data), 413 for an event too
    large to be written, 422 for anything else.
    """
    kind = _kind(raw, bearer)
    data, notes, sent = _data(raw, kind, bearer, receipt.catalogue)
    source = text_attribute(raw, "source", SOURCE_CHARACTERS_MAX, mend=_SHORTEN) or bearer.token_id
    if isinstance(data, AdviceAcknowledged):
        source = bearer.token_id  # it ends the repeats of that token's connections, never of another's
    time, senttime = (time_attribute(raw, name, mend=_CORRECT, undated=True) for name in ("time", "senttime"))
    written = envelope.canonical_data(envelope.present_fields(data))
    about = written if sent is None else sent
    identity = text_attribute(raw, "id", ID_CHARACTERS_MAX, mend=_SHORTEN) or content_id(
        bearer.gym_id, source, kind.name, time, about
    )
    event = Event(
        identity or receipt.new_id(),
        source,
        time or _time_left_out(senttime, receipt.at),
        data,
        senttime,
        receipt.at,
        receipt.configversion,
    )
    envelope.cache_content(event, written)
    _check_times(event, receipt.at)
    value = encode(event, written)
    if len(value) > EVENT_BYTES_MAX:
        raise Problem(
            413,
            "Event too large",
            f"The event takes {len(value)} bytes; at most {EVENT_BYTES_MAX} can be written.",
            mend="Send less at a time.",
        )
    topic, key = _topic_and_key(kind, data, bearer)
    dedupe = _dedupe(event, kind.name, time, about)
    return ValidEvent(event, NewRecord(topic, key, value, dedupe, event), caution(event, receipt.at, notes))


def _kind(raw: Mapping[str, object], bearer: Identity) -> EventType:
    version, name = raw.get("specversion"), raw.get("type")
    if version is not None and version != "1.0":
        raise invalid("specversion", f"specversion must be 1.0, not {shown(version)}", 'Send "1.0", or leave it out.')
    if name is None:
        raise invalid("type", "The event has no type", "Add one, such as spotter.rep.completed.v1.")
    kind = _KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        mend = type_mend(str(name), _SENDABLE) or f"Use one of {', '.join(_SENDABLE)}."
        raise invalid("type", f"There is no event type {shown(name)}", mend, title="Unknown type")
    if kind.role is None:
        raise _forbidden("type", f"{kind.name} is written by Spotter itself", "Leave it to Spotter.")
    if not bearer.has_role(kind.role):
        detail = f"A token of role {bearer.role} may not send {kind.name}"
        raise _forbidden("type", detail, f"Use a token of role {kind.role}.")
    return kind


def _data(
    raw: Mapping[str, object], kind: EventType, bearer: Identity, catalogue: Catalogue
) -> tuple[EventData, Sequence[str], bytes | None]:
    """Return an event's data, what to tell the sender of its wording, and the data as sent if an exercise has a new name.

    By that the event is known when it is sent again, even if the catalogue has such an exercise by then.
    """
    sent = raw.get("data")
    if raw.get("data_base64") is not None:
        raise invalid("data_base64", "An event's data is JSON, not base64", "Send the object in data.")
    if sent is None:
        sent = {}
    if not isinstance(sent, dict):
        raise invalid("data", "data must be a JSON object", 'Send "data": {…}.')
    check_lengths(sent)
    owner = _check_owner(sent, kind, bearer)
    worded, notes = translated(sent, kind.data, catalogue)
    try:
        data: EventData = kind.data.__pydantic_validator__.validate_python({**worded, **owner}, extra="forbid")
    except ValidationError as error:
        raise invalid_data(error, kind, worded) from None
    if isinstance(data, SetEnded) and data.reason != "lifter":
        detail = f"The reason {data.reason} is given by Spotter itself"
        raise invalid(
            "data.reason", detail, "Leave reason out: a set that is ended by an event was ended by the lifter."
        )
    if isinstance(data, SetMoved) and data.to_athlete_id == data.athlete_id:
        detail = f"The set is credited to {data.athlete_id} already"
        raise invalid("data.to_athlete_id", detail, "Name the lifter who did the set.")
    if isinstance(data, MotionSampled):
        notes = [*notes, *check_samples(data)]
    return data, notes, json.dumps(sent, sort_keys=True).encode() if notes and worded is not sent else None


def _check_owner(sent: Mapping[str, object], kind: EventType, bearer: Identity) -> dict[str, object]:
    """Return gym and lifter; values that are not strings are left for pydantic to refuse."""
    gym, athlete = sent.get("gym_id"), sent.get("athlete_id")
    if isinstance(gym, str) and gym != bearer.gym_id:
        detail = f"The token is of gym {bearer.gym_id}, the event of gym {shown(gym)}"
        raise _forbidden("data.gym_id", detail, "Leave gym_id out, or use a token of that gym.")
    if athlete is None and len(bearer.athletes) == 1 and kind.about not in ("gym", "token"):
        (athlete,) = bearer.athletes
    if bearer.athletes:
        for field, named in (("athlete_id", athlete), ("to_athlete_id", sent.get("to_athlete_id"))):
            if isinstance(named, str) and not bearer.may_see(named):
                detail = f"The token does not speak for {shown(named)}"
                raise _forbidden(f"data.{field}", detail, "Use a token of that lifter, or of the whole gym.")
    if athlete is None and kind.about == "athlete":
        mend = "Name the lifter, or use a token of exactly one lifter."
        raise invalid("data.athlete_id", "data.athlete_id is missing", mend, title="Missing field")
    if bearer.athletes and (kind.about in ("gym", "token") or (kind.data is PolicyUpdated and athlete is None)):
        detail = "The token speaks for single lifters, the event is about the whole gym"
        raise _forbidden("type", detail, "Use a token of the whole gym.")
    return {"gym_id": bearer.gym_id if gym is None else gym, "athlete_id": athlete}


def _dedupe(event: Event, name: str, time: datetime | None, data: bytes) -> bytes:
    """Return 16 bytes that are equal when the same event is sent again: same identity, same content."""
    about = ",".join(map(json_string, (*event.identity, name)))
    moment = "null" if time is None else f'"{time.isoformat()}"'
    return hashlib.blake2b(f"[{about},{moment}]".encode() + data, digest_size=16).digest()


def _time_left_out(senttime: datetime | None, received: datetime) -> datetime:
    """Return the time of an event without one: when it was received, by the sender's clock where that is far off."""
    return received if senttime is None or abs(received - senttime) <= AHEAD_MAX else senttime


def _check_times(event: Event, received: datetime) -> None:
    """Refuse times in the future, or before the earliest, by our clock.

    senttime shows the error of the sender's clock, also of one without a date; without it that clock is assumed to be
    right.
    """
    now = event.senttime or received
    error = now - received
    for field, moment in _moments(event):
        if moment - now > AHEAD_MAX:
            ahead_s = (moment - now).total_seconds()
            against = "senttime" if event.senttime else "our clock"
            detail = (
                f"{field} is {ahead_s:.0f} s ahead of {against}; at most {AHEAD_MAX.total_seconds():.0f} s are let pass"
            )
            mend = "Set the sender's clock, or send senttime: the same clock, read when the event is sent."
            raise invalid(field, detail, mend, title="Time in the future")
        if moment - EARLIEST < error:
            detail = f"{field} lies before the year 2000"
            mend = "Send senttime, read from the same clock when the event is sent, or leave the time out."
            if event.senttime is not None:
                detail += " when the clock's error (receipt − senttime) is taken away"
                mend = "Read time and senttime from the same clock."
            raise invalid(field, detail, mend, title="Time too early")


def _moments(event: Event) -> list[tuple[str, datetime]]:
    moments = [("time", event.time)]
    data = event.data
    if isinstance(data, MotionSampled):
        moments.append(("data.t0", data.t0))
    elif isinstance(data, RepStarted):
        if data.started_at is not None:
            moments.append(("data.started_at", data.started_at))
    else:
        rep, where = (data.set, "data.set") if isinstance(data, RepAmended) else (data, "data")
        if isinstance(rep, RepFields):
            if rep.started_at is not None:
                moments.append((f"{where}.started_at", rep.started_at))
            if rep.ended_at is not None:
                moments.append((f"{where}.ended_at", rep.ended_at))
    return moments


def _topic_and_key(kind: EventType, data: EventData, bearer: Identity) -> tuple[str, str]:
    """Return the topic and key of an event."""
    if kind.about == "athlete" and data.athlete_id is not None:
        return kind.topic, athlete_key(bearer.gym_id, data.athlete_id)
    if isinstance(data, TokenRevoked):
        return kind.topic, gym_key(bearer.gym_id, data.token_id)
    if isinstance(data, StationPaired):
        return kind.topic, gym_key(bearer.gym_id, data.device_id)
    if data.athlete_id is None or kind.about == "gym":
        return kind.topic, bearer.gym_id
    key = athlete_key(bearer.gym_id, data.athlete_id)
    return (LIFTS if isinstance(data, PolicyUpdated) else kind.topic), key


def _forbidden(field: str, detail: str, mend: str) -> Problem:
    return Problem(403, "Not allowed", f"{detail}.", field=field, mend=mend)
