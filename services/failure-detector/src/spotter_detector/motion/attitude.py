"""Which way is up for an IMU, and how fast it rises: a complementary filter.

The gyroscope rotates the estimated direction of gravity, the accelerometer corrects it slowly. Acceleration along it
beyond gravity is upward; its leaky integral is vertical velocity without the slow part. An accelerometer with the
opposite sign (as in phones of one maker) gives the same result. Mahony, Hamel, Pflimlin (2008),
Nonlinear complementary filters on the special orthogonal group, IEEE TAC 53(5); time constants are design choices.
"""

from __future__ import annotations

from math import exp, sqrt

from spotter.domain.fast_dataclass import record

GRAVITY_MPS2 = 9.80665
_GRAVITY_MAX_MPS2 = 2.0 * GRAVITY_MPS2
_CORRECTION_S = 2.0
_LEAK_S = 1.5


@record(frozen=True, slots=True)
class Attitude:
    """Gravity in the sensor's frame, m/s²; the leaky integral of the upward acceleration and its slow part, m/s."""

    gravity: tuple[float, float, float] | None = None
    rise_mps: float = 0.0
    slow_mps: float = 0.0


def update_attitude(attitude: Attitude, row: tuple[float, ...], step_s: float) -> tuple[Attitude, float]:
    """Process a row [ax, ay, az, gx, gy, gz] and return the vertical velocity, m/s.

    >>> attitude = Attitude()
    >>> for up in (0.0,) * 10 + (2.0,) * 5 + (-2.0,) * 5:  # a push and a stop, 0.4 s each
    ...     attitude, velocity = update_attitude(attitude, (0.0, 0.0, 9.80665 + up, 0.0, 0.0, 0.0), 0.08)
    ...     if up > 0: highest = velocity
    >>> round(highest, 2), round(velocity, 2)
    (0.61, -0.29)
    """
    ax, ay, az, wx, wy, wz = row
    if attitude.gravity is None:
        return Attitude((ax, ay, az)), 0.0
    gx, gy, gz = attitude.gravity
    # In the sensor's own frame a fixed direction rotates against the sensor.
    gx, gy, gz = (
        gx - step_s * (wy * gz - wz * gy),
        gy - step_s * (wz * gx - wx * gz),
        gz - step_s * (wx * gy - wy * gx),
    )
    share = step_s / _CORRECTION_S
    gx, gy, gz = gx + share * (ax - gx), gy + share * (ay - gy), gz + share * (az - gz)
    size = sqrt(gx * gx + gy * gy + gz * gz) or 1.0
    if size > _GRAVITY_MAX_MPS2:  # rotation too fast for one step: without a bound it would grow without limit
        gx, gy, gz = (part * _GRAVITY_MAX_MPS2 / size for part in (gx, gy, gz))
        size = _GRAVITY_MAX_MPS2
    upward = (ax * gx + ay * gy + az * gz) / size - GRAVITY_MPS2
    rise = attitude.rise_mps * exp(-step_s / _LEAK_S) + upward * step_s
    slow = attitude.slow_mps + (rise - attitude.slow_mps) * step_s / _LEAK_S
    return Attitude((gx, gy, gz), rise, slow), rise - slow
