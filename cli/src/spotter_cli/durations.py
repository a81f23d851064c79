"""Durations as people write them: 30s, 2m, 1h30m."""

from __future__ import annotations

import re
from typing import Final

_UNIT_S: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_WHOLE: Final = re.compile(rf"(?:{_PART.pattern})+")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")


def parse_duration_s(text: str) -> float:
    """Parse a duration into seconds; a bare number means seconds.

    Raises ValueError for anything else and for a duration of zero.

    >>> parse_duration_s("30s"), parse_duration_s("1h30m"), parse_duration_s("45"), parse_duration_s("1.5m")
    (30.0, 5400.0, 45.0, 90.0)
    """
    duration = text.strip().lower()
    if _NUMBER.fullmatch(duration):
        seconds = float(duration)
    elif _WHOLE.fullmatch(duration):
        seconds = sum(float(number) * _UNIT_S[unit] for number, unit in _PART.findall(duration))
    else:
        raise ValueError(f"{text!r} is not a duration: write 30s, 2m or 1h30m")
    if seconds <= 0:
        raise ValueError(f"{text!r} is not a positive duration: write 30s, 2m or 1h30m")
    return seconds


def format_duration(seconds: float) -> str:
    """Format a duration with at most two units.

    >>> format_duration(5), format_duration(95), format_duration(7384)
    ('5 s', '1 min 35 s', '2 h 3 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest_s = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest_s} s" if rest_s else f"{minutes} min"
    hours, rest_min = divmod(minutes, 60)
    return f"{hours} h {rest_min} min"
