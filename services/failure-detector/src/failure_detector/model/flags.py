"""What a rep's travel and speed say of it beside its velocity: ghost, re-rack, failed attempt, short range.

Judged against the valid reps of the set before it, so that a rep's flags never depend on later ones. Travel is compared
with the lower of two middle reps where it is short and with the upper where it is long: in an even number of reps an
unrack among them can't make the others look odd.
"""

from __future__ import annotations

from enum import Enum

SLOW_FIRST = "slow_first"
OUTLIER = "outlier"
GHOST = "ghost"
RERACK = "rerack"
SHORT_ROM = "short_rom"
STALL = "stall"
FAILED = "failed"
MISSED_REP = "missed_rep"
PAUSE = "pause"
METRIC = "metric"

# A failed attempt comes as a slow, short rep: 20–60 % of the set's median travel (devices' own recordings), and slower
# than any fall from one completed rep to the next (design choice).
_FAILED_ROM_SHARE = 0.6
_FAILED_VELOCITY_SHARE = 0.6
_GHOST_ROM_SHARE = 0.5
# Unracking and re-racking may come as a rep of unlike travel (design choice of the limit).
_RERACK_ROM_SHARE = 1.5
# Range lost by more than 20 % is a breakdown of form.
_SHORT_ROM_SHARE = 0.8
# Travel is judged once two valid reps have shown the set's own.
_ROMS_MIN = 2
# The first rep counts as slow where the second or third beats it by more than rep-to-rep noise (design choice).
_SLOW_FIRST_RATIO = 1.05
# No lifter gets this much faster than the fastest of two reps: the sensor did (design choice).
_REFERENCE_JUMP_RATIO = 1.4
# Less of a change from rep to rep is no outlier of the rep, but a set unlike its starting values (design choice).
_JUMP_SHARE = 0.15


class Verdict(Enum):
    """What a reported rep is: only a valid one is a rep done."""

    VALID = "valid"
    SHORT = "short"
    GHOST = "ghost"
    RERACK = "rerack"
    FAILED = "failed"


def judge_travel(
    rom_m: float | None, velocity_mps: float | None, roms_m: tuple[float, ...], last_velocity_mps: float | None
) -> Verdict:
    """What a rep is by its travel and velocity.

    Parameters
    ----------
    rom_m, velocity_mps : float or None
        Of this rep.
    roms_m : tuple of float
        Travel of the set's valid reps before it.
    last_velocity_mps : float or None
        Velocity of the valid rep before it, in the same metric.

    >>> roms_m = (0.42, 0.41, 0.42)
    >>> [judge_travel(rom, v, roms_m, 0.25).value for rom, v in ((0.41, 0.22), (0.32, 0.22), (0.17, 0.06), (0.12, 0.4))]
    ['valid', 'short', 'failed', 'ghost']
    """
    if rom_m is None or len(roms_m) < _ROMS_MIN:
        return Verdict.VALID
    if _SHORT_ROM_SHARE * max(roms_m) <= rom_m <= _RERACK_ROM_SHARE * min(roms_m):
        return Verdict.VALID  # whichever rep is the middle one
    in_order = sorted(roms_m)
    lower = in_order[(len(in_order) - 1) // 2]
    if rom_m < _SHORT_ROM_SHARE * lower:
        slow = (
            velocity_mps is not None
            and last_velocity_mps is not None
            and velocity_mps < _FAILED_VELOCITY_SHARE * last_velocity_mps
        )
        if slow and rom_m < _FAILED_ROM_SHARE * lower:
            return Verdict.FAILED
        return Verdict.GHOST if rom_m < _GHOST_ROM_SHARE * lower else Verdict.SHORT
    return Verdict.RERACK if rom_m > _RERACK_ROM_SHARE * in_order[len(in_order) // 2] else Verdict.VALID


def is_slow_first(velocity_mps: float, first_velocity_mps: float, valid_reps: int) -> bool:
    """Whether this rep, the second or third valid one, shows that the set's first was not its fastest.

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

    Two in a row are no accident of the sensor: the second is taken.

    >>> [is_beyond_reference(velocity, 0.50, 0.48, valid_before=3) for velocity in (0.9, 0.55)]
    [True, False]
    >>> is_beyond_reference(0.9, 0.50, 0.88, valid_before=4)
    False
    """
    limit_mps = _REFERENCE_JUMP_RATIO * reference_mps
    repeated = last_mps is not None and last_mps > limit_mps
    return valid_before >= _ROMS_MIN and velocity_mps > limit_mps and not repeated
