"""Times as whole numbers since 1970, UTC: exact to add and to compare."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_MILLISECOND: Final = timedelta(milliseconds=1)


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
def moment(us: int) -> datetime:
    """Return the moment so many microseconds after 1970.

    >>> moment(1_500_000).isoformat()
    '1970-01-01T00:00:01.500000+00:00'
    """
    return EPOCH + timedelta(0, 0, us)


def millis(moment: datetime) -> int:
    """Count the whole milliseconds from 1970 to a moment.

    >>> millis(EPOCH + timedelta(seconds=1.5))
    1500
    """
    return (moment - EPOCH) // _MILLISECOND
