"""The axis of a limb's rotation in this exercise: the leading direction of its rotation so far.

The covariance of the integrated rotation, with exponential forgetting, and one step of the power method each time
(Oja 1982, J. Math. Biol. 15, is the same with one sample's covariance).
"""

from __future__ import annotations

from math import exp, sqrt

from spotter.domain.fast_dataclass import record

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
