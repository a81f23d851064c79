"""Routes that explain advice and budgets."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import Response

from spotter.domain.gym_config import Configuration
from spotter.http import Guard, Problem
from spotter.http.tokens import Identity
from spotter_dashboard.explanations.advice import why_advice
from spotter_dashboard.explanations.budget import change_list, why_budget
from spotter_dashboard.explanations.schemas import AdviceWhy, BudgetChangePage, BudgetWhy
from spotter_dashboard.responses import (
    Cursor,
    Limit,
    as_json,
    config_of,
    cursor_of,
    read_cursor,
    reader_of,
    require_lifter,
)
from spotter_dashboard.store.database import Engine
from spotter_dashboard.store.explanations import advice_row, budget_row
from spotter_dashboard.store.sets import SetQueries

_LETTERS_MAX = 128
_REVISION_MAX = 2**31 - 1


def explanation_routes(engine: Engine, guard: Guard, configuration: Configuration) -> APIRouter:
    """Build the routes that explain advice and budgets."""
    router = APIRouter(prefix="/v1", tags=["why"])
    queries = SetQueries(engine)
    Reader = Annotated[Identity, Depends(reader_of(guard))]  # noqa: N806  # a type

    @router.get("/advice/{alert_id}/why", response_model=AdviceWhy, summary="Why an advice was given")
    def advice(identity: Reader, alert_id: Annotated[str, Path(max_length=_LETTERS_MAX)]) -> Response:
        row = None if "\x00" in alert_id else advice_row(engine, identity.gym_id, alert_id)
        if row is None or not identity.may_see(row.athlete_id):
            raise Problem(
                404,
                "Unknown advice",
                f"There is no such advice {alert_id}.",
                field="alert_id",
                mend="GET /v1/sets/{set_id} lists a set's advice; one that was just given may take a second.",
            )
        return as_json(why_advice(engine, config_of(configuration, identity), row))

    @router.get(
        "/athletes/{athlete_id}/budget/changes",
        response_model=BudgetChangePage,
        summary="Changes of a lifter's budget, the newest first",
    )
    def budget_changes(identity: Reader, athlete_id: str, cursor: Cursor = None, limit: Limit = 50) -> Response:
        require_lifter(queries, identity, athlete_id)
        before = None if cursor is None else read_cursor(cursor, int)[0]
        rows = change_list(engine, identity.gym_id, athlete_id, before=before, limit=limit + 1)
        page = rows[:limit]
        after = cursor_of(page[-1]["revision"]) if len(rows) > limit else None
        return as_json({"changes": page, "next_cursor": after})

    @router.get(
        "/athletes/{athlete_id}/budget/{revision}/why",
        response_model=BudgetWhy,
        summary="Why a lifter's budget changed",
    )
    def budget(identity: Reader, athlete_id: str, revision: Annotated[int, Path(ge=0, le=_REVISION_MAX)]) -> Response:
        require_lifter(queries, identity, athlete_id)
        row = budget_row(engine, identity.gym_id, athlete_id, revision)
        if row is None:
            raise Problem(
                404,
                "Unknown change",
                f"The budget of {athlete_id} has no revision {revision}.",
                field="revision",
                mend=f"GET /v1/athletes/{athlete_id}/budget/changes lists those there are.",
            )
        return as_json(why_budget(engine, config_of(configuration, identity), row))

    return router
