"""`spotter replay`: recordings through the whole system."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import httpx
import pytest

from lab.standalone_thread import Standalone
from tests.processes import COMMAND, client, environment, here

COUNTS = {"sent": 162, "accepted": 159, "refused": 3, "sets": 59, "estimates": 159, "advice": 159}
"""Of the recorded frames: one of the 60 sets has nothing but a nonsense rep."""


def lines() -> list[dict[str, object]]:
    """Return a recording of two sets of two lifters: one with a set id, one without, and one absurd rep."""
    events: list[dict[str, object]] = [
        {
            "type": "spotter.set.started.v1",
            "time": "2026-01-05T10:00:00Z",
            "data": {"athlete_id": "ada", "set_id": "s-1", "exercise": "bench_press", "load_kg": 80},
        }
    ]
    for number in range(1, 7):
        data = {"athlete_id": "ada", "set_id": "s-1", "rep_number": number, "mean_velocity_mps": 0.6 - 0.07 * number}
        events.append({"type": "spotter.rep.completed.v1", "time": f"2026-01-05T10:00:{3 * number:02}Z", "data": data})
    events.append({"type": "spotter.rep.completed.v1", "time": "2026-01-05T11:00:00Z", "data": {"athlete_id": "bo"}})
    absurd = {"athlete_id": "bo", "mean_velocity_mps": 391.0}
    events.append({"type": "spotter.rep.completed.v1", "time": "2026-01-05T11:00:03Z", "data": absurd})
    return events


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Return the recording as a file."""
    path = tmp_path / "recording.jsonl"
    path.write_text("".join(f"{json.dumps(event)}\n" for event in lines()))
    return path


def counts_of(ended: subprocess.CompletedProcess[str]) -> dict[str, int]:
    """Return the last line of standard output."""
    assert 0 == ended.returncode, ended.stderr
    counts: dict[str, int] = json.loads(ended.stdout.splitlines()[-1])
    return counts


def test_a_replay_has_a_host_of_its_own_where_none_is_named(recording: Path) -> None:
    """JSON lines of estimates and advice, then the counts, in the documented order."""
    ended = here("replay", str(recording), "--speed", "50", "--json")

    assert [("sent", 8), ("accepted", 7), ("refused", 1), ("sets", 2), ("estimates", 7), ("advice", 7)] == list(
        counts_of(ended).items()
    )
    *frames, _ = (json.loads(line) for line in ended.stdout.splitlines())
    refused = [frame["refused"]["reason"] for frame in frames if "refused" in frame]
    assert 1 == len(refused) and "data.mean_velocity_mps" in refused[0]
    assert any(frame.get("data", {}).get("action") == "stop" and not frame["data"]["late"] for frame in frames)


def test_a_replay_prints_a_table_of_sets_with_their_advice(recording: Path) -> None:
    """And each refused rep with its reason."""
    ended = here("replay", str(recording), "--speed", "50")

    assert 0 == ended.returncode, ended.stderr
    assert "bench_press" in ended.stdout and "80 kg" in ended.stdout and "stop after" in ended.stdout
    assert "refused: line 9: data.mean_velocity_mps" in ended.stdout
    assert "8 reps sent, 7 accepted, 1 refused; 2 sets, 7 estimates, 7 pieces of advice." in ended.stdout


def test_a_replay_at_a_host_gives_the_same_counts_every_time(
    recording: Path, host: Standalone, http: httpx.Client
) -> None:
    """Nothing of a second run is taken for duplicates of the first, and both are in the history."""
    env = {"SPOTTER_URL": host.url, "SPOTTER_TOKEN": host.token("app")}

    runs = [counts_of(here("replay", str(recording), "--speed", "100", "--json", env=env)) for _ in range(2)]

    assert runs[0] == runs[1]
    assert {"sent": 8, "accepted": 7, "refused": 1, "sets": 2, "estimates": 7, "advice": 7} == runs[0]
    deadline_s = time.monotonic() + 10  # the dashboard reads the log by itself
    states: list[str] = []
    while states != ["ended", "ended"] and time.monotonic() < deadline_s:
        time.sleep(0.05)
        sets = http.get("/v1/sets").json()["sets"]
        states = [lifted_set["state"] for lifted_set in sets if lifted_set["set_id"] == "s-1"]
    assert ["ended", "ended"] == states


