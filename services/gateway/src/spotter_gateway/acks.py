"""What clients say on their WebSocket: what became of an alert."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import orjson
from pydantic import ValidationError

from spotter.domain.events import Event, encode, event_type, format_time, parse_time
from spotter.domain.events.people import AdviceAcknowledged
from spotter.domain.ids import athlete_key, canonical, derived_id
from spotter.domain.topics import ACKS
from spotter.http import Problem
from spotter.http.tokens import Identity
from spotter.streaming.log import Log, LogUnavailable, NewRecord
from spotter_gateway.frames import Advice
from spotter_gateway.hub import Hub

TYPE: Final = event_type(AdviceAcknowledged(alert_id="a"))
ID_CHARACTERS_MAX: Final = 64
SOURCE_CHARACTERS_MAX: Final = 256
AHEAD_MAX: Final = timedelta(minutes=2)
_SHOWN_CHARACTERS: Final = 64


def read_acknowledgement(hub: Hub, identity: Identity, text: str | bytes) -> Event:
    """Read a CloudEvent, or plain `{type, data}`, and fill in what was left out.

    Raises Problem: 400 unreadable, 403 another gym's, 404 an alert nobody here knows, 422 anything else.
    """
    raw = _object(text)
    if raw.get("specversion", "1.0") != "1.0":
        raise _invalid("specversion", f"specversion must be 1.0, not {_shown(raw['specversion'])}", 'Send "1.0".')
    if raw.get("type") != TYPE:
        raise _invalid("type", f"{_shown(raw.get('type'))} is not taken here", f"Send {TYPE}; the rest to /v1/events.")
    now = hub.clock()
    data = _data(hub, identity, raw.get("data"))
    time = _moment(raw, "time", now)
    source = _text(raw, "source", SOURCE_CHARACTERS_MAX) or identity.token_id
    return Event(
        id=_text(raw, "id", ID_CHARACTERS_MAX) or _new_id(source, time, data),
        source=source,
        time=time or now,
        data=data,
        senttime=_moment(raw, "senttime", now),
        receivedtime=now,
    )


def said(event: Event) -> AdviceAcknowledged:
    """Give what an acknowledgement says."""
    assert isinstance(event.data, AdviceAcknowledged)
    return event.data


async def write(log: Log, event: Event) -> None:
    """Write an acknowledgement that was read; raises Problem 503 where the log doesn't answer."""
    key = athlete_key(event.data.gym_id or "", event.data.athlete_id or "")
    try:
        await log.append([NewRecord(ACKS, key, encode(event), event=event)])
    except LogUnavailable:
        raise Problem(503, "Log unavailable", "The log doesn't answer.", mend="Send it again in a second.") from None


def _object(text: str | bytes) -> Mapping[str, object]:
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
            f"There is no recent alert {_shown(data.alert_id)} that this token may hear.",
            field="data.alert_id",
            mend="Send the alert_id of an advice that came on this connection.",
        )
    _agrees("athlete_id", data.athlete_id, advice.athlete_id)
    _agrees("set_id", data.set_id, advice.set_id)
    return data.model_copy(update=_whose(advice))


def _whose(advice: Advice) -> dict[str, str | None]:
    return {"gym_id": advice.gym_id, "athlete_id": advice.athlete_id, "set_id": advice.set_id}


def _agrees(name: str, sent: str | None, known: str | None) -> None:
    if sent is not None and sent != known:
        raise _invalid(
            f"data.{name}", f"The alert has {name} {_shown(known)}, not {_shown(sent)}", f"Leave {name} out."
        )


def _text(raw: Mapping[str, object], name: str, characters_max: int) -> str | None:
    value = raw.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= characters_max:
        raise _invalid(
            name, f"{name} must be a string of 1 to {characters_max} characters", "Put it right or leave it out."
        )
    return value


def _moment(raw: Mapping[str, object], name: str, now: datetime) -> datetime | None:
    if raw.get(name) is None:
        return None
    try:
        moment = parse_time(raw[name])
    except ValueError as error:
        raise _invalid(name, f"{name} {error}", "Put it right or leave it out.") from None
    if moment - now > AHEAD_MAX:
        raise _invalid(name, f"{name} is more than 2 minutes ahead of our clock", "Set the clock, or leave it out.")
    return moment


def _new_id(source: str, time: datetime | None, data: AdviceAcknowledged) -> str:
    if time is None:
        return str(uuid.uuid4())
    content = canonical(data.model_dump(mode="json", exclude_none=True)).decode()
    return derived_id(data.gym_id, source, TYPE, format_time(time), content)


def _shown(value: object) -> str:
    return repr(value[:_SHOWN_CHARACTERS] if isinstance(value, str) else value)[: _SHOWN_CHARACTERS + 2]


def _invalid(field: str, detail: str, mend: str) -> Problem:
    return Problem(422, "Invalid acknowledgement", f"{detail}.", field=field, mend=mend)


def _unreadable(detail: str) -> Problem:
    return Problem(400, "Unreadable message", detail, mend=f'Send {{"type": "{TYPE}", "data": {{"alert_id": …}}}}.')
