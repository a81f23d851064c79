"""The alarm table: which sets are hard, what a rule and the model say of them, and with what they were told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lab.accuracy.people.alarm_scores import AlarmTrace, alarm_score
from lab.accuracy.people.alarm_table import alarm_rows
from lab.accuracy.people.efforts import is_hard, last_rep, without_reports
from lab.accuracy.people.one_line_rules import fixed_loss, least_velocity, line, line_through_ends
from lab.accuracy.people.seasons import Season, priors, streams_of
from lab.accuracy.recording_reader import read_recorded
from lab.accuracy.sets import LabelledSet

VELOCITIES_MPS = (0.55, 0.53, 0.5, 0.46, 0.41, 0.35, 0.28, 0.19)


def lifted(folder: Path, *lines: dict[str, object]) -> list[list[LabelledSet]]:
    """Sets of one lifter, one after the other, each with these fields."""
    rows = []
    for number, fields in enumerate(lines, start=1):
        reps = [
            {"time_s": 3.0 * n, "velocity_mps": velocity, "rom_m": 0.42, "duration_s": 1.0}
            for n, velocity in enumerate(VELOCITIES_MPS)
        ]
        at = f"2024-05-{number:02}T18:00:00Z"
        rows.append({"lifter": "a", "at": at, "exercise": "bench_press", "load_kg": 80.0, "reps": reps, **fields})
    path = folder / "sets.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return read_recorded(path)


UNRACK = {"time_s": 0.0, "velocity_mps": 0.9, "rom_m": 0.3, "duration_s": 0.4, "kind": "no_rep"}
REP = {"time_s": 9.0, "velocity_mps": 0.5, "rom_m": 0.42, "duration_s": 0.9}
FAILURES: list[dict[str, object]] = [{"failed": True}] * 3
PUT_DOWN = {"time_s": 14.0, "velocity_mps": 0.1, "rom_m": 0.2, "duration_s": 2.0, "kind": "no_rep"}


@pytest.mark.parametrize(
    ("called", "hard"),
    [
        ({"rpe": 9}, True),
        ({"failed": True}, True),
        ({"rpe": 6.5}, False),
        ({"rir": 4}, False),
        ({"rpe": 8}, None),
        ({}, None),
    ],
)
def test_hard_and_easy_are_what_the_lifter_called(tmp_path: Path, called: dict[str, object], hard: bool | None) -> None:
    """At most one rep left is hard, RPE 6.5 and less easy; what lies between or was not called is neither."""
    [[lifted_set]] = lifted(tmp_path, called)
    assert hard is is_hard(lifted_set)


def test_deleted_reports_are_left_out_of_a_clean_set(tmp_path: Path) -> None:
    """A clean set begins with its first rep, at no time; the last rep is the last report that is one."""
    [[lifted_set]] = lifted(tmp_path, {"reps": [UNRACK, REP, PUT_DOWN], "rpe": 9})
    clean = without_reports(lifted_set)
    assert ([0.0], [1], (1,)) == (
        [rep.end_s for rep in clean.reps],
        [rep.rep_number for rep in clean.reps],
        clean.truth,
    )
    assert (1, 0) == (last_rep(lifted_set), last_rep(clean))


def test_an_alarm_is_scored_at_the_last_rep_and_on_the_way() -> None:
    """Ranking and alarm after the last rep; an alarm on the way counts apart, and so does one after the last report."""
    traces = [
        AlarmTrace([0.1, 0.9, 0.9], [False, True, True], [False, False, True]),
        AlarmTrace([0.1, 0.2, 0.95], [True, False, True], [False, True, False]),
    ]
    score = alarm_score("model", traces, [1, 1], np.array([True, False]))
    assert (1.0, 1.0, 0.0) == (score.auc, score.youden, score.youden_any)
    assert (0.0, 0.0, 1.0) == (score.auc_end, score.youden_end, score.failing_easy)


def test_rules_stop_at_their_line(tmp_path: Path) -> None:
    """The least velocity + .03 m/s, a fifth off the fastest report, and two reps left by a line."""
    [[lifted_set]] = lifted(tmp_path, {"failed": True})
    assert [False] * 7 + [True] == list(least_velocity(lifted_set).stop)
    assert [False] * 4 + [True] * 4 == list(fixed_loss(lifted_set).stop)
    assert [False] * 6 + [True] * 2 == list(line(lifted_set, np.array([-2.0, 15.0])).stop)


def test_a_line_needs_three_ends_of_several_velocities(tmp_path: Path) -> None:
    """With fewer, or all at one velocity, there is none."""
    [sets] = lifted(
        tmp_path, *({"reps": [{**REP, "velocity_mps": mps}], "rir": rir} for mps, rir in ((0.3, 1), (0.4, 3), (0.5, 5)))
    )
    fitted = line_through_ends(sets)
    assert fitted is not None
    assert [-5.0, 20.0] == pytest.approx(fitted.tolist())
    assert line_through_ends(sets[:2]) is None
    assert line_through_ends([sets[0]] * 3) is None


def test_a_season_learns_from_the_sets_before(tmp_path: Path) -> None:
    """The first set is cold, the third knows two; without memory none is known."""
    streams = streams_of(lifted(tmp_path, *FAILURES))
    assert [0, 1, 2] == [prior.learned_sets for [starts] in [priors(streams, Season())] for prior in starts]
    assert [0, 1, 1] == [prior.learned_sets for [starts] in [priors(streams, Season(memory=1))] for prior in starts]
    assert [0, 0, 0] == [prior.learned_sets for [starts] in [priors(streams, Season(memory=0))] for prior in starts]
    [with_load], [without] = priors(streams, Season(load=True)), priors(streams, Season())
    assert ({80.0}, {None}) == ({prior.load_kg for prior in with_load}, {prior.load_kg for prior in without})


def test_the_table_has_rules_and_model_clean_and_with_all_reports(tmp_path: Path) -> None:
    """Each alarm is judged on the same sets, whatever it is told."""
    easy = {"reps": [UNRACK, *({**REP, "time_s": 9.0 + 3 * n} for n in range(5))], "rpe": 6}
    rows = [
        row
        for row in alarm_rows(lifted(tmp_path, easy, {"failed": True}, easy, {"failed": True}))
        if row.lifter is None
    ]
    assert {(2, 2)} == {(row.score.hard, row.score.easy) for row in rows}
    names = {"MVT + .03", "loss of 20 %", "others' line", "own line", "model"}
    assert {(name, reports) for name in names for reports in ("clean", "all")} == {
        (row.score.name, row.reports) for row in rows
    }
    [cold] = [row.score for row in rows if (row.score.name, row.reports, row.memory) == ("model", "clean", 0)]
    assert 1.0 == cold.auc
