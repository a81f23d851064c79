"""Lifters of the wide world as points that fill a population evenly, whatever law their sets follow."""

from __future__ import annotations

from functools import cache
from typing import Final, Protocol, Self

from lab.accuracy.answers import Floats, Whole
from lab.accuracy.wide import home_points, other_points
from lab.accuracy.wide.normals import even_normals

# Those of the other law have a grid of their own for what is of a set.
POINTS: Final = {"home": 400, "other": 160}


class LifterPoints(Protocol):
    """P lifters of one law."""

    @property
    def z(self) -> Floats:
        """Their four numbers, each standard normal in the population, (4, P)."""

    def part(self, chosen: Whole) -> Self:
        """Return some of them."""

    def log_evidence(self, velocities: Floats, course: Floats) -> Floats:
        """Return log P(N, velocities of the reps so far, course of the set) of each lifter, (P, N = done … 60).

        `course` (3, 60): the probability of the set's course, by kind of set and N.
        """


@cache
def everybody(family: str, exercise: str, count: int) -> LifterPoints:
    """Return points that fill the population of an exercise evenly."""
    return lifters_at(family, exercise, even_normals(count))


def lifters_at(family: str, exercise: str, z: Floats) -> LifterPoints:
    """Return the lifters with these numbers."""
    return home_points.lifters_at(exercise, z) if family == "home" else other_points.lifters_at(exercise, z)
