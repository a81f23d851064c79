"""Queries for check-ins and for notices after sessions: pages of both, the newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Column, Engine, Table, select, tuple_

from spotter.domain.events import corrected_time, from_json
from spotter.domain.time import format_time, micros
from spotter.domain.weeks import Week
from spotter_dashboard.store.tables import NOTICES, WELLNESS, of_athlete

SCORES: Final = ("soreness", "sleep", "mood", "motivation", "irritability", "fatigue")
Page = tuple[list[dict[str, Any]], tuple[int, str] | None]


def wellness(
    engine: Engine,
    gym_id: str,
    athlete_id: str,
    *,
    after: tuple[int, str] | None,
    limit: int,
    within: Week | None = None,
) -> Page:
    """Return a page of check-ins, and where the next page begins."""
    us, key = WELLNESS.c.reported_us, WELLNESS.c.said_id
    rows, cursor = _page(engine, WELLNESS, us, key, gym_id, athlete_id, after, limit, within)
    reports = []
    for event in rows:
        data = event["data"]
        scores = {name: data.get(name) for name in SCORES}
        time = format_time(corrected_time(from_json(event)))
        reports.append({"id": event["id"], "time": time, **scores, "pain": data.get("pain") or {}})
    return reports, cursor


def notices(
    engine: Engine,
    gym_id: str,
    athlete_id: str,
    *,
    now: datetime,
    after: tuple[int, str] | None,
    limit: int,
    within: Week | None = None,
) -> Page:
    """Return a page of notices; `holds` is whether a notice is still in force."""
    us, key = NOTICES.c.given_us, NOTICES.c.notice_id
    rows, cursor = _page(engine, NOTICES, us, key, gym_id, athlete_id, after, limit, within)
    shown = ("notice_id", "kind", "revision", "rule_ids", "sentence", "valid_until")
    entries = []
    for event in rows:
        data = event["data"]
        withdrawn = bool(data.get("withdrawn"))
        over = micros(now) >= micros(datetime.fromisoformat(data["valid_until"]))
        entries.append(
            {
                "time": event["time"],
                **{name: data[name] for name in shown},
                "not_before": data.get("not_before"),
                "withdrawn": withdrawn,
                "holds": not withdrawn and not over,
            }
        )
    return entries, cursor


def _page(
    engine: Engine,
    table: Table,
    us: Column[Any],
    key: Column[Any],
    gym_id: str,
    athlete_id: str,
    after: tuple[int, str] | None,
    limit: int,
    within: Week | None,
) -> Page:
    query = (
        select(table.c.event, us, key)
        .where(of_athlete(table, gym_id, athlete_id))
        .order_by(us.desc(), key.desc())
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(tuple_(us, key) < after)
    if within is not None:
        query = query.where(us >= micros(within.start), us < micros(within.end))
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    page = rows[:limit]
    cursor = (page[-1][1], page[-1][2]) if len(rows) > limit else None
    return [orjson.loads(row.event) for row in page], cursor
