"""The CloudEvents envelope and its codec: structured-mode JSON everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from pydantic import ValidationError

from spotter.domain.event_types import EventData, Part
from spotter.domain.events.registry import TYPES, event_type
from spotter.domain.fast_dataclass import record
from spotter.domain.ids import fingerprint, json_string
from spotter.domain.time import format_time, parse_time


class Unreadable(ValueError):
    """A record that is not an event, or not one that this version can read."""


class _ContentCache:
    """Caches an event's fingerprint outside its fields, so that a changed copy does not inherit it."""

    __slots__ = ("_content",)

    _content: str


@record(frozen=True, slots=True)
class Event(_ContentCache):
    """One event: what happened (`data`), when by the sender's clock (`time`), as reported by `source` under `id`."""

    id: str
    source: str
    time: datetime
    data: EventData
    senttime: datetime | None = None
    """The sender's clock when it sent the event."""
    receivedtime: datetime | None = None
    """When ingest accepted it."""
    configversion: int | None = None
    """Ordinal of the gym's newest configuration record that ingest had read."""
    sequence: str | None = None
    """Of an output: the position of its input in the log, and its index among that input's outputs."""
    movedfrom: str | None = None
    """Of an event that follows a set to another lifter, written by Spotter only: the set's key under the first lifter,
    and a description of the event."""

    @property
    def type(self) -> str:
        """The type's name on the wire."""
        return event_type(self.data)

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """Gym, athlete, source and id: equal identities are the same event."""
        return (self.data.gym_id or "", self.data.athlete_id or "", self.source, self.id)

    @property
    def received(self) -> datetime:
        """When it was received; its own time for events that ingest did not receive."""
        return self.receivedtime or self.time

    def content(self) -> str:
        """Return a fingerprint of the content alone, which is equal when the event is sent again.

        A time that ingest filled in on receipt does not count.
        """
        try:
            return self._content
        except AttributeError:
            return _content(self, canonical_data(present_fields(self.data)))


def corrected(event: Event, moment: datetime) -> datetime:
    """Translate a moment of the sender's clock to ours: `senttime` shows its error, even if that clock has no date.

    Nothing can have happened after it was received.
    """
    received = event.received
    if event.senttime is not None:
        moment += received - event.senttime
    return min(moment, received)


def corrected_time(event: Event) -> datetime:
    """Return the event's time by our clock, which every comparison between events uses."""
    return corrected(event, event.time)


def present_fields(part: Part) -> dict[str, Any]:
    """Return the fields that are not None: a shallow `model_dump`, in which the codec encodes nested parts."""
    values = {name: value for name, value in part.__dict__.items() if value is not None}
    for name in part.ALWAYS:
        values.setdefault(name, None)
    return values


def canonical_data(data: Mapping[str, Any]) -> bytes:
    """Encode the result of `present_fields` so that equal data gives equal bytes."""
    return orjson.dumps(data, present_fields, orjson.OPT_UTC_Z | orjson.OPT_SORT_KEYS)


def _content(event: Event, data: bytes) -> str:
    time = "null" if event.time == event.receivedtime else f'"{format_time(event.time)}"'
    return fingerprint(b'{"data":%b,"time":%b,"type":"%b"}' % (data, time.encode(), event.type.encode()))


def cache_content(event: Event, data: bytes) -> None:
    """Cache the fingerprint of an event whose data is at hand as `canonical_data` encodes it."""
    object.__setattr__(event, "_content", _content(event, data))  # it is no field: mypy knows only those


def encode(event: Event, data: bytes | None = None) -> bytes:
    """Encode an event as one line of JSON; `data` is its data in JSON, if that has been encoded already."""
    attributes = [
        f'{{"specversion":"1.0","id":{json_string(event.id)},"source":{json_string(event.source)},'
        f'"type":"{event.type}","time":"{format_time(event.time)}","datacontenttype":"application/json"'
    ]
    if event.senttime is not None:
        attributes.append(f'"senttime":"{format_time(event.senttime)}"')
    if event.receivedtime is not None:
        attributes.append(f'"receivedtime":"{format_time(event.receivedtime)}"')
    if event.configversion is not None:
        attributes.append(f'"configversion":{event.configversion}')
    if event.sequence is not None:
        attributes.append(f'"sequence":{json_string(event.sequence)}')
    if event.movedfrom is not None:
        attributes.append(f'"movedfrom":{json_string(event.movedfrom)}')
    if data is None:
        data = orjson.dumps(present_fields(event.data), present_fields, orjson.OPT_UTC_Z)
    # Joining copies the data out of orjson's buffer of 4 to 16 kB, which would live as long as the event.
    return b'%b,"data":%b}' % (",".join(attributes).encode(), data)


def with_sequence(value: bytes, sequence: str) -> bytes:
    """Add its position in the log to an encoded event that has none."""
    return b"".join((value[:-1], b',"sequence":"', sequence.encode(), b'"}'))


def to_json(event: Event) -> dict[str, Any]:
    """Return the event as its JSON object."""
    value: dict[str, Any] = orjson.loads(encode(event))
    return value


def decode(value: bytes) -> Event:
    """Decode what `encode` wrote, without fields of newer versions; raises Unreadable with the reason."""
    return from_json(json_object(value))


def json_object(value: bytes) -> dict[str, Any]:
    """Parse a JSON object, of an event or not; raises Unreadable."""
    try:
        raw = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"not JSON: {error}") from None
    if not isinstance(raw, dict):
        raise Unreadable("not a JSON object")
    return raw


def from_json(raw: object) -> Event:
    """Return the event of a JSON object; raises Unreadable."""
    if not isinstance(raw, dict):
        raise Unreadable("not a JSON object")
    kind = TYPES.get(str(raw.get("type")))
    if kind is None:
        raise Unreadable(f"unknown type {raw.get('type')!r}")
    try:
        sent, received = raw.get("senttime"), raw.get("receivedtime")
        version, sequence, moved = raw.get("configversion"), raw.get("sequence"), raw.get("movedfrom")
        if not (isinstance(raw.get("id"), str) and isinstance(raw.get("source"), str)):
            raise Unreadable("id and source must be strings")
        if not (version is None or isinstance(version, int)) or not (sequence is None or isinstance(sequence, str)):
            raise Unreadable("configversion must be a number and sequence a string")
        if not (moved is None or isinstance(moved, str)):
            raise Unreadable("movedfrom must be a string")
        return Event(
            id=raw["id"],
            source=raw["source"],
            time=parse_time(raw.get("time")),
            data=kind.data.model_validate(raw.get("data")),
            senttime=None if sent is None else parse_time(sent),
            receivedtime=None if received is None else parse_time(received),
            configversion=version,
            sequence=sequence,
            movedfrom=moved,
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise Unreadable(f"data.{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except ValueError as error:
        raise Unreadable(str(error)) from None
