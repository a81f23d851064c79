"""Building and publishing `budget.changed`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

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
from spotter_advisor.budget.week import Budget
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork
from spotter_advisor.pricing.recovery import recovering_groups, recovers_at
from spotter_advisor.state.history import ActiveWarning
from spotter_advisor.state.records import AnnouncedBudget, LedgerEntry
from spotter_advisor.warnings.effort_shares import hard_share


def publish_budget_if_changed(uow: AdvisorUnitOfWork, *, anyway: bool = False) -> None:
    """Publish the running week's budget if it differs from the one published last, or `anyway`."""
    budget = uow.budget(uow.calendar_at(uow.now), uow.now)
    if anyway or _announced(budget) != uow.athlete.announced:
        publish_budget(uow, budget, None)


def publish_budget(
    uow: AdvisorUnitOfWork,
    budget: Budget,
    entry: LedgerEntry | None,
    *,
    forecast: Forecast | None = None,
    readiness: Readiness | None = None,
) -> None:
    """Publish the budget of a week, with the entry that was added or revised."""
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
        time_zone=budget.zone,
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
        hard_share=_hard_share(uow, budget.zone),
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
        budget.week.start, budget.zone, budget.allowed, budget.spent, budget.reasons, signs, budget.allowed_after
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
