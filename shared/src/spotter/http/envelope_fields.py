"""The optional attributes of an event as a client sends it, checked alike by every route that accepts events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from spotter.domain.ids import derived_id
from spotter.domain.time import dated, format_time, parse_time
from spotter.http.problems import Problem

ID_CHARACTERS_MAX: Final = 64
SOURCE_CHARACTERS_MAX: Final = 256
AHEAD_MAX: Final = timedelta(minutes=2)
"""How far a time may lie in the future: the error of a clock that is not set by hand (design choice)."""


def text_attribute(
    raw: Mapping[str, object], name: str, characters_max: int, *, mend: str, title: str = "Invalid field"
) -> str | None:
    """Return a text attribute, None where it is absent; raises Problem 422."""
    value = raw.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= characters_max:
        raise invalid(name, f"{name} must be a string of 1 to {characters_max} characters", mend, title)
    return value


def time_attribute(
    raw: Mapping[str, object], name: str, *, mend: str, title: str = "Invalid field", undated: bool = False
) -> datetime | None:
    """Return an attribute that is an RFC 3339 time, None where it is absent; raises Problem 422.

    One of a clock without a date, before the year 2000, is let pass only where `undated`.
    """
    value = raw.get(name)
    if value is None:
        return None
    try:
        return parse_time(value) if undated else dated(parse_time(value))
    except ValueError as error:
        raise invalid(name, f"{name} {error}", mend, title) from None


def content_id(gym_id: str, source: str, type_name: str, time: datetime | None, data: bytes) -> str | None:
    """Return an id that follows from an event's content, so that the event keeps it when it is sent again.

    `data` is canonical JSON. None where the event has no time of its own.
    """
    return None if time is None else derived_id(gym_id, source, type_name, format_time(time), data.decode())


def invalid(field: str, detail: str, mend: str, title: str = "Invalid field") -> Problem:
    """Return the problem of a field whose value is not allowed."""
    return Problem(422, title, f"{detail}.", field=field, mend=mend)


def shown(value: object) -> str:
    """Return a value that a client sent, short enough to quote in a problem."""
    return repr(value[:ID_CHARACTERS_MAX] if isinstance(value, str) else value)[: ID_CHARACTERS_MAX + 2]
