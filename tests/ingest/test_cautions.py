"""What is taken and not used says so, every time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ingest.support import RunningIngest, event, frames, rep
from tests.ingest.validation_cases import MINIMAL, shift, took


def stored(*names: str) -> str:
    """Return the caution for fields that are kept only."""
    return f"stored: this version keeps {', '.join(names)} but does not use {'it' if len(names) == 1 else 'them'} yet"


@pytest.mark.parametrize(
    ("raw", "caution"),
    [
        (event("station.paired", **MINIMAL["station.paired"]), stored("station.paired")),
        (event("station.released", **MINIMAL["station.released"]), stored("station.released")),
        (rep(confidence=0.9), stored("confidence")),
        (rep(confidence=1, peak_velocity_mps=1), stored("peak_velocity_mps", "confidence")),
        (event("rep.amended", athlete_id="a", rep_number=1, set={"confidence": 1}), stored("set.confidence")),
        (event("athlete.updated", athlete_id="a", bodyweight_kg=80), stored("bodyweight_kg")),
        (event("exercise.added", **MINIMAL["exercise.added"], velocity_metric="peak"), stored("velocity_metric")),
        (event("athlete.updated", athlete_id="a", consent={"history": True}), stored("consent.history")),
    ],
)
def test_what_nothing_uses_is_told(raw: dict[str, Any], caution: str) -> None:
    """By its name, each time it is sent."""
    assert caution == took(raw).warning == took(raw).warning


@pytest.mark.parametrize(
    "raw",
    [
        rep(side="left", kind="calibration", assisted=True, set_key="s-1", rom_m=0.5, velocity_sd_mps=0.01),
        rep(eccentric_s=1),
        event(
            "set.started", athlete_id="a", exercise="back_squat", side="left", part_of="s1", tempo="3010", pct_1rm=80
        ),
        event("set.voided", athlete_id="a", set_key="s-1"),
        event("exercise.added", **MINIMAL["exercise.added"]),
        event("effort.reported", athlete_id="a", set_key="s-1", rir=1),
        event("athlete.updated", athlete_id="a", consent={"live": True}, level="beginner"),
    ],
)
def test_what_is_used_is_not(raw: dict[str, Any]) -> None:
    """Sides, kinds, help, parts and keys of sets."""
    assert None is took(raw).warning


def test_a_late_event_is_told() -> None:
    """Without senttime if it is received over 10 s after its time, with it if it is sent over 5 s after."""
    assert None is took(rep()).warning
    assert None is took(rep() | {"time": shift(seconds=-9)}).warning
    assert None is took(rep() | {"time": shift(hours=-9), "senttime": shift(hours=-9, seconds=4)}).warning
    assert (took(rep() | {"time": shift(seconds=-11)}).warning or "").startswith("clock: ")
    assert (took(rep() | {"time": shift(seconds=-6), "senttime": shift()}).warning or "").startswith("late: ")


async def test_it_is_told_by_every_door(ingest: RunningIngest) -> None:
    """For each event of a batch, for lines and on the socket."""
    batch = (await ingest.post([rep(confidence=0.9), rep(), rep(confidence=0.8)])).json()["results"]
    line = b'{"type": "spotter.rep.completed.v1", "data": {"athlete_id": "ada", "confidence": 0.7}}'
    lines = (await ingest.post(content=line + b"\n" + line)).json()["results"]
    async with ingest.socket() as socket:
        for _ in range(2):
            await socket.send(line.decode())
        replies = await frames(socket, 2)

    assert [True, False, True] == ["warning" in result for result in batch]
    assert [stored("confidence")] * 2 == [result["warning"] for result in lines]
    assert all("does not use it yet" in str(reply) for reply in replies)
