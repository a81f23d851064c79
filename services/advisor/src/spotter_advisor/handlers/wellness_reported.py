"""A check-in: how the lifter feels, and where it hurts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from spotter.domain.events import corrected_time
from spotter.domain.events.budgets import Readiness
from spotter.domain.events.people import WellnessReported
from spotter.domain.weeks import day_of
from spotter_advisor.handlers.notices import give_sign_notices
from spotter_advisor.handlers.set_opened import reconsider
from spotter_advisor.handlers.unit_of_work import Turn
from spotter_advisor.pricing.calendar import calendar_at
from spotter_advisor.pricing.cost import rounded
from spotter_advisor.pricing.recovery import closed_groups
from spotter_advisor.state.history import Checkin
from spotter_advisor.state.records import Calendar
from spotter_advisor.warnings.check_in import with_checkin
from spotter_advisor.warnings.readiness import readiness_of

_ASKED: Final = ("soreness", "sleep", "mood", "motivation", "irritability", "fatigue")
_LATELY: Final = timedelta(days=3)


def wellness_reported(turn: Turn, data: WellnessReported) -> None:
    """Take a check-in: signs shrink the budget from the next set on, a pain ends failure on what it concerns at once."""
    turn.note_config(turn.event.configversion)
    scores = {name: score for name in _ASKED if (score := getattr(data, name)) is not None}
    at = min(corrected_time(turn.event), turn.now)
    checkin = Checkin(at, f"{turn.event.source} {turn.event.id}", scores, data.pain)
    turn.put_history(with_checkin(turn.history, checkin))
    calendar = calendar_at(turn.lifter, turn.gym(turn.lifter.config), turn.now)
    turn.tell_budget(turn.budget(calendar, turn.now), None, readiness=readiness_now(turn, calendar, turn.now))
    give_sign_notices(turn)
    if data.pain is not None:
        reconsider(turn)


def readiness_now(turn: Turn, calendar: Calendar, at: datetime) -> Readiness | None:
    """Say how ready the lifter is at a moment."""
    return readiness_of(
        turn.history,
        at,
        calendar.zone,
        turn.held_on(day_of(at, calendar.zone)).policy,
        closed_groups=[one.muscle_group for one in closed_groups(turn.ledger, at)],
        spent=rounded(sum(entry.cost for entry in turn.ledger.entries if at - _LATELY < entry.at <= at)),
    )
