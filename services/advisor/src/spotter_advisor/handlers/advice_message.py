"""Building and publishing `advice.given`: after a rep, and as the plan at the start of a set."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from spotter.domain.actions import ACTIONS, LOUD
from spotter.domain.events.outputs import AdviceGiven, Because, BoundSaid, StandingSaid, TermsSaid
from spotter.domain.policies import Effective, OnDay, fields_of
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork
from spotter_advisor.planning.decision import Decision
from spotter_advisor.planning.messages import AdviceMessage, plan_message
from spotter_advisor.planning.timeliness import EXPIRY, sound_ms, ttl_ms
from spotter_advisor.rules.inputs import Judgement, RuleInputs
from spotter_advisor.state.records import AdvisedSet

REPEATS: Final = 2
"""How often an unacknowledged *stop* or *failing* may be repeated."""
_ALWAYS: Final = (
    *("target_rir", "target_rir_by_exercise", "unspotted_extra_rir", "stop_probability", "one_more_probability"),
    *("late_cost", "early_cost", "weekly_units", "weekly_units_frequent", "weekly_units_per_muscle"),
    *("failure_cost", "near_failure_cost", "high_risk_factor", "cheap_factor"),
)
"""Policy values that every plan follows from, with those of R10 that it goes by; others are those of its rules."""


def publish_advice(
    uow: AdvisorUnitOfWork,
    advised: AdvisedSet,
    decision: Decision,
    message: AdviceMessage,
    *,
    after_rep: int,
    revision: int,
    late: bool,
    expires_at: datetime,
    since: datetime,
    because: Because | None,
) -> None:
    """Publish advice; *continue* and late advice are silent. The lifter's pause began at `since`: the rep's corrected end."""
    ttl = ttl_ms(expires_at, uow.now)
    silent = late or decision.action == "continue"
    window = 0
    if not silent:
        window = ttl if decision.emergency else sound_ms(advised.reps, since, uow.now, ttl)
    alert_id = uow.next_id(AdviceGiven, advised.pins.policy_version)
    event = uow.event.data
    advice = AdviceGiven(
        gym_id=event.gym_id,
        athlete_id=event.athlete_id,
        set_id=advised.set_id,
        set_key=advised.key,
        alert_id=alert_id,
        revision=revision,
        station_id=advised.context.station_id,
        action=decision.action,
        emergency=decision.emergency and not late,
        after_rep=after_rep,
        target_rir=advised.terms.limit,
        late=late,
        rule_ids=list(decision.rules),
        sentence=message.sentence,
        speech="" if silent else message.speech,
        haptic="none" if silent else ACTIONS[decision.action].haptic,
        sound_ms=window,
        repeat=REPEATS if not silent and decision.action in LOUD else 0,
        expires_at=expires_at,
        ttl_ms=ttl,
        budget_left=advised.terms.left,
        policy_version=advised.pins.policy_version,
        because=because,
    )
    uow.emit(advice, alert_id)


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
