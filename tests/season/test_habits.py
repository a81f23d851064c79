"""A season whose lifters' apps and trackers have habits: the same sets stand, each once."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from lab.habits.comparison import Sight, sight_of
from lab.ledger_oracle import published, recompute
from lab.season.gym import Lane, train
from lab.season.habits import HABITS, reported
from lab.season.people import TrainingPlan, person
from lab.season.training import SeasonLifter
from spotter.domain.gym_config import Configuration

PLAN: Final = TrainingPlan(lifters=1, weeks=2, sets=3)


def lived(habit: str | None) -> tuple[SeasonLifter, Lane]:
    """Return a lifter's two weeks as reported by a habit."""
    lifter = SeasonLifter(replace(person(0, PLAN), calls=1.0, obedience=1.0), PLAN, lambda answer: None)
    lane = Lane(lifter.person.name, lifter.season() if habit is None else reported(lifter.season(), habit))
    train([lane], Configuration())
    return lifter, lane


def seen(lane: Lane) -> Sight:
    """Return what stands of a lifter's sets."""
    return sight_of(lane.story, lane.published)


@pytest.mark.parametrize("habit", HABITS)
def test_each_set_stands_once(habit: str) -> None:
    """As many sets as were done, each with its reps."""
    lifter, lane = lived(habit)

    sets = sorted(seen(lane).present().values(), key=lambda stands: stands.opened.opened_at)

    assert [done.exercise for done in lifter.sets] == [stands.opened.exercise for stands in sets]
    voided = sum(rep.voided for stands in sets for rep in stands.reps.values())
    assert sum(done.done for done in lifter.sets) == sum(len(stands.counted()) for stands in sets) + voided


@pytest.mark.parametrize("habit", HABITS)
def test_the_ledger_is_that_of_the_log(habit: str) -> None:
    """Whatever came twice, late or without a name."""
    _, lane = lived(habit)

    assert recompute(lane.story, Configuration()) == published(lane.published)


def test_some_lifters_of_a_season_have_habits() -> None:
    """As many as are asked for; none where none are, and they are the same lifters else."""
    plan = replace(PLAN, habits=0.5)
    people = [person(number, plan) for number in range(40)]

    assert 8 < sum(lifter.habit is not None for lifter in people) < 32
    assert [person(number, PLAN) for number in range(40)] == [replace(lifter, habit=None) for lifter in people]
