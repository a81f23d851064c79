"""Curls to failure by timing alone: the four figures, and the mean-reps rule beside the model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lab.accuracy.people.curls import curl_score, curl_scores, f1
from lab.accuracy.recording_reader import read_recorded
from lab.accuracy.sets import LabelledSet


def curls(folder: Path, *counts: int) -> list[list[LabelledSet]]:
    """Sets of one lifter that failed after so many reps, known by when each ended."""
    lines = [
        {
            "lifter": "a",
            "at": f"2024-05-01T18:{5 * order:02}:00Z",
            "exercise": "biceps_curl",
            "failed": True,
            "reps": [{"time_s": 3.0 * n + 0.02 * n * n} for n in range(count)],
        }
        for order, count in enumerate(counts)
    ]
    path = folder / "curls.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return read_recorded(path)


def test_the_figures_are_of_the_last_eight_reps(tmp_path: Path) -> None:
    """An error of one rep throughout, and what is shown as the last rep although one was left."""
    [sets] = curls(tmp_path, 10)
    score = curl_score("off by one", sets, [[10.0, 9.0, *(max(left - 1.0, 0.0) for left in range(7, -1, -1))]])
    assert (1, 8) == (score.sets, score.reps)
    assert (7 / 8, np.sqrt(7 / 8), 0.0) == (score.error, score.root_error, score.error_at_failure)
    assert 1.0 == score.last_safe
    assert 6 / 7 == pytest.approx(score.not_premature)
    assert 6 / 7 == pytest.approx(score.near_f1)


def test_nothing_right_has_no_f1() -> None:
    """Without a true positive it is 0."""
    assert 0.0 == f1(np.array([True, False]), np.array([False, True]))


def test_sets_are_judged_from_the_second_one_on(tmp_path: Path) -> None:
    """The mean of earlier sets less the reps done is exact where a lifter always fails at the same rep."""
    scores = {score.name: score for score in curl_scores(curls(tmp_path, 10, 10, 10))}
    assert {2} == {score.sets for score in scores.values()}
    assert (0.0, 1.0, 1.0) == tuple(
        getattr(scores["mean reps"], name) for name in ("error", "near_f1", "not_premature")
    )
    assert scores["model, cold"].error > 0.0
