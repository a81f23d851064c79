"""What the time between two reps means: a missed rep, a pause with some recovery, a new curve."""

from __future__ import annotations

from enum import Enum
from math import exp

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


def classify_gap(interval_s: float, grinding_s: float, usual_s: tuple[float, ...]) -> Gap:
    """Classify the time between the ends of two reps.

    A slow rep lengthens its own interval, and waits grow with fatigue: so the time it took over the fastest rep is
    subtracted, and the rest is compared with the longer of the median and the last of the set's usual intervals.

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
