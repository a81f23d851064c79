"""Recordings: events assigned to sets, in order of time, with the ends that silence would have brought."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from spotter_cli.replay.reader import read_recording
from spotter_cli.replay.recording import Recording
from spotter_standalone.errors import CliError

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def event(kind: str, after_s: float | None = None, **data: object) -> dict[str, object]:
    """Return an event some seconds after noon."""
    sent: dict[str, object] = {"type": f"spotter.{kind}.v1", "data": data}
    if after_s is not None:
        sent["time"] = (NOON + timedelta(seconds=after_s)).isoformat()
    return sent


def rep(after_s: float | None = None, **data: object) -> dict[str, object]:
    """Return a rep of ada."""
    return event("rep.completed", after_s, **{"athlete_id": "ada", **data})


def read(folder: Path, *lines: object) -> Recording:
    """Write events as lines and read them back."""
    path = folder / "recording.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return read_recording(path)


def kinds(recording: Recording) -> list[str]:
    """Return the short names of a recording's events."""
    return [str(event.event["type"])[8:-3] for event in recording.events]


def numbers(recording: Recording) -> list[object]:
    """Return the numbers of the reps, in order."""
    return [
        data["rep_number"]
        for event in recording.events
        if event.is_rep and isinstance(data := event.event["data"], dict)
    ]


def sets_of_reps(recording: Recording) -> list[int]:
    """Return the set number of each rep."""
    return [event.set.number for event in recording.events if event.is_rep and event.set is not None]


def test_events_are_put_in_order_of_time(tmp_path: Path) -> None:
    """Whatever their order in the file; one without a time stays behind the one before it."""
    recording = read(tmp_path, rep(8, rep_number=3), rep(rep_number=4), rep(2, rep_number=1), rep(5, rep_number=2))

    assert [1, 2, 3, 4] == numbers(recording)


def test_a_rep_without_time_has_the_moment_that_its_data_names(tmp_path: Path) -> None:
    """Its end, else its start."""
    ended_at = (NOON + timedelta(seconds=1)).isoformat()

    recording = read(tmp_path, rep(3, rep_number=2), rep(rep_number=1, ended_at=ended_at))

    assert [1, 2] == numbers(recording)


def test_a_set_that_the_file_leaves_open_is_ended(tmp_path: Path) -> None:
    """An end is added right behind its last event, unless the file has one."""
    open_set = read(
        tmp_path, event("set.started", 0, athlete_id="ada", set_id="s", exercise="deadlift"), rep(3, set_id="s")
    )
    ended = read(tmp_path, rep(3, set_id="s"), event("set.ended", 5, athlete_id="ada", set_id="s"))

    assert ["set.started", "rep.completed", "set.ended"] == kinds(open_set)
    assert {"athlete_id": "ada", "set_id": "s"} == open_set.events[-1].event["data"]
    assert ["rep.completed", "set.ended"] == kinds(ended)


def test_a_name_that_is_used_again_the_next_day_is_another_set(tmp_path: Path) -> None:
    """And the first is ended, as silence would have done."""
    recording = read(tmp_path, rep(0, set_id="1"), rep(3, set_id="1"), rep(86_400, set_id="1"))

    assert [1, 1, 2] == sets_of_reps(recording)
    assert ["rep.completed", "rep.completed", "set.ended", "rep.completed", "set.ended"] == kinds(recording)


def test_a_named_set_goes_on_after_a_long_pause_but_not_after_another_start(tmp_path: Path) -> None:
    """Ten minutes after its end a set may still go on; a start after its end opens a new one."""
    start = event("set.started", 200, athlete_id="ada", set_id="1", exercise="deadlift")

    assert [1, 1] == sets_of_reps(read(tmp_path, rep(0, set_id="1"), rep(300, set_id="1")))
    assert [1, 2] == sets_of_reps(read(tmp_path, rep(0, set_id="1"), start, rep(201, set_id="1")))


def test_reps_without_a_set_are_separated_by_silence(tmp_path: Path) -> None:
    """Over 90 s without a rep ends a set that has no name."""
    assert [1, 1, 2] == sets_of_reps(read(tmp_path, rep(0), rep(60), rep(200)))


