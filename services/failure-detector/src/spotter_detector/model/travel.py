"""What a report's travel shows: a rep, a shorter one, a movement of the bar that is not a rep.

A lifter's travel varies by 2–3 % from rep to rep, so a report whose travel is a quarter off is no rep of the set,
unless the lifter cuts the reps short: those are as slow as a rep, never as fast as an unloaded movement. Unracking and
re-racking arrive as a first or last rep of unlike travel, often faster; a bounce or a shift of the grip as a short
quick movement; a failed attempt as a rep of 20–60 % of the travel and far slower than the one before (what devices
record). The limits between these are design choices.
"""

from __future__ import annotations

from math import log

from spotter_detector.model.flags import Verdict

LONG_SHARE = 1.25
SHORT_SHARE = 0.8
_UNLIKE = 0.75
_GHOST = 0.5
# A movement this short at the speed of the rep before is not a rep.
_CUT = 0.62
_FREE_VELOCITY_SHARE = 0.95
_FAILED_ROM_SHARE = 0.65
_FAILED_VELOCITY_SHARE = 0.72
# Far from failure only an attempt this slow has failed.
_FAILED_ANYWHERE_SHARE = 0.5
# Of two unlike reports the second is the odd one only if it is this far off the expected travel and the first is not
# (logs).
_FAR_OFF, _NEAR = 0.6, 0.4
# Module names: looking a member up through its enum class takes ten times as long (measured).
_VALID = Verdict.VALID


def classify_travel(rom_m: float, usual_m: float, velocity_ratio: float | None, *, near_failure: bool) -> Verdict:
    """Classify a report by its travel against that of the set's valid reps.

    `velocity_ratio` is its velocity over that of the valid rep before it, in the same metric; `near_failure`: that rep
    was as slow as last reps are.

    >>> reports = ((0.4, 0.9), (0.32, 0.9), (0.2, 0.6), (0.2, 1.2))
    >>> [classify_travel(rom_m, 0.42, ratio, near_failure=True).value for rom_m, ratio in reports]
    ['valid', 'short', 'failed', 'ghost']
    >>> [classify_travel(rom_m, 0.42, ratio, near_failure=False).value for rom_m, ratio in ((0.2, 0.6), (0.6, 0.9))]
    ['ghost', 'rerack']
    """
    share = rom_m / usual_m
    if share > LONG_SHARE:
        return Verdict.RERACK
    if share >= SHORT_SHARE:
        return _VALID
    if velocity_ratio is not None and velocity_ratio < _FAILED_VELOCITY_SHARE:
        if share > _FAILED_ROM_SHARE:
            return Verdict.SHORT
        failed = near_failure or velocity_ratio < _FAILED_ANYWHERE_SHARE
        return Verdict.FAILED if failed else Verdict.GHOST
    if share >= _UNLIKE or (share >= _CUT and (velocity_ratio is None or velocity_ratio < _FREE_VELOCITY_SHARE)):
        return Verdict.SHORT
    return Verdict.GHOST if share < _GHOST else Verdict.RERACK


def classify_first(
    first_m: float, second_m: float, third_m: float | None, expected_m: float
) -> tuple[Verdict, Verdict] | None:
    """Return revised verdicts on the first two reports by the travel of the second and third; None: no revision.

    Nothing in a first report distinguishes an unrack from a rep; the next two do. If they differ and there is no third
    yet, the travel expected of the lifter or the exercise decides.

    >>> [[verdict.value for verdict in classify_first(0.7, 0.42, third, 0.42) or ()] for third in (None, 0.41)]
    [['rerack', 'valid'], ['rerack', 'valid']]
    >>> [verdict.value for verdict in classify_first(0.42, 0.15, None, 0.42) or ()]
    ['valid', 'ghost']
    >>> classify_first(0.42, 0.40, 0.43, 0.42) is None
    True
    """
    if _alike(first_m, second_m):
        return None
    if third_m is None:
        first_is_usual = abs(log(second_m / expected_m)) > _FAR_OFF and abs(log(first_m / expected_m)) < _NEAR
    else:
        first_is_usual = _alike(first_m, third_m)
    if not first_is_usual:
        return Verdict.RERACK, _VALID
    return _VALID, Verdict.GHOST if second_m < first_m else Verdict.RERACK


def _alike(rom_m: float, other_m: float) -> bool:
    return _UNLIKE * other_m <= rom_m <= other_m / _UNLIKE
