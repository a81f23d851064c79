"""Lengths before elements: what has too many parts is refused before anybody looks at one of them."""

from __future__ import annotations

from typing import Any, Final

from spotter.domain.motion_limits import SAMPLES_MAX
from spotter.http import Problem
from spotter.http.envelope_fields import shown

MEMBERS_MAX: Final = 512
"""Of one object: more exercises than a catalogue has (design choice)."""
VALUES_MAX: Final = 16_384
"""Of an event's data in all: the longest run of samples of six values, with room to spare."""


def check_lengths(data: dict[str, Any]) -> None:
    """Refuse data that has more parts than any event; raises Problem 422."""
    if len(data) > MEMBERS_MAX:
        raise _too_long("data", len(data), MEMBERS_MAX)
    count = len(data)
    waiting = [(name, value) for name, value in data.items() if isinstance(value, dict | list)]
    while waiting:
        name, part = waiting.pop()
        most = MEMBERS_MAX if isinstance(part, dict) else SAMPLES_MAX
        count += len(part)
        if len(part) > most or count > VALUES_MAX:
            raise _too_long(
                f"data.{shown(name)[1:-1]}", max(count, len(part)), most if len(part) > most else VALUES_MAX
            )
        inner = part.values() if isinstance(part, dict) else part
        waiting.extend((name, value) for value in inner if isinstance(value, dict | list))


def _too_long(field: str, size: int, most: int) -> Problem:
    detail = f"{field} has {size} parts; at most {most} are taken."
    return Problem(422, "Too long", detail, field=field, mend="Send less at a time.")
