"""Routes about lifters, and what they return for the published OpenAPI description."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel

from spotter.domain.event_types import Timestamp
from spotter.domain.events.outputs import ExerciseProfile, LoadVelocityLine
from spotter.domain.gym_config import Configuration
from spotter.domain.policies import BlockKind, LayerName, SessionMode
from spotter.domain.weeks import day_of
from spotter.http import Guard
from spotter.http.tokens import Identity
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
    time_cursor,
)
from spotter_dashboard.store.budgets import budget
from spotter_dashboard.store.database import Engine
from spotter_dashboard.store.notices import notices, wellness
from spotter_dashboard.store.profiles import profiles
from spotter_dashboard.store.programme import own_of, policy_on
from spotter_dashboard.store.rejections import rejections
from spotter_dashboard.store.sets import SetQueries


class BudgetItem(BaseModel):
    """What one set took from the budget."""

    set_id: str
    set_key: str
    exercise: str
    ended_by: str
    cost: float
    rule_ids: list[str]
    repriced: str | None = None
    """Why it was priced anew other than by a correction of its set."""


class BudgetView(BaseModel):
    """A lifter's failure budget of this week."""

    athlete_id: str
    week_start: Timestamp
    time_zone: str
    allowed: float
    spent: float
    left: float
    entries: list[BudgetItem]


class ListedAthlete(BaseModel):
    """A lifter with at least one event."""

    athlete_id: str
    name: str | None


class AthletePage(BaseModel):
    """Lifters by id, and the cursor of the next page where there is one."""

    athletes: list[ListedAthlete]
    next_cursor: str | None


class BlockView(BaseModel):
    """A block of the training calendar, by local days, both included."""

    name: str
    kind: BlockKind
    first_day: str
    last_day: str
    last_week: bool
    """The day lies in its last seven."""


class LayerView(BaseModel):
    """The values of one layer, by field; `called` names a team or a block."""

    layer: LayerName
    called: str | None
    says: dict[str, Any]


class ValueView(BaseModel):
    """One value of the policy in force, with its origin and reason."""

    field: str
    value: int | float | dict[str, float] | None
    """null: not set; it follows from others."""
    layer: LayerName
    called: str | None
    origins: dict[str, LayerName]
    """Layers of a value that names several, by key."""
    title: str
    why: str
    rule_ids: list[str]


class PolicyView(BaseModel):
    """The policy in force for a lifter on one day."""

    athlete_id: str
    day: str
    time_zone: str
    team: str | None
    level: str | None
    mode: SessionMode
    block: BlockView | None
    layers: list[LayerView]
    """Those that set anything, lowest first, above the defaults."""
    values: list[ValueView]


class WellnessItem(BaseModel):
    """How a lifter felt, 1 (bad) to 5 (good), and where it hurt, 0 to 10."""

    id: str
    time: Timestamp
    soreness: int | None
    sleep: int | None
    mood: int | None
    motivation: int | None
    irritability: int | None
    fatigue: int | None
    pain: dict[str, int]


class WellnessPage(BaseModel):
    """Reports, the newest first, and the cursor of the next page where there is one."""

    reports: list[WellnessItem]
    next_cursor: str | None


class NoticeItem(BaseModel):
    """A notice after a session, in its highest revision."""

    time: Timestamp
    notice_id: str
    kind: str
    revision: int
    rule_ids: list[str]
    sentence: str
    not_before: Timestamp | None
    valid_until: Timestamp
    withdrawn: bool
    holds: bool


class RejectedEventItem(BaseModel):
    """An event that was accepted and changed nothing."""

    id: str
    """As it was sent."""
    time: Timestamp
    """When it says that it happened; else when it was rejected."""
    type: str | None
    """None where it could not be read."""
    set_id: str | None
    set_key: str | None
    """Of the set that it was taken to be about; None where there was none."""
    reason: str
    detail: str
    mend: str
    """What to do about it."""


