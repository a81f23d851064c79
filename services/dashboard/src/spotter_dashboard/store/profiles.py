"""Queries for what is known of a lifter by exercise."""

from __future__ import annotations

from math import sqrt
from typing import Any, Final

import orjson
from sqlalchemy import Engine, select

from spotter.domain.events.outputs import ExerciseProfile
from spotter_dashboard.store.tables import PROFILES, of_athlete

POINTS: Final = 5
"""Loads at which the line is shown with its error (design choice)."""


def profile_name(exercise: str, velocity_metric: str, devices: str | None) -> str:
    """Return the name of a profile, which orders them: by exercise, then by how the sets were measured."""
    return f"{exercise}|{velocity_metric}|{devices or ''}"


def profiles(
    engine: Engine, gym_id: str, athlete_id: str, *, after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of a lifter's profiles by exercise, and where the next page begins."""
    query = (
        select(PROFILES)
        .where(of_athlete(PROFILES, gym_id, athlete_id), PROFILES.c.learned_sets > 0)
        .order_by(PROFILES.c.profile)
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(PROFILES.c.profile > after)
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    page = [_view(row.profile, row.event) for row in rows[:limit]]
    return page, rows[limit - 1].profile if len(rows) > limit else None


def _view(name: str, raw: str) -> dict[str, Any]:
    event = orjson.loads(raw)
    learned = next(
        item
        for item in event["data"]["learned"]
        if name == profile_name(item["exercise"], item["velocity_metric"], item.get("devices"))
    )
    line = learned.get("line")
    missing = "no_load" if learned["measure"] == "velocity" else "no_velocity"
    return {
        **{field: learned.get(field) for field in ExerciseProfile.model_fields},
        "time": event["time"],
        "line": None if line is None else {**line, "points": _points(line)},
        "line_missing": missing if line is None else None,
    }


def _points(line: dict[str, Any]) -> list[dict[str, float]]:
    step = (line["load_max"] - line["load_min"]) / (POINTS - 1)
    loads = [round(line["load_min"] + index * step, 2) for index in range(POINTS)]
    return [
        {
            "load": load,
            "velocity_mps": round(line["intercept_mps"] + load * line["slope_mps"], 4),
            "sd_mps": round(sqrt(max(0.0, _variance(line, load))), 4),
        }
        for load in loads
    ]


def _variance(line: dict[str, Any], load: float) -> float:
    variance = line["intercept_sd_mps"] ** 2 + 2.0 * load * line["cov"] + (load * line["slope_sd_mps"]) ** 2
    return float(variance)
