"""Weeks by name: `2026-W47` is the lifter's own week that has most of its days in that ISO week."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from spotter.domain.weeks import Week, WeekStart, day_of, start_of_day, week_of

_NAME: Final = re.compile(r"(\d{4})-W(\d{2})")
_NOON: Final = timedelta(hours=12)


def name_of(week: Week, zone: str) -> str:
    """Name a week by the ISO week of its fourth day.

    >>> from datetime import UTC, datetime
    >>> name_of(week_of(datetime(2026, 12, 31, 12, tzinfo=UTC), "UTC", "sunday"), "UTC")
    '2026-W53'
    """
    year, number, _ = (first_day(week, zone) + timedelta(days=3)).isocalendar()
    return f"{year}-W{number:02}"


def week_named(name: str, zone: str, week_start: WeekStart) -> Week:
    """Return the week of a name; raises ValueError for a name that no week has.

    >>> week_named("2026-W47", "UTC", "monday").start.isoformat()
    '2026-11-16T00:00:00+00:00'
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError("a week is named like 2026-W47")
    thursday = date.fromisocalendar(int(match[1]), int(match[2]), 4)
    for days in (0, -7, 7):
        week = week_of(start_of_day(thursday + timedelta(days=days), zone) + _NOON, zone, week_start)
        if name_of(week, zone) == name:
            return week
    raise ValueError(f"no week is named {name}")


def first_day(week: Week, zone: str) -> date:
    """Return the first local day of a week."""
    return day_of(week.start, zone)


def last_day(week: Week, zone: str) -> date:
    """Return the last local day of a week."""
    return day_of(week.end, zone) - timedelta(days=1)


def week_before(week: Week, zone: str, week_start: WeekStart) -> Week:
    """Return the week that ends where this one starts."""
    return week_of(week.start - timedelta(seconds=1), zone, week_start)
