"""When advice may sound: lateness, expiry, and the time until the next rep is likely under way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from spotter.domain.events.outputs import EffortEstimated
from spotter_advisor.state.records import AdvisedRep

EXPIRY: Final = timedelta(seconds=8)
"""Advice expires this long after the newest rep was received."""
PLAN_FRESH: Final = timedelta(seconds=10)
"""A set that began longer ago comes with an upload of the past: its plan is late."""
USUAL_PAUSE_S: Final = 1.5
"""Pause between two reps while a set's cadence is unknown (design choice)."""
SOUND_MS_MIN: Final = 250
"""Advice in time may start to sound for at least this long, even if the network used up the pause (design choice)."""
CADENCE_REPS: Final = 6
"""Newest reps that the present cadence is taken from."""
_MS: Final = timedelta(milliseconds=1)


def is_late(data: EffortEstimated, ttl_ms: int) -> bool:
    """Return whether advice may not sound: for a correction, an old rep, a closed set, or after it has expired."""
    return not (data.arrival and data.set_open and data.newest and data.fresh) or ttl_ms <= 0


def ttl_ms(expires_at: datetime, now: datetime) -> int:
    """Return the time until advice written now expires, 0 to 8,000 ms."""
    left: int = (expires_at - now) // _MS
    return max(0, min(left, EXPIRY // _MS))


def sound_ms(reps: Sequence[AdvisedRep], ended: datetime, now: datetime, ttl: int) -> int:
    """Return how long sound or haptic may still start after a rep that `ended`: until the next is likely under way, ms.

    The pause is the set's own: median time between ends of reps less median time of their concentric phase, less what has
    passed since the rep ended.
    """
    window_ms = round(pause_s(reps) * 1000) - (now - ended) // _MS
    return min(ttl, max(SOUND_MS_MIN, window_ms))


def pause_s(reps: Sequence[AdvisedRep]) -> float:
    """Return the usual time from the end of a rep to the start of the next in this set, s."""
    valid = [rep for rep in reps if rep.valid][-CADENCE_REPS:]
    if len(valid) < 2:
        return USUAL_PAUSE_S
    between = median((after.ended - before.ended).total_seconds() for before, after in pairwise(valid))
    return max(0.0, between - median((rep.ended - rep.started).total_seconds() for rep in valid))
