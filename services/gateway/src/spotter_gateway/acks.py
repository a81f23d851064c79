"""Acknowledgements that clients send on their WebSocket: what became of an alert."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import orjson
from pydantic import ValidationError

from spotter.domain.events import Event, encode, event_type
from spotter.domain.events.envelope import canonical_data, present_fields
from spotter.domain.events.people import AdviceAcknowledged
from spotter.domain.ids import athlete_key
from spotter.domain.topics import ACKS
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
from spotter.streaming.log import Log, LogUnavailable, NewRecord
from spotter_gateway.hub import Hub

TYPE: Final = event_type(AdviceAcknowledged(alert_id="a"))
_TITLE: Final = "Invalid acknowledgement"
_CORRECT: Final = "Put it right or leave it out."


def read_acknowledgement(hub: Hub, identity: Identity, text: str | bytes) -> Event:
    """Read a CloudEvent, or plain `{type, data}`, and fill in what was left out.

    Raises Problem: 400 unreadable, 403 another gym's, 404 an alert that is unknown here, 422 anything else.
    """
    raw = _json_object(text)
    if raw.get("specversion", "1.0") != "1.0":
        raise _invalid("specversion", f"specversion must be 1.0, not {shown(raw['specversion'])}", 'Send "1.0".')
    if raw.get("type") != TYPE:
        raise _invalid("type", f"{shown(raw.get('type'))} is not taken here", f"Send {TYPE}; the rest to /v1/events.")
    now = hub.clock()
    data = _data(hub, identity, raw.get("data"))
    time = _time(raw, "time", now)
    _text(raw, "source", SOURCE_CHARACTERS_MAX)  # checked, and not used: who acknowledges is known by the credential
    source = identity.token_id
    content = canonical_data(present_fields(data))
    return Event(
        id=_text(raw, "id", ID_CHARACTERS_MAX)
        or content_id(identity.gym_id, source, TYPE, time, content)
        or str(uuid.uuid4()),
        source=source,
        time=time or now,
        data=data,
        senttime=_time(raw, "senttime", now),
        receivedtime=now,
    )


async def write(log: Log, event: Event) -> None:
    """Write an acknowledgement; raises Problem 503 where the log doesn't answer."""
    key = athlete_key(event.data.gym_id or "", event.data.athlete_id or "")
    try:
        await log.append([NewRecord(ACKS, key, encode(event), event=event)])
    except LogUnavailable:
        raise Problem(503, "Log unavailable", "The log doesn't answer.", mend="Send it again in a second.") from None


def _json_object(text: str | bytes) -> Mapping[str, object]:
    try:
        raw = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _unreadable(f"The message is not JSON: {error}.") from None
    if not isinstance(raw, dict):
        raise _unreadable("The message is not a JSON object: send one event a frame.")
    return raw


def _data(hub: Hub, identity: Identity, sent: object) -> AdviceAcknowledged:
    try:
        data = AdviceAcknowledged.model_validate({} if sent is None else sent, extra="forbid")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(["data", *map(str, first["loc"])])
        raise _invalid(
            field, f"{field}: {first['msg']}", "Send alert_id, and state: shown, delivered or dismissed."
        ) from None
    if data.gym_id not in (None, identity.gym_id):
        raise Problem(
            403,
            "Not allowed",
            f"The token is of gym {identity.gym_id}, the event of gym {data.gym_id}.",
            field="data.gym_id",
            mend="Leave gym_id out.",
        )
    advice = hub.alert(data.alert_id, identity)
    if advice is None:
        raise Problem(
            404,
            "Unknown alert",
            f"There is no recent alert {shown(data.alert_id)} that this token may hear.",
            field="data.alert_id",
            mend="Send the alert_id of an advice that came on this connection.",
        )
    _check_same("athlete_id", data.athlete_id, advice.athlete_id)
    _check_same("set_id", data.set_id, advice.set_id)
    return data.model_copy(update={"gym_id": advice.gym_id, "athlete_id": advice.athlete_id, "set_id": advice.set_id})


def _check_same(name: str, sent: str | None, of_alert: str | None) -> None:
    if sent is not None and sent != of_alert:
        raise _invalid(
            f"data.{name}", f"The alert has {name} {shown(of_alert)}, not {shown(sent)}", f"Leave {name} out."
        )


def _text(raw: Mapping[str, object], name: str, characters_max: int) -> str | None:
    return text_attribute(raw, name, characters_max, mend=_CORRECT, title=_TITLE)


def _time(raw: Mapping[str, object], name: str, now: datetime) -> datetime | None:
    time = time_attribute(raw, name, mend=_CORRECT, title=_TITLE)
    if time is not None and time - now > AHEAD_MAX:
        raise _invalid(name, f"{name} is more than 2 minutes ahead of our clock", "Set the clock, or leave it out.")
    return time


def _invalid(field: str, detail: str, mend: str) -> Problem:
    return invalid(field, detail, mend, _TITLE)


def _unreadable(detail: str) -> Problem:
    return Problem(400, "Unreadable message", detail, mend=f'Send {{"type": "{TYPE}", "data": {{"alert_id": …}}}}.')
