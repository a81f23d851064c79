"""What was said to shape a lifter's training, folded as the advisor folds it, and what holds on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine, select

from spotter.domain.events import corrected_time, decode
from spotter.domain.events.people import AthleteUpdated, PolicyUpdated, SessionStarted
from spotter.domain.gym_config import GymConfig
from spotter.domain.policies import Block, Programme, Session, effective, said_in
from spotter.domain.weeks import WeekStart, day_of
from spotter_dashboard.store.tables import ATHLETE_FACTS, SETTINGS


@dataclass(frozen=True, slots=True)
class Own:
    """What is a lifter's own."""

    programme: Programme
    team: str | None
    level: str | None
    zone: str
    week_start: WeekStart
    days_per_week: int | None


def own_of(engine: Engine, gym_id: str, athlete_id: str, config: GymConfig) -> Own:
    """Fold all that was said of a lifter, in the order in which it was received."""
    found = (
        select(SETTINGS.c.event)
        .where(SETTINGS.c.gym_id == gym_id, SETTINGS.c.athlete_id == athlete_id)
        .order_by(SETTINGS.c.said_us, SETTINGS.c.rank, SETTINGS.c.event_id)
    )
    facts = select(ATHLETE_FACTS.c.fact, ATHLETE_FACTS.c.value).where(
        ATHLETE_FACTS.c.gym_id == gym_id, ATHLETE_FACTS.c.athlete_id == athlete_id
    )
    with engine.connect() as connection:
        events = [decode(event.encode()) for event in connection.scalars(found)]
        known = {row.fact: row.value for row in connection.execute(facts)}
    programme, zone, days = Programme(), config.time_zone, None
    first: WeekStart = config.week_start
    for event in events:
        data = event.data
        if isinstance(data, PolicyUpdated | AthleteUpdated):
            zone, first = data.time_zone or zone, data.week_start or first
        if isinstance(data, PolicyUpdated):
            programme = programme.with_layer(data, data.block)
        elif isinstance(data, SessionStarted):
            layer = data.policy
            day = day_of(corrected_time(event), zone).isoformat()
            programme = programme.with_session(Session(day, data.mode, {} if layer is None else said_in(layer)))
            days = data.days_per_week or days
    return Own(programme, known.get("team"), known.get("level"), zone, first, days)


def policy_on(own: Own, config: GymConfig, day: date) -> dict[str, Any]:
    """Give the values that hold for a lifter on a local day, each with the layer it comes from and why it is there."""
    holds = config.on_day(own.programme, own.team, day)
    found = effective(holds.layers)
    values = [
        {
            "field": one.field,
            "value": one.value if not hasattr(one.value, "items") else dict(one.value),
            "layer": one.layer,
            "called": one.called,
            "origins": _origins(one.field, found.origin),
            "title": one.title,
            "why": one.why,
            "rule_ids": list(one.rules),
        }
        for one in found.explained()
    ]
    return {
        "day": day.isoformat(),
        "time_zone": own.zone,
        "team": own.team,
        "level": own.level,
        "mode": holds.mode,
        "block": None if holds.block is None else {**block_view(holds.block), "last_week": holds.last_week},
        "layers": [{"layer": layer.name, "called": layer.called, "says": dict(layer.said)} for layer in holds.layers],
        "values": values,
    }


def block_view(block: Block) -> dict[str, Any]:
    """Give a block as it is shown."""
    return {"name": block.name, "kind": block.kind, "first_day": block.first_day, "last_day": block.last_day}


def _origins(field: str, origin: Any) -> dict[str, str]:
    """Name the layers of a value that is made of several, by key."""
    start = f"{field}."
    return {name.removeprefix(start): layer for name, layer in origin.items() if name.startswith(start)}
