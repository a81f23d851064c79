"""What the time between two reps says: a rep that no sensor saw, a pause that gave something back, a new curve."""

from __future__ import annotations

from enum import Enum
from math import exp

_MISSED_RATIO = 1.7
_PAUSE_RATIO = 2.5
_PAUSE_MIN_S = 5.0
RESTART_S = 60.0
# A pause gives back at most this share of the reps done, with this time constant (design choice).
_RECOVERED_SHARE_MAX = 0.35
_RECOVERY_S = 25.0
# What is known of the curve fades over a pause with this time constant (design choice).
_FORGETTING_S = 40.0
# Travel for a rep that brings only its velocity, to tell grinding from waiting (design choice).
_USUAL_ROM_M = 0.45


class Gap(Enum):
    """What lies between two reps."""

    USUAL = "usual"
    MISSED = "missed"
    PAUSE = "pause"
    RESTART = "restart"


# By names of their own: found through its class, a member of an enum costs ten times as much (measured).
_USUAL = Gap.USUAL


def concentric_s(duration_s: float | None, velocity_mps: float | None, rom_m: float | None) -> float | None:
    """How long a rep itself took, s: as measured, else by its travel and velocity.

    >>> concentric_s(None, 0.25, 0.40), concentric_s(None, None, 0.40)
    (1.6, None)
    """
    if duration_s is not None:
        return duration_s
    return None if velocity_mps is None else (_USUAL_ROM_M if rom_m is None else rom_m) / velocity_mps


def classify_gap(interval_s: float, grinding_s: float, usual_s: tuple[float, ...]) -> Gap:
    """What the time between the ends of two reps says.

    A slow rep makes its own interval long, and the waits grow with fatigue: the time it took over the fastest rep is
    taken off, and what is left is held against the longer of the median and the last of the set's usual intervals.

    Parameters
    ----------
    interval_s : float
        From the end of the last rep to the end of this one.
    grinding_s : float
        How much longer this rep took than the set's fastest.
    usual_s : tuple of float
        The set's usual intervals so far, in order.

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
        return _USUAL  # whatever the median is
    expected_s = max(sorted(usual_s)[len(usual_s) // 2], usual_s[-1])
    if waited_s > _PAUSE_RATIO * expected_s and waited_s > _PAUSE_MIN_S:
        return Gap.PAUSE
    return Gap.MISSED if len(usual_s) > 1 and waited_s > _MISSED_RATIO * expected_s else _USUAL


def reps_recovered(pause_s: float, reps_done: int) -> int:
    """How many of the reps done a pause gives back, whole reps.

    >>> [reps_recovered(pause, reps_done=8) for pause in (6.0, 20.0, 45.0)]
    [1, 2, 2]
    """
    return round(_RECOVERED_SHARE_MAX * (1.0 - exp(-pause_s / _RECOVERY_S)) * reps_done)


def information_kept(pause_s: float) -> float:
    """Share of what was known of the curve that a pause leaves.

    >>> round(information_kept(20.0), 3)
    0.607
    """
    return exp(-pause_s / _FORGETTING_S)
