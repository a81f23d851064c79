"""Routes about lifters."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from spotter.domain.gym_config import Configuration
from spotter.domain.weeks import day_of
from spotter.http import Guard
from spotter.http.tokens import Identity
from spotter_dashboard.athletes.schemas import AthletePage, BudgetView, NoticePage, PolicyView, WellnessPage
from spotter_dashboard.responses import (
    Cursor,
    Limit,
    as_json,
    athletes_seen,
    config_of,
    cursor_of,
    read_cursor,
    reader_of,
    require_lifter,
)
from spotter_dashboard.store.budgets import budget
from spotter_dashboard.store.database import Engine
from spotter_dashboard.store.notices import notices, wellness
from spotter_dashboard.store.programme import own_of, policy_on
from spotter_dashboard.store.sets import SetQueries


def athlete_routes(
    engine: Engine, guard: Guard, configuration: Configuration, clock: Callable[[], datetime]
) -> APIRouter:
    """Build `/v1/athletes` and the routes below `/v1/athletes/{athlete_id}`."""
    router = APIRouter(prefix="/v1/athletes", tags=["reading"])
    queries = SetQueries(engine)

    Reader = Annotated[Identity, Depends(reader_of(guard))]  # noqa: N806  # a type

    @router.get("", response_model=AthletePage, summary="Lifters")
    def athletes(identity: Reader, cursor: Cursor = None, limit: Limit = 50) -> Response:
        after = None if cursor is None else read_cursor(cursor, str)[0]
        rows = queries.athletes(identity.gym_id, only=athletes_seen(identity, None), after=after, limit=limit + 1)
        page = rows[:limit]
        return as_json(
            {
                "athletes": [{"athlete_id": athlete_id, "name": name} for athlete_id, name in page],
                "next_cursor": cursor_of(page[-1][0]) if len(rows) > limit else None,
            }
        )

    @router.get("/{athlete_id}/budget", response_model=BudgetView, summary="A lifter's failure budget of this week")
    def athletes_budget(identity: Reader, athlete_id: str) -> Response:
        require_lifter(queries, identity, athlete_id)
        return as_json(budget(engine, identity.gym_id, athlete_id, config_of(configuration, identity), clock()))

    @router.get(
        "/{athlete_id}/policy", response_model=PolicyView, summary="The policy in force for a lifter, and where from"
    )
    def policy(
        identity: Reader,
        athlete_id: str,
        day: Annotated[date | None, Query(description="A local day; left out: today.")] = None,
    ) -> Response:
        require_lifter(queries, identity, athlete_id)
        config = config_of(configuration, identity)
        own = own_of(engine, identity.gym_id, athlete_id, config)
        return as_json({"athlete_id": athlete_id, **policy_on(own, config, day or day_of(clock(), own.zone))})

    @router.get(
        "/{athlete_id}/wellness", response_model=WellnessPage, summary="How a lifter felt, the newest report first"
    )
    def felt(identity: Reader, athlete_id: str, cursor: Cursor = None, limit: Limit = 50) -> Response:
        require_lifter(queries, identity, athlete_id)
        page, after = wellness(engine, identity.gym_id, athlete_id, after=_after(cursor), limit=limit)
        return as_json({"reports": page, "next_cursor": None if after is None else cursor_of(*after)})

    @router.get(
        "/{athlete_id}/notices",
        response_model=NoticePage,
        summary="Notices to a lifter after sessions, the newest first",
    )
    def told(identity: Reader, athlete_id: str, cursor: Cursor = None, limit: Limit = 50) -> Response:
        require_lifter(queries, identity, athlete_id)
        page, after = notices(engine, identity.gym_id, athlete_id, now=clock(), after=_after(cursor), limit=limit)
        return as_json({"notices": page, "next_cursor": None if after is None else cursor_of(*after)})

    return router


def _after(cursor: str | None) -> tuple[int, str] | None:
    if cursor is None:
        return None
    us, key = read_cursor(cursor, int, str)
    return (us, key)
