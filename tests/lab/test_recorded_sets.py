"""Recorded sets: what a line means, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.accuracy.protocol.recordings import recorded_rows
from lab.accuracy.recording_reader import UnreadableSets, read_recorded

REPS = [{"time_s": 3.0 * index, "velocity_mps": 0.5 - 0.04 * index, "rom_m": 0.42} for index in range(8)]


def line(**changed: object) -> dict[str, object]:
    """A set that failed after eight reps."""
    at = "2024-05-01T18:00:00Z"
    return {"lifter": "a", "at": at, "exercise": "bench_press", "load_kg": 80.0, "failed": True, "reps": REPS} | changed


def written(folder: Path, *lines: dict[str, object]) -> Path:
    """A file of these sets."""
    path = folder / "sets.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n", encoding="utf-8")
    return path


def test_a_failed_set_leaves_nothing_after_its_last_rep(tmp_path: Path) -> None:
    """A known failure says how many were possible."""
    [[lifted_set]] = read_recorded(written(tmp_path, line()))
    assert (7, 6, 5, 4, 3, 2, 1, 0) == lifted_set.truth
    assert (8, True, None) == (lifted_set.reps_possible, lifted_set.failed, lifted_set.reported_rir)


@pytest.mark.parametrize(("label", "ended"), [({"rir": 2}, 2), ({"rpe": 8.5}, 2), ({"rpe": 10}, 0)])
def test_a_called_set_ends_as_the_lifter_says(tmp_path: Path, label: dict[str, object], ended: int) -> None:
    """Reps in reserve are those that were called, or ten less the RPE, half reps rounded up."""
    [[lifted_set]] = read_recorded(written(tmp_path, line(failed=False, **label)))
    assert (ended, 8 + ended, False) == (lifted_set.truth[-1], lifted_set.reps_possible, lifted_set.failed)


def test_attempts_and_unracks_are_no_reps(tmp_path: Path) -> None:
    """A report marked as a failed attempt or as no rep is not counted."""
    reps = [{"time_s": 0.0, "velocity_mps": 0.9, "kind": "no_rep"}]
    reps += [{**rep, "time_s": 5.0 + 3.0 * index} for index, rep in enumerate(REPS[:2])]
    reps += [{"time_s": 20.0, "velocity_mps": 0.08, "rom_m": 0.2, "kind": "failed"}]
    [[lifted_set]] = read_recorded(written(tmp_path, line(reps=reps)))
    assert (None, 1, 0, -1) == lifted_set.truth
    assert 3 == lifted_set.failed_attempt


def test_sets_are_sorted_by_lifter_and_time(tmp_path: Path) -> None:
    """Each lifter's sets are in the order of time, whatever the order of the lines."""
    first, later = "2024-05-01T18:00:00Z", "2024-05-04T18:00:00+00:00"
    lifters = read_recorded(written(tmp_path, line(at=later, load_kg=85.0), line(lifter="b"), line(at=first)))
    assert [[80.0], [80.0, 85.0]] == [[lifted_set.load_kg for lifted_set in sets] for sets in lifters]
    assert [0.0, 3.0] == [athlete.at_days for athlete in lifters[1]]


def test_every_error_of_a_file_is_listed(tmp_path: Path) -> None:
    """Nothing is read from a file with errors; the message lists each with its line."""
    reps = [{**REPS[0], "velocity_mps": 391.0}]
    path = written(tmp_path, line(), line(rir=2, rpe=8), line(reps=reps), line(weight=80))
    with pytest.raises(UnreadableSets) as refused:
        read_recorded(path)
    assert "for 3 faults" in str(refused.value)
    for words in ("line 2: Value error, set rir or rpe", "line 3: reps.0.velocity_mps: ", "line 4: weight: "):
        assert words in str(refused.value)


def test_recorded_sets_are_scored_cold_and_learned(tmp_path: Path) -> None:
    """Known failures and calls are scored apart, each cold and with what the earlier sets taught."""
    days = [line(at=f"2024-05-0{day}T18:00:00Z") for day in (1, 3, 5)]
    called = line(at="2024-05-07T18:00:00Z", failed=False, rir=1, reps=REPS[:7])
    rows = recorded_rows(read_recorded(written(tmp_path, *days, called)))
    assert [
        ("known failure", "cold", 3, 24),
        ("known failure", "learned", 3, 24),
        ("the lifter's call", "cold", 1, 7),
        ("the lifter's call", "learned", 1, 7),
    ] == [(row.label, row.case, row.sets, row.reps) for row in rows]
    assert rows[1].scored.error.value < rows[0].scored.error.value
