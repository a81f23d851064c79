"""A lifter's failure budget of the week, as the advisor's ledger stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Table, select

from dashboard.projection import micros
from dashboard.tables import ADVICE, ATHLETE_FACTS, BUDGET_ENTRIES, BUDGETS
from spotter.config import GymConfig
from spotter.events import decode, format_time
from spotter.events.derived import AdviceGiven, BudgetChanged, BudgetEntry
from spotter.weeks import Week, WeekStart, week_of

_DAYS: Final[tuple[WeekStart, ...]] = get_args(WeekStart)
BEGINNERS_UNITS: Final = 0.0
"""What a lifter of whom nothing is known may spend (R08)."""


def budget(engine: Engine, gym_id: str, athlete_id: str, config: GymConfig, now: datetime) -> dict[str, Any]:
    """Give the budget of the week that `now` lies in, with the entries that cost something."""
    with engine.connect() as connection:
        known = _newest(connection, BUDGETS, "week_start_us", gym_id, athlete_id)
        last = known if isinstance(known, BudgetChanged) else None
        facts = _facts(connection, gym_id, athlete_id)
        week, zone = _week(last, facts, config, now)
        entries = _entries(connection, gym_id, athlete_id, week)
        spent = sum(entry.cost for entry in entries)
        allowed = _allowed(connection, gym_id, athlete_id, week, last, spent)
    shown = {"set_id", "set_key", "exercise", "ended_by", "cost", "rule_ids"}
    return {
        "athlete_id": athlete_id,
        "week_start": format_time(week.start),
        "time_zone": zone,
        "allowed": allowed,
        "spent": spent,
        "left": max(0.0, allowed - spent),
        "entries": [entry.model_dump(include=shown) for entry in entries],
    }


def _week(last: BudgetChanged | None, facts: dict[str, str], config: GymConfig, now: datetime) -> tuple[Week, str]:
    """Give the week that counts now and its zone: a change of zone or first day holds from the next week on."""
    zone, day = config.time_zone, config.week_start
    if last is not None:
        zone = last.time_zone
        day = _DAYS[last.week_start.astimezone(ZoneInfo(zone)).weekday()]
        week = week_of(now, zone, day)
        if last.week_start in week:
            return week, zone
    zone = facts.get("time_zone", zone)
    day = next((name for name in _DAYS if name == facts.get("week_start")), day)
    return week_of(now, zone, day), zone


def _facts(connection: Connection, gym_id: str, athlete_id: str) -> dict[str, str]:
    found = select(ATHLETE_FACTS.c.fact, ATHLETE_FACTS.c.value).where(
        ATHLETE_FACTS.c.gym_id == gym_id, ATHLETE_FACTS.c.athlete_id == athlete_id
    )
    return {fact: value for fact, value in connection.execute(found)}


def _entries(connection: Connection, gym_id: str, athlete_id: str, week: Week) -> list[BudgetEntry]:
    found = (
        select(BUDGET_ENTRIES.c.event)
        .where(
            BUDGET_ENTRIES.c.gym_id == gym_id,
            BUDGET_ENTRIES.c.athlete_id == athlete_id,
            BUDGET_ENTRIES.c.week_start_us >= micros(week.start),
            BUDGET_ENTRIES.c.week_start_us < micros(week.end),
            BUDGET_ENTRIES.c.cost > 0,
        )
        .order_by(BUDGET_ENTRIES.c.rank, BUDGET_ENTRIES.c.set_key)
    )
    events = [decode(event.encode()).data for event in connection.scalars(found)]
    return [data.entry for data in events if isinstance(data, BudgetChanged) and data.entry is not None]


def _allowed(
    connection: Connection, gym_id: str, athlete_id: str, week: Week, last: BudgetChanged | None, spent: float
) -> float:
    """Give what the advisor last allowed: in this week's ledger, else beside an advice of this week, else before."""
    if last is not None and last.week_start in week:
        return last.allowed
    said = _newest(connection, ADVICE, "rank", gym_id, athlete_id)
    if isinstance(said, AdviceGiven) and (last is None or said.expires_at in week):
        return said.budget_left + spent
    return BEGINNERS_UNITS if last is None else last.allowed


def _newest(
    connection: Connection, table: Table, by: str, gym_id: str, athlete_id: str
) -> BudgetChanged | AdviceGiven | None:
    found = (
        select(table.c.event)
        .where(table.c.gym_id == gym_id, table.c.athlete_id == athlete_id)
        .order_by(table.c[by].desc())
        .limit(1)
    )
    event = connection.scalar(found)
    data = None if event is None else decode(event.encode()).data
    assert data is None or isinstance(data, BudgetChanged | AdviceGiven)
    return data
