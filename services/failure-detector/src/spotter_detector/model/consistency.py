"""Velocities that contradict the rep's own travel and duration."""

from __future__ import annotations

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
