"""A lifter's settings: level, zone, policy, training days, grants. They apply from the next set on."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from spotter.domain.events import corrected_time
from spotter.domain.events.people import AthleteUpdated, BudgetGranted, PolicyUpdated, SessionStarted
from spotter.domain.policies import Programme, Session, effective, values_in
from spotter.domain.weeks import WeekStart, day_of
from spotter.streaming.processor import Reject
from spotter_advisor.handlers.budget_message import publish_budget, publish_budget_if_changed, publish_weeks
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork, programme_of
from spotter_advisor.planning.forecast import forecast_of
from spotter_advisor.pricing.calendar import configured_calendar, week_in
from spotter_advisor.state.records import HISTORY_KEPT, LEDGER_KEPT, FrequencyReport, Grant

GRANTS_MAX: Final = 100
"""Grants that may run at once."""


def athlete_updated(uow: AdvisorUnitOfWork, data: AthleteUpdated) -> None:
    """Record a coach's settings of a lifter."""
    uow.record_config(uow.event.configversion)
    _update_calendar(uow, data.time_zone, data.week_start)
    athlete = uow.athlete
    if data.level is not None and data.level != athlete.level:
        if data.level == "beginner":
            zone = configured_calendar(athlete, uow.gym()).zone
            since = day_of(uow.now, zone).isoformat() if athlete.level is not None or athlete.seasoned_from else ""
            athlete = replace(athlete, beginner_since=since, seasoned_from=None)
        uow.put_athlete(replace(athlete, level=data.level))
    if data.team is not None and data.team != uow.athlete.team:
        uow.put_athlete(replace(uow.athlete, team=data.team, policy_layers=uow.athlete.policy_layers + 1))
    publish_budget_if_changed(uow)


def policy_updated(uow: AdvisorUnitOfWork, data: PolicyUpdated) -> None:
    """Merge a layer into the lifter's own, for every day or for a block."""
    uow.record_config(uow.event.configversion)
    _update_calendar(uow, data.time_zone, data.week_start)
    _put_programme(uow, programme_of(uow.athlete).with_layer(data, data.block))
    publish_budget_if_changed(uow)


def session_started(uow: AdvisorUnitOfWork, data: SessionStarted) -> None:
    """Record how often the lifter trains and the session's policy, and publish the forecast of its plan."""
    uow.record_config(uow.event.configversion)
    moment = corrected_time(uow.event)
    day = day_of(moment, uow.calendar_at(moment).zone)
    session = Session(day.isoformat(), data.mode, {} if data.policy is None else values_in(data.policy))
    programme = programme_of(uow.athlete)
    if (programme.session_on(day) or Session(session.day)) != session:
        _put_programme(uow, programme.with_session(session))
    if data.days_per_week is not None:
        _put_frequency(uow, FrequencyReport(moment, data.days_per_week))
    publish_weeks(uow, day.isoformat())
    if data.planned is None:
        publish_budget_if_changed(uow)
        return
    calendar = uow.calendar_at(moment)
    on_day = uow.on_day(day_of(moment, calendar.zone))
    policy, catalogue = effective(on_day.layers).policy, uow.gym().catalogue
    inputs = uow.budget_inputs(calendar)
    forecast = forecast_of(inputs, policy, on_day, catalogue, data.planned, min(moment, uow.now))
    publish_budget(uow, uow.budget(calendar, moment), None, forecast=forecast)


def budget_granted(uow: AdvisorUnitOfWork, data: BudgetGranted) -> None:
    """Add a coach's grant; the same grant counts once, until it expires."""
    uow.record_config(uow.event.configversion)
    identity = f"{uow.event.source} {uow.event.id}"
    kept = tuple(grant for grant in uow.athlete.grants if grant.expires > uow.now - LEDGER_KEPT)[-GRANTS_MAX:]
    if any(grant.id == identity for grant in kept):
        return
    if sum(grant.expires > uow.now for grant in kept) >= GRANTS_MAX:
        uow.reject = Reject("too_many_grants", f"{GRANTS_MAX} grants run already: wait until one expires")
        return
    if data.expires > uow.now:
        kept = (*kept, Grant(identity, data.units, data.reason, data.expires, corrected_time(uow.event)))
    uow.put_athlete(replace(uow.athlete, grants=kept))
    publish_budget_if_changed(uow, anyway=True)


def _update_calendar(uow: AdvisorUnitOfWork, zone: str | None, week_start: WeekStart | None) -> None:
    """Record a new zone or first weekday; the running week stays as it is."""
    athlete = uow.athlete
    changed = replace(athlete, zone=zone or athlete.zone, week_start=week_start or athlete.week_start)
    if changed == athlete:
        return
    if athlete.calendar is not None:
        current = uow.calendar_at(uow.now)
        changed = replace(changed, calendar=current, calendar_until=week_in(current, uow.now).end)
    uow.put_athlete(changed)


def _put_frequency(uow: AdvisorUnitOfWork, report: FrequencyReport) -> None:
    """Record how often the lifter trains from a moment on."""
    reports = sorted({*uow.athlete.frequency, report}, key=lambda report: (report.at, report.days_per_week))
    older = [report for report in reports if report.at < uow.now - HISTORY_KEPT]
    uow.put_athlete(replace(uow.athlete, frequency=(*older[-1:], *reports[len(older) :])))


def _put_programme(uow: AdvisorUnitOfWork, programme: Programme) -> None:
    athlete = uow.athlete
    uow.put_athlete(
        replace(
            athlete,
            policy=programme.values,
            blocks=programme.blocks,
            sessions=programme.sessions,
            policy_layers=athlete.policy_layers + 1,
        )
    )
