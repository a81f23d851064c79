"""The routes that answer about the past."""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy import Engine

from dashboard.budgets import budget
from dashboard.projection import micros
from dashboard.queries import Queries, SetRow
from dashboard.views import AthletePage, BudgetView, ExerciseList, SetPage, SetView
from spotter.config import Configuration
from spotter.ids import is_id
from spotter.security import Identity
from spotter.values import AthleteId, Timestamp
from spotter.web import Guard, Problem

LIMIT_MAX: Final = 200
_INTEGER_MAX: Final = 2**62
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=512, description="`next_cursor` of the page before.")]


def reading_router(
    engine: Engine, guard: Guard, configuration: Configuration, clock: Callable[[], datetime]
) -> APIRouter:
    """Build the routes; each sees the gym of its token, and of that the lifters that the token speaks for."""
    router = APIRouter(prefix="/v1", tags=["reading"])
    queries = Queries(engine)

    async def reader(request: Request) -> Identity:
        identity = guard.identify(request, cookie=True)
        if not identity.has_role("app"):
            raise Problem(
                403,
                "Role too low",
                "A device's token sends and does not read.",
                mend="Ask with an app's token: spotter token create --role app",
            )
        return identity

    Reader = Annotated[Identity, Depends(reader)]  # noqa: N806  # a type

    @router.get("/sets", response_model=SetPage, summary="Sets, the newest first")
    def sets(
        identity: Reader,
        athlete_id: AthleteId | None = None,
        state: Literal["open", "ended"] | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        after = None
        if cursor is not None:
            opened_us, key = _read_cursor(cursor, int, str)
            after = (opened_us, key)
        only = _athletes_seen(identity, athlete_id)
        found = queries.sets(identity.gym_id, athletes=only, state=state, after=after, limit=limit + 1)
        page = found[:limit]
        return _json(
            {
                "sets": [one.listed() for one in page],
                "next_cursor": _cursor(page[-1].opened_us, page[-1].set_key) if len(found) > limit else None,
            }
        )

    @router.get("/sets/{set_id}", response_model=SetView, summary="A set with its reps, estimates and advice")
    def one_set(
        identity: Reader,
        set_id: str,
        opened_at: Annotated[Timestamp | None, Query(description="Which of several of that id.")] = None,
        athlete_id: Annotated[AthleteId | None, Query(description="Whose, where two lifters used the id.")] = None,
    ) -> Response:
        named = queries.sets_named(identity.gym_id, set_id) if is_id(set_id) else []
        found = [one for one in named if identity.may_see(one.athlete_id)]
        if athlete_id is not None:
            found = [one for one in found if one.athlete_id == athlete_id]
        if opened_at is not None:
            found = [one for one in found if one.opened_us == micros(opened_at)]
        if not found:
            raise Problem(
                404,
                "Unknown set",
                f"There is no such set {set_id}.",
                field="set_id",
                mend="GET /v1/sets lists the sets there are; one that was just sent may take a second.",
            )
        if len({one.athlete_id for one in found}) > 1:
            raise _ambiguous(set_id, found)
        return _json(queries.set_view(identity.gym_id, found[0]))

    @router.get("/athletes", response_model=AthletePage, summary="Lifters")
    def athletes(identity: Reader, cursor: Cursor = None, limit: Limit = 50) -> Response:
        after = None if cursor is None else _read_cursor(cursor, str)[0]
        only = _athletes_seen(identity, None)
        found = queries.athletes(identity.gym_id, only=only, after=after, limit=limit + 1)
        page = found[:limit]
        return _json(
            {
                "athletes": [{"athlete_id": athlete_id, "name": name} for athlete_id, name in page],
                "next_cursor": _cursor(page[-1][0]) if len(found) > limit else None,
            }
        )

    @router.get(
        "/athletes/{athlete_id}/budget", response_model=BudgetView, summary="A lifter's failure budget of this week"
    )
    def athletes_budget(identity: Reader, athlete_id: str) -> Response:
        seen = is_id(athlete_id) and identity.may_see(athlete_id)
        if not seen or not queries.is_known(identity.gym_id, athlete_id):
            raise Problem(
                404,
                "Unknown lifter",
                f"Nobody has heard of the lifter {athlete_id}.",
                field="athlete_id",
                mend="GET /v1/athletes lists those there are.",
            )
        config = configuration.gym(identity.gym_id, configuration.version(identity.gym_id))
        return _json(budget(engine, identity.gym_id, athlete_id, config, clock()))

    @router.get("/exercises", response_model=ExerciseList, summary="The gym's catalogue of exercises")
    def exercises(identity: Reader) -> Response:
        config = configuration.gym(identity.gym_id, configuration.version(identity.gym_id))
        return _json({"exercises": [entry.model_dump(mode="json") for entry in config.catalogue]})

    return router


def _athletes_seen(identity: Identity, athlete_id: str | None) -> list[str] | None:
    """Give the lifters whom a question is about, of those that the token speaks for; None: the whole gym."""
    if athlete_id is not None:
        return [athlete_id] if identity.may_see(athlete_id) else []
    return sorted(identity.athletes) or None


def _ambiguous(set_id: str, found: list[SetRow]) -> Problem:
    newest: dict[str, SetRow] = {}
    for one in found:
        newest.setdefault(one.athlete_id, one)
    shown = ("athlete_id", "set_key", "opened_at")
    candidates = [{name: one.listed()[name] for name in shown} for one in newest.values()]
    return Problem(
        409,
        "Ambiguous set",
        f"{len(candidates)} lifters used the set id {set_id}.",
        field="athlete_id",
        mend=f"Say whose: ?athlete_id={candidates[0]['athlete_id']}",
        candidates=candidates,
    )


def _json(value: dict[str, Any]) -> Response:
    return Response(orjson.dumps(value), media_type="application/json", headers={"Cache-Control": "no-store"})


def _cursor(*parts: str | int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def _may_be(part: str | int) -> bool:
    return is_id(part) if isinstance(part, str) else abs(part) < _INTEGER_MAX


def _read_cursor(cursor: str, *kinds: type) -> list[Any]:
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        parts = None
    if not isinstance(parts, list) or [type(part) for part in parts] != list(kinds) or not all(map(_may_be, parts)):
        raise Problem(
            422, "Invalid request", "The cursor is none of ours.", field="cursor", mend="Begin without a cursor."
        )
    return parts
