"""What a report's travel shows: a rep, a shorter one, a movement of the bar that is not a rep.

A lifter's travel varies by 2–3 % from rep to rep, so a report whose travel is a quarter off is no rep of the set,
unless the lifter cuts the reps short: those are as slow as a rep, never as fast as an unloaded movement. Re-racking
arrives as a last rep of unlike travel, often faster; a bounce or a shift of the grip as a short quick movement; a failed
attempt as a rep of 20–60 % of the travel and far slower than the one before (what devices record), and so does a bar
put down slowly. What comes before the first rep is left out already (see `set_start`). The limits between these are
design choices.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from math import log

from spotter_detector.model.flags import Verdict

LONG_SHARE = 1.25
SHORT_SHARE = 0.8
# Within this share of each other reps have one travel; a fast movement after a rest that is further off is no rep.
UNLIKE_REST = 0.9
_UNLIKE = 0.75
_GHOST = 0.5
# A movement this short at the speed of the rep before is not a rep.
_CUT = 0.62
_FREE_VELOCITY_SHARE = 0.95
_FAILED_ROM_SHARE = 0.65
_FAILED_VELOCITY_SHARE = 0.75
# A report's verdict depends on its travel only by where this is between these.
_BOUNDS = (_GHOST, _CUT, _FAILED_ROM_SHARE, _UNLIKE, SHORT_SHARE, LONG_SHARE)
# Module names: looking a member up through its enum class takes ten times as long (measured).
_VALID = Verdict.VALID


def classify_travel(rom_m: float, usual_m: float, velocity_ratio: float | None) -> Verdict:
    """Classify a report by its travel against that of the set's valid reps.

    `velocity_ratio` is its velocity over that of the valid rep before it, in the same metric. Whether a slow short
    movement was a failed attempt or the bar put down, its shape does not tell: the estimate decides.

    >>> reports = ((0.4, 0.9), (0.32, 0.9), (0.2, 0.6), (0.2, 1.2), (0.6, 0.9))
    >>> [classify_travel(rom_m, 0.42, ratio).value for rom_m, ratio in reports]
    ['valid', 'short', 'failed', 'ghost', 'rerack']
    """
    share = rom_m / usual_m
    if share >= LONG_SHARE:
        return Verdict.RERACK
    if share >= SHORT_SHARE:
        return _VALID
    if velocity_ratio is not None and velocity_ratio < _FAILED_VELOCITY_SHARE:
        return Verdict.SHORT if share > _FAILED_ROM_SHARE else Verdict.FAILED
    if share >= _UNLIKE or (share >= _CUT and (velocity_ratio is None or velocity_ratio < _FREE_VELOCITY_SHARE)):
        return Verdict.SHORT
    return Verdict.GHOST if share < _GHOST else Verdict.RERACK


def usual_travel(roms_m: Sequence[float], expected_m: float) -> float:
    """Return the travel of a set from that of all its reports: the median; of two middle ones the more expected one.

    No verdict counts here, so that none can confirm itself: reports of another travel are odd as long as more have this
    one.

    >>> usual_travel((0.3, 0.42, 0.41), 0.6), usual_travel((0.2, 0.4), 0.42)
    (0.41, 0.4)
    """
    in_order = sorted(roms_m)
    lower_m, upper_m = in_order[(len(in_order) - 1) // 2], in_order[len(in_order) // 2]
    return lower_m if abs(log(lower_m / expected_m)) < abs(log(upper_m / expected_m)) else upper_m


def travel_bands(roms_m: Sequence[float], usual_m: float | None) -> tuple[int, ...]:
    """Return what the travel of each report means against the usual one; None: all are alike.

    >>> travel_bands((0.2, 0.41, 0.6), 0.42), travel_bands((0.4, 0.41), None)
    ((0, 5, 6), (5, 5))
    """
    if usual_m is None:
        return (_ALIKE_BAND,) * len(roms_m)
    return tuple([bisect(_BOUNDS, rom_m / usual_m) for rom_m in roms_m])


_ALIKE_BAND = len(_BOUNDS) - 1


def sharing(roms_m: Sequence[float], usual_m: float | None) -> int:
    """Return how many reports share the usual travel; None: all.

    >>> sharing((0.2, 0.41, 0.43), 0.42), sharing((0.4, 0.41), None)
    (2, 2)
    """
    return travel_bands(roms_m, usual_m).count(_ALIKE_BAND)
