"""Whether samples of raw motion can be what their signal says: refused where no bar moves so, told where some are wrong.

Gravity tells an IMU's unit. At rest it is 9.8 m/s² whatever the posture; nobody moves so that half of a second and a half
is far from it, for a fall is over sooner. A chunk shorter than that is only sure where it is as steady as something that
lies still; else its sender is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import hypot, inf
from statistics import median
from typing import Final

from spotter.domain.events.lifting import MotionSampled
from spotter.domain.motion_limits import (
    ACCELERATION_MPS2_MAX,
    ACCELERATIONS,
    BRIDGED_S,
    POSITION_M_MAX,
    TURNING_RADPS_MAX,
    VELOCITY_MPS_MAX,
    limit_of,
)
from spotter.http import Problem
from spotter.http.envelope_fields import invalid

_SPIKES_SHARE: Final = 50
"""One sample, or one in as many, may be impossible: more of them are no spikes."""
_SURE_SAMPLES: Final = 10
"""Of an IMU, from which on its units can be told."""
_GRAVITY_RANGE_MPS2: Final = (5.0, 25.0)
"""The median size of a limb's acceleration, with gravity; it is about 9.8 m/s², and 1 in g."""
_FALLEN_S, _STEADY_S = 1.5, 0.4
"""From which time on the median is sure, and one of about 1 of samples that hardly change."""
_STEADY_SHARE: Final = 0.1
"""Of samples that lie still, the median distance from their median is less than this share of it (design choice)."""
_NO_GRAVITY, _ONE_G = 0.3, (0.8, 1.25)
_OTHER_UNITS: Final = (
    (_NO_GRAVITY, "gravity is missing: add it (on a phone or a watch: gravity + user acceleration, times 9.80665)"),
    (_GRAVITY_RANGE_MPS2[0], "multiply g by 9.80665, or add gravity where it is missing"),
    (inf, "multiply feet per second squared by 0.3048, divide centimetres by 100"),
)
"""Under which median acceleration something else was sent, and the mend."""
_TURNING_TOLD_RADPS: Final = 20.0
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
"""From how many times the limit on samples are more likely in a smaller unit, and by what to divide them."""


def check_samples(data: MotionSampled) -> list[str]:
    """Return what to tell the sender of samples left out or missing; raises Problem 422 for what no bar or limb does."""
    signal, total = data.signal, len(data.samples)
    sizes = [_size(sample) for sample in data.samples]
    limit, there = limit_of(signal), [size for size in sizes if size is not None]
    beyond = [size for size in there if size > limit]
    notes: list[str] = []
    if beyond:
        if len(beyond) == len(there) or len(beyond) > max(1, total // _SPIKES_SHARE):
            detail = f"{len(beyond)} of {total} samples of {signal} are beyond {_LIMITS[signal]}"
            raise _impossible(detail, _mend(signal, median(beyond) / limit))
        notes.append(f"spike: {len(beyond)} of {total} samples beyond {_LIMITS[signal]} left out")
    gap_s = _longest_gap(sizes) / data.rate_hz
    if gap_s > BRIDGED_S + 1e-9:
        notes.append(f"gap: {gap_s:.2f} s without samples; up to {BRIDGED_S:g} s are bridged, and a rep in it is lost")
    if signal.startswith("imu"):
        notes.extend(_units([row for row in data.samples if isinstance(row, list)], data.rate_hz))
    return notes


def _size(sample: float | Sequence[float] | None) -> float | None:
    """Return the size of a sample, of a row that of its largest acceleration."""
    if sample is None:
        return None
    return abs(sample) if isinstance(sample, int | float) else max(map(abs, sample[:ACCELERATIONS]))


def _mend(signal: str, times_limit: float) -> str:
    mend = _MENDS[signal]
    if signal.startswith("imu"):
        return mend
    for least, unit, factor in _METRES:
        if times_limit >= least:
            return f"{mend}: {unit} divided by {factor}."
    return f"{mend}: millimetres divided by 1000, centimetres by 100, feet by 3.281."


def _longest_gap(sizes: Iterable[float | None]) -> int:
    return max((len(list(run)) for missing, run in groupby(sizes, lambda size: size is None) if missing), default=0)


def _units(rows: Sequence[Sequence[float]], rate_hz: float) -> list[str]:
    """Return what is odd about an IMU's units; raises Problem 422 for what can only be another unit."""
    turning = [max(map(abs, row[ACCELERATIONS:])) for row in rows]
    beyond = sum(size > TURNING_RADPS_MAX for size in turning)
    if beyond > max(1, len(rows) // _SPIKES_SHARE):
        detail = f"{beyond} of {len(rows)} samples turn by more than {TURNING_RADPS_MAX:.0f} rad/s"
        raise _impossible(detail, "Send rotation rates in rad/s: degrees per second divided by 57.3.")
    if len(rows) < _SURE_SAMPLES:
        return []
    notes = []
    sizes = [hypot(*row[:ACCELERATIONS]) for row in rows]
    acceleration = median(sizes)
    least, most = _GRAVITY_RANGE_MPS2
    if not least <= acceleration <= most:
        detail = f"the median acceleration is {acceleration:.2g}"
        if _is_sure(sizes, acceleration, len(rows) / rate_hz):
            mend = next(mend for unit_most, mend in _OTHER_UNITS if acceleration < unit_most)
            raise _impossible(detail, f"Send m/s², gravity included, where it is about 9.8: {mend}.")
        notes.append(f"unit: {detail}; send m/s², gravity included, where it is about 9.8")
    if median(turning) > _TURNING_TOLD_RADPS:
        notes.append(
            f"unit: the median rotation rate is {median(turning):.3g}; send rad/s (degrees per second divided by 57.3)"
        )
    return notes


def _is_sure(sizes: Sequence[float], middle: float, seconds: float) -> bool:
    if seconds >= _FALLEN_S:
        return True
    # What falls feels nothing or is shaken, never just a steady tenth of its weight.
    steady = median(abs(size - middle) for size in sizes) <= _STEADY_SHARE * middle
    return steady and seconds >= _STEADY_S and _ONE_G[0] <= middle <= _ONE_G[1]


def _impossible(detail: str, mend: str) -> Problem:
    return invalid("data.samples", detail, mend, title="Impossible motion")
