"""An exercise that is described later: what the running week's sets of it cost follows the new description."""

from __future__ import annotations

from dataclasses import replace

from spotter_advisor.budget.week import days_of
from spotter_advisor.handlers.settlement import settle, weigh
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork
from spotter_advisor.pricing.calendar import week_in
from spotter_advisor.state.records import AdvisedSet


def reprice_by_new_descriptions(uow: AdvisorUnitOfWork) -> None:
    """Price the running week's sets anew whose exercise the gym describes otherwise since; past weeks stay.

    The lifter's first event that carries the new version of the configuration does so.
    """
    version = uow.event.configversion or 0
    if version <= uow.athlete.described:
        return
    uow.put_athlete(replace(uow.athlete, described=version))
    changed = [advised for advised in uow.sets() if _is_described_anew(uow, advised, version)]
    for advised in changed:
        anew = replace(advised, described=version)
        summary = anew.told
        uow.put_set(anew if summary is None or anew.is_gone else weigh(uow, anew, summary.outcome, summary.closing))
    if changed:
        settle(uow, [advised.exposure for advised in changed])


def _is_described_anew(uow: AdvisorUnitOfWork, advised: AdvisedSet, version: int) -> bool:
    exercise = advised.context.exercise
    if uow.gym(version).catalogue.get(exercise) == uow.catalogue_of(advised).get(exercise):
        return False
    calendar = uow.calendar_at(uow.now)
    first, end = days_of(week_in(calendar, uow.now), calendar.zone)
    return first <= uow.parts_of(advised.exposure)[0].pins.day < end
