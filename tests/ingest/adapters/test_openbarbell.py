from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from spotter.domain.events.lifting import RepCompleted
from spotter.domain.exercises import builtin_catalogue
from spotter.http import Problem
from spotter.http.tokens import Identity
from spotter_ingest.adapters.openbarbell import decode_rep
from spotter_ingest.adapters.registry import BadFrame
from spotter_ingest.body_parser import parse_body
from spotter_ingest.validation import Receipt, validate

V1 = ["-1234", "3", "0.5", "601", "0.8", "70", "-9999", "1.5"]
V2 = [-2345, 4, 0.45, 550, 0.7, 66, -2121, 1_250_000, 0.5, 9e8, 2e5, 130_000, 0, 0, 0, 0, 0, 0, -9999]
V3 = [
    -3456,
    5,
    0.4,
    500,
    0.6,
    80,
    9.1,
    1_400_000,
    0.1,
    9e8,
    0,
    130_000,
    1e4,
    150_000,
    1,
    1,
    3.01,
    3248,
    200,
    20,
    1,
    -9999,
]


def test_each_version_is_read_in_units_of_ours() -> None:
    """Millimetres become metres, microseconds seconds; waiting is already subtracted; V1 knows no duration, only V3 its unit."""
    assert {
        "rep_number": 3, "mean_velocity_mps": 0.5, "peak_velocity_mps": 0.8, "rom_m": 0.601,
        "device": {"model": "OpenBarbell V1", "rep_id": 3},
    } == decode_rep(V1)  # fmt: skip
    assert (0.55, 1.25) == (decode_rep(V2)["rom_m"], decode_rep(V2)["concentric_s"])
    assert {"model": "OpenBarbell V3", "id": "OB 3248", "rep_id": 5} == decode_rep(V3)["device"]


def test_a_decimal_comma_is_a_point() -> None:
    """As some locales write."""
    assert 0.5 == decode_rep([*V1[:2], "0,5", *V1[3:]])["mean_velocity_mps"]


def test_nonsense_is_reported_as_the_device_said_it() -> None:
    """The door is who refuses it."""
    assert math.inf == decode_rep([*V3[:2], math.inf, *V3[3:]])["mean_velocity_mps"]
    assert 391 == decode_rep([*V3[:2], 391, *V3[3:]])["mean_velocity_mps"]
    assert math.isnan(float(str(decode_rep([V3[0], math.nan, *V3[2:]])["rep_number"])))


@pytest.mark.parametrize("frame", [[], ["-3456"], V3[:21], [-1, *V3[1:]], [*V3[:21], 0], ["x"], ["nan"] * 30])
def test_what_is_no_frame_says_why(frame: list[float | str]) -> None:
    """Cut, damaged, or of another device."""
    with pytest.raises(BadFrame, match=r"frame"):
        decode_rep(frame)


def test_recorded_frames(recorded: Path) -> None:
    """Of the 162 recorded reps the door takes 159 and refuses three, each by its field."""
    path = recorded / "openbarbell" / "frames.json"
    sets = json.loads(path.read_text())
    now = datetime.now(UTC)
    bearer = Identity("t", "g1", "device", frozenset({"ada"}), now + timedelta(days=1))
    receipt = Receipt(now, 0, builtin_catalogue(), lambda: "id")
    taken: list[object] = []
    refused: list[tuple[str | None, str]] = []
    for rep in (rep for each in sets.values() for rep in each["reps"]):
        event = {"type": "spotter.rep.completed.v1", "time": rep["time"], "data": decode_rep(rep["data"])}
        (item,) = parse_body(json.dumps(event).encode(), [], 1)
        assert isinstance(item, dict)
        try:
            taken.append(validate(item, bearer, receipt).event.data)
        except Problem as problem:
            refused.append((problem.field, problem.detail))
    assert 159 == len(taken)
    assert all(isinstance(data, RepCompleted) and data.device and data.device.model for data in taken)
    assert [
        ("data.mean_velocity_mps", "data.mean_velocity_mps must be a finite number."),
        ("data.mean_velocity_mps", "data.mean_velocity_mps must be less than or equal to 5."),
        ("data.rom_m", "data.rom_m must be less than or equal to 2.5."),
    ] == sorted(refused)
