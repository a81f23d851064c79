"""A set opens, goes on, or is known better: what it is pinned to, the terms that hold in it, and its plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from spotter.domain.events.lifting import Intent
from spotter.domain.events.outputs import Because, SetOpened
from spotter.domain.weeks import day_of
from spotter_advisor.budget.eligibility import standing_of
from spotter_advisor.budget.week import is_beginner
from spotter_advisor.handlers.plan_message import because_of, give_plan, matters
from spotter_advisor.handlers.programme import pinned, policy_of, programme_of
from spotter_advisor.handlers.set_closed import tell_outcome
from spotter_advisor.handlers.unit_of_work import Turn
from spotter_advisor.planning.timeliness import PLAN_FRESH
from spotter_advisor.pricing.calendar import calendar_at
from spotter_advisor.rules import Case, Terms, judge
from spotter_advisor.state.eligibility import Standing
from spotter_advisor.state.records import AdvisedSet, Calendar, Context, Pins

DEFAULT_INTENT: Final[Intent] = "work"


def set_opened(turn: Turn, data: SetOpened) -> None:
    """Take a set that opened, or an amendment or continuation of one."""
    known = turn.set(data.set_key)
    if known is not None:
        _known_better(turn, data, known)
    elif data.amended or data.reopened:
        turn.refuse(data.set_key)
    else:
        _new(turn, data)


def _new(turn: Turn, data: SetOpened) -> None:
    turn.forget_old_sets()
    pins = pin(turn, data)
    context = context_of(data)
    found = _judged(turn, data.set_key, data.opened_at, context, pins)
    one = AdvisedSet(
        key=data.set_key,
        set_id=data.set_id or data.set_key,
        opened_at=data.opened_at,
        opened_received=turn.now,
        received=turn.now,
        context=context,
        pins=pins,
        terms=found.terms,
        history=data.history,
        reopened=data.reopened,
        moved_from=data.moved_from,
        standing=found.standing,
    )
    late = data.history or turn.now - data.opened_at > PLAN_FRESH
    one = give_plan(turn, one, late=late, because=found.because)
    turn.put_set(one)
    turn.announce()


def pin(turn: Turn, data: SetOpened) -> Pins:
    """Say what a set keeps from when it opens; the lifter's weeks are counted on from it."""
    turn.note_config(data.pinned_config)
    calendar = calendar_at(turn.lifter, turn.gym(data.pinned_config), data.opened_at)
    lifter, day = turn.lifter, day_of(data.opened_at, calendar.zone)
    if not data.history:
        _take_calendar(turn, calendar, data)
    return Pins(
        config=data.pinned_config,
        policy=lifter.policy,
        policy_version=turn.policy_version(data.pinned_config),
        beginner=is_beginner(lifter),
        zone=calendar.zone,
        week_start=calendar.week_start,
        team=lifter.team,
        day=day.isoformat(),
        blocks=tuple(block for block in lifter.blocks if block.holds(day)),
        session=programme_of(lifter).session_on(day),
    )


def _take_calendar(turn: Turn, calendar: Calendar, data: SetOpened) -> None:
    lifter = turn.lifter
    turn.put_lifter(
        replace(
            lifter,
            calendar=calendar,
            calendar_until=lifter.calendar_until if calendar == lifter.calendar else None,
            newest_set_at=max(lifter.newest_set_at or data.opened_at, data.opened_at),
        )
    )


def _known_better(turn: Turn, data: SetOpened, one: AdvisedSet) -> None:
    before, context = one, context_of(data)
    goes_on = data.reopened > one.reopened
    one = replace(one, context=context, reopened=data.reopened, history=data.history, correcting=False)
    if goes_on:
        one = replace(one, closing=None, told=None)
    because = None
    if context != before.context:
        found = _judged(turn, one.key, one.opened_at, context, one.pins)
        hurts = before.terms.hurts and found.terms.pain
        one = replace(one, terms=replace(found.terms, hurts=hurts), standing=found.standing)
        because = found.because
    if one.is_open and matters(one) != matters(before):
        one = give_plan(turn, one, late=bool(one.reps), because=because)
    if not one.is_open:
        one = tell_outcome(turn, one)
    turn.put_set(one)


def reconsider(turn: Turn) -> None:
    """Take a pain that was reported, or has gone, into the sets that are open: at once, not from the next set on.

    A set under way on what hurts ends after its next rep (R15).
    """
    for one in sorted(turn.sets(), key=lambda one: one.key):
        if not one.is_open:
            continue
        found = _judged(turn, one.key, one.opened_at, one.context, one.pins)
        if found.terms.pain == one.terms.pain:
            continue
        terms = replace(found.terms, hurts=found.terms.pain and any(rep.valid for rep in one.reps))
        changed = replace(one, terms=terms, standing=found.standing)
        turn.put_set(give_plan(turn, changed, late=bool(one.reps), because=found.because))


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found of a set when it was looked at."""

    terms: Terms
    standing: Standing
    because: Because


def _judged(turn: Turn, key: str, opened_at: datetime, context: Context, pins: Pins) -> _Found:
    gym = turn.gym(pins.config)
    on_day = pinned(gym, pins)
    effective = policy_of(on_day)
    exercise = gym.catalogue.get(context.exercise)
    standing = _standing(turn, key, opened_at, context, pins)
    case = Case(
        exercise=exercise,
        known=context.exercise in gym.catalogue,
        intent=context.intent,
        asked_rir=context.target_rir,
        last_set=context.is_last_set,
        spotter=context.spotter_present,
        beginner=pins.beginner,
        standing=standing,
        block=None if on_day.block is None else on_day.block.kind,
        last_week=on_day.last_week,
        time_pressed=on_day.mode == "time_pressed",
    )
    judged = judge(case, effective.policy)
    return _Found(judged.terms, standing, because_of(case, judged, effective, on_day))


def _standing(turn: Turn, key: str, opened_at: datetime, context: Context, pins: Pins) -> Standing:
    exercise = turn.gym(pins.config).catalogue.get(context.exercise)
    return standing_of(turn.known_by(pins), exercise, opened_at, now=turn.now, but=key)


def context_of(data: SetOpened) -> Context:
    """Take from an opening what advice and summary need; what nobody said is the careful value."""
    return Context(
        exercise=data.exercise,
        load_kg=data.load_kg,
        intent=data.intent or DEFAULT_INTENT,
        target_rir=data.target_rir,
        is_last_set=data.is_last_set is True,
        spotter_present=data.spotter_present is True,
        station_id=data.station_id,
    )
