"""The truth of a workout."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from lab.habits.workouts import Bout, draw_visit, true_cost

SEEDS = range(200)
A_SET: Bout = draw_visit(1).bouts[0]


def test_the_same_seed_gives_the_same_workout() -> None:
    """Another one gives another."""
    assert draw_visit(7) == draw_visit(7)
    assert draw_visit(7) != draw_visit(8)


def test_a_workout_is_as_long_as_people_take() -> None:
    """Three to eight exercises, and no more reps than can be looked at."""
    for seed in SEEDS:
        bouts = draw_visit(seed).bouts
        assert 3 <= len({bout.exercise for bout in bouts}) <= 8
        assert 10 <= sum(len(bout.reps) for bout in bouts) <= 150


def test_a_lifter_does_one_thing_at_a_time() -> None:
    """Reps follow each other, and their numbers tell their order."""
    for seed in SEEDS:
        reps = [rep for bout in draw_visit(seed).bouts for rep in bout.reps]
        assert list(range(len(reps))) == [rep.number for rep in reps]
        assert all(before.ended_s < after.started_s for before, after in pairwise(reps))


def test_a_set_slows_down_towards_failure() -> None:
    """The fewer are left, the slower the last rep, in the same exercise with the same load."""
    bouts = [bout for seed in SEEDS for bout in draw_visit(seed).bouts if bout.exercise == "leg_press"]
    to_failure = [bout.reps[-1].velocity_mps for bout in bouts if bout.left == 0 and bout.joint is None]
    far_away = [bout.reps[-1].velocity_mps for bout in bouts if bout.left == 4]
    assert max(to_failure) < min(far_away)


def test_an_exposure_costs_what_its_hardest_part_costs() -> None:
    """A whole unit at failure, half a unit one rep before it, nothing with two left; double on a high-risk lift."""
    curl = replace(A_SET, exercise="biceps_curl", work="work")
    assert [1.0, 0.5, 0.0] == [true_cost([replace(curl, left=left)]) for left in (0, 1, 2)]
    assert 1.0 == true_cost([replace(curl, left=2), replace(curl, left=0), replace(curl, left=1)])
    assert 2.0 == true_cost([replace(curl, exercise="deadlift", left=0)])


def test_endurance_is_cheap_and_a_warm_up_free() -> None:
    """As many push-ups as possible cost a quarter."""
    push_ups = replace(A_SET, exercise="push_up", left=0)
    assert 0.25 == true_cost([replace(push_ups, work="amrap")])
    assert 0.0 == true_cost([replace(push_ups, work="warmup")])
