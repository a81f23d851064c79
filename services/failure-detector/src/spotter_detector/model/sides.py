"""Reps alternating left and right: two levels of velocity in one set, of which the weaker side fails first.

The side of a rep is not reported; a set in which the reps alternate above and below their neighbours, always by about
as much, shows it. Noise does so over seven reps in about one set in a thousand (simulated sets; the limits are design
choices).
"""

from __future__ import annotations

_REPS_MIN = 9
# Reps must differ from the mean of their neighbours by at least this share of it.
_SHARE_MIN = 0.09
# The smallest such difference over the largest, at least.
_EVEN_MIN = 0.6
SIDES_VALID_MIN = _REPS_MIN - 1


def stronger_side(velocities_mps: tuple[float, ...]) -> tuple[int, float] | None:
    """Return whether the stronger side's reps have even (0) or odd (1) indices, and how many times as fast they are.

    None if the newest nine reps show no sides.

    >>> stronger_side((0.50, 0.60, 0.49, 0.59, 0.47, 0.57, 0.45, 0.55, 0.44))
    (1, 1.236)
    >>> stronger_side((0.50, 0.52, 0.49, 0.47, 0.46, 0.44, 0.40, 0.41, 0.38)) is None
    True
    """
    if len(velocities_mps) < _REPS_MIN:
        return None
    newest = velocities_mps[-_REPS_MIN:]
    # Against the mean of the neighbours, so that slowing cancels out.
    ratios = [2.0 * newest[index] / (newest[index - 1] + newest[index + 1]) for index in range(1, _REPS_MIN - 1)]
    stronger = 0 if ratios[0] > 1.0 else 1
    over = [ratio - 1.0 if index % 2 == stronger else 1.0 - ratio for index, ratio in enumerate(ratios)]
    if min(over) < _SHARE_MIN or min(over) < _EVEN_MIN * max(over):
        return None
    times = sorted(ratios[stronger::2])
    # ratios[0] belongs to the second of the newest.
    return (len(velocities_mps) - _REPS_MIN + 1 + stronger) % 2, round(times[len(times) // 2], 3)
