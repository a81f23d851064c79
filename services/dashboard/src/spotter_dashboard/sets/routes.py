"""The routes that answer about the past."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from sqlalchemy import Engine

from spotter.domain.event_types import AthleteId, Timestamp
from spotter.domain.gym_config import Configuration
from spotter.domain.ids import is_id
from spotter.http import Guard, Problem
from spotter.http.tokens import Identity
from spotter_dashboard.http.responses import Cursor, Limit, as_json, cursor_of, read_cursor, reader_of, require_lifter
from spotter_dashboard.sets.schemas import AthletePage, BudgetView, SetPage, SetView
from spotter_dashboard.store.budgets import budget
from spotter_dashboard.store.rows import micros
from spotter_dashboard.store.sets import Queries, SetRow


def reading_router(
    engine: Engine, guard: Guard, configuration: Configuration, clock: Callable[[], datetime]
) -> APIRouter:
    """Build the routes; each sees the gym of its token, and of that the lifters that the token speaks for."""
    router = APIRouter(prefix="/v1", tags=["reading"])
    queries = Queries(engine)

    Reader = Annotated[Identity, Depends(reader_of(guard))]  # noqa: N806  # a type

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
            opened_us, key = read_cursor(cursor, int, str)
            after = (opened_us, key)
        only = _athletes_seen(identity, athlete_id)
        found = queries.sets(identity.gym_id, athletes=only, state=state, after=after, limit=limit + 1)
        page = found[:limit]
        return as_json(
            {
                "sets": [one.listed() for one in page],
                "next_cursor": cursor_of(page[-1].opened_us, page[-1].set_key) if len(found) > limit else None,
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
        if not found and is_id(set_id) and athlete_id is not None and identity.may_see(athlete_id):
            moved = queries.moved_to(identity.gym_id, athlete_id, set_id)
            if moved is not None and identity.may_see(moved):
                detail = f"The set {set_id} is not {athlete_id}'s: it was moved to {moved}."
                raise Problem(404, "Moved set", detail, field="athlete_id", mend=f"Ask with ?athlete_id={moved}.")
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
        return as_json(queries.set_view(identity.gym_id, found[0]))

    @router.get("/athletes", response_model=AthletePage, summary="Lifters")
    def athletes(identity: Reader, cursor: Cursor = None, limit: Limit = 50) -> Response:
        after = None if cursor is None else read_cursor(cursor, str)[0]
        only = _athletes_seen(identity, None)
        found = queries.athletes(identity.gym_id, only=only, after=after, limit=limit + 1)
        page = found[:limit]
        return as_json(
            {
                "athletes": [{"athlete_id": athlete_id, "name": name} for athlete_id, name in page],
                "next_cursor": cursor_of(page[-1][0]) if len(found) > limit else None,
            }
        )

    @router.get(
        "/athletes/{athlete_id}/budget", response_model=BudgetView, summary="A lifter's failure budget of this week"
    )
    def athletes_budget(identity: Reader, athlete_id: str) -> Response:
        require_lifter(queries, identity, athlete_id)
        config = configuration.gym(identity.gym_id, configuration.version(identity.gym_id))
        return as_json(budget(engine, identity.gym_id, athlete_id, config, clock()))

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
