"""Times of reps: what the time between two means (a missed rep, a pause, a new curve), and when a rep is stuck."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from math import exp

from spotter_detector.model.prior import Prior
from spotter_detector.model.records import Observation

_MISSED_RATIO = 1.7
_PAUSE_RATIO = 2.5
_PAUSE_MIN_S = 5.0
RESTART_S = 60.0
# A pause recovers at most this share of the reps done, with this time constant (design choice).
_RECOVERED_SHARE_MAX = 0.35
_RECOVERY_S = 25.0
# The information about the curve decays over a pause with this time constant (design choice).
_FORGETTING_S = 40.0
# Travel of a rep that has only a velocity, to separate grinding from waiting (design choice).
_USUAL_ROM_M = 0.45


class Gap(Enum):
    """What lies between two reps."""

    USUAL = "usual"
    MISSED = "missed"
    PAUSE = "pause"
    RESTART = "restart"


# Module names: looking a member up through its enum class takes ten times as long (measured).
_USUAL = Gap.USUAL


def concentric_s(duration_s: float | None, velocity_mps: float | None, rom_m: float | None) -> float | None:
    """Return how long a rep itself took, s: as measured, else by its travel and velocity.

    >>> concentric_s(None, 0.25, 0.40), concentric_s(None, None, 0.40)
    (1.6, None)
    """
    if duration_s is not None:
        return duration_s
    return None if velocity_mps is None else (_USUAL_ROM_M if rom_m is None else rom_m) / velocity_mps


def inner_time_s(rep: Observation) -> float | None:
    """Return by how much a rep took longer from its start to its end than its duration; None: its start is not told.

    >>> inner_time_s(Observation(1, 9.0, 0.3, 1.5, 0.45, None, started_s=5.0)), inner_time_s(
    ...     Observation(1, 9.0, 0.3, 1.5, 0.45, None))
    (2.5, None)
    """
    if rep.started_s is None or rep.duration_s is None:
        return None
    return max(rep.end_s - rep.started_s - rep.duration_s, 0.0)


def classify_gap(interval_s: float, grinding_s: float, usual_s: tuple[float, ...]) -> Gap:
    """Classify the time between the ends of two reps.

    A slow rep lengthens its own interval, and waits grow with fatigue: so the time it took over the fastest rep is
    subtracted, and the rest is compared with the longer of the median and the last of the set's usual intervals.
    `grinding_s` is how much longer this rep took than the set's fastest, `usual_s` the set's usual intervals in order.

    >>> [classify_gap(interval, 0.0, (3.0, 2.8, 3.2)).value for interval in (4.0, 6.0, 9.0, 61.0)]
    ['usual', 'missed', 'pause', 'restart']
    >>> classify_gap(6.0, 2.0, (3.0, 2.8, 3.2)).value
    'usual'
    """
    if interval_s > RESTART_S:
        return Gap.RESTART
    if not usual_s:
        return _USUAL
    waited_s = interval_s - grinding_s
    if waited_s <= _MISSED_RATIO * usual_s[-1]:
        return _USUAL  # independent of the median
    expected_s = max(sorted(usual_s)[len(usual_s) // 2], usual_s[-1])
    if waited_s > _PAUSE_RATIO * expected_s and waited_s > _PAUSE_MIN_S:
        return Gap.PAUSE
    return Gap.MISSED if len(usual_s) > 1 and waited_s > _MISSED_RATIO * expected_s else _USUAL


def reps_recovered(pause_s: float, reps_done: int) -> int:
    """Return how many of the reps done a pause recovers, in whole reps.

    >>> [reps_recovered(pause, reps_done=8) for pause in (6.0, 20.0, 45.0)]
    [1, 2, 2]
    """
    return round(_RECOVERED_SHARE_MAX * (1.0 - exp(-pause_s / _RECOVERY_S)) * reps_done)


def information_kept(pause_s: float) -> float:
    """Return the share of the information about the curve that is left after a pause.

    >>> round(information_kept(20.0), 3)
    0.607
    """
    return exp(-pause_s / _FORGETTING_S)


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
