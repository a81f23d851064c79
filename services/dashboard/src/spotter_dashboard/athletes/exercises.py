"""The door to the gym's catalogue: all of it, or what somebody may be typing, with the name that was matched."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from spotter.domain.exercises import Catalogue, Match, match, search
from spotter.domain.gym_config import Configuration
from spotter.http import Guard
from spotter.http.tokens import Identity
from spotter_dashboard.http.responses import LIMIT_MAX, Cursor, Limit, as_json, cursor_of, read_cursor, reader_of
from spotter_dashboard.sets.schemas import ExerciseList

QUERY_LETTERS_MAX: Final = 256


def catalogue_router(guard: Guard, configuration: Configuration) -> APIRouter:
    """Build `/v1/exercises`: what ships and what the token's gym has added."""
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
        found = search(catalogue, q or "", limit=len(catalogue))
        page = found[max(first, 0) :][:limit]
        after = max(first, 0) + limit
        asked = q is not None and bool(q.strip())
        return as_json(
            {
                "exercises": [_listed(one, matched=asked) for one in page],
                "next_cursor": cursor_of(version, after) if len(found) > after else None,
                "would_import": _taken(catalogue, q or "") if asked else None,
            }
        )

    return router


def _listed(one: Match, *, matched: bool) -> dict[str, Any]:
    entry = one.exercise.model_dump(mode="json")
    if not matched:
        return entry
    return {**entry, "match": {"name": one.name, "score": one.score, "how": one.how, "ignored": list(one.ignored)}}


def _taken(catalogue: Catalogue, text: str) -> dict[str, Any]:
    answer = match(catalogue, text)
    return {
        "exercise": None if answer.match is None else answer.match.exercise.exercise,
        "sentence": answer.sentence(),
    }
