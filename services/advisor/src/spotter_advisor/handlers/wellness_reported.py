"""A check-in: how the lifter feels, and where it hurts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from spotter.domain.events import corrected_time
from spotter.domain.events.budgets import Readiness
from spotter.domain.events.people import WellnessReported
from spotter.domain.weeks import day_of
from spotter_advisor.handlers.budget_message import publish_budget, publish_weeks
from spotter_advisor.handlers.notices import send_warning_notices
from spotter_advisor.handlers.set_opened import reassess_open_sets
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork
from spotter_advisor.pricing.cost import rounded
from spotter_advisor.pricing.recovery import recovering_groups
from spotter_advisor.state.history import WellnessCheckIn
from spotter_advisor.state.records import Calendar
from spotter_advisor.warnings.check_in import with_checkin
from spotter_advisor.warnings.readiness import QUESTIONS, readiness_of

_RECENT: Final = timedelta(days=3)


def wellness_reported(uow: AdvisorUnitOfWork, data: WellnessReported) -> None:
    """Record a check-in: warnings shrink the budget from the next set on, a pain ends failure on its joint at once."""
    uow.record_config(uow.event.configversion)
    scores = {name: score for name in QUESTIONS if (score := getattr(data, name)) is not None}
    at = min(corrected_time(uow.event), uow.now)
    checkin = WellnessCheckIn(at, f"{uow.event.source} {uow.event.id}", scores, data.pain)
    uow.put_history(with_checkin(uow.history, checkin))
    calendar = uow.calendar_at(uow.now)
    publish_weeks(uow, day_of(at, calendar.zone).isoformat())
    publish_budget(uow, uow.budget(calendar, uow.now), None, readiness=_readiness_at(uow, calendar, uow.now))
    send_warning_notices(uow)
    if data.pain is not None:
        reassess_open_sets(uow)


def _readiness_at(uow: AdvisorUnitOfWork, calendar: Calendar, at: datetime) -> Readiness | None:
    return readiness_of(
        uow.history,
        at,
        calendar.zone,
        uow.day_policy_on(day_of(at, calendar.zone)).policy,
        closed_groups=[group.muscle_group for group in recovering_groups(uow.ledger, at)],
        spent=rounded(sum(entry.cost for entry in uow.ledger.entries if at - _RECENT < entry.at <= at)),
    )
