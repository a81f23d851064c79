"""Recordings of OpenBarbell frames: sets, loads in kg, and invalid values left for the server to refuse."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from spotter_cli.replay.openbarbell import looks_like_frames, read_frames
from spotter_cli.replay.reader import read_recording

FRAME = ["-1234", "3", "0.5", "601", "0.8", "70", "-9999"]


def stored(times: list[str], **sent: object) -> dict[str, object]:
    """Return a set as the app stores it."""
    reps = [{"isValid": True, "removed": False, "time": time, "data": FRAME} for time in times]
    about = {"setID": "s-1", "exercise": "Bench Press", "weight": "220.462262", "metric": "lbs", "removed": False}
    return {**about, "reps": reps, **sent}


def test_a_set_begins_before_its_first_rep_and_ends_after_its_last() -> None:
    """Exercise and load in kg are in the start of the set, and in each rep for tokens that may not start sets."""
    recording = read_frames({"a": stored(["2018-02-17T18:00:03Z", "2018-02-17T18:00:06Z"])})
    start, *reps, end = recording.events

    assert {"athlete_id": "openbarbell", "set_id": "s-1", "exercise": "bench_press", "load_kg": 100.0} == start.event[
        "data"
    ]
    data = reps[0].event["data"]
    assert isinstance(data, dict)
    assert ("bench_press", 100.0, 3, 0.5, 0.601) == tuple(
        data[name] for name in ("exercise", "load_kg", "rep_number", "mean_velocity_mps", "rom_m")
    )
    assert ["set.started", "rep.completed", "rep.completed", "set.ended"] == [
        str(event.event["type"])[8:-3] for event in recording.events
    ]
    assert start.at is not None and end.at is not None and reps[0].at is not None and reps[-1].at is not None
    assert start.at < reps[0].at < reps[-1].at < end.at


@pytest.mark.parametrize(
    ("name", "exercise"),
    [("Squat", "back_squat"), ("squat", "back_squat"), ("bench press", "bench_press"), ("Hip-Thrust!", "hip_thrust")],
)
def test_exercises_get_their_names_in_the_catalogue(name: str, exercise: str) -> None:
    """Unknown ones become snake case, and the server warns about them."""
    recording = read_frames({"a": stored(["2018-02-17T18:00:03Z"], exercise=name)})

    assert exercise == recording.events[0].text("exercise")


@pytest.mark.parametrize("weight", ["1e9", "Infinity", "-5", "heavy", None, ""])
def test_a_load_out_of_range_does_not_lose_the_set(weight: str | None) -> None:
    """The set has no load, and a remark says so unless the file has none either."""
    recording = read_frames({"a": stored(["2018-02-17T18:00:03Z"], weight=weight)})

    data = recording.events[0].event["data"]
    assert isinstance(data, dict) and "load_kg" not in data
    assert bool(weight) == any("has no usable load" in remark for remark in recording.remarks)


def test_a_heavy_load_in_pounds_is_within_range_in_kg() -> None:
    """A thousand pounds are 453.59 kg."""
    recording = read_frames({"a": stored(["2018-02-17T18:00:03Z"], weight="1000.0")})

    data = recording.events[0].event["data"]
    assert isinstance(data, dict) and 453.59 == data["load_kg"]


def test_sets_are_in_order_of_time_whatever_the_file_says() -> None:
    """And a set's reps are too."""
    later = stored(["2018-02-17T18:10:03Z"], setID="late")
    earlier = stored(["2018-02-17T18:00:06Z", "2018-02-17T18:00:03Z"], setID="early")

    recording = read_frames({"a": later, "b": earlier})

    assert ["early", "late"] == [lifted_set.set_id for lifted_set in recording.sets]
    assert [event.at for event in recording.events] == sorted(event.at for event in recording.events if event.at)


def test_damaged_and_removed_reps_are_skipped_and_reported() -> None:
    """Nothing is guessed."""
    item = stored(["2018-02-17T18:00:03Z"])
    assert isinstance(item["reps"], list)
    item["reps"] += [
        {"time": "2018-02-17T18:00:06Z", "data": ["-1234", "4"]},
        {"time": "2018-02-17T18:00:09Z", "data": FRAME, "removed": True},
        {"time": "never", "data": FRAME},
        {"time": "2018-02-17T18:00:12Z"},
    ]

    recording = read_frames({"a": item})

    assert 1 == recording.reps
    assert 4 == len(recording.remarks)


def test_a_file_of_frames_is_distinguished_from_one_of_events() -> None:
    """By its shape."""
    assert looks_like_frames({"a": {"reps": []}})
    assert not looks_like_frames({"type": "spotter.rep.completed.v1", "data": {}})
    assert not looks_like_frames({})


def test_the_recorded_frames_hold_sixty_sets_with_three_nonsense_reps(recorded: Path) -> None:
    """All 162 reps are kept: the server refuses absurd ones with a reason."""
    path = recorded / "openbarbell" / "frames.json"
    recording = read_recording(path)
    nonsense = [
        value
        for event in recording.events
        if isinstance(data := event.event["data"], dict)
        for value in (data.get("mean_velocity_mps"), data.get("rom_m"))
        if isinstance(value, float) and not value <= 5
    ]

    assert (162, len(json.loads(path.read_text())), ()) == (recording.reps, len(recording.sets), recording.remarks)
    assert [math.inf, 299_792_458.0, 9.001] == nonsense
