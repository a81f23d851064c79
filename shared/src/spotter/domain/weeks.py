"""Weeks as people live them: seven calendar days in a time zone, however many hours these have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

WeekStart = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_PLACE: Final = {day: place for place, day in enumerate(get_args(WeekStart))}


@dataclass(frozen=True, slots=True)
class Week:
    """One week: from `start`, which is in it, to `end`, which is the next one's start. Both in UTC."""

    start: datetime
    end: datetime

    def __contains__(self, moment: object) -> bool:
        return isinstance(moment, datetime) and self.start <= moment < self.end


def day_of(moment: datetime, zone: str) -> date:
    """Give the calendar day that a moment lies in, where `zone` (an IANA name) is the time.

    >>> day_of(datetime(2026, 1, 4, 23, 30, tzinfo=UTC), "Europe/Berlin").isoformat()
    '2026-01-05'
    """
    return moment.astimezone(ZoneInfo(zone)).date()


def start_of_day(day: date, zone: str) -> datetime:
    """Give the first moment of a calendar day where `zone` is the time, in UTC.

    >>> start_of_day(date(2026, 3, 30), "Europe/Berlin").isoformat()
    '2026-03-29T22:00:00+00:00'
    """
    return _midnight(day, ZoneInfo(zone))


def week_of(moment: datetime, zone: str, week_start: WeekStart) -> Week:
    """Give the week that a moment lies in, where `zone` (an IANA name) is the time and weeks start on `week_start`.

    The weeks of a zone follow each other without gap or overlap, also where clocks are changed at midnight, twice
    in a night, or a whole day is left out. Raises ZoneInfoNotFoundError for a zone that nobody knows.

    >>> week = week_of(datetime(2026, 3, 29, 12, tzinfo=UTC), "Europe/Berlin", "monday")
    >>> week.start.isoformat(), week.end.isoformat()
    ('2026-03-22T23:00:00+00:00', '2026-03-29T22:00:00+00:00')
    """
    where = ZoneInfo(zone)
    day = moment.astimezone(where).date()
    first = day - timedelta(days=(day.weekday() - _PLACE[week_start]) % 7)
    start, end = _midnight(first, where), _midnight(first + timedelta(days=7), where)
    # A clock that is changed across midnight shows a moment with the day before or after: go by the moment.
    if moment >= end:
        return Week(end, _midnight(first + timedelta(days=14), where))
    if moment < start:
        return Week(_midnight(first - timedelta(days=7), where), start)
    return Week(start, end)


@lru_cache(maxsize=4096)
def _midnight(day: date, where: ZoneInfo) -> datetime:
    """Give the first moment of a day: of two midnights the first, and where there is none, when clocks skip it."""
    return datetime(day.year, day.month, day.day, tzinfo=where).astimezone(UTC)
