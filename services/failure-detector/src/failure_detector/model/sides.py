"""Reps done left and right in turn: two levels of velocity in one set, of which the weaker side fails first.

Nobody says which side a rep is of; a set whose velocity goes up and down with every rep shows it. Rep-to-rep noise of 6 %
does so over six changes in one set of several hundred (design choice of both).
"""

from __future__ import annotations

_CHANGES_MIN = 6
SIDES_VALID_MIN = _CHANGES_MIN
_CHANGE_SHARE_MIN = 0.08


def stronger_side(velocities_mps: tuple[float, ...]) -> tuple[int, float] | None:
    """Which of the reps, even (0) or odd (1) places, are of the stronger side, and how many times as fast; None: no sides.

    >>> stronger_side((0.50, 0.60, 0.49, 0.59, 0.47, 0.57, 0.45))
    (1, 1.229)
    >>> stronger_side((0.50, 0.52, 0.49, 0.47, 0.46, 0.44, 0.40)) is None
    True
    """
    if len(velocities_mps) <= _CHANGES_MIN:
        return None
    newest = velocities_mps[-_CHANGES_MIN - 1 :]
    rising = newest[1] > newest[0]
    for place in range(_CHANGES_MIN):
        before, after = newest[place], newest[place + 1]
        if (after > before) is not (rising == (place % 2 == 0)) or abs(after - before) < _CHANGE_SHARE_MIN * before:
            return None
    # Each rep against the middle of its neighbours, so that slowing takes no part in it.
    ratios = sorted(
        2.0 * newest[place] / (newest[place - 1] + newest[place + 1])
        for place in range(1, _CHANGES_MIN)
        if (newest[place] > newest[place - 1])
    )
    first = len(velocities_mps) - len(newest)
    stronger = (first + (1 if rising else 0)) % 2
    return stronger, round(ratios[len(ratios) // 2], 3)
