"""Calendar weeks: seven days in a time zone, however many hours these have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

WeekStart = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_WEEKDAY: Final = {day: weekday for weekday, day in enumerate(get_args(WeekStart))}


@dataclass(frozen=True, slots=True)
class Week:
    """One week, from `start` (inclusive) to `end` (the next one's start), both in UTC."""

    start: datetime
    end: datetime

    def __contains__(self, moment: object) -> bool:
        return isinstance(moment, datetime) and self.start <= moment < self.end


def day_of(moment: datetime, zone: str) -> date:
    """Return the calendar day of a moment in `zone`, an IANA name.

    >>> day_of(datetime(2026, 1, 4, 23, 30, tzinfo=UTC), "Europe/Berlin").isoformat()
    '2026-01-05'
    """
    return moment.astimezone(ZoneInfo(zone)).date()


def start_of_day(day: date, zone: str) -> datetime:
    """Return the first moment of a calendar day in `zone`, in UTC.

    >>> start_of_day(date(2026, 3, 30), "Europe/Berlin").isoformat()
    '2026-03-29T22:00:00+00:00'
    """
    return _midnight(day, ZoneInfo(zone))


def week_of(moment: datetime, zone: str, week_start: WeekStart) -> Week:
    """Return the week of a moment in `zone`, an IANA name, where weeks start on `week_start`.

    The weeks of a zone follow each other without gap or overlap, even where clocks change at midnight or
    twice in a night, or skip a whole day. Raises ZoneInfoNotFoundError for an unknown zone.

    >>> week = week_of(datetime(2026, 3, 29, 12, tzinfo=UTC), "Europe/Berlin", "monday")
    >>> week.start.isoformat(), week.end.isoformat()
    ('2026-03-22T23:00:00+00:00', '2026-03-29T22:00:00+00:00')
    """
    zone_info = ZoneInfo(zone)
    day = moment.astimezone(zone_info).date()
    first = day - timedelta(days=(day.weekday() - _WEEKDAY[week_start]) % 7)
    start, end = _midnight(first, zone_info), _midnight(first + timedelta(days=7), zone_info)
    # A clock change across midnight shows a moment with the day before or after: compare moments instead.
    if moment >= end:
        return Week(end, _midnight(first + timedelta(days=14), zone_info))
    if moment < start:
        return Week(_midnight(first - timedelta(days=7), zone_info), start)
    return Week(start, end)


@lru_cache(maxsize=4096)
def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment of a day: the first of two midnights, or the moment of the change that skips midnight."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
