"""Queries behind the explanations of advice and of changes of a budget."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Row, Select, select

from spotter_dashboard.store.tables import ADVICE, BUDGETS, ESTIMATES, SETS, SUMMARIES, of_athlete, of_set

EventRow = Row[Any]
JsonObject = dict[str, Any]


def advice_row(engine: Engine, gym_id: str, alert_id: str) -> EventRow | None:
    """Return an advice of a gym by its id; None where there is none."""
    query = select(ADVICE).where(ADVICE.c.gym_id == gym_id, ADVICE.c.alert_id == alert_id)
    with engine.connect() as connection:
        return connection.execute(query.order_by(ADVICE.c.rank.desc()).limit(1)).first()


def plans_of(connection: Connection, row: EventRow) -> Iterator[tuple[int, JsonObject]]:
    """Return all plans of an advice's set with their ranks, the highest revision first."""
    query = select(ADVICE.c.event, ADVICE.c.rank).where(
        of_set(ADVICE, row.gym_id, row.set_key), ADVICE.c.after_rep == 0
    )
    for plan in connection.execute(query.order_by(ADVICE.c.revision.desc())):
        yield plan.rank, orjson.loads(plan.event)["data"]


def estimate_of(connection: Connection, row: EventRow) -> JsonObject | None:
    """Return the newest estimate after the rep that an advice is about."""
    of_rep = (of_set(ESTIMATES, row.gym_id, row.set_key), ESTIMATES.c.rep_number == row.after_rep)
    return _data(connection, select(ESTIMATES.c.event).where(*of_rep).order_by(ESTIMATES.c.rank.desc()).limit(1))


def opening_of(connection: Connection, row: EventRow) -> JsonObject:
    """Return what the opening of an advice's set says; empty where there is none."""
    return _data(connection, select(SETS.c.event).where(of_set(SETS, row.gym_id, row.set_key))) or {}


def advice_before(connection: Connection, row: EventRow) -> Iterator[JsonObject]:
    """Return what was advised in the same set after other reps, before an advice."""
    before = (ADVICE.c.after_rep != row.after_rep, ADVICE.c.rank < row.rank)
    for event in connection.scalars(select(ADVICE.c.event).where(of_set(ADVICE, row.gym_id, row.set_key), *before)):
        yield orjson.loads(event)["data"]


def replacement_of(connection: Connection, row: EventRow) -> str | None:
    """Return the id of the newest advice after the same rep, where a correction led to another."""
    newer = (ADVICE.c.after_rep == row.after_rep, ADVICE.c.revision > row.revision)
    query = select(ADVICE.c.alert_id).where(of_set(ADVICE, row.gym_id, row.set_key), *newer)
    alert_id: str | None = connection.scalar(query.order_by(ADVICE.c.revision.desc()).limit(1))
    return alert_id


def budget_events(
    engine: Engine, gym_id: str, athlete_id: str, *, before: int | None, limit: int
) -> Iterator[JsonObject]:
    """Return the events that changed a lifter's budget, the newest first; `before`: only revisions under that one."""
    query = (
        select(BUDGETS.c.event)
        .where(of_athlete(BUDGETS, gym_id, athlete_id))
        .order_by(BUDGETS.c.revision.desc(), BUDGETS.c.week_start_us.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(BUDGETS.c.revision < before)
    with engine.connect() as connection:
        for event in connection.scalars(query):
            yield orjson.loads(event)


def budget_row(engine: Engine, gym_id: str, athlete_id: str, revision: int) -> EventRow | None:
    """Return one revision of a lifter's budget; None where there is none."""
    query = select(BUDGETS).where(of_athlete(BUDGETS, gym_id, athlete_id), BUDGETS.c.revision == revision)
    with engine.connect() as connection:
        return connection.execute(query.order_by(BUDGETS.c.rank.desc()).limit(1)).first()


def budget_before(connection: Connection, row: EventRow) -> JsonObject | None:
    """Return the revision before `row` of the same week's budget."""
    query = select(BUDGETS.c.event).where(
        of_athlete(BUDGETS, row.gym_id, row.athlete_id),
        BUDGETS.c.week_start_us == row.week_start_us,
        BUDGETS.c.revision < row.revision,
    )
    return _data(connection, query.order_by(BUDGETS.c.revision.desc()).limit(1))


def summary_of(connection: Connection, gym_id: str, set_key: str) -> JsonObject | None:
    """Return the summary of a set."""
    return _data(connection, select(SUMMARIES.c.event).where(of_set(SUMMARIES, gym_id, set_key)))


def _data(connection: Connection, query: Select[Any]) -> JsonObject | None:
    event = connection.scalar(query)
    return None if event is None else orjson.loads(event)["data"]
