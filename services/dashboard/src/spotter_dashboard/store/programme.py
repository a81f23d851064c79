"""A lifter's own programme, folded as the advisor folds it, and the policy in force on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from spotter.domain.events import corrected_time, decode
from spotter.domain.events.people import AthleteUpdated, PolicyUpdated, SessionStarted
from spotter.domain.gym_config import GymConfig
from spotter.domain.policies import Block, Programme, Session, effective, values_in
from spotter.domain.weeks import WeekStart, day_of
from spotter_dashboard.store.tables import ATHLETE_FACTS, SETTINGS, of_athlete


@dataclass(frozen=True, slots=True)
class CalendarSetting:
    """Zone and first weekday as they were set at a moment."""

    at: datetime
    zone: str
    week_start: WeekStart


@dataclass(frozen=True, slots=True)
class OwnProgramme:
    """A lifter's own settings."""

    programme: Programme
    team: str | None
    level: str | None
    zone: str
    week_start: WeekStart
    calendars: tuple[CalendarSetting, ...] = ()
    """All that were set, in the order in which they were received."""


def athlete_facts(connection: Connection, gym_id: str, athlete_id: str) -> dict[str, str]:
    """Return what a coach entered about a lifter, by fact."""
    query = select(ATHLETE_FACTS.c.fact, ATHLETE_FACTS.c.value).where(of_athlete(ATHLETE_FACTS, gym_id, athlete_id))
    return {row.fact: row.value for row in connection.execute(query)}


def own_of(connection: Connection, gym_id: str, athlete_id: str, config: GymConfig) -> OwnProgramme:
    """Fold all settings of a lifter, in the order in which they were received."""
    query = (
        select(SETTINGS.c.event)
        .where(of_athlete(SETTINGS, gym_id, athlete_id))
        .order_by(SETTINGS.c.said_us, SETTINGS.c.rank, SETTINGS.c.event_id)
    )
    events = [decode(event.encode()) for event in connection.scalars(query)]
    facts = athlete_facts(connection, gym_id, athlete_id)
    programme, zone, first = Programme(), config.time_zone, config.week_start
    calendars: list[CalendarSetting] = []
    for event in events:
        data = event.data
        if isinstance(data, PolicyUpdated | AthleteUpdated):
            before, (zone, first) = (zone, first), (data.time_zone or zone, data.week_start or first)
            if before != (zone, first):
                calendars.append(CalendarSetting(event.received, zone, first))
        if isinstance(data, PolicyUpdated):
            programme = programme.with_layer(data, data.block)
        elif isinstance(data, SessionStarted):
            layer = data.policy
            day = day_of(corrected_time(event), zone).isoformat()
            programme = programme.with_session(Session(day, data.mode, {} if layer is None else values_in(layer)))
    return OwnProgramme(programme, facts.get("team"), facts.get("level"), zone, first, tuple(calendars))


def policy_on(own: OwnProgramme, config: GymConfig, day: date) -> dict[str, Any]:
    """Return the values in force on a local day, each with the layer it comes from and its reason."""
    holds = config.on_day(own.programme, own.team, day)
    policy = effective(holds.layers)
    values = [
        {
            "field": value.field,
            "value": value.value if not hasattr(value.value, "items") else dict(value.value),
            "layer": value.layer,
            "called": value.called,
            "origins": {
                name.removeprefix(f"{value.field}."): layer
                for name, layer in policy.origin.items()
                if name.startswith(f"{value.field}.")
            },
            "title": value.title,
            "why": value.why,
            "rule_ids": list(value.rules),
        }
        for value in policy.explained()
    ]
    return {
        "day": day.isoformat(),
        "time_zone": own.zone,
        "team": own.team,
        "level": own.level,
        "mode": holds.mode,
        "block": None if holds.block is None else {**block_view(holds.block), "last_week": holds.last_week},
        "layers": [{"layer": layer.name, "called": layer.called, "says": dict(layer.values)} for layer in holds.layers],
        "values": values,
    }


def block_view(block: Block) -> dict[str, Any]:
    """Return a block as responses show it."""
    return {"name": block.name, "kind": block.kind, "first_day": block.first_day, "last_day": block.last_day}
