"""Times as whole microseconds since 1970, UTC: exact to add and to compare."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
DAY_US = 24 * 60 * MINUTE_US
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Count microseconds since 1970.

    >>> micros(EPOCH + timedelta(seconds=1.5))
    1500000
    """
    return (moment - EPOCH) // _MICROSECOND


@lru_cache(maxsize=4096)  # the few times of a rep are converted several times
def moment(us: int) -> datetime:
    """Return the time `us` microseconds after 1970.

    >>> moment(1_500_000).isoformat()
    '1970-01-01T00:00:01.500000+00:00'
    """
    return EPOCH + timedelta(0, 0, us)
