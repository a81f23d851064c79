"""Queries behind the weekly reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Engine, and_, select

from spotter.domain.time import micros, moment_of
from spotter.domain.weeks import Week
from spotter_dashboard.store.tables import ATHLETE_FACTS, CLOSINGS, SETS, SUMMARIES

_NO_WORK: Final = ("warmup", "technique")


@dataclass(frozen=True, slots=True)
class WorkSetRow:
    """A work set that has ended, with what its summary and its closing say."""

    opened_at: datetime
    intent: str
    summary: dict[str, Any]
    closing: dict[str, Any]


def work_sets(connection: Connection, gym_id: str, athlete_id: str, span: Week) -> Iterator[WorkSetRow]:
    """Return the work sets with reps that opened in a span and have ended, in order of time."""
    closed = and_(
        CLOSINGS.c.gym_id == SETS.c.gym_id,
        CLOSINGS.c.set_key == SETS.c.set_key,
        CLOSINGS.c.revision >= SETS.c.reopened,
        CLOSINGS.c.moved_to.is_(None),
    )
    summarised = and_(SUMMARIES.c.gym_id == SETS.c.gym_id, SUMMARIES.c.set_key == SETS.c.set_key)
    query = (
        select(SETS.c.opened_us, SETS.c.intent, SUMMARIES.c.event, CLOSINGS.c.event.label("closing"))
        .select_from(SETS.join(CLOSINGS, closed).join(SUMMARIES, summarised))
        .where(
            SETS.c.gym_id == gym_id,
            SETS.c.athlete_id == athlete_id,
            SETS.c.opened_us >= micros(span.start),
            SETS.c.opened_us < micros(span.end),
            SETS.c.intent.not_in(_NO_WORK),
        )
        .order_by(SETS.c.opened_us)
    )
    for row in connection.execute(query):
        summary, closing = orjson.loads(row.event)["data"], orjson.loads(row.closing)["data"]
        if summary["reps"]:
            yield WorkSetRow(moment_of(row.opened_us), row.intent, summary, closing)


def first_set_at(engine: Engine, gym_id: str, athlete_id: str) -> datetime | None:
    """Return when a lifter's first set opened."""
    query = select(SETS.c.opened_us).where(SETS.c.gym_id == gym_id, SETS.c.athlete_id == athlete_id)
    with engine.connect() as connection:
        us: int | None = connection.scalar(query.order_by(SETS.c.opened_us).limit(1))
    return None if us is None else moment_of(us)


def name_of_athlete(connection: Connection, gym_id: str, athlete_id: str) -> str | None:
    """Return a lifter's name, where a coach entered one."""
    query = select(ATHLETE_FACTS.c.value).where(
        ATHLETE_FACTS.c.gym_id == gym_id, ATHLETE_FACTS.c.athlete_id == athlete_id, ATHLETE_FACTS.c.fact == "name"
    )
    name: str | None = connection.scalar(query)
    return name
