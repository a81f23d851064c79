"""The doors about one lifter."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from sqlalchemy import Engine

from spotter.domain.gym_config import Configuration, GymConfig
from spotter.domain.weeks import day_of
from spotter.http import Guard
from spotter.http.tokens import Identity
from spotter_dashboard.athletes.schemas import NoticePage, PolicyView, WellnessPage
from spotter_dashboard.http.responses import Cursor, Limit, as_json, cursor_of, read_cursor, reader_of, require_lifter
from spotter_dashboard.store.notices import notices, wellness
from spotter_dashboard.store.programme import own_of, policy_on
from spotter_dashboard.store.sets import Queries


def lifters_router(
    engine: Engine, guard: Guard, configuration: Configuration, clock: Callable[[], datetime]
) -> APIRouter:
    """Build the routes below `/v1/athletes/{athlete_id}`."""
    router = APIRouter(prefix="/v1/athletes/{athlete_id}", tags=["reading"])
    queries = Queries(engine)

    def config_of(identity: Identity) -> GymConfig:
        return configuration.gym(identity.gym_id, configuration.version(identity.gym_id))

    Reader = Annotated[Identity, Depends(reader_of(guard))]  # noqa: N806  # a type

    @router.get("/policy", response_model=PolicyView, summary="The policy that holds for a lifter, and where from")
    def policy(
        identity: Reader,
        athlete_id: str,
        day: Annotated[date | None, Query(description="A local day; left out: today.")] = None,
    ) -> Response:
        require_lifter(queries, identity, athlete_id)
        config = config_of(identity)
        own = own_of(engine, identity.gym_id, athlete_id, config)
        return as_json({"athlete_id": athlete_id, **policy_on(own, config, day or day_of(clock(), own.zone))})

    @router.get("/wellness", response_model=WellnessPage, summary="How a lifter felt, the newest report first")
    def felt(identity: Reader, athlete_id: str, cursor: Cursor = None, limit: Limit = 50) -> Response:
        require_lifter(queries, identity, athlete_id)
        found, after = wellness(engine, identity.gym_id, athlete_id, after=_after(cursor), limit=limit)
        return as_json({"reports": found, "next_cursor": None if after is None else cursor_of(*after)})

    @router.get("/notices", response_model=NoticePage, summary="What a lifter was told after sessions")
    def told(identity: Reader, athlete_id: str, cursor: Cursor = None, limit: Limit = 50) -> Response:
        require_lifter(queries, identity, athlete_id)
        found, after = notices(engine, identity.gym_id, athlete_id, now=clock(), after=_after(cursor), limit=limit)
        return as_json({"notices": found, "next_cursor": None if after is None else cursor_of(*after)})

    return router


def _after(cursor: str | None) -> tuple[int, str] | None:
    if cursor is None:
        return None
    us, key = read_cursor(cursor, int, str)
    return (us, key)
