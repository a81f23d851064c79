"""Queries for the events of a lifter that could not be used."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Engine, select, tuple_

from spotter.domain.time import format_time, moment_of
from spotter.streaming.dead_letters import reason_named
from spotter_dashboard.store.tables import REJECTIONS, of_athlete

Page = tuple[list[dict[str, Any]], tuple[int, str] | None]


def rejections(engine: Engine, gym_id: str, athlete_id: str, *, after: tuple[int, str] | None, limit: int) -> Page:
    """Return a page of rejected events, the newest first, and where the next page begins."""
    query = (
        select(REJECTIONS)
        .where(of_athlete(REJECTIONS, gym_id, athlete_id))
        .order_by(REJECTIONS.c.time_us.desc(), REJECTIONS.c.dead_id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(tuple_(REJECTIONS.c.time_us, REJECTIONS.c.dead_id) < after)
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    page = [
        {
            "type": row.rejected_type,
            "set_id": row.set_id,
            "set_key": row.set_key,
            **refusal_view(row.dead_id, row.time_us, row.event),
        }
        for row in rows[:limit]
    ]
    cursor = (rows[limit - 1].time_us, rows[limit - 1].dead_id) if len(rows) > limit else None
    return page, cursor


def refusal_view(dead_id: str, time_us: int, event: str) -> dict[str, Any]:
    """Return a rejected event as responses show it: id and time as sent, the reason, and what to do about it."""
    data = orjson.loads(event)["data"]
    return {
        "id": data.get("rejected_id") or dead_id,
        "time": format_time(moment_of(time_us)),
        "reason": data["reason"],
        "detail": data["detail"],
        "mend": reason_named(data["reason"]).mend,
    }
