"""What no bar and no limb does: samples of raw motion beyond it are wrong, or in another unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

POSITION_M_MAX: Final = 3.0
"""Above the floor, or below where it was zeroed: the highest that a bar gets over a tall lifter's head."""
VELOCITY_MPS_MAX: Final = 6.0
"""About twice the fastest snatch's bar."""
ACCELERATION_MPS2_MAX: Final = 20 * 9.80665
"""More than the range of a wrist's sensor (16 g)."""
BRIDGED_S: Final = 0.2
"""Missing samples of up to this time are bridged."""
_LIMITS: Final = {"bar_position": POSITION_M_MAX, "bar_velocity": VELOCITY_MPS_MAX}
# Of a row [ax, ay, az, gx, gy, gz].
_CHANNELS, _ACCELERATIONS = 6, 3

Samples = Sequence[float | None] | Sequence[Sequence[float] | None]
"""Numbers, or rows of six; None is missing."""


def usable(signal: str, samples: Samples) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return samples as rows (samples × channels), and which of them are there and possible.

    >>> values, used = usable("bar_position", [1.2, None, 1400.0, 1.21])
    >>> used.tolist(), values[:, 0].tolist()
    ([True, False, False, True], [1.2, nan, 1400.0, 1.21])
    """
    values = as_rows(signal, samples)
    there = np.isfinite(values).all(axis=1)
    return values, there & ~impossible(signal, values)


def as_rows(signal: str, samples: Samples) -> npt.NDArray[np.float64]:
    """Return samples as rows (samples × channels); one that is missing is NaN."""
    if not signal.startswith("imu"):
        return np.array(samples, dtype=np.float64).reshape(len(samples), 1)
    absent = (np.nan,) * _CHANNELS
    return np.array([absent if row is None else row for row in samples], dtype=np.float64).reshape(-1, _CHANNELS)


def impossible(signal: str, values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return which rows are beyond the limits; one that is missing is not."""
    limit = _LIMITS.get(signal)
    beyond = np.abs(values[:, :_ACCELERATIONS]) > (ACCELERATION_MPS2_MAX if limit is None else limit)
    return np.asarray(beyond.any(axis=1))
