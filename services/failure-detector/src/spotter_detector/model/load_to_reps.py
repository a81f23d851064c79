"""How many reps are possible at a load: from % of the one-repetition maximum to log reps.

Nuzzo 2024 (meta-regression of reps to failure by % of the 1RM, means over exercises; its table as others cite it).
"""

from __future__ import annotations

from bisect import bisect_left
from math import log

# % of the 1RM and mean reps to failure; at the 1RM itself one.
_TABLE = (
    *((50.0, 33.0), (60.0, 22.0), (65.0, 18.5), (70.0, 15.0), (75.0, 12.0), (80.0, 9.0), (85.0, 6.5), (90.0, 4.5)),
    *((95.0, 2.0), (100.0, 1.0)),
)
_LOADS_PCT = [load for load, _ in _TABLE]
_LOG_REPS = [log(reps) for _, reps in _TABLE]


def log_reps_at(pct_1rm: float) -> float:
    """Return the mean natural log of the reps possible at a load in % of the 1RM.

    Linear in log reps between the rows of the table, extrapolated from its last two rows beyond them, and clipped to
    log 1 … log 60.

    >>> [round(log_reps_at(load), 3) for load in (40, 70, 77.5, 90, 105)]
    [3.902, 2.708, 2.341, 1.504, 0.0]
    """
    upper = min(max(bisect_left(_LOADS_PCT, pct_1rm), 1), len(_LOADS_PCT) - 1)
    slope = (_LOG_REPS[upper] - _LOG_REPS[upper - 1]) / (_LOADS_PCT[upper] - _LOADS_PCT[upper - 1])
    log_reps = _LOG_REPS[upper] + slope * (pct_1rm - _LOADS_PCT[upper])
    return min(max(log_reps, 0.0), log(60.0))
