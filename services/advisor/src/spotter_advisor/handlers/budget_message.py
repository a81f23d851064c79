"""Building and publishing `budget.changed`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from spotter.domain.events.budgets import (
    AllowedFrom,
    BudgetChanged,
    BudgetEntry,
    ClosedGroup,
    Forecast,
    HardSets,
    Readiness,
    WarningSign,
)
from spotter.domain.weeks import day_of
from spotter_advisor.budget.week import Budget, days_of
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork
from spotter_advisor.pricing.calendar import week_of_day
from spotter_advisor.pricing.cost import rounded
from spotter_advisor.pricing.recovery import recovering_groups, recovers_at
from spotter_advisor.state.history import ActiveWarning
from spotter_advisor.state.records import (
    LEDGER_KEPT,
    WEEKS_KEPT,
    AnnouncedBudget,
    Calendar,
    LedgerEntry,
    TouchedWeek,
    TouchedWeeks,
)
from spotter_advisor.warnings.effort_shares import hard_share


def publish_budget_if_changed(uow: AdvisorUnitOfWork, *, anyway: bool = False) -> None:
    """Publish the running week's budget if it differs from the one published last, or `anyway`."""
    budget = uow.budget(uow.calendar_at(uow.now), uow.now)
    if anyway or _announced(budget) != uow.athlete.announced:
        publish_budget(uow, budget, None)


def publish_weeks(uow: AdvisorUnitOfWork, since: str) -> None:
    """Publish again the weeks before the running one whose budget a change of the local day `since`, ISO, has changed."""
    running = _key(calendar := uow.calendar_at(uow.now), day_of(uow.now, calendar.zone).isoformat())
    first = (date.fromisoformat(since) - timedelta(days=6)).isoformat()
    for touched in uow.weeks.weeks:
        if touched.first_day < first or (touched.first_day, touched.calendar) == running:
            continue
        budget = week_budget(uow, touched.calendar, touched.first_day)
        if (budget.allowed, budget.spent) != (touched.allowed, touched.spent):
            publish_budget(uow, budget, None)


def week_budget(uow: AdvisorUnitOfWork, calendar: Calendar, day: str, *, charged: float = 0.0) -> Budget:
    """Return the budget of the week of a local day, ISO, after another `charged` units.

    Of weeks that the ledger no longer has, what was spent is counted on from what was last published.
    """
    budget = uow.budget(calendar, week_of_day(calendar, day).start)
    if budget.week.start >= uow.now - LEDGER_KEPT:
        return budget
    touched = _touched(uow, calendar, day)
    return replace(budget, spent=rounded((0.0 if touched is None else touched.spent) + charged))


def publish_week_if_new(uow: AdvisorUnitOfWork, calendar: Calendar, day: str) -> None:
    """Publish the budget of the week of a local day, ISO, if none was published of it."""
    if _touched(uow, calendar, day) is None:
        publish_budget(uow, week_budget(uow, calendar, day), None)


def _key(calendar: Calendar, day: str) -> tuple[str, Calendar]:
    """Return what names the week of a local day, ISO."""
    return days_of(week_of_day(calendar, day), calendar.zone)[0], calendar


def _touched(uow: AdvisorUnitOfWork, calendar: Calendar, day: str) -> TouchedWeek | None:
    key = _key(calendar, day)
    return next((week for week in uow.weeks.weeks if (week.first_day, week.calendar) == key), None)


def _touch(uow: AdvisorUnitOfWork, budget: Budget) -> None:
    first_day, _ = days_of(budget.week, budget.calendar.zone)
    touched = TouchedWeek(first_day, budget.calendar, budget.allowed, budget.spent)
    if touched in uow.weeks.weeks:
        return
    kept_from = (uow.now - WEEKS_KEPT).date().isoformat()
    others = (week for week in uow.weeks.weeks if (week.first_day, week.calendar) != (first_day, budget.calendar))
    weeks = [week for week in (*others, touched) if week.first_day >= kept_from]
    weeks.sort(key=lambda week: (week.first_day, week.calendar.zone, week.calendar.week_start))
    uow.put_weeks(TouchedWeeks(tuple(weeks)))


def publish_budget(
    uow: AdvisorUnitOfWork,
    budget: Budget,
    entry: LedgerEntry | None,
    *,
    forecast: Forecast | None = None,
    readiness: Readiness | None = None,
) -> None:
    """Publish the budget of a week, with the entry that was added or revised."""
    _touch(uow, budget)
    athlete = replace(uow.athlete, budgets=uow.athlete.budgets + 1)
    if uow.now in budget.week:
        athlete = replace(athlete, announced=_announced(budget))
    uow.put_athlete(athlete)
    event = uow.event.data
    data = BudgetChanged(
        gym_id=event.gym_id,
        athlete_id=event.athlete_id,
        set_id=None if entry is None else entry.set_id,
        revision=athlete.budgets,
        entry=None if entry is None else _entry(entry, budget.week.start),
        week_start=budget.week.start,
        week_end=budget.week.end,
        time_zone=budget.calendar.zone,
        allowed=budget.allowed,
        spent=budget.spent,
        left=budget.left,
        reasons=list(budget.reasons),
        valid_until=budget.valid_until,
        allowed_after=budget.allowed_after,
        allowed_later=[AllowedFrom(at=at, allowed=units) for at, units in budget.allowed_later] or None,
        signs=[_warning_sign(warning) for warning in budget.signs],
        closed=[
            ClosedGroup(muscle_group=group.muscle_group, until=group.until, rule_id=group.rule)
            for group in recovering_groups(uow.ledger, uow.now)
        ],
        hard_share=_hard_share(uow, budget.calendar.zone),
        readiness=readiness,
        forecast=forecast,
    )
    uow.emit(data, uow.next_id(BudgetChanged, uow.policy_version(athlete.config)))


def _hard_share(uow: AdvisorUnitOfWork, zone: str) -> HardSets | None:
    today = day_of(uow.now, zone)
    share = hard_share(uow.history, today.isoformat(), uow.day_policy_on(today).policy)
    return HardSets(share=share.share, hard=share.hard, sets=share.sets, over=share.over) if share.sets else None


def _announced(budget: Budget) -> AnnouncedBudget:
    signs = tuple(warning.name for warning in budget.signs)
    return AnnouncedBudget(
        budget.week.start,
        budget.calendar.zone,
        budget.allowed,
        budget.spent,
        budget.reasons,
        signs,
        budget.allowed_after,
    )


def _warning_sign(warning: ActiveWarning) -> WarningSign:
    return WarningSign(
        name=warning.name, rule_id=warning.rule, sentence=warning.sentence, since=warning.since, until=warning.until
    )


def _entry(entry: LedgerEntry, week_start: datetime) -> BudgetEntry:
    return BudgetEntry(
        set_id=entry.set_id,
        set_key=entry.set_key,
        exercise=entry.exercise,
        muscle_group=entry.muscle_group,
        ended_by=entry.ended_by,
        cost=entry.cost,
        rule_ids=list(entry.rules),
        revision=entry.revision,
        last_rep_at=entry.at,
        day=entry.day,
        week_start=week_start,
        exposure_key=entry.exposure if entry.exposure != entry.set_key else None,
        repriced=entry.repriced,
        muscles=dict(entry.muscles) if entry.cost > 0 else None,
        recovers_at=recovers_at(entry) if entry.rest_h else None,
    )
