"""Times: as text on the wire, and as whole numbers since 1970, which are exact to add and to compare. All in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""What happened earlier was told by a clock without a date, which only its own senttime puts right."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECOND_US: Final = 1_000_000
MINUTE_US: Final = 60 * SECOND_US
DAY_US: Final = 24 * 60 * MINUTE_US
_MICROSECOND: Final = timedelta(microseconds=1)
_MILLISECOND: Final = timedelta(milliseconds=1)


def parse_time(value: object) -> datetime:
    """Parse an RFC 3339 time with its offset; the result is in UTC.

    Raises ValueError for text that is not a time, has no offset, or lies outside the years 1 to 9999.

    >>> parse_time("2026-01-05T10:00:00.250+01:00").isoformat()
    '2026-01-05T09:00:00.250000+00:00'
    """
    if isinstance(value, datetime):
        moment = value
        if moment.tzinfo is UTC:
            return moment
    elif isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("must be an RFC 3339 time such as 2026-01-05T10:00:00.250Z") from None
        if moment.tzinfo is UTC:
            return moment
    else:
        raise ValueError("must be an RFC 3339 time in a string")
    if moment.tzinfo is None:
        raise ValueError("must end with Z or an offset such as +01:00")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is out of range") from None


def dated(moment: datetime) -> datetime:
    """Return a moment of a clock that has a date; raises ValueError for one before the year 2000."""
    if moment < EARLIEST:
        raise ValueError("must not lie before the year 2000")
    return moment


@lru_cache(1024)
def format_time(moment: datetime) -> str:
    """Write a time as RFC 3339 in UTC; the moments of one event are written several times.

    >>> format_time(parse_time("2026-01-05T10:00:00.250Z"))
    '2026-01-05T10:00:00.250000Z'
    """
    moment = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{moment.isoformat()[:-6]}Z"


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def micros(moment: datetime) -> int:
    """Count the microseconds from 1970 to a moment.

    >>> micros(EPOCH + timedelta(seconds=1.5))
    1500000
    """
    return (moment - EPOCH) // _MICROSECOND


@lru_cache(maxsize=4096)  # the same few moments of a rep are written several times
def moment_of(us: int) -> datetime:
    """Return the moment so many microseconds after 1970.

    >>> moment_of(1_500_000).isoformat()
    '1970-01-01T00:00:01.500000+00:00'
    """
    return EPOCH + timedelta(0, 0, us)


def epoch_ms(moment: datetime) -> int:
    """Count the whole milliseconds from 1970 to a moment.

    >>> epoch_ms(EPOCH + timedelta(seconds=1.5))
    1500
    """
    return (moment - EPOCH) // _MILLISECOND
