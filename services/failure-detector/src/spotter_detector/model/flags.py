"""The flags of an estimate, the verdicts on a report, and velocities that cannot be right."""

from __future__ import annotations

from enum import Enum

SLOW_FIRST = "slow_first"
OUTLIER = "outlier"
GHOST = "ghost"
RERACK = "rerack"
SHORT_ROM = "short_rom"
SECOND_DIP = "second_dip"
STALL = "stall"
FAILED = "failed"
MISSED_REP = "missed_rep"
PAUSE = "pause"
METRIC = "metric"


# Outside the class, where the names of flags would be those of verdicts.
_NO_REP = (GHOST,)
_FAILED_SHORT = (FAILED, SHORT_ROM, STALL)
_FAILED_HELPED = (FAILED, STALL)
_FAILED_HALF = (FAILED, SECOND_DIP, STALL)
_STALLED = (STALL,)


class Verdict(Enum):
    """What a report is, and the flags it gets: the first five are completed reps.

    >>> [verdict.value for verdict in Verdict if verdict.is_done]
    ['valid', 'short', 'slow', 'off', 'stalled']
    """

    VALID = ("valid", ())
    # Range lost: a breakdown of form.
    SHORT = ("short", (SHORT_ROM,))
    # A first rep not yet in the groove: done, and no measure of the lifter.
    SLOW = ("slow", (SLOW_FIRST,))
    # A velocity contradicted by the rep's own travel and time, or by the next reps: done, and not measured.
    OFF = ("off", (OUTLIER,))
    # One in which the bar stood, as its own start, end and duration show.
    STALLED = ("stalled", _STALLED)
    GHOST = ("ghost", _NO_REP)
    # The same rep reported again.
    DOUBLE = ("double", _NO_REP)
    # The bar put back.
    RERACK = ("rerack", (RERACK,))
    # An attempt that stopped short of the top.
    FAILED = ("failed", _FAILED_SHORT)
    # A rep with a helper's hands on the bar after one that all but stopped: not the lifter's own.
    HELPED = ("helped", _FAILED_HELPED)
    # The second half of a rep split by a dip.
    SECOND_HALF = ("second_half", _FAILED_HALF)
    # A rep with help, as told: how far the lifter would have come alone is not known.
    ASSISTED = ("assisted", ())

    def __init__(self, label: str, flags: tuple[str, ...]) -> None:
        self._value_ = label
        self.flags = flags
        self.is_done = label in {"valid", "short", "slow", "off", "stalled"}
        self.is_failed = STALL in flags

    @property
    def flags_unbelieved(self) -> tuple[str, ...]:
        """The flags of a report that looks like a failed attempt in a set that is not at its end: the bar put down.

        >>> [verdict.flags_unbelieved for verdict in (Verdict.FAILED, Verdict.HELPED, Verdict.STALLED)]
        [('rerack',), ('ghost',), ()]
        """
        if self.is_done:
            return ()
        return (GHOST,) if self is Verdict.HELPED else (RERACK,)


def is_slow_first(velocity_mps: float, first_velocity_mps: float, valid_reps: int) -> bool:
    """Whether this rep, the second or third valid one, shows that the set's first rep was not its fastest.

    In bench press sets of more than 12 reps the fastest is the first in 37 %, the second in 40 % (García-Ramos 2021).

    >>> is_slow_first(0.55, 0.50, valid_reps=2), is_slow_first(0.51, 0.50, valid_reps=2)
    (True, False)
    """
    return 2 <= valid_reps <= 3 and velocity_mps > _SLOW_FIRST_RATIO * first_velocity_mps


def is_jump(pace: float, last_pace: float) -> bool:
    """Whether a rep's pace differs so much from the last one's that it may be called an outlier.

    >>> is_jump(1.06, 0.96), is_jump(0.30, 0.50)
    (False, True)
    """
    return abs(pace - last_pace) > _JUMP_SHARE * last_pace


def is_beyond_reference(velocity_mps: float, reference_mps: float, last_mps: float | None, valid_before: int) -> bool:
    """Whether a velocity is too far over the set's fastest so far to become the reference.

    Two in a row are no sensor error: the second is accepted.

    >>> [is_beyond_reference(velocity, 0.50, 0.48, valid_before=3) for velocity in (0.9, 0.55)]
    [True, False]
    >>> is_beyond_reference(0.9, 0.50, 0.88, valid_before=4)
    False
    """
    limit_mps = REFERENCE_JUMP_RATIO * reference_mps
    repeated = last_mps is not None and last_mps > limit_mps
    return valid_before >= _VALID_MIN and velocity_mps > limit_mps and not repeated


# The first rep counts as slow if the second or third beats it by more than rep-to-rep noise (design choice).
_SLOW_FIRST_RATIO = 1.05
# No lifter gets this much faster than the fastest of two reps: it is the sensor (design choice).
REFERENCE_JUMP_RATIO = 1.25
_VALID_MIN = 2
# A smaller change from rep to rep is not an outlier, but a set unlike its prior (design choice).
_JUMP_SHARE = 0.15


# All come from one signal and differ by rounding; by more than this ratio one of them is wrong (design choice).
_RATIO_MAX = 1.2


def plausible_velocity(velocity_mps: float, rom_m: float, duration_s: float, expected_mps: float) -> float:
    """Return the velocity; or travel over duration, if the two contradict and that is nearer to the expected one.

    >>> plausible_velocity(0.42, 0.42, 1.02, 0.45), plausible_velocity(0.85, 0.42, 1.0, 0.45)
    (0.42, 0.42)
    """
    other_mps = rom_m / duration_s
    if velocity_mps <= _RATIO_MAX * other_mps and other_mps <= _RATIO_MAX * velocity_mps:
        return velocity_mps
    return other_mps if abs(other_mps - expected_mps) < abs(velocity_mps - expected_mps) else velocity_mps