def test_lifters_do_not_share_sets(tmp_path: Path) -> None:
    """The same name at two lifters is two sets, and each gets its end."""
    recording = read(tmp_path, rep(0, set_id="1"), rep(1, set_id="1", athlete_id="bo"), rep(2, set_id="1"))

    assert [1, 2, 1] == sets_of_reps(recording)
    assert 2 == kinds(recording).count("set.ended")


def test_a_correction_opens_no_set_and_keeps_none_open(tmp_path: Path) -> None:
    """It belongs to the set that it names."""
    void = event("rep.voided", 600, athlete_id="ada", set_id="1", rep_number=1)

    recording = read(tmp_path, rep(0, set_id="1"), rep(100, set_id="2"), void)

    assert ["rep.completed", "rep.completed", "set.ended", "rep.voided"] == kinds(recording)
    assert 1 == getattr(recording.events[-1].set, "number", None)


def test_what_spotter_wrote_itself_and_what_the_server_stamped_is_left_out(tmp_path: Path) -> None:
    """So that the output of a demo can be replayed, in any gym."""
    stamped = {
        **rep(0, gym_id="g7", set_id="1"),
        "receivedtime": NOON.isoformat(),
        "configversion": 3,
        "sequence": "1-0",
    }
    advice = event("advice.given", 1, athlete_id="ada")
    silence = event("set.ended", 90, athlete_id="ada", set_id="1", reason="silence")

    recording = read(tmp_path, stamped, advice, event("token.revoked", 2, token_id="t"), silence)

    assert ["rep.completed", "set.ended"] == kinds(recording)
    assert {"type", "time", "data"} == set(recording.events[0].event)
    assert {"athlete_id": "ada", "set_id": "1"} == recording.events[0].event["data"]
    assert 3 == len(recording.remarks)


def test_what_is_wrong_in_the_file_is_left_for_the_server_to_refuse(tmp_path: Path) -> None:
    """Infinity, an unknown type, a wrong time: all are kept as they are."""
    line = '{"type": "spotter.rep.completed.v1", "time": "now", "data": {"athlete_id": "ada", "mean_velocity_mps": Infinity}}'

    recording = read(tmp_path, line, {"type": "spotter.rep.done.v1", "data": 3})

    assert 2 == len(recording.events) - kinds(recording).count("set.ended")
    assert "now" == recording.events[0].event["time"]


def test_lines_that_are_no_json_are_skipped_and_reported(tmp_path: Path) -> None:
    """A recording that was cut in its last line can still be used."""
    recording = read(tmp_path, rep(0, set_id="1"), '{"type": "spotter.rep', "[1]")

    assert 1 == recording.reps
    assert ["line 2 is not JSON", "line 3 is not a JSON object"] == [
        remark.split(" and ")[0] for remark in recording.remarks
    ]


def test_an_array_of_events_is_a_recording_too(tmp_path: Path) -> None:
    """As a batch would be sent."""
    path = tmp_path / "batch.json"
    path.write_text(json.dumps([rep(0, set_id="1"), rep(3, set_id="1")], indent=2))

    assert 2 == read_recording(path).reps


def test_lines_without_a_lifter_can_be_credited_to_one(tmp_path: Path) -> None:
    """Those that name one keep it."""
    path = tmp_path / "recording.jsonl"
    path.write_text("\n".join(json.dumps(item) for item in (event("rep.completed", 0, set_id="1"), rep(1, set_id="2"))))

    recording = read_recording(path, "bo")

    assert ["bo", "ada"] == [event.text("athlete_id") for event in recording.events if event.is_rep]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has no event"),
        (b"hello\n", "line 1 is not JSON"),
        (b"\xff\xfe\x00", "is not text"),
        (b'{"a": {"reps": []}}', "has no rep"),
    ],
)
def test_a_file_that_is_no_recording_is_refused_in_a_line(tmp_path: Path, content: bytes, message: str) -> None:
    """The message says what it looked for."""
    path = tmp_path / "file"
    path.write_bytes(content)

    with pytest.raises(CliError, match=message):
        read_recording(path)


def test_a_file_that_is_not_there_is_reported_by_name(tmp_path: Path) -> None:
    """So is a folder."""
    with pytest.raises(CliError, match=r"There is no file .*nothing"):
        read_recording(tmp_path / "nothing")
    with pytest.raises(CliError, match="is a folder"):
        read_recording(tmp_path)
