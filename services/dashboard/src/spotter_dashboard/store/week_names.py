"""Weeks by name: `2026-W47` is the lifter's own week that has most of its days in that ISO week."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
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
    thursday = _thursday(name)
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


def name_after(name: str, weeks: int = 1) -> str:
    """Return the name of the week so many weeks later; earlier where it is negative.

    >>> name_after("2026-W53"), name_after("2026-W01", -1)
    ('2027-W01', '2025-W52')
    """
    year, number, _ = (_thursday(name) + timedelta(weeks=weeks)).isocalendar()
    return f"{year}-W{number:02}"


def noon_of(name: str) -> datetime:
    """Return the middle of the ISO week of a name; raises ValueError for a name that no week has."""
    return datetime.combine(_thursday(name), time(12), UTC)


def _thursday(name: str) -> date:
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError("a week is named like 2026-W47")
    return date.fromisocalendar(int(match[1]), int(match[2]), 4)
