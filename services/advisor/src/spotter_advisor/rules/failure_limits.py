"""What limits failure: high-risk lifts, pain, beginners, hard weeks, recovery, the budget."""

from __future__ import annotations

from dataclasses import replace

from spotter.domain.policies import Policy
from spotter.domain.reasons import Reason
from spotter_advisor.pricing.cost import cost_at
from spotter_advisor.rules.failure_offers import usual_rir
from spotter_advisor.rules.inputs import HIGH_RISK_FLOOR, HIGH_RISK_TARGET, PAID_BELOW, RuleBound, RuleInputs


def floor_of(inputs: RuleInputs, policy: Policy) -> int:
    """Return the reps in reserve that no policy, budget or intent goes below (R02, R03; R15 where a joint hurts)."""
    floor = 0
    if inputs.unspotted:
        floor = HIGH_RISK_FLOOR + _extra_rir(policy)
    elif inputs.high_risk:
        floor = HIGH_RISK_FLOOR
    return max(floor, PAID_BELOW) if inputs.eligibility.pain else floor


def safety_bounds(inputs: RuleInputs, policy: Policy) -> list[RuleBound]:
    """Return the bounds of R03 and R02, which apply whatever the set aims at."""
    bounds = []
    if inputs.unspotted:
        usual = HIGH_RISK_TARGET if inputs.asked_rir is not None else max(HIGH_RISK_TARGET, usual_rir(inputs, policy))
        bounds.append(RuleBound("R03", usual + _extra_rir(policy), "unspotted" if inputs.in_catalogue else "unknown"))
    if inputs.high_risk:
        bounds.append(RuleBound("R02", HIGH_RISK_TARGET, "high_risk" if inputs.in_catalogue else "unknown"))
    return bounds


def athlete_bounds(inputs: RuleInputs, policy: Policy) -> list[RuleBound]:
    """Return the bounds that the lifter's own state puts on every work set: R15 where a joint hurts, R08."""
    bounds = []
    if inputs.eligibility.pain:
        bounds.append(RuleBound("R15", PAID_BELOW, "pain"))
    if inputs.beginner:
        bounds.append(RuleBound("R08", policy.beginner_target_rir, "beginner"))
    return bounds


def recovery_bounds(inputs: RuleInputs) -> list[RuleBound]:
    """Return the bounds on a set that would go to failure: R09, and R11 or R13 until its muscles have recovered."""
    eligibility, bounds = inputs.eligibility, []
    if eligibility.hard_share_over:
        bounds.append(RuleBound("R09", PAID_BELOW, "hard_share"))
    if eligibility.closed_until is not None:
        bounds.append(RuleBound(eligibility.closed_rule or "R11", PAID_BELOW, "recovering"))
    return bounds


def affordable_bound(inputs: RuleInputs, policy: Policy, wanted: RuleBound) -> tuple[RuleBound, set[str]]:
    """Return how far below two reps week and muscle group can pay for, and the rules that shaped it (R10, R12, R15)."""
    eligibility = inputs.eligibility
    available = min(eligibility.left, eligibility.muscle_left)
    if wanted.reason == "planned":
        available = max(available, min(eligibility.planned_left, eligibility.muscle_left))
    for rir in range(wanted.rir, PAID_BELOW):
        if 0 < available >= cost_at(rir, inputs.exercise.risk, inputs.intent, policy):
            return replace(wanted, rir=rir), {"R10"}
    reason: Reason = "budget_spent" if eligibility.left <= eligibility.muscle_left else "muscle_spent"
    rules = {"R01"}
    if inputs.block == "deload":
        reason, rules = "deload", {"R12", "R01"}
    elif len(eligibility.signs) >= policy.signs_to_halve:
        reason, rules = "signs", {"R15", "R01"}
    return RuleBound("R10", max(PAID_BELOW, usual_rir(inputs, policy)), reason), rules


def unpaid_bound(inputs: RuleInputs, policy: Policy) -> RuleBound:
    """Return the set's own target or the usual one, at least as far from failure as costs nothing."""
    if inputs.asked_rir is not None:
        return RuleBound("R01", max(PAID_BELOW, inputs.asked_rir), "asked")
    return RuleBound("R01", max(PAID_BELOW, usual_rir(inputs, policy)), "plain")


def _extra_rir(policy: Policy) -> int:
    return max(1, policy.unspotted_extra_rir)
