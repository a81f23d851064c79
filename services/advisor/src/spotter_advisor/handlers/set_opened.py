"""A set opens, continues or is amended: what it is pinned to, the terms that apply to it, and its plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from spotter.domain.events.lifting import Intent
from spotter.domain.events.outputs import Because, SetOpened
from spotter.domain.policies import effective
from spotter.domain.weeks import day_of
from spotter_advisor.budget.assessment import eligibility_of
from spotter_advisor.budget.week import is_beginner
from spotter_advisor.handlers.advice_message import plan_because, plan_content, publish_plan
from spotter_advisor.handlers.set_closed import publish_summary
from spotter_advisor.handlers.settlement import settle
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork, pinned_on_day, programme_of
from spotter_advisor.planning.timeliness import PLAN_FRESH
from spotter_advisor.pricing.calendar import calendar_at, calendar_end
from spotter_advisor.rules.inputs import RuleInputs
from spotter_advisor.rules.set_terms import apply_rules
from spotter_advisor.state.records import AdvisedSet, Calendar, Context, PastCalendar, Pins
from spotter_advisor.state.terms import Eligibility, SetTerms

DEFAULT_INTENT: Final[Intent] = "work"
CALENDARS_KEPT: Final = 8
"""Past calendars that a lifter's older sets may still be counted by."""


def set_opened(uow: AdvisorUnitOfWork, data: SetOpened) -> None:
    """Record a set that opened, or an amendment or continuation of one."""
    stored = uow.set(data.set_key)
    if stored is not None:
        _amend(uow, data, stored)
    elif data.amended or data.reopened:
        uow.reject_too_old(data.set_key)
    else:
        _open(uow, data)


def _open(uow: AdvisorUnitOfWork, data: SetOpened) -> None:
    uow.drop_old_sets()
    pins = pin_set(uow, data)
    context = context_of(data)
    assessment = _assess(uow, context.part_of or data.set_key, data.opened_at, context, pins, pins.config)
    advised = AdvisedSet(
        key=data.set_key,
        set_id=data.set_id or data.set_key,
        opened_at=data.opened_at,
        opened_received=uow.now,
        received=uow.now,
        context=context,
        pins=pins,
        terms=assessment.terms,
        history=data.history,
        reopened=data.reopened,
        standing=assessment.eligibility,
    )
    late = data.history or uow.now - data.opened_at > PLAN_FRESH
    uow.put_set(publish_plan(uow, advised, late=late, because=assessment.because))
    settle(uow, [advised.exposure])


def pin_set(uow: AdvisorUnitOfWork, data: SetOpened) -> Pins:
    """Return what applies to a set from when it opens; its calendar becomes the lifter's."""
    uow.record_config(data.pinned_config)
    athlete = uow.athlete
    pins = Pins(
        config=data.pinned_config,
        policy=athlete.policy,
        policy_version=uow.policy_version(data.pinned_config),
        team=athlete.team,
        **_by_day(uow, data.pinned_config, data.opened_at),
    )
    if not data.history:
        _put_calendar(uow, pins.calendar, data)
    return pins


def _by_day(uow: AdvisorUnitOfWork, config: int, opened_at: datetime) -> dict[str, Any]:
    """Return those of a set's pins that depend on when it opened."""
    athlete = uow.athlete
    calendar = calendar_at(athlete, uow.gym(config), opened_at)
    day = day_of(opened_at, calendar.zone)
    return {
        "beginner": is_beginner(athlete, day),
        "zone": calendar.zone,
        "week_start": calendar.week_start,
        "day": day.isoformat(),
        "blocks": tuple(block for block in athlete.blocks if block.holds(day)),
        "session": programme_of(athlete).session_on(day),
    }


def _put_calendar(uow: AdvisorUnitOfWork, calendar: Calendar, data: SetOpened) -> None:
    athlete = uow.athlete
    if athlete.newest_set_at is not None and data.opened_at < athlete.newest_set_at:
        return
    if athlete.calendar is not None and calendar != athlete.calendar:
        past = PastCalendar(athlete.calendar, calendar_end(athlete, data.opened_at))
        athlete = replace(athlete, past_calendars=(*athlete.past_calendars, past)[-CALENDARS_KEPT:])
    uow.put_athlete(
        replace(
            athlete,
            calendar=calendar,
            calendar_until=athlete.calendar_until if calendar == athlete.calendar else None,
            newest_set_at=data.opened_at,
        )
    )


