"""The protocol of raw motion: simulated bars and recorded watch sets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lab.accuracy.motion.bar_scores import bar_scores
from lab.accuracy.motion.bars import bar_set
from lab.accuracy.motion.disturbances import padded
from lab.accuracy.motion.watch import WatchSet, spar_sets, uncut_sets, watch_sets
from lab.accuracy.motion.wrist_counts import reps_in, wrist_counts
from lab.accuracy.motion.wrist_left_out import left_out_reps


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


def errors_of(sets: list[WatchSet], *, expected: bool = False) -> list[int]:
    """Reps too many, by set."""
    return [len(reps_in(lift.rows, lift.rate_hz, expected=expected)) - lift.reps for lift in sets]


def folder_of(recorded: Path, name: str) -> Path:
    """A folder of recorded wrists, or a skip."""
    folder = recorded / name
    if not folder.is_dir():
        pytest.skip(f"No wrist recordings at {folder}: name the folder that holds {name}/ in SPOTTER_RECORDED.")
    return folder


def test_a_recorded_set_is_counted_inside_its_recording(recorded: Path) -> None:
    """As recorded, with getting ready and putting away, 95 % of the sets are within one rep and 75 % exact."""
    errors = errors_of(uncut_sets(folder_of(recorded, "watch_uncut")))

    assert 0.95 <= np.mean([abs(error) <= 1 for error in errors])
    assert 0.75 <= np.mean([error == 0 for error in errors])


def test_where_a_recording_begins_and_ends_makes_little_difference(recorded: Path) -> None:
    """From up to 15 s before the exercise to up to 15 s after it nine sets of ten are within one rep."""
    rng = np.random.default_rng(4)
    sets = uncut_sets(folder_of(recorded, "watch_uncut"))
    reps = [len(reps_in(padded(rng, lift.rows, lift.rate_hz, lift.cut_s), lift.rate_hz)) for lift in sets]

    assert 0.9 <= np.mean([abs(count - lift.reps) <= 1 for count, lift in zip(reps, sets, strict=True)])


def test_what_is_before_and_after_a_recorded_set_is_no_set(recorded: Path) -> None:
    """Getting ready alone and putting away alone hold no reps."""
    for lift in uncut_sets(folder_of(recorded, "watch_uncut")):
        first, last = (round(second * lift.rate_hz) for second in lift.cut_s)
        assert [] == reps_in(lift.rows[:first], lift.rate_hz)
        assert [] == reps_in(lift.rows[last:], lift.rate_hz)


def test_recorded_sets_cut_to_the_exercise_are_counted(recorded: Path) -> None:
    """Cut to the exercise, 90 % are within one rep and 65 % exact."""
    errors = errors_of(watch_sets(folder_of(recorded, "watch")))

    assert 0.90 <= np.mean([abs(error) <= 1 for error in errors])
    assert 0.65 <= np.mean([error == 0 for error in errors])


def test_other_people_are_counted_at_another_rate(recorded: Path) -> None:
    """Of a fourth of the sets of ten people nine of ten are within one of the twenty reps asked for."""
    errors = errors_of(spar_sets(folder_of(recorded, "spar_watch"))[::4], expected=True)

    assert 0.9 <= np.mean([abs(error) <= 1 for error in errors])


def test_simulated_wrists_are_scored_without_recordings() -> None:
    """Sets and people who train nothing; no case claims to be recorded."""
    rows = wrist_counts(None, seed=1, quick=True)

    assert {False} == {row.recorded for row in rows}
    assert [1.0] * 4 == [row.exact for row in rows if row.case.startswith("two minutes")]


def test_parameters_chosen_without_an_exercise_count_it_nearly_as_well(recorded: Path) -> None:
    """What is chosen by the other exercises and people is within one rep in 85 % of the sets that it has not seen."""
    uncut = uncut_sets(folder_of(recorded, "watch_uncut"))
    people = spar_sets(folder_of(recorded, "spar_watch"))[::24]
    counted = left_out_reps([*uncut, *people], quick=True)
    errors = [len(reps) - lift.reps for lift, reps in zip([*uncut, *people], counted, strict=True)]

    assert 0.85 <= np.mean([abs(error) <= 1 for error in errors])
