"""How long a rep may take before it is stuck: the lifter's own longest grind."""

from __future__ import annotations

from collections.abc import Sequence

from spotter_detector.model.pauses import concentric_s
from spotter_detector.model.prior import Prior
from spotter_detector.model.records import Observation

# For an unknown lifter: longer than grinds to failure take (design choice).
_DEFAULT_S = 6.0
# A rep is stuck when it outlasts the longest grind by half, and the way down before it (design choices).
_OVER_LONGEST = 1.5
_DOWN_S = 2.0
_LEAST_S, _MOST_S = 4.0, 10.0


def overdue_after_s(prior: Prior, observations: Sequence[Observation]) -> float:
    """Return after how many seconds from `rep.started` the rep is overdue.

    From the longest concentric phase that the lifter completed, in earlier sets or in this one; at least 6 s if no set
    was learned from. Always within 4–10 s.

    >>> from dataclasses import replace
    >>> from spotter_detector.model import build_prior
    >>> cold = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> [overdue_after_s(replace(cold, grind_s=grind_s), ()) for grind_s in (None, 2.4, 4.0)]
    [6.0, 5.6, 8.0]
    """
    grinds_s = [] if prior.grind_s is None else [prior.grind_s]
    for rep in observations:
        took_s = concentric_s(rep.duration_s, rep.velocity_mps, rep.rom_m)
        if took_s is not None:
            grinds_s.append(took_s)
    limit_s = _OVER_LONGEST * max(grinds_s, default=0.0) + _DOWN_S
    if prior.grind_s is None:
        limit_s = max(limit_s, _DEFAULT_S)
    return round(min(max(limit_s, _LEAST_S), _MOST_S), 3)
