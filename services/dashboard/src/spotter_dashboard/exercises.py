"""The route to the gym's catalogue: all of it, or what matches a text, with the name that matched."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel

from spotter.domain.exercises import Catalogue, Exercise, Match, match, search
from spotter.domain.gym_config import Configuration
from spotter.http import Guard
from spotter.http.tokens import Identity
from spotter_dashboard.responses import LIMIT_MAX, Cursor, Limit, as_json, cursor_of, read_cursor, reader_of


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


QUERY_LETTERS_MAX: Final = 256


def exercise_routes(guard: Guard, configuration: Configuration) -> APIRouter:
    """Build `/v1/exercises`: the exercises that ship and those that the token's gym has added."""
    router = APIRouter(prefix="/v1", tags=["reading"])
    Reader = Annotated[Identity, Depends(reader_of(guard))]  # noqa: N806  # a type

    @router.get("/exercises", response_model=ExerciseList, summary="The gym's catalogue of exercises, searched by name")
    def exercises(
        identity: Reader,
        q: Annotated[
            str | None, Query(max_length=QUERY_LETTERS_MAX, description="A name, or the beginning of one.")
        ] = None,
        cursor: Cursor = None,
        limit: Limit = LIMIT_MAX,
    ) -> Response:
        newest = configuration.version(identity.gym_id)
        version, first = (newest, 0) if cursor is None else read_cursor(cursor, int, int)
        catalogue = configuration.gym(identity.gym_id, min(max(version, 0), newest)).catalogue
        matches = search(catalogue, q or "", limit=len(catalogue))
        page = matches[max(first, 0) :][:limit]
        after = max(first, 0) + limit
        searched = q is not None and bool(q.strip())
        return as_json(
            {
                "exercises": [_listed(entry, searched=searched) for entry in page],
                "next_cursor": cursor_of(version, after) if len(matches) > after else None,
                "would_import": _import_of(catalogue, q or "") if searched else None,
            }
        )

    return router


def _listed(entry: Match, *, searched: bool) -> dict[str, Any]:
    exercise = entry.exercise.model_dump(mode="json")
    if not searched:
        return exercise
    how = {"name": entry.name, "score": entry.score, "how": entry.how, "ignored": list(entry.ignored)}
    return {**exercise, "match": how}


def _import_of(catalogue: Catalogue, text: str) -> dict[str, Any]:
    result = match(catalogue, text)
    return {
        "exercise": None if result.match is None else result.match.exercise.exercise,
        "sentence": result.sentence(),
    }
