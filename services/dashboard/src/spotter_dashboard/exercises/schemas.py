"""What the exercise routes return, for the published OpenAPI description."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from spotter.domain.exercises import Exercise


class MatchItem(BaseModel):
    """Which of an exercise's names was found, and how near it is to what was asked for."""

    name: str
    score: float
    how: Literal["id", "name", "fuzzy"]
    ignored: list[str]


class ExerciseItem(Exercise):
    """An exercise, and where it was searched for the name that was found."""

    match: MatchItem | None = None


class Import(BaseModel):
    """What an import would take the text for: an exercise, or none and the nearest in words."""

    exercise: str | None
    sentence: str


class ExerciseList(BaseModel):
    """The gym's catalogue, or what was found in it, best first."""

    exercises: list[ExerciseItem]
    next_cursor: str | None = None
    would_import: Import | None = None
