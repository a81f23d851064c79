"""`python -m lab.habits` as it is called."""

from __future__ import annotations

import json
import sys

import pytest

from lab.habits.__main__ import main
from lab.habits.comparison import Deviation
from lab.habits.runner import HabitTally, WorkoutTrial, run
from lab.habits.table import explanation, print_table

SHORT = ["habits", "--workouts", "3", "--jobs", "1"]


def test_the_result_is_given_to_programs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON object: shares, every habit with its differences, every workout that is not exact."""
    monkeypatch.setattr(sys, "argv", [*SHORT, "--json"])

    code = main()

    document = json.loads(capsys.readouterr().out)
    assert 3 == document["workouts"]
    assert int(document["exact"] < 0.995) == code
    assert sum(habit["workouts"] for habit in document["habits"].values()) >= 3


def test_a_workout_is_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Truth, events and outcome, one after the other."""
    monkeypatch.setattr(sys, "argv", ["habits", "--show", "1000001"])

    assert 0 == main()

    shown = capsys.readouterr().out
    positions = [shown.index(f"\n{part}") for part in ("truth", "events", "outcome", "differences")]
    assert sorted(positions) == positions


def test_a_seed_draws_its_workouts() -> None:
    """The same in the same order each time."""
    assert [2_000_000, 2_000_001] == [trial.seed for trial in run(2, seed=2, jobs=1).trials]
    assert run(1, seed=2, jobs=1) == run(1, seed=2, jobs=1)


def test_what_nobody_could_know_is_counted_apart(capsys: pytest.CaptureFixture[str]) -> None:
    """It is neither exact nor wrong, and it is said."""
    lost = Deviation("rep lost", "rep 3 of set 0 counts 0 times")
    tally = HabitTally(
        [
            WorkoutTrial(1, frozenset({"no set ids"}), 80, (), ()),
            WorkoutTrial(2, frozenset({"no set ids"}), 80, (), (lost, lost)),
            WorkoutTrial(3, frozenset({"no set ids"}), 80, ("no boundary",), (lost,)),
        ]
    )

    print_table(tally, 1.0)

    shown = capsys.readouterr().out
    assert 0.5 == tally.share_exact()
    assert "3: nobody could know: no boundary" in shown
    assert "2: rep lost: rep 3 of set 0 counts 0 times (and 1 more)" in shown
    assert "rep lost: rep 3 of set 0 counts 0 times (and 1 more)" == explanation(tally.trials[1])
