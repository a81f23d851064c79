"""Whether samples of raw motion can be what their signal says: refused where no bar moves so, told where some are wrong."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from spotter.domain.events.lifting import MotionSampled
from spotter.domain.motion_limits import (
    ACCELERATION_MPS2_MAX,
    BRIDGED_S,
    POSITION_M_MAX,
    VELOCITY_MPS_MAX,
    as_rows,
    impossible,
)
from spotter.http.envelope_fields import invalid

_SPIKES_SHARE: Final = 50
"""One sample, or one in as many, may be impossible: more of them are no spikes."""
_SURE_SAMPLES: Final = 10
"""Of an IMU, from which on its units can be told."""
# With gravity a limb's acceleration is about 9.8 m/s²; in g it is about 1, without gravity it is about 0 at rest.
_GRAVITY_RANGE_MPS2: Final = (5.0, 25.0)
_TURNING_RADPS_MAX: Final = 20.0
_LIMITS: Final = {
    "bar_position": f"{POSITION_M_MAX:g} m",
    "bar_velocity": f"{VELOCITY_MPS_MAX:g} m/s",
    "imu_bar": f"{ACCELERATION_MPS2_MAX:.0f} m/s² (20 g)",
    "imu_wrist": f"{ACCELERATION_MPS2_MAX:.0f} m/s² (20 g)",
}
_MENDS: Final = {
    "bar_position": "Send metres",
    "bar_velocity": "Send metres per second",
    "imu_bar": "Send rows [ax, ay, az, gx, gy, gz] in m/s², gravity included, and rad/s.",
    "imu_wrist": "Send rows [ax, ay, az, gx, gy, gz] in m/s², gravity included, and rad/s.",
}
_METRES: Final = ((100.0, "millimetres", 1000), (10.0, "centimetres", 100))
"""From how many times the limit on a median is more likely of a smaller unit, and by what to divide it."""


def check_samples(data: MotionSampled) -> list[str]:
    """Return what to tell the sender of samples left out or missing; raises Problem 422 for what no bar or limb does."""
    values = as_rows(data.signal, data.samples)
    beyond = impossible(data.signal, values)
    count, there = int(beyond.sum()), int(np.isfinite(values).all(axis=1).sum())
    notes: list[str] = []
    if count:
        if count == there or count > max(1, len(values) // _SPIKES_SHARE):
            detail = f"{count} of {len(values)} samples of {data.signal} are beyond {_LIMITS[data.signal]}"
            raise invalid("data.samples", detail, _mend(data.signal, values[beyond]), title="Impossible motion")
        notes.append(f"spike: {count} of {len(values)} samples beyond {_LIMITS[data.signal]} left out")
    gap_s = _longest_run(np.asarray(np.isnan(values).any(axis=1))) / data.rate_hz
    if gap_s > BRIDGED_S + 1e-9:
        notes.append(f"gap: {gap_s:.2f} s without samples; up to {BRIDGED_S:g} s are bridged, and a rep in it is lost")
    if data.signal.startswith("imu"):
        notes.extend(_units(values[np.isfinite(values).all(axis=1)]))
    return notes


def _mend(signal: str, wrong: npt.NDArray[np.float64]) -> str:
    mend = _MENDS[signal]
    if signal.startswith("imu"):
        return mend
    limit = POSITION_M_MAX if signal == "bar_position" else VELOCITY_MPS_MAX
    usual = float(np.median(np.abs(wrong))) / limit
    for least, unit, factor in _METRES:
        if usual >= least:
            return f"{mend}: {unit} divided by {factor}."
    return f"{mend}: millimetres divided by 1000, centimetres by 100, feet by 3.281."


def _longest_run(missing: npt.NDArray[np.bool_]) -> int:
    edges = np.flatnonzero(np.diff(missing.astype(np.int8), prepend=0, append=0))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _units(rows: npt.NDArray[np.float64]) -> list[str]:
    """Return what is odd about an IMU's units."""
    if len(rows) < _SURE_SAMPLES:
        return []
    notes = []
    acceleration, turning = (float(np.median(np.linalg.norm(part, axis=1))) for part in (rows[:, :3], rows[:, 3:]))
    least, most = _GRAVITY_RANGE_MPS2
    if not least <= acceleration <= most:
        notes.append(
            f"unit: the median acceleration is {acceleration:.2g}; send m/s², gravity included, where it is about 9.8"
        )
    if turning > _TURNING_RADPS_MAX:
        notes.append(
            f"unit: the median rotation rate is {turning:.3g}; send rad/s (degrees per second divided by 57.3)"
        )
    return notes