class RejectedPage(BaseModel):
    """Events that changed nothing, the newest first, and the cursor of the next page where there is one."""

    rejected: list[RejectedEventItem]
    next_cursor: str | None


class LinePoint(BaseModel):
    """A point of a load–velocity line."""

    load: float
    velocity_mps: float
    sd_mps: float
    """Its standard error."""


class LineView(LoadVelocityLine):
    """A load–velocity line, also as points."""

    points: list[LinePoint]


class ProfileItem(ExerciseProfile):
    """What is known of a lifter in one exercise; a figure is never without its error."""

    time: Timestamp
    """When the set ended that changed it last."""
    devices: str | None
    line: LineView | None
    line_missing: Literal["no_load", "no_velocity"] | None
    """Why there is no line: no load was ever named, or no velocity measured."""
    v_last_mps: float | None
    v_last_sd_mps: float | None
    one_rep_max_kg: float | None
    one_rep_max_sd_kg: float | None
    one_rep_max_missing: Literal["no_load_in_kg", "no_velocity", "too_uncertain"] | None
    """Why there is no 1RM: too uncertain is a standard error over 7.5 %."""


class ProfilePage(BaseModel):
    """What is known of a lifter by exercise, and the cursor of the next page where there is one."""

    athlete_id: str
    profiles: list[ProfileItem]
    next_cursor: str | None


class NoticePage(BaseModel):
    """Notices, the newest first, and the cursor of the next page where there is one."""

    notices: list[NoticeItem]
    next_cursor: str | None


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
        with engine.connect() as connection:
            own = own_of(connection, identity.gym_id, athlete_id, config)
        return as_json({"athlete_id": athlete_id, **policy_on(own, config, day or day_of(clock(), own.zone))})

    @router.get(
        "/{athlete_id}/wellness", response_model=WellnessPage, summary="How a lifter felt, the newest report first"
    )
    def felt(identity: Reader, athlete_id: str, cursor: Cursor = None, limit: Limit = 50) -> Response:
        require_lifter(queries, identity, athlete_id)
        page, after = wellness(engine, identity.gym_id, athlete_id, after=time_cursor(cursor), limit=limit)
        return as_json({"reports": page, "next_cursor": None if after is None else cursor_of(*after)})

    @router.get(
        "/{athlete_id}/notices",
        response_model=NoticePage,
        summary="Notices to a lifter after sessions, the newest first",
    )
    def told(identity: Reader, athlete_id: str, cursor: Cursor = None, limit: Limit = 50) -> Response:
        require_lifter(queries, identity, athlete_id)
        page, after = notices(engine, identity.gym_id, athlete_id, now=clock(), after=time_cursor(cursor), limit=limit)
        return as_json({"notices": page, "next_cursor": None if after is None else cursor_of(*after)})

    @router.get(
        "/{athlete_id}/profiles",
        response_model=ProfilePage,
        summary="What is known of a lifter by exercise: load-velocity line, velocity at failure, 1RM, with their errors",
    )
    def learned(identity: Reader, athlete_id: str, cursor: Cursor = None, limit: Limit = 50) -> Response:
        require_lifter(queries, identity, athlete_id)
        after = None if cursor is None else read_cursor(cursor, str)[0]
        page, following = profiles(engine, identity.gym_id, athlete_id, after=after, limit=limit)
        next_cursor = None if following is None else cursor_of(following)
        return as_json({"athlete_id": athlete_id, "profiles": page, "next_cursor": next_cursor})

    @router.get(
        "/{athlete_id}/rejected",
        response_model=RejectedPage,
        summary="Events of a lifter that were accepted and changed nothing, with the reason and what to do",
    )
    def rejected(identity: Reader, athlete_id: str, cursor: Cursor = None, limit: Limit = 50) -> Response:
        require_lifter(queries, identity, athlete_id)
        page, after = rejections(engine, identity.gym_id, athlete_id, after=time_cursor(cursor), limit=limit)
        return as_json({"rejected": page, "next_cursor": None if after is None else cursor_of(*after)})

    return router
