"""Routes about past and running sets, and what they return for the published OpenAPI description."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from spotter.domain.event_types import AthleteId, Timestamp
from spotter.domain.events.lifting import Intent, Side
from spotter.domain.events.outputs import AdviceGiven, EffortEstimated, RepCounted, SetSummarised
from spotter.domain.ids import is_id
from spotter.domain.time import micros
from spotter.http import Guard, Problem
from spotter.http.tokens import Identity
from spotter_dashboard.responses import Cursor, Limit, as_json, athletes_seen, cursor_of, reader_of, time_cursor
from spotter_dashboard.store.database import Engine
from spotter_dashboard.store.sets import SetQueries, SetRow


class RepItem(RepCounted):
    """A rep, with id and time of the event that reported it."""

    id: str
    time: Timestamp
    found_in: Literal["motion"] | None = Field(default=None, alias="from")
    """Found in raw motion, and not reported as a rep."""


class EstimateItem(EffortEstimated):
    """The newest estimate after a rep."""

    id: str
    time: Timestamp


class AdviceItem(AdviceGiven):
    """The newest advice after a rep; the plan comes first."""

    id: str
    time: Timestamp


class SummaryItem(SetSummarised):
    """The summary of the set."""

    id: str
    time: Timestamp


class RejectedItem(BaseModel):
    """An event about the set that could not be used."""

    id: str
    time: Timestamp
    reason: str
    detail: str
    mend: str
    """What to do about it."""


class SetView(BaseModel):
    """A set with all that is in it, in the order of its reps, each in its highest revision."""

    set_id: str
    set_key: str
    athlete_id: str
    exercise: str | None
    load_kg: float | None
    intent: Intent
    side: Side | None
    station_id: str | None
    state: Literal["open", "ended"]
    opened_at: Timestamp
    ended_at: Timestamp | None
    exposure_key: str
    """Key of the first set of its exposure: sets with the same one belong together (two arms, drops, clusters)."""
    other_ids: list[str]
    """Further ids of the set: another device recorded it under its own."""
    voided: bool
    """The set never happened: it is in no list, no report, and costs nothing."""
    reps: list[RepItem]
    estimates: list[EstimateItem]
    advice: list[AdviceItem]
    rejected: list[RejectedItem]
    summary: SummaryItem | None


class ListedSet(BaseModel):
    """A set as lists show it."""

    set_id: str
    set_key: str
    athlete_id: str
    exercise: str | None
    load_kg: float | None
    intent: Intent
    side: Side | None
    station_id: str | None
    state: Literal["open", "ended"]
    opened_at: Timestamp
    ended_at: Timestamp | None
    exposure_key: str
    other_ids: list[str]


class SetPage(BaseModel):
    """Sets, the newest first, and the cursor of the next page where there is one."""

    sets: list[ListedSet]
    next_cursor: str | None


def set_routes(engine: Engine, guard: Guard) -> APIRouter:
    """Build the routes; each sees the gym of its token, and of that gym the lifters that the token speaks for."""
    router = APIRouter(prefix="/v1", tags=["reading"])
    queries = SetQueries(engine)

    Reader = Annotated[Identity, Depends(reader_of(guard))]  # noqa: N806  # a type

    @router.get("/sets", response_model=SetPage, summary="Sets, the newest first")
    def sets(
        identity: Reader,
        athlete_id: AthleteId | None = None,
        state: Literal["open", "ended"] | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        only, after = athletes_seen(identity, athlete_id), time_cursor(cursor)
        rows = queries.sets(identity.gym_id, athletes=only, state=state, after=after, limit=limit + 1)
        page = rows[:limit]
        return as_json(
            {
                "sets": [row.listed() for row in page],
                "next_cursor": cursor_of(page[-1].opened_us, page[-1].set_key) if len(rows) > limit else None,
            }
        )

    @router.get("/sets/{set_id}", response_model=SetView, summary="A set with its reps, estimates and advice")
    def one_set(
        identity: Reader,
        set_id: Annotated[str, Path(description="One of the set's ids, or its `set_key`.")],
        opened_at: Annotated[
            Timestamp | None, Query(description="Which of several of that id; left out: the newest.")
        ] = None,
        athlete_id: Annotated[AthleteId | None, Query(description="Whose, where two lifters used the id.")] = None,
    ) -> Response:
        rows = queries.sets_named(identity.gym_id, set_id) if is_id(set_id) else []
        rows = [row for row in rows if identity.may_see(row.athlete_id)]
        if athlete_id is not None:
            rows = [row for row in rows if row.athlete_id == athlete_id]
        if opened_at is not None:
            rows = [row for row in rows if row.opened_us == micros(opened_at)]
        if not rows and is_id(set_id) and athlete_id is not None and identity.may_see(athlete_id):
            moved = queries.moved_to(identity.gym_id, athlete_id, set_id)
            if moved is not None and identity.may_see(moved):
                detail = f"The set {set_id} is not {athlete_id}'s: it was moved to {moved}."
                raise Problem(404, "Moved set", detail, field="athlete_id", mend=f"Ask with ?athlete_id={moved}.")
        if not rows:
            raise Problem(
                404,
                "Unknown set",
                f"There is no such set {set_id}.",
                field="set_id",
                mend="GET /v1/sets lists the sets there are; one that was just sent may take a second.",
            )
        if len({row.athlete_id for row in rows}) > 1:
            raise _ambiguous(set_id, rows)
        return as_json(queries.set_view(identity.gym_id, rows[0]))

    return router


def _ambiguous(set_id: str, rows: list[SetRow]) -> Problem:
    newest: dict[str, SetRow] = {}
    for row in rows:
        newest.setdefault(row.athlete_id, row)
    shown = ("athlete_id", "set_key", "opened_at")
    candidates = [{name: row.listed()[name] for name in shown} for row in newest.values()]
    return Problem(
        409,
        "Ambiguous set",
        f"{len(candidates)} lifters used the set id {set_id}.",
        field="athlete_id",
        mend=f"Say whose: ?athlete_id={candidates[0]['athlete_id']}",
        candidates=candidates,
    )
