"""The plan at the start of a set: how far to go, whether failure is allowed and why, what is left of the week."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from spotter.domain.events.outputs import Because, BoundSaid, StandingSaid, TermsSaid
from spotter.domain.policies import Effective, OnDay, fields_of
from spotter_advisor.handlers.advice_message import publish_advice
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork
from spotter_advisor.planning.decision import Decision
from spotter_advisor.planning.messages import plan_message
from spotter_advisor.planning.timeliness import EXPIRY
from spotter_advisor.rules.inputs import Judgement, RuleInputs
from spotter_advisor.state.records import AdvisedSet

_ALWAYS: Final = (
    *("target_rir", "target_rir_by_exercise", "unspotted_extra_rir", "stop_probability", "one_more_probability"),
    *("late_cost", "early_cost", "weekly_units", "weekly_units_frequent", "weekly_units_per_muscle"),
    *("failure_cost", "near_failure_cost", "high_risk_factor", "cheap_factor"),
)
"""Policy values that every plan follows from, with those of R10 that it goes by; others are those of its rules."""


def plan_content(advised: AdvisedSet) -> object:
    """Return what of a plan the lifter has to learn anew when it changes."""
    terms = advised.terms
    return (terms.target, terms.floor, terms.rules, terms.reason, terms.hurts, advised.context.station_id)


def publish_plan(uow: AdvisorUnitOfWork, advised: AdvisedSet, *, late: bool, because: Because | None) -> AdvisedSet:
    """Publish the plan of a set, silently."""
    advised = replace(advised, plan=advised.plan + 1)
    publish_advice(
        uow,
        advised,
        Decision("continue", advised.terms.rules),
        plan_message(advised.terms),
        after_rep=0,
        revision=advised.plan,
        late=late,
        expires_at=uow.now + EXPIRY,
        since=uow.now,
        because=because,
    )
    return advised


def plan_because(inputs: RuleInputs, judgement: Judgement, effective: Effective, on_day: OnDay) -> Because:
    """Return what a plan follows from: terms, each rule's bound, the lifter's eligibility, the origins of values."""
    terms, eligibility, policy = judgement.terms, inputs.eligibility, effective.policy
    risk = inputs.exercise.risk
    used = [*_ALWAYS, *(name for rule in terms.rules if rule != "R10" for name in fields_of(rule))]
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
        bounds=[BoundSaid(rule=bound.rule, rir=bound.rir, reason=bound.reason) for bound in judgement.bounds],
        standing=StandingSaid(
            left=eligibility.left,
            muscle_left=eligibility.muscle_left,
            planned_left=eligibility.planned_left,
            signs=list(eligibility.signs),
            pain=eligibility.pain,
            hard_share=eligibility.hard_share,
            hard_share_over=eligibility.hard_share_over,
            closed_until=eligibility.closed_until,
            closed_rule=eligibility.closed_rule,
            plateau=eligibility.plateau,
        ),
        origins={name: _origin(effective, name) for name in dict.fromkeys(used)},
        beginner=inputs.beginner,
        last_set=inputs.last_set,
        spotter=inputs.spotter,
        risk=risk,
        block=inputs.block,
        last_week=inputs.last_week,
        mode=on_day.mode,
    )


def _origin(effective: Effective, name: str) -> str:
    called = effective.called.get(name)
    return effective.origin[name] if called is None else f"{effective.origin[name]} {called}"
