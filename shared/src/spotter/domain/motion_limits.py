"""What no bar and no limb does: samples of raw motion beyond it are wrong, or in another unit."""

from __future__ import annotations

from typing import Final

POSITION_M_MAX: Final = 3.0
"""Above the floor, or below where it was zeroed: the highest that a bar gets over a tall lifter's head."""
VELOCITY_MPS_MAX: Final = 6.0
"""About twice the fastest snatch's bar."""
ACCELERATION_MPS2_MAX: Final = 20 * 9.80665
"""More than the range of a wrist's sensor (16 g)."""
SAMPLES_MAX: Final = 2_048
"""Of one event."""
TURNING_RADPS_MAX: Final = 40.0
"""More than the range of a wrist's sensor (2,000° per second)."""
BRIDGED_S: Final = 0.2
"""Missing samples of up to this time are bridged."""
ACCELERATIONS: Final = 3
"""Of a row [ax, ay, az, gx, gy, gz] of an IMU."""


def limit_of(signal: str) -> float:
    """Return how large a sample may be, or a row's accelerations, in the signal's own unit.

    >>> limit_of("bar_position"), limit_of("bar_velocity"), round(limit_of("imu_wrist"))
    (3.0, 6.0, 196)
    """
    if signal == "bar_position":
        return POSITION_M_MAX
    return VELOCITY_MPS_MAX if signal == "bar_velocity" else ACCELERATION_MPS2_MAX
