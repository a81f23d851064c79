"""Queries for a lifter's failure budget, as the advisor's ledger has it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, and_, func, select

from spotter.domain.events import decode, format_time
from spotter.domain.events.budgets import BudgetChanged, BudgetEntry
from spotter.domain.events.outputs import AdviceGiven
from spotter.domain.gym_config import GymConfig
from spotter.domain.time import micros
from spotter.domain.weeks import Week, WeekStart, week_of
from spotter_dashboard.store.calendar import LifterCalendar, margin
from spotter_dashboard.store.programme import own_of
from spotter_dashboard.store.tables import ADVICE, BUDGET_ENTRIES, BUDGETS, of_athlete
from spotter_dashboard.store.week_names import first_day, last_day

_DAYS: Final[tuple[WeekStart, ...]] = get_args(WeekStart)
_INSTANT: Final = timedelta(microseconds=1)
BEGINNERS_UNITS: Final = 0.0
"""What a lifter without any history may spend (R08)."""


def budget(engine: Engine, gym_id: str, athlete_id: str, config: GymConfig, now: datetime) -> dict[str, Any]:
    """Return the budget of the week that `now` lies in, with the entries that cost something.

    Week and allowance come from the advisor's newest revision of this week. Where there is none yet, the week is the
    lifter's own, else the gym's, and the allowance is the forecast, or what its last advice named.
    """
    with engine.connect() as connection:
        revisions = newest_revisions(connection, gym_id, athlete_id)
        newest = next((revision for revision in revisions if now in week_of_revision(revision)), None)
        if newest is not None:
            week, zone = week_of_revision(newest), newest.time_zone
        else:
            lived = LifterCalendar(own_of(connection, gym_id, athlete_id, config), config).at(now)
            week, zone = lived.span, lived.zone
        entries = entries_in(connection, gym_id, athlete_id, week, zone)
        spent = round(sum((entry.cost for entry in entries), start=0.0), 6)
        latest = newest or max(revisions, key=lambda revision: revision.week_start, default=None)
        allowed = _allowed(connection, gym_id, athlete_id, latest, spent, now)
    shown = {"set_id", "set_key", "exercise", "ended_by", "cost", "rule_ids", "repriced"}
    return {
        "athlete_id": athlete_id,
        "week_start": format_time(week.start),
        "time_zone": zone,
        "allowed": allowed,
        "spent": spent,
        "left": max(0.0, round(allowed - spent, 6)),
        "entries": [entry.model_dump(include=shown, exclude_none=True) for entry in entries],
    }


def newest_revisions(connection: Connection, gym_id: str, athlete_id: str) -> list[BudgetChanged]:
    """Return the newest revision of each week's budget, the newest first."""
    theirs = of_athlete(BUDGETS, gym_id, athlete_id)
    last = (
        select(BUDGETS.c.week_start_us, func.max(BUDGETS.c.revision).label("revision"))
        .where(theirs)
        .group_by(BUDGETS.c.week_start_us)
        .subquery()
    )
    same = and_(BUDGETS.c.week_start_us == last.c.week_start_us, BUDGETS.c.revision == last.c.revision)
    query = (
        select(BUDGETS.c.event)
        .join(last, same)
        .where(theirs)
        .order_by(BUDGETS.c.revision.desc(), BUDGETS.c.rank.desc())
    )
    events = [decode(event.encode()).data for event in connection.scalars(query)]
    return [data for data in events if isinstance(data, BudgetChanged)]


def week_of_revision(revision: BudgetChanged) -> Week:
    """Return the week that a revision is about."""
    if revision.week_end is not None:
        return Week(revision.week_start, revision.week_end)
    return week_of(revision.week_start, revision.time_zone, _first_day(revision))


def allowed_in(revision: BudgetChanged, now: datetime) -> float:
    """Return what a week allows now; of one that is over, what it allowed at its end."""
    return allowed_at(revision, min(now, week_of_revision(revision).end - _INSTANT))


def allowed_at(revision: BudgetChanged, now: datetime) -> float:
    """Return what a revision allows at a moment, with the changes that it foresaw until then."""
    allowed = revision.allowed
    if revision.allowed_after is not None and revision.valid_until <= now:
        allowed = revision.allowed_after
    for later in revision.allowed_later or ():
        if later.at <= now:
            allowed = later.allowed
    return allowed


def _first_day(revision: BudgetChanged) -> WeekStart:
    return _DAYS[revision.week_start.astimezone(ZoneInfo(revision.time_zone)).weekday()]


def entries_in(connection: Connection, gym_id: str, athlete_id: str, week: Week, zone: str) -> list[BudgetEntry]:
    """Return the entries that a week is charged with and that cost something, by time.

    An entry is charged on the day on which its exposure began, wherever that was; one that names no day, by its last rep.
    """
    days = (first_day(week, zone).isoformat(), last_day(week, zone).isoformat())
    entries = (change.entry for change in charges(connection, gym_id, athlete_id, margin(week)))
    return [
        entry
        for entry in entries
        if entry is not None
        and (days[0] <= entry.day <= days[1] if entry.day is not None else (entry.last_rep_at or week.start) in week)
    ]


def charges(connection: Connection, gym_id: str, athlete_id: str, span: Week) -> list[BudgetChanged]:
    """Return the changes whose entries cost something and were done in a span, by time."""
    query = (
        select(BUDGET_ENTRIES.c.event)
        .where(
            of_athlete(BUDGET_ENTRIES, gym_id, athlete_id),
            BUDGET_ENTRIES.c.counted_us >= micros(span.start),
            BUDGET_ENTRIES.c.counted_us < micros(span.end),
            BUDGET_ENTRIES.c.cost > 0,
        )
        .order_by(BUDGET_ENTRIES.c.counted_us, BUDGET_ENTRIES.c.set_key)
    )
    events = [decode(event.encode()).data for event in connection.scalars(query)]
    return [data for data in events if isinstance(data, BudgetChanged) and data.entry is not None]


def _allowed(
    connection: Connection, gym_id: str, athlete_id: str, revision: BudgetChanged | None, spent: float, now: datetime
) -> float:
    if revision is not None:
        return allowed_at(revision, now)
    query = select(ADVICE.c.event).where(of_athlete(ADVICE, gym_id, athlete_id)).order_by(ADVICE.c.rank.desc()).limit(1)
    event = connection.scalar(query)
    if event is None:
        return BEGINNERS_UNITS
    data = decode(event.encode()).data
    assert isinstance(data, AdviceGiven)
    return data.budget_left + spent
