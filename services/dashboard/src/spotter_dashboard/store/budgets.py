"""A lifter's failure budget of the week, as the advisor's ledger stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, and_, func, select

from spotter.domain.events import decode, format_time
from spotter.domain.events.budgets import BudgetChanged, BudgetEntry
from spotter.domain.events.outputs import AdviceGiven
from spotter.domain.gym_config import GymConfig
from spotter.domain.weeks import Week, WeekStart, week_of
from spotter_dashboard.store.rows import micros
from spotter_dashboard.store.tables import ADVICE, ATHLETE_FACTS, BUDGET_ENTRIES, BUDGETS

_DAYS: Final[tuple[WeekStart, ...]] = get_args(WeekStart)
BEGINNERS_UNITS: Final = 0.0
"""What a lifter of whom nothing is known may spend (R08)."""


def budget(engine: Engine, gym_id: str, athlete_id: str, config: GymConfig, now: datetime) -> dict[str, Any]:
    """Give the budget of the week that `now` lies in, with the entries that cost something.

    Week and allowance are what the advisor last said of this week. Where it has said nothing yet, the week is the
    lifter's own, else the gym's, and the allowance what it foresaw, or named beside its last advice.
    """
    with engine.connect() as connection:
        told = told_of(connection, gym_id, athlete_id)
        this_week = next((said for said in told if now in week_of_said(said)), None)
        if this_week is not None:
            week, zone = week_of_said(this_week), this_week.time_zone
        else:
            week, zone = _own_week(connection, gym_id, athlete_id, told, config, now)
        entries = entries_in(connection, gym_id, athlete_id, week)
        spent = round(sum((entry.cost for entry in entries), start=0.0), 6)
        latest = this_week or max(told, key=lambda said: said.week_start, default=None)
        allowed = _allowed(connection, gym_id, athlete_id, latest, spent, now)
    shown = {"set_id", "set_key", "exercise", "ended_by", "cost", "rule_ids"}
    return {
        "athlete_id": athlete_id,
        "week_start": format_time(week.start),
        "time_zone": zone,
        "allowed": allowed,
        "spent": spent,
        "left": max(0.0, round(allowed - spent, 6)),
        "entries": [entry.model_dump(include=shown) for entry in entries],
    }


def told_of(connection: Connection, gym_id: str, athlete_id: str) -> list[BudgetChanged]:
    """Give what was last said of each week, what was said last first."""
    theirs = and_(BUDGETS.c.gym_id == gym_id, BUDGETS.c.athlete_id == athlete_id)
    last = (
        select(BUDGETS.c.week_start_us, func.max(BUDGETS.c.revision).label("revision"))
        .where(theirs)
        .group_by(BUDGETS.c.week_start_us)
        .subquery()
    )
    same = and_(BUDGETS.c.week_start_us == last.c.week_start_us, BUDGETS.c.revision == last.c.revision)
    found = (
        select(BUDGETS.c.event)
        .join(last, same)
        .where(theirs)
        .order_by(BUDGETS.c.revision.desc(), BUDGETS.c.rank.desc())
    )
    events = [decode(event.encode()).data for event in connection.scalars(found)]
    return [data for data in events if isinstance(data, BudgetChanged)]


def week_of_said(said: BudgetChanged) -> Week:
    """Give the week that something was said of."""
    if said.week_end is not None:
        return Week(said.week_start, said.week_end)
    return week_of(said.week_start, said.time_zone, _first_day(said))


def allowed_at(said: BudgetChanged, now: datetime) -> float:
    """Give what is allowed at a moment by what was said last: what ends meanwhile is in it."""
    allowed = said.allowed
    if said.allowed_after is not None and said.valid_until <= now:
        allowed = said.allowed_after
    for later in said.allowed_later or ():
        if later.at <= now:
            allowed = later.allowed
    return allowed


def _first_day(said: BudgetChanged) -> WeekStart:
    return _DAYS[said.week_start.astimezone(ZoneInfo(said.time_zone)).weekday()]


def _own_week(
    connection: Connection,
    gym_id: str,
    athlete_id: str,
    told: list[BudgetChanged],
    config: GymConfig,
    now: datetime,
) -> tuple[Week, str]:
    rows = connection.execute(
        select(ATHLETE_FACTS.c.fact, ATHLETE_FACTS.c.value).where(
            ATHLETE_FACTS.c.gym_id == gym_id, ATHLETE_FACTS.c.athlete_id == athlete_id
        )
    )
    facts = {row.fact: row.value for row in rows}
    zone = facts.get("time_zone") or (told[0].time_zone if told else config.time_zone)
    day = next((name for name in _DAYS if name == facts.get("week_start")), None)
    return week_of(now, zone, day or (_first_day(told[0]) if told else config.week_start)), zone


def entries_in(connection: Connection, gym_id: str, athlete_id: str, week: Week) -> list[BudgetEntry]:
    """Give the entries of a week that cost something, by time."""
    found = (
        select(BUDGET_ENTRIES.c.event)
        .where(
            BUDGET_ENTRIES.c.gym_id == gym_id,
            BUDGET_ENTRIES.c.athlete_id == athlete_id,
            BUDGET_ENTRIES.c.counted_us >= micros(week.start),
            BUDGET_ENTRIES.c.counted_us < micros(week.end),
            BUDGET_ENTRIES.c.cost > 0,
        )
        .order_by(BUDGET_ENTRIES.c.counted_us, BUDGET_ENTRIES.c.set_key)
    )
    events = [decode(event.encode()).data for event in connection.scalars(found)]
    return [data.entry for data in events if isinstance(data, BudgetChanged) and data.entry is not None]


def _allowed(
    connection: Connection, gym_id: str, athlete_id: str, said: BudgetChanged | None, spent: float, now: datetime
) -> float:
    if said is not None:
        return allowed_at(said, now)
    found = (
        select(ADVICE.c.event)
        .where(ADVICE.c.gym_id == gym_id, ADVICE.c.athlete_id == athlete_id)
        .order_by(ADVICE.c.rank.desc())
        .limit(1)
    )
    event = connection.scalar(found)
    if event is None:
        return BEGINNERS_UNITS
    data = decode(event.encode()).data
    assert isinstance(data, AdviceGiven)
    return data.budget_left + spent
