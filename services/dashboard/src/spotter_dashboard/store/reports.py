"""Queries behind the weekly reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Connection, select

from spotter.domain.time import micros, moment_of
from spotter.domain.weeks import Week
from spotter_dashboard.store.tables import CLOSED, CLOSINGS, HAPPENED, SETS, SUMMARIES, of_athlete, of_set

_NO_WORK: Final = ("warmup", "technique")


@dataclass(frozen=True, slots=True)
class WorkSetRow:
    """A work set that has ended, with what its summary and its closing say."""

    set_key: str
    opened_at: datetime
    intent: str
    summary: dict[str, Any]
    closing: dict[str, Any]


def work_sets(connection: Connection, gym_id: str, athlete_id: str, span: Week) -> Iterator[WorkSetRow]:
    """Return the work sets with reps that opened in a span and have ended, in order of time."""
    summarised = of_set(SUMMARIES, SETS.c.gym_id, SETS.c.set_key)
    query = (
        select(SETS.c.set_key, SETS.c.opened_us, SETS.c.intent, SUMMARIES.c.event, CLOSINGS.c.event.label("closing"))
        .select_from(SETS.join(CLOSINGS, CLOSED).join(SUMMARIES, summarised))
        .where(
            of_athlete(SETS, gym_id, athlete_id),
            HAPPENED,
            SETS.c.opened_us >= micros(span.start),
            SETS.c.opened_us < micros(span.end),
            SETS.c.intent.not_in(_NO_WORK),
        )
        .order_by(SETS.c.opened_us)
    )
    for row in connection.execute(query):
        summary, closing = orjson.loads(row.event)["data"], orjson.loads(row.closing)["data"]
        if summary["reps"] and not summary.get("voided"):
            yield WorkSetRow(row.set_key, moment_of(row.opened_us), row.intent, summary, closing)


def first_set(connection: Connection, gym_id: str, athlete_id: str) -> tuple[datetime, dict[str, Any]] | None:
    """Return when a lifter's first set opened, and its summary, empty where it has none; None without any set."""
    summarised = of_set(SUMMARIES, SETS.c.gym_id, SETS.c.set_key)
    query = (
        select(SETS.c.opened_us, SUMMARIES.c.event)
        .select_from(SETS.outerjoin(CLOSINGS, CLOSED).outerjoin(SUMMARIES, summarised))
        .where(of_athlete(SETS, gym_id, athlete_id), HAPPENED)
        .order_by(SETS.c.opened_us)
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return moment_of(row.opened_us), {} if row.event is None else orjson.loads(row.event)["data"]
