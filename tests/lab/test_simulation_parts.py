"""Simulated sets with two sides, help and calibration, and what is gained where a device tells them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from lab.accuracy.protocol.parts import PartRow, part_rows
from lab.accuracy.protocol.plan import ProtocolPlan
from lab.accuracy.simulation.parts import HABITS, Habit, parted_sets

PLAN = replace(ProtocolPlan().quick(), shape_sets=400)


@cache
def rows(family: str) -> dict[str, PartRow]:
    """The rows of a family, bench press."""
    return {row.habit: row for row in part_rows(family, "bench_press", PLAN)}


@pytest.mark.parametrize("habit", HABITS)
def test_what_is_told_is_the_only_difference(habit: Habit) -> None:
    """The same reps, times and truth; the same seed makes the same sets."""
    for parted in parted_sets(habit, "home", "deadlift", 6, seed=3):
        reports = [(rep.end_s, rep.velocity_mps, rep.rom_m) for rep in parted.bare.reps]
        assert reports == [(rep.end_s, rep.velocity_mps, rep.rom_m) for rep in parted.labelled.reps]
        assert parted.bare.truth == parted.labelled.truth
        assert sorted(reports) == reports
    assert parted_sets(habit, "home", "deadlift", 2, seed=3) == parted_sets(habit, "home", "deadlift", 2, seed=3)


@pytest.mark.parametrize("family", ["home", "other"])
@pytest.mark.parametrize("habit", ["alternating", "side_by_side", "calibrated"])
def test_told_parts_are_estimated_as_sets_of_their_own(family: str, habit: str) -> None:
    """What is told leaves nothing to guess: the error is that of the plain sets."""
    row = rows(family)[habit]
    assert row.plain == pytest.approx(row.labelled, abs=0.01)


@pytest.mark.parametrize("family", ["home", "other"])
def test_what_is_told_helps(family: str) -> None:
    """Over all reps, whatever the habit; and at the end of a set with two sides above all."""
    assert all(row.labelled < row.bare for row in rows(family).values())
    assert all(row.end_labelled < 0.8 * row.end_bare for row in list(rows(family).values())[:2])