def test_a_recording_of_what_a_demo_printed_can_be_replayed(tmp_path: Path) -> None:
    """Inputs are sent again; Spotter produces the outputs again."""
    path = tmp_path / "demo.jsonl"
    path.write_text(here("demo", "--for", "5s", "--json", "--port", "0").stdout)
    reps = sum('"spotter.rep.completed.v1"' in line for line in path.read_text().splitlines())

    counts = counts_of(here("replay", str(path), "--speed", "20", "--json"))

    assert (reps, reps, 0, reps) == tuple(counts[name] for name in ("sent", "accepted", "refused", "estimates"))


@pytest.mark.timeout(180)
def test_the_recorded_frames_run_through_the_whole_system(recorded: Path, host: Standalone, http: httpx.Client) -> None:
    """Twice: 162 reps, the three nonsense reps refused each with its reason, every other one with its estimate."""
    path = str(recorded / "openbarbell" / "frames.json")
    env = {"SPOTTER_URL": host.url, "SPOTTER_TOKEN": host.token("app")}

    first = here("replay", path, "--speed", "300", "--json", env=env)
    second = here("replay", path, "--speed", "300", "--json", env=env)

    for counts in (counts_of(first), counts_of(second)):
        # At this speed reps come as close together as those of a flushed buffer, and their estimates are revised.
        revised = {name: max(counts[name], COUNTS[name]) for name in ("estimates", "advice")}
        assert COUNTS | revised == counts
    reasons = [json.loads(line)["refused"]["reason"] for line in first.stdout.splitlines() if '"refused":{' in line]
    assert ["finite number", "less than or equal to 5", "less than or equal to 2.5"] == [
        next(
            part for part in ("finite number", "less than or equal to 5", "less than or equal to 2.5") if part in reason
        )
        for reason in reasons
    ]
    deadline_s = time.monotonic() + 10  # the dashboard reads the log by itself
    heavy: dict[str, Any] = {"estimates": []}
    while len(heavy["estimates"]) < 6 and time.monotonic() < deadline_s:
        time.sleep(0.05)
        heavy = http.get("/v1/sets/0d35e591-da09-45dc-a45e-778d6a6d386f").json()
    assert (453.59, "back_squat", "ended", 6) == (
        heavy["load_kg"], heavy["exercise"], heavy["state"], len(heavy["estimates"])
    )  # fmt: skip


def test_a_device_token_may_not_listen_and_gets_the_reason(recording: Path, host: Standalone) -> None:
    """Before anything is sent."""
    env = {"SPOTTER_URL": host.url, "SPOTTER_TOKEN": host.token("device")}

    ended = here("replay", str(recording), env=env)

    assert 1 == ended.returncode
    assert "does not let this token read advice" in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ({"SPOTTER_URL": "http://127.0.0.1:9"}, "SPOTTER_TOKEN is not"),
        ({"SPOTTER_URL": "http://127.0.0.1:9", "SPOTTER_TOKEN": "x"}, "http://127.0.0.1:9"),
        ({"SPOTTER_URL": "nonsense", "SPOTTER_TOKEN": "x"}, "nonsense"),
    ],
)
def test_a_host_that_is_not_there_is_reported_in_one_line(recording: Path, env: dict[str, str], message: str) -> None:
    """With the address, and without a traceback."""
    ended = here("replay", str(recording), env=env)

    assert 1 == ended.returncode
    assert message in ended.stderr and "Traceback" not in ended.stderr


def test_a_file_that_is_not_there_is_reported_in_one_line(tmp_path: Path) -> None:
    """By its name."""
    ended = here("replay", str(tmp_path / "nothing.jsonl"))

    assert 1 == ended.returncode
    assert [f"spotter: There is no file {tmp_path / 'nothing.jsonl'}."] == ended.stderr.splitlines()


def test_a_recording_may_come_from_standard_input(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `-`."""
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(recording.read_bytes())))

    assert 8 == counts_of(here("replay", "-", "--speed", "100", "--json"))["sent"]


def test_an_interrupted_replay_ends_the_sets_that_it_has_begun(recording: Path, host: Standalone) -> None:
    """So that no lifter seems to be lifting for another minute and a half."""
    env = {"SPOTTER_URL": host.url, "SPOTTER_TOKEN": host.token("app", "other")}
    process = subprocess.Popen(
        [*COMMAND, "replay", str(recording)],
        env=environment(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with client(host.url, host.token("coach", "other")) as http:
        deadline_s = time.monotonic() + 30
        while http.get("/v1/sets/s-1").status_code == 404:
            assert time.monotonic() < deadline_s
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        deadline_s = time.monotonic() + 5
        while http.get("/v1/sets/s-1").json()["state"] == "open":
            assert time.monotonic() < deadline_s
            time.sleep(0.1)

    assert 130 == process.returncode, errors
    assert "Traceback" not in errors
