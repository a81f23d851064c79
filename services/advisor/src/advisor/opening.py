"""A set opens, goes on, or is known better: what it is pinned to, the terms that hold in it, and its plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from advisor.ending import tell_outcome
from advisor.lateness import PLAN_FRESH
from advisor.ledger.budget import budget_of, is_beginner, spent_in
from advisor.ledger.calendar import calendar_at
from advisor.ledger.cost import rounded
from advisor.plan import give_plan, matters
from advisor.rules import Case, Terms, terms_of
from advisor.state import AdvisedSet, Calendar, Context, Pins
from advisor.turn import Turn
from spotter.events.derived import SetOpened
from spotter.events.lifting import Intent

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
    turn.note_config(data.pinned_config)
    gym = turn.gym(data.pinned_config)
    calendar = calendar_at(turn.lifter, gym, data.opened_at)
    pins = Pins(
        config=data.pinned_config,
        policy=turn.lifter.policy,
        policy_version=turn.policy_version(data.pinned_config),
        beginner=is_beginner(turn.lifter),
        zone=calendar.zone,
        week_start=calendar.week_start,
    )
    context = context_of(data)
    one = AdvisedSet(
        key=data.set_key,
        set_id=data.set_id or data.set_key,
        opened_at=data.opened_at,
        opened_received=turn.now,
        received=turn.now,
        context=context,
        pins=pins,
        terms=_terms(turn, data.set_key, data, context, pins),
        history=data.history,
        reopened=data.reopened,
    )
    one = give_plan(turn, one, late=data.history or turn.now - data.opened_at > PLAN_FRESH)
    if not data.history:
        _take_calendar(turn, calendar, data)
    turn.put_set(one)
    turn.announce()


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
    if context != before.context:
        one = replace(one, terms=_terms(turn, one.key, data, context, one.pins))
    if one.is_open and matters(one) != matters(before):
        one = give_plan(turn, one, late=bool(one.reps))
    if not one.is_open:
        one = tell_outcome(turn, one)
    turn.put_set(one)


def _terms(turn: Turn, key: str, data: SetOpened, context: Context, pins: Pins) -> Terms:
    gym = turn.gym(pins.config)
    policy = turn.policy(gym, pins.policy)
    exercise = gym.catalogue.get(context.exercise)
    budget = budget_of(
        turn.lifter,
        turn.ledger,
        policy,
        Calendar(pins.zone, pins.week_start),
        data.opened_at,
        now=turn.now,
        beginner=pins.beginner,
    )
    spent = spent_in(turn.ledger, budget.week, but=key)
    spent_on_muscle = spent_in(turn.ledger, budget.week, muscle_group=exercise.muscle_group, but=key)
    case = Case(
        exercise=exercise,
        known=context.exercise in gym.catalogue,
        intent=context.intent,
        asked_rir=context.target_rir,
        last_set=context.is_last_set,
        spotter=context.spotter_present,
        beginner=pins.beginner,
        left=rounded(max(0.0, budget.allowed - spent)),
        muscle_left=rounded(max(0.0, policy.weekly_units_per_muscle - spent_on_muscle)),
    )
    return terms_of(case, policy)


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
