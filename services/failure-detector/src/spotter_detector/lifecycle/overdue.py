"""When a rep under way becomes an alarm, if at all.

Many devices report a start at the first upward tick, which is an unrack or a shift of the bar too. So a start alarms only
where a stuck rep is likely enough: in a set that has a rep already, near failure by the estimate before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from spotter.domain.time import SECOND_US
from spotter_detector.model import Filter, Observation, Prior, Request, overdue_after_s, strands_of

_NEAR_RIR: Final = 2
_NEAR_PROBABILITY: Final = 0.2
_FILTER: Final = Filter(cache_size=512)
"""It only caches: a set that goes on is not processed again."""


def overdue_after_us(start: Prior, observations: Sequence[Observation]) -> int | None:
    """Return how long after its start a rep of a set is overdue; None: its start is no alarm.

    >>> from spotter_detector.model import build_prior
    >>> start = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> def after(velocities_mps):
    ...     reps = [Observation(n + 1, 3.0 * n, v, None, 0.42, None) for n, v in enumerate(velocities_mps)]
    ...     return overdue_after_us(start, reps)
    >>> after([0.5, 0.43, 0.35, 0.27]), after([0.5, 0.49]), after([])
    (6000000, None, None)
    """
    strands = strands_of(observations)
    newest = _FILTER.run([Request(start, strand, len(strand) - 1) for strand in strands])
    # The side that comes next is not told: the one that is nearer to failure.
    if max((estimate.p_rir_le[_NEAR_RIR] for [estimate] in newest), default=0.0) < _NEAR_PROBABILITY:
        return None
    own = [rep for strand in strands for rep in strand if not rep.assisted]
    return round(overdue_after_s(start, own) * SECOND_US)