def _amend(uow: AdvisorUnitOfWork, data: SetOpened, before: AdvisedSet) -> None:
    if before.closing is not None and before.closing.gone == "voided" and data.reopened <= before.reopened:
        return
    context, pins = context_of(data), before.pins
    if data.opened_at != before.opened_at and day_of(data.opened_at, pins.zone).isoformat() != pins.day:
        pins = replace(pins, **_by_day(uow, pins.config, data.opened_at))  # its first events arrive last
    advised = replace(
        before,
        context=context,
        pins=pins,
        opened_at=data.opened_at,
        reopened=data.reopened,
        history=data.history,
        correcting=False,
    )
    if data.reopened > before.reopened or before.is_gone:
        advised = replace(advised, closing=None, told=None)
    if context.exercise != before.context.exercise:  # described as it is now, not as it was when the set opened
        advised = replace(advised, described=max(uow.event.configversion or 0, advised.pins.config))
    because = None
    if context != before.context or pins != before.pins:
        assessment = _assess_set(uow, advised)
        hurts = before.terms.hurts and assessment.terms.pain
        terms = replace(assessment.terms, hurts=hurts)
        advised = replace(advised, terms=terms, standing=assessment.eligibility)
        because = assessment.because
    if advised.is_open and plan_content(advised) != plan_content(before):
        advised = publish_plan(uow, advised, late=bool(advised.reps), because=because)
    uow.put_set(advised)
    if not advised.is_open:
        uow.put_set(publish_summary(uow, advised))
    if advised.exposure != before.exposure or pins != before.pins:
        settle(uow, [before.exposure, advised.exposure])


def reassess_open_sets(uow: AdvisorUnitOfWork) -> None:
    """Apply a pain that was reported, or has gone, to open sets: at once, not from the next set on.

    A set under way on what hurts ends after its next rep (R15).
    """
    for advised in sorted(uow.sets(), key=lambda advised: advised.key):
        if not advised.is_open:
            continue
        assessment = _assess_set(uow, advised)
        if assessment.terms.pain == advised.terms.pain:
            continue
        hurts = assessment.terms.pain and any(rep.valid for rep in advised.reps)
        terms = replace(assessment.terms, hurts=hurts)
        changed = replace(advised, terms=terms, standing=assessment.eligibility)
        uow.put_set(publish_plan(uow, changed, late=bool(advised.reps), because=assessment.because))


@dataclass(frozen=True, slots=True)
class _Assessment:
    """The terms of a set, and what they follow from."""

    terms: SetTerms
    eligibility: Eligibility
    because: Because


def _assess_set(uow: AdvisorUnitOfWork, advised: AdvisedSet) -> _Assessment:
    described = advised.pins.config if advised.described is None else advised.described
    return _assess(uow, advised.exposure, advised.opened_at, advised.context, advised.pins, described)


def _assess(
    uow: AdvisorUnitOfWork, exposure: str, opened_at: datetime, context: Context, pins: Pins, described: int
) -> _Assessment:
    """Apply the rules to a set whose exercise is the one that the gym's configuration `described` has."""
    on_day = pinned_on_day(uow.gym(pins.config), pins)
    merged = effective(on_day.layers)
    catalogue = uow.gym(described).catalogue
    exercise = catalogue.get(context.exercise)
    eligibility = eligibility_of(uow.budget_inputs_for(pins), exercise, opened_at, now=uow.now, but=exposure)
    inputs = RuleInputs(
        exercise=exercise,
        in_catalogue=context.exercise in catalogue,
        intent=context.intent,
        asked_rir=context.target_rir,
        last_set=context.is_last_set,
        spotter=context.spotter_present,
        beginner=pins.beginner,
        eligibility=eligibility,
        block=None if on_day.block is None else on_day.block.kind,
        last_week=on_day.last_week,
        time_pressed=on_day.mode == "time_pressed",
    )
    judgement = apply_rules(inputs, merged.policy)
    return _Assessment(judgement.terms, eligibility, plan_because(inputs, judgement, merged, on_day))


def context_of(data: SetOpened) -> Context:
    """Return what advice and summary need of an opening; what is not reported gets its careful value."""
    return Context(
        exercise=data.exercise,
        load_kg=data.load_kg,
        intent=data.intent or DEFAULT_INTENT,
        target_rir=data.target_rir,
        is_last_set=data.is_last_set is True,
        spotter_present=data.spotter_present is True,
        station_id=data.station_id,
        planned_reps=data.planned_reps,
        part_of=None if data.exposure_key == data.set_key else data.exposure_key,
    )
