"""OpenBarbell V1, V2 and V3: a rep as a frame of floats, from the device's published firmware (squatsandscience).

A frame starts with a flag for the version, and -9999 ends the fields about the rep; samples and the battery follow.
Units: m/s, mm and µs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from spotter_ingest.adapters.registry import BadFrame, DeviceFrame

NAME: Final = "openbarbell"
MODEL: Final = "OpenBarbell"


@dataclass(frozen=True, slots=True)
class Layout:
    """Index of each field in a version's frames; None for a field that it does not have."""

    version: str
    end: int
    duration_us: int | None
    unit_number: int | None


LAYOUTS: Final = {
    -1234.0: Layout("V1", end=6, duration_us=None, unit_number=None),
    -2345.0: Layout("V2", end=18, duration_us=7, unit_number=None),
    -3456.0: Layout("V3", end=21, duration_us=7, unit_number=17),
}
_END_FLAG: Final = -9999.0
_REP_NUMBER, _MEAN_MPS, _ROM_MM, _PEAK_MPS = 1, 2, 3, 4


def recognises(frame: DeviceFrame) -> bool:
    """Return whether a frame starts with the flag of a version."""
    try:
        return bool(frame) and _number(frame[0]) in LAYOUTS
    except ValueError:
        return False


def decode_rep(frame: DeviceFrame) -> dict[str, object]:
    """Return a frame as the data of `spotter.rep.completed.v1`; raises BadFrame.

    Write values that cannot be with `json.dumps`, which spells Infinity out; orjson would write null. The duration is
    the concentric's: the device has already subtracted the time that the bar stood still.

    >>> rep = decode_rep(["-1234", "3", "0.5", "601", "0.8", "70", "-9999"])
    >>> rep["rep_number"], rep["mean_velocity_mps"], rep["rom_m"], rep["device"]
    (3, 0.5, 0.601, {'model': 'OpenBarbell V1', 'rep_id': 3})
    """
    try:
        values = [_number(value) for value in frame]
    except ValueError as error:
        raise BadFrame(f"not a number in the frame: {error}") from None
    layout = LAYOUTS.get(values[0]) if values else None
    if layout is None:
        flags = ", ".join(f"{flag:g}" for flag in LAYOUTS)
        raise BadFrame(f"the frame starts with {values[0] if values else 'nothing'}, not with one of {flags}")
    if len(values) <= layout.end or values[layout.end] != _END_FLAG:
        raise BadFrame(f"a {layout.version} frame has {_END_FLAG:g} at index {layout.end}: this one is cut or damaged")
    device: dict[str, object] = {"model": f"{MODEL} {layout.version}"}
    if layout.unit_number is not None:
        device["id"] = f"OB {_whole(values[layout.unit_number])}"
    number = _whole(values[_REP_NUMBER])
    device["rep_id"] = number if isinstance(number, int) else str(number)
    data: dict[str, object] = {
        "rep_number": number,
        "mean_velocity_mps": values[_MEAN_MPS],
        "peak_velocity_mps": values[_PEAK_MPS],
        "rom_m": values[_ROM_MM] / 1000,
        "device": device,
    }
    if layout.duration_us is not None:
        data["concentric_s"] = values[layout.duration_us] / 1_000_000
    return data


def _number(value: float | str) -> float:
    return float(value.replace(",", ".") if isinstance(value, str) else value)


def _whole(value: float) -> int | float:
    return int(value) if value.is_integer() else value
