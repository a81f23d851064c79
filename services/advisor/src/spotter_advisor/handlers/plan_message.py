"""The plan at the start of a set: how far to go, whether failure is allowed and why, what is left of the week."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from spotter.domain.events.outputs import Because, BoundSaid, StandingSaid, TermsSaid
from spotter.domain.policies import Effective, OnDay, fields_of
from spotter_advisor.handlers.advice_message import give
from spotter_advisor.handlers.unit_of_work import Turn
from spotter_advisor.planning.decision import Decision
from spotter_advisor.planning.messages import words_for_plan
from spotter_advisor.planning.timeliness import EXPIRY
from spotter_advisor.rules import Case, Judged
from spotter_advisor.state.records import AdvisedSet

_USED: Final = (
    *("target_rir", "target_rir_by_exercise", "unspotted_extra_rir", "stop_probability", "one_more_probability"),
    *("late_cost", "early_cost", "weekly_units", "weekly_units_frequent", "weekly_units_per_muscle"),
    *("failure_cost", "near_failure_cost", "high_risk_factor", "cheap_factor"),
)
"""Policy values that every plan follows from, with all of R10's that it reads; others are those of its rules."""


def matters(one: AdvisedSet) -> object:
    """Give what a plan says that a lifter has to know anew when it changes."""
    terms = one.terms
    return (terms.target, terms.floor, terms.rules, terms.reason, terms.hurts, one.context.station_id)


def give_plan(turn: Turn, one: AdvisedSet, *, late: bool, because: Because | None) -> AdvisedSet:
    """Tell the plan of a set, silently."""
    one = replace(one, plan=one.plan + 1)
    plan = Decision("continue", one.terms.rules)
    words = words_for_plan(one.terms)
    give(
        turn,
        one,
        plan,
        words,
        after_rep=0,
        revision=one.plan,
        late=late,
        expires_at=turn.now + EXPIRY,
        since=turn.now,
        because=because,
    )
    return one


def because_of(case: Case, judged: Judged, effective: Effective, on_day: OnDay) -> Because:
    """Say what a plan follows from: the terms, what each rule asked for, how the lifter stands, where values come from."""
    terms, standing, policy = judged.terms, case.standing, effective.policy
    risk = case.exercise.risk
    used = [*_USED, *(name for rule in terms.rules for name in fields_of(rule) if rule != "R10")]
    return Because(
        terms=TermsSaid(
            target=terms.target,
            floor=terms.floor,
            reason=terms.reason,
            stop_probability=terms.stop_probability,
            one_more_probability=terms.one_more_probability,
            late_cost=None if policy.stop_probability is not None else policy.late_cost[risk],
            early_cost=None if policy.stop_probability is not None else policy.early_cost[risk],
        ),
        bounds=[BoundSaid(rule=bound.rule, rir=bound.rir, reason=bound.reason) for bound in judged.bounds],
        standing=StandingSaid(
            left=standing.left,
            muscle_left=standing.muscle_left,
            planned_left=standing.planned_left,
            signs=list(standing.signs),
            pain=standing.pain,
            hard_share=standing.hard_share,
            hard_share_over=standing.hard_share_over,
            closed_until=standing.closed_until,
            closed_rule=standing.closed_rule,
            plateau=standing.plateau,
        ),
        origins={name: _origin(effective, name) for name in dict.fromkeys(used)},
        beginner=case.beginner,
        last_set=case.last_set,
        spotter=case.spotter,
        risk=risk,
        block=case.block,
        last_week=case.last_week,
        mode=on_day.mode,
    )


def _origin(effective: Effective, name: str) -> str:
    called = effective.called.get(name)
    return effective.origin[name] if called is None else f"{effective.origin[name]} {called}"
