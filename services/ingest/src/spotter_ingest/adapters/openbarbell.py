"""OpenBarbell V1, V2 and V3: a rep as a frame of floats, from the device's published firmware (squatsandscience).

A frame starts with a flag that tells the version and has -9999 at the end of what is said of the rep; samples and
the battery follow. Units: m/s, mm and µs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MODEL: Final = "OpenBarbell"


class BadFrame(ValueError):
    """The numbers are no frame of an OpenBarbell."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a version keeps what; None for what it does not say."""

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


def decode_rep(frame: Sequence[float | str]) -> dict[str, object]:
    """Read a frame into the data of `spotter.rep.completed.v1`.

    Absurd values (391 m/s, Infinity) are given as the device said them: the door refuses them with the reason. Write
    them with `json.dumps`, which spells Infinity out; orjson would write null. The duration is the concentric's, the
    time the bar stood still already subtracted by the device.
    Raises BadFrame for what is no whole frame.

    >>> rep = decode_rep(["-1234", "3", "0.5", "601", "0.8", "70", "-9999"])
    >>> rep["rep_number"], rep["mean_velocity_mps"], rep["rom_m"], rep["device"]
    (3, 0.5, 0.601, {'model': 'OpenBarbell V1', 'rep_id': 3})
    """
    try:
        values = [float(value.replace(",", ".") if isinstance(value, str) else value) for value in frame]
    except ValueError as error:
        raise BadFrame(f"not a number in the frame: {error}") from None
    layout = LAYOUTS.get(values[0]) if values else None
    if layout is None:
        flags = ", ".join(f"{flag:g}" for flag in LAYOUTS)
        raise BadFrame(f"the frame starts with {values[0] if values else 'nothing'}, not with one of {flags}")
    if len(values) <= layout.end or values[layout.end] != _END_FLAG:
        raise BadFrame(f"a {layout.version} frame has {_END_FLAG:g} at place {layout.end}: this one is cut or damaged")
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


def _whole(value: float) -> int | float:
    return int(value) if value.is_integer() else value
