"""Which way is up for an IMU, how fast it rises, and about which axis its limb turns.

A complementary filter: the gyroscope rotates the estimated direction of gravity, the accelerometer corrects it slowly. Acceleration along it
beyond gravity is upward; its leaky integral is vertical velocity without the slow part. An accelerometer with the
opposite sign (as in phones of one maker) gives the same result. Mahony, Hamel, Pflimlin (2008),
Nonlinear complementary filters on the special orthogonal group, IEEE TAC 53(5); time constants are design choices.

The axis is the leading direction of the rotation so far: of its covariance with exponential forgetting, by one step of
the power method each time (Oja 1982, J. Math. Biol. 15, is the same with one sample's covariance).
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


Vector = tuple[float, float, float]


@record(frozen=True, slots=True)
class Axis:
    """Mean and covariance sums of the rotation, and the leading direction; its sign never jumps."""

    weight: float = 0.0
    mean: Vector = (0.0, 0.0, 0.0)
    sums: tuple[float, float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    direction: Vector = (0.0, 0.0, 0.0)


def update_axis(axis: Axis, rotation: Vector, step_s: float, memory_s: float) -> Axis:
    """Process the integrated rotation, rad.

    >>> axis = Axis()
    >>> for swing in (0.0, 0.5, 1.0, 0.5) * 10:
    ...     axis = update_axis(axis, (0.6 * swing, 0.0, 0.8 * swing), 0.08, 20.0)
    >>> [round(share, 3) for share in axis.direction]
    [0.6, 0.0, 0.8]
    """
    keep = exp(-step_s / memory_s)
    weight = axis.weight * keep + 1.0
    (x, y, z), (mx, my, mz) = rotation, axis.mean
    x, y, z = x - mx, y - my, z - mz
    mx, my, mz = mx + x / weight, my + y / weight, mz + z / weight
    # One factor against the old mean, one against the new: the running covariance (Welford 1962).
    share = 1.0 - 1.0 / weight
    xx, xy, xz, yy, yz, zz = axis.sums
    xx, xy, xz = xx * keep + x * x * share, xy * keep + x * y * share, xz * keep + x * z * share
    yy, yz, zz = yy * keep + y * y * share, yz * keep + y * z * share, zz * keep + z * z * share
    ux, uy, uz = axis.direction
    if not ux and not uy and not uz:
        ux, uy, uz = x, y, z
    for _ in range(2):
        ux, uy, uz = xx * ux + xy * uy + xz * uz, xy * ux + yy * uy + yz * uz, xz * ux + yz * uy + zz * uz
        size = sqrt(ux * ux + uy * uy + uz * uz)
        if size < 1e-12:
            ux, uy, uz = axis.direction
            break
        ux, uy, uz = ux / size, uy / size, uz / size
    return Axis(weight, (mx, my, mz), (xx, xy, xz, yy, yz, zz), (ux, uy, uz))
