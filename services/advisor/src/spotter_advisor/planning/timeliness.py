"""When advice may sound: lateness, expiry, and the time until the lifter is likely in the next rep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from spotter.domain.events.outputs import EffortEstimated
from spotter_advisor.state.records import RepSeen

EXPIRY: Final = timedelta(seconds=8)
"""Advice is past its time this long after the newest rep was received."""
PLAN_FRESH: Final = timedelta(seconds=10)
"""A plan for a set that began longer ago comes with an upload of the past."""
USUAL_PAUSE_S: Final = 1.5
"""Between two reps of a set whose cadence is not known yet (design choice)."""
SOUND_MS_MIN: Final = 250
"""Advice in time may always start to sound: even where the network took the pause (design choice)."""
CADENCE_REPS: Final = 6
"""Reps that tell the present cadence."""
_MS: Final = timedelta(milliseconds=1)


def is_late(data: EffortEstimated, ttl_ms: int) -> bool:
    """Tell whether advice from an estimate may not sound: a correction, an old rep, a closed set, or past its time."""
    return not (data.arrival and data.set_open and data.newest and data.fresh) or ttl_ms <= 0


def ttl_ms(expires_at: datetime, now: datetime) -> int:
    """Give what is left of the time of advice that is written now, 0 to 8,000 ms."""
    left: int = (expires_at - now) // _MS
    return max(0, min(left, EXPIRY // _MS))


def sound_ms(reps: Sequence[RepSeen], ended: datetime, now: datetime, ttl: int) -> int:
    """Say how long sound or haptic may still start after a rep that `ended`: until the next one is likely under way.

    The pause is that of the set itself, median time between ends of reps less median time of their concentric phase;
    what has passed since the rep ended is taken off.
    """
    window_ms = round(pause_s(reps) * 1000) - (now - ended) // _MS
    return min(ttl, max(SOUND_MS_MIN, window_ms))


def pause_s(reps: Sequence[RepSeen]) -> float:
    """Give the usual time from the end of a rep to the start of the next in this set, s."""
    seen = [rep for rep in reps if rep.valid][-CADENCE_REPS:]
    if len(seen) < 2:
        return USUAL_PAUSE_S
    between = median((after.ended - before.ended).total_seconds() for before, after in pairwise(seen))
    return max(0.0, between - median((rep.ended - rep.started).total_seconds() for rep in seen))
