"""What is known of a lifter is published with the end of each set that changes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from spotter.domain.events.outputs import ExerciseProfile
from tests.contract.lifter import Lifter
from tests.contract.memory_harness import MemoryHarness

BASE = datetime(2026, 1, 7, 18, tzinfo=UTC)
DAY_S = 86_400.0


def lift(
    lifter: Lifter, day: int, load_kg: float | None, reps: int, *, call: float | None = 0.0, **context: Any
) -> None:
    """Lift a set whose first rep is slower the heavier it is."""
    at_s, name = DAY_S * day, f"day-{day}"
    first = 1.1 - 0.0075 * (load_kg or 80.0)
    velocities = [round(first - (first - 0.18) * rep / (reps - 1), 3) for rep in range(reps)]
    lifter.send(lifter.start(at_s, name, load_kg=load_kg, **context))
    lifter.send(*(lifter.rep(rep + 1, at_s + 5 + 3 * rep, v, name) for rep, v in enumerate(velocities)))
    lifter.send(lifter.end(at_s + 70, name))
    if call is not None:
        lifter.send(lifter.call(call, at_s + 80, name))


def learned(lifter: Lifter) -> dict[str, ExerciseProfile]:
    """Return the newest word on each exercise."""
    newest: dict[str, ExerciseProfile] = {}
    for closed in lifter.closed:
        newest |= {profile.exercise: profile for profile in closed.learned or ()}
    return newest


@pytest.fixture
def lifter() -> Lifter:
    """Return a lifter of whom nothing is known."""
    return Lifter(MemoryHarness(), BASE)


def test_the_line_its_error_and_the_1rm_follow_from_sets_in_kg(lifter: Lifter) -> None:
    """The line goes through what was lifted, and the more sets there are the smaller is its error."""
    lift(lifter, 0, 80, 9)
    first = learned(lifter)["bench_press"]
    for day, (load_kg, reps) in enumerate([(70, 14), (85, 7), (75, 11), (80, 9), (70, 14)], start=1):
        lift(lifter, 2 * day, load_kg, reps)
    now = learned(lifter)["bench_press"]

    assert (1, 6) == (first.learned_sets, now.learned_sets)
    assert first.line is not None
    assert now.line is not None
    assert ("kg", "velocity") == (now.line.load_unit, now.measure)
    assert now.line.load_min < 70 < 85 < now.line.load_max
    assert 1.1 - 0.0075 * 80 == pytest.approx(now.line.intercept_mps + 80 * now.line.slope_mps, abs=0.04)
    assert now.line.slope_mps == pytest.approx(-0.0075, rel=0.4)
    assert error_at(now, 80) < error_at(first, 80) < 0.08
    assert now.v_last_mps == pytest.approx(0.18, abs=0.03)
    assert 0 < (now.v_last_sd_mps or 0.0) < 0.04
    assert now.one_rep_max_kg is not None
    assert now.one_rep_max_sd_kg is not None
    assert 95 < now.one_rep_max_kg < 120
    assert now.one_rep_max_sd_kg <= 0.075 * now.one_rep_max_kg


def error_at(profile: ExerciseProfile, load: float) -> float:
    """Return the standard error of the line at a load."""
    line = profile.line
    assert line is not None
    return float((line.intercept_sd_mps**2 + 2 * load * line.cov + (load * line.slope_sd_mps) ** 2) ** 0.5)


def test_a_1rm_that_is_too_uncertain_is_not_told(lifter: Lifter) -> None:
    """After a few fast reps of an exercise of which little is published the figure could be anybody's."""
    lifter.send(lifter.start(0, "s", "biceps_curl", load_kg=10))
    lifter.send(*(lifter.rep(number, 5 + 3.0 * number, 0.8, "s") for number in range(1, 4)), lifter.end(60, "s"))
    profile = learned(lifter)["biceps_curl"]

    assert 1 == profile.learned_sets
    assert "too_uncertain" == profile.one_rep_max_missing
    assert (None, None) == (profile.one_rep_max_kg, profile.one_rep_max_sd_kg)


def test_sets_without_a_load_teach_a_velocity_at_failure_and_no_line(lifter: Lifter) -> None:
    """Sets by %1RM have a line over %1RM; neither gives a 1RM in kg."""
    lift(lifter, 0, None, 9)
    without = learned(lifter)["bench_press"]
    lift(lifter, 1, None, 9, pct_1rm=75)
    lift(lifter, 2, None, 6, pct_1rm=85)
    by_pct = learned(lifter)["bench_press"]

    assert (None, "no_load_in_kg") == (without.line, without.one_rep_max_missing)
    assert without.v_last_mps == pytest.approx(0.18, abs=0.04)
    assert by_pct.line is not None
    assert "pct_1rm" == by_pct.line.load_unit
    assert by_pct.line.load_min < 75 < 85 < by_pct.line.load_max
    assert "no_load_in_kg" == by_pct.one_rep_max_missing


def test_a_call_after_the_end_is_learned_from_at_once(lifter: Lifter) -> None:
    """The profile is published again, and knows the velocity at failure better."""
    lift(lifter, 0, 80, 9, call=None)
    before = learned(lifter)["bench_press"]
    lifter.send(lifter.call(0, 100, "day-0"))
    after = learned(lifter)["bench_press"]

    assert 1 == before.learned_sets == after.learned_sets
    assert (after.v_last_sd_mps or 1.0) < (before.v_last_sd_mps or 0.0)


def test_what_is_voided_or_turns_out_to_be_another_exercise_is_taken_back(lifter: Lifter) -> None:
    """The exercise that it was not is told to have learned nothing."""
    lift(lifter, 0, 80, 9)
    lifter.send(lifter.amend_set(200, "day-0", exercise="back_squat"))
    amended = learned(lifter)
    lifter.send(lifter.void_set(300, "day-0"))
    voided = learned(lifter)

    assert (0, 1) == (amended["bench_press"].learned_sets, amended["back_squat"].learned_sets)
    assert (0, 0) == (voided["bench_press"].learned_sets, voided["back_squat"].learned_sets)
    assert voided["back_squat"].line is None


def test_sets_known_by_their_times_have_no_line(lifter: Lifter) -> None:
    """What they teach is a profile of times."""
    lifter.send(lifter.start(0, "s", "bench_press", load_kg=80))
    lifter.send(
        *(lifter.rep(n, 5 + 3.0 * n, None, "s", concentric_s=round(0.8 + 0.02 * n**1.6, 2)) for n in range(1, 11))
    )
    lifter.send(lifter.end(60, "s"), lifter.call(0, 61, "s"))
    profile = learned(lifter)["bench_press"]

    assert ("timing", 1) == (profile.measure, profile.learned_sets)
    assert (None, None, None) == (profile.line, profile.v_last_mps, profile.one_rep_max_kg)
