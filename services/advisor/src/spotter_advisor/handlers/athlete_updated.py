"""What is said of a lifter: level, zone, policy, training days, grants. It holds from the next set on."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from spotter.domain.events import corrected_time
from spotter.domain.events.people import AthleteUpdated, BudgetGranted, PolicyUpdated, SessionStarted
from spotter.domain.policies import Programme, Session, said_in
from spotter.domain.weeks import WeekStart, day_of
from spotter.streaming.processor import Reject
from spotter_advisor.handlers.programme import policy_of, programme_of
from spotter_advisor.handlers.unit_of_work import Turn
from spotter_advisor.planning.forecast import forecast_of
from spotter_advisor.pricing.calendar import calendar_at, week_in, wished
from spotter_advisor.state.records import Grant

GRANTS_MAX: Final = 100
"""Grants that may run at once."""


def athlete_updated(turn: Turn, data: AthleteUpdated) -> None:
    """Take what a coach says of a lifter."""
    turn.note_config(turn.event.configversion)
    _recount_weeks(turn, data.time_zone, data.week_start)
    lifter = turn.lifter
    if data.level is not None and data.level != lifter.level:
        if data.level == "beginner":
            zone = wished(lifter, turn.gym(lifter.config)).zone
            since = day_of(turn.now, zone).isoformat() if lifter.level is not None or lifter.seasoned else ""
            lifter = replace(lifter, beginner_since=since, seasoned=False)
        turn.put_lifter(replace(lifter, level=data.level))
    if data.team is not None and data.team != turn.lifter.team:
        turn.put_lifter(replace(turn.lifter, team=data.team, policy_layers=turn.lifter.policy_layers + 1))
    turn.announce()


def policy_updated(turn: Turn, data: PolicyUpdated) -> None:
    """Lay the lifter's own layer over those before it, on every day or in a block."""
    turn.note_config(turn.event.configversion)
    _recount_weeks(turn, data.time_zone, data.week_start)
    _put_programme(turn, programme_of(turn.lifter).with_layer(data, data.block))
    turn.announce()


def session_started(turn: Turn, data: SessionStarted) -> None:
    """Take how often the lifter trains, and what holds on the session's day."""
    turn.note_config(turn.event.configversion)
    moment = corrected_time(turn.event)
    zone = calendar_at(turn.lifter, turn.gym(turn.lifter.config), moment).zone
    said = {} if data.policy is None else said_in(data.policy)
    session = Session(day_of(moment, zone).isoformat(), data.mode, said)
    programme = programme_of(turn.lifter)
    if (programme.session_on(day_of(moment, zone)) or Session(session.day)) != session:
        _put_programme(turn, programme.with_session(session))
    if data.days_per_week is not None and data.days_per_week != turn.lifter.days_per_week:
        turn.put_lifter(replace(turn.lifter, days_per_week=data.days_per_week))
    if data.planned is None:
        turn.announce()
        return
    lifter, gym = turn.lifter, turn.gym(turn.lifter.config)
    calendar = calendar_at(lifter, gym, moment)
    on_day = turn.today(calendar, moment)
    policy = policy_of(on_day).policy
    known = turn.known(calendar)
    forecast = forecast_of(known, policy, on_day, gym.catalogue, data.planned, min(moment, turn.now))
    turn.tell_budget(turn.budget(calendar, moment), None, forecast=forecast)


def budget_granted(turn: Turn, data: BudgetGranted) -> None:
    """Take what a coach gives on top; the same grant counts once, and goes when it has expired."""
    turn.note_config(turn.event.configversion)
    identity = f"{turn.event.source} {turn.event.id}"
    running = tuple(grant for grant in turn.lifter.grants if grant.expires > turn.now)
    if any(grant.id == identity for grant in running):
        return
    if len(running) >= GRANTS_MAX:
        turn.reject = Reject("too_many_grants", f"{GRANTS_MAX} grants run already: wait until one expires")
        return
    if data.expires > turn.now:
        running = (*running, Grant(identity, data.units, data.reason, data.expires))
    turn.put_lifter(replace(turn.lifter, grants=running))
    turn.announce(anyway=True)


def _recount_weeks(turn: Turn, zone: str | None, week_start: WeekStart | None) -> None:
    """Take a new zone or first weekday: the week that is running stays as it is."""
    lifter = turn.lifter
    changed = replace(lifter, zone=zone or lifter.zone, week_start=week_start or lifter.week_start)
    if changed == lifter:
        return
    if lifter.calendar is not None:
        held = calendar_at(lifter, turn.gym(lifter.config), turn.now)
        changed = replace(changed, calendar=held, calendar_until=week_in(held, turn.now).end)
    turn.put_lifter(changed)


def _put_programme(turn: Turn, programme: Programme) -> None:
    lifter = turn.lifter
    turn.put_lifter(
        replace(
            lifter,
            policy=programme.said,
            blocks=programme.blocks,
            sessions=programme.sessions,
            policy_layers=lifter.policy_layers + 1,
        )
    )
