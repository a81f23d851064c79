"""All rules of a set together: its target, its floor, whether failure is allowed, and why."""

from __future__ import annotations

from typing import Final

from spotter.domain.events.lifting import Intent
from spotter.domain.policies import Policy
from spotter.domain.reasons import Reason
from spotter.domain.rules import PRECEDENCE, first_of, in_order
from spotter_advisor.rules.failure_limits import (
    affordable_bound,
    athlete_bounds,
    floor_of,
    recovery_bounds,
    safety_bounds,
    unpaid_bound,
)
from spotter_advisor.rules.failure_offers import wanted_bound
from spotter_advisor.rules.inputs import PAID_BELOW, Judgement, RuleBound, RuleInputs
from spotter_advisor.state.terms import SetTerms

_OPEN_ENDED: Final[dict[Intent, Reason]] = {
    "amrap": "as_many",
    "test": "test",
    "warmup": "warmup",
    "technique": "technique",
}
"""Sets without a target: stopped for safety only."""


def terms_of(inputs: RuleInputs, policy: Policy) -> SetTerms:
    """Return the terms of a set."""
    return apply_rules(inputs, policy).terms


def apply_rules(inputs: RuleInputs, policy: Policy) -> Judgement:
    """Apply all rules to a set; the highest bound is the target, and among equal ones precedence decides."""
    target: int | None = None
    if inputs.intent in _OPEN_ENDED:
        bounds, reason, rules = _open_ended(inputs, policy)
    else:
        bounds, reason, rules = _limited(inputs, policy)
        target = max(bound.rir for bound in bounds)
    terms = SetTerms(
        target=target,
        floor=floor_of(inputs, policy),
        rules=rules,
        reason=reason,
        left=inputs.eligibility.left,
        stop_probability=policy.stop_threshold(inputs.exercise.risk),
        one_more_probability=policy.one_more_probability,
        high_risk=inputs.high_risk,
        unspotted=inputs.unspotted,
        pain=inputs.eligibility.pain,
    )
    return Judgement(terms, tuple(bounds))


def _rank(bound: RuleBound) -> tuple[bool, int]:
    """Order bounds by precedence, and last those that would apply anyway."""
    return bound.reason in ("asked", "plain"), PRECEDENCE[bound.rule]


def _open_ended(inputs: RuleInputs, policy: Policy) -> tuple[list[RuleBound], Reason, tuple[str, ...]]:
    """R07: AMRAPs and tests, and likewise warm-up and technique sets, are stopped for safety only."""
    bounds = safety_bounds(inputs, policy)
    if inputs.eligibility.pain:
        bounds.append(RuleBound("R15", PAID_BELOW, "pain"))
    rules = [bound.rule for bound in bounds]
    if inputs.intent in ("amrap", "test"):
        rules.append("R07")
    if inputs.intent == "amrap" and inputs.exercise.traits.cheap_amrap:
        rules.append("R06")
    return bounds, _OPEN_ENDED[inputs.intent], in_order(rules or ["R19"])


def _limited(inputs: RuleInputs, policy: Policy) -> tuple[list[RuleBound], Reason, tuple[str, ...]]:
    """R01, and the rules that raise or lower it."""
    bounds = [*safety_bounds(inputs, policy), *athlete_bounds(inputs, policy)]
    rules = {bound.rule for bound in bounds}
    wanted = wanted_bound(inputs, policy)
    if not bounds and wanted.rir < PAID_BELOW:
        bounds = recovery_bounds(inputs)
        rules |= {bound.rule for bound in bounds}
    if bounds:
        bounds.append(unpaid_bound(inputs, policy))
    elif wanted.rir < PAID_BELOW:
        affordable, shaping = affordable_bound(inputs, policy, wanted)
        bounds.append(affordable)
        rules |= shaping
    else:
        bounds.append(wanted)
        if wanted.reason == "not_last":
            rules.add("R04")
    decided = min(bounds, key=lambda bound: (-bound.rir, _rank(bound)))
    first = min(bounds, key=_rank)  # the reason is that of the rule with precedence, even where another asks for more
    return bounds, first.reason, first_of(decided.rule, in_order(rules - {decided.rule}))
