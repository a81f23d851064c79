"""Reps done left and right in turn: two levels of velocity in one set, of which the weaker side fails first.

Nobody says which side a rep is of; a set in which each rep lies above or below its neighbours in turn, and always by about
as much, shows it. Noise does so over seven reps in about one set of a thousand (seen on simulated sets; the limits are
design choices).
"""

from __future__ import annotations

_REPS_MIN = 9
# Reps over and under the middle of their neighbours by at least this share of it.
_SHARE_MIN = 0.09
# The least of these at least so much of the greatest.
_EVEN_MIN = 0.6
SIDES_VALID_MIN = _REPS_MIN - 1


def stronger_side(velocities_mps: tuple[float, ...]) -> tuple[int, float] | None:
    """Which of the reps, at even (0) or odd (1) places, are of the stronger side, and how many times as fast.

    None where there are no sides to be seen in the newest nine reps.

    >>> stronger_side((0.50, 0.60, 0.49, 0.59, 0.47, 0.57, 0.45, 0.55, 0.44))
    (1, 1.236)
    >>> stronger_side((0.50, 0.52, 0.49, 0.47, 0.46, 0.44, 0.40, 0.41, 0.38)) is None
    True
    """
    if len(velocities_mps) < _REPS_MIN:
        return None
    newest = velocities_mps[-_REPS_MIN:]
    # Against the middle of its neighbours, so that slowing takes no part in it.
    ratios = [2.0 * newest[place] / (newest[place - 1] + newest[place + 1]) for place in range(1, _REPS_MIN - 1)]
    stronger = 0 if ratios[0] > 1.0 else 1
    over = [ratio - 1.0 if place % 2 == stronger else 1.0 - ratio for place, ratio in enumerate(ratios)]
    if min(over) < _SHARE_MIN or min(over) < _EVEN_MIN * max(over):
        return None
    times = sorted(ratios[stronger::2])
    # ratios[0] is of the second of the newest.
    return (len(velocities_mps) - _REPS_MIN + 1 + stronger) % 2, round(times[len(times) // 2], 3)
