"""The protocol of raw motion: simulated bars and recorded watch sets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lab.accuracy.motion.bar_scores import bar_scores
from lab.accuracy.motion.bars import bar_set
from lab.accuracy.motion.cross_validation import candidates, counts, leave_one_out
from lab.accuracy.motion.watch import watch_sets
from spotter_detector.motion.parameters import WristParameters


def test_simulated_bars_are_counted_and_timed() -> None:
    """At 50 Hz and .03 m/s of noise every set is counted, and the concentric time is off by 60 ms at most in the mean."""
    scores = bar_scores("test", signal="bar_velocity", sets=60, seed=20)

    assert 0.98 <= scores.exact_share
    assert 0.06 >= scores.concentric_mae_s
    assert 0.7 >= scores.known_after_p99_s
    assert 0 == scores.false_stalls


@pytest.mark.parametrize("signal", ["bar_velocity", "bar_position"])
def test_simulated_stalls_are_called_in_time(signal: str) -> None:
    """Within half a second of the moment that the longest grind is exceeded."""
    assert 1.0 == bar_scores("test", signal=signal, sets=30, seed=21, stall=True).stalls_in_time_share


def test_a_simulated_set_is_what_it_says() -> None:
    """The travel of the true reps is in the signal between their times."""
    bar = bar_set(np.random.default_rng(5))
    for rep in bar.reps:
        part = bar.velocity_mps[round(rep.started_s * bar.rate_hz) : round(rep.ended_s * bar.rate_hz)]
        assert pytest.approx(rep.rom_m, abs=0.03) == float(part.sum()) / bar.rate_hz


@pytest.fixture(scope="module")
def watch(recorded: Path) -> Path:
    """The folder of recorded watch sets."""
    folder = recorded / "watch"
    if not folder.is_dir():
        pytest.skip(f"No watch recordings at {folder}: name the folder that holds watch/ in SPOTTER_RECORDED.")
    return folder


def test_recorded_watch_sets_are_counted_as_their_samples_come(watch: Path) -> None:
    """With the shipped numbers most sets are counted exactly; in three the signal does not hold what the logger wrote."""
    sets = watch_sets(watch)
    errors = counts(sets, [WristParameters()])[0] - np.array([score.reps for score in sets])

    assert 17 <= int((errors == 0).sum())
    assert 3 >= int((np.abs(errors) > 1).sum())


def test_no_set_of_an_exercise_has_a_part_in_its_own_numbers(watch: Path) -> None:
    """What the logger wrote for the exercise left out may be anything: its sets are counted alike."""
    sets = watch_sets(watch)[:6]
    wrists = candidates(10)
    table = counts(sets, wrists)
    honest = {score.name: score.counted for score in leave_one_out(sets, wrists, table)}
    wrong = [
        score if score.exercise != "MTE" else type(score)(score.name, "MTE", 99, score.t0_us, score.rows)
        for score in sets
    ]

    assert (
        honest[wrong[4].name]
        == {score.name: score.counted for score in leave_one_out(wrong, wrists, table)}[wrong[4].name]
    )
