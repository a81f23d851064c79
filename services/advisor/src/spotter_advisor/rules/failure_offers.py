"""What makes room for failure: the target of a set if everything could be paid for."""

from __future__ import annotations

from spotter.domain.policies import Policy
from spotter_advisor.rules.inputs import PAID_BELOW, RuleBound, RuleInputs


def usual_rir(inputs: RuleInputs, policy: Policy) -> int:
    """Return the policy's target for the exercise, else its target for all."""
    return policy.target_rir_by_exercise.get(inputs.exercise.exercise, policy.target_rir)


def wanted_bound(inputs: RuleInputs, policy: Policy) -> RuleBound:
    """Return what the set aims at: its own target, a coach's for the exercise, an offer of failure, or the usual target.

    The set's own target and the coach's come before an offer.
    """
    traits = inputs.exercise.traits
    if inputs.asked_rir is not None:
        if inputs.asked_rir >= PAID_BELOW:
            return RuleBound("R01", inputs.asked_rir, "asked")
        planned = inputs.block == "deload" and traits.single_joint
        return RuleBound("R12" if planned else "R01", inputs.asked_rir, "planned" if planned else "paid")
    usual = usual_rir(inputs, policy)
    if inputs.exercise.exercise not in policy.target_rir_by_exercise and traits.all_out:
        offer = _offer(inputs)
        if offer is not None:
            return offer
        if usual >= PAID_BELOW and traits.finisher:
            return _not_now(inputs, usual)
    return RuleBound("R01", usual, "plain" if usual >= PAID_BELOW else "paid")


def _offer(inputs: RuleInputs) -> RuleBound | None:
    """Return the offer of the first rule that has room for failure in this set, if any."""
    traits, eligibility = inputs.exercise.traits, inputs.eligibility
    if inputs.block == "deload":
        return None
    if inputs.block == "high_intensity":
        return RuleBound("R13", 0, "all_out")
    if not traits.finisher:
        return None
    if inputs.last_set:
        return RuleBound("R04", 0, "last_set")
    if traits.early_failure:
        return None if _early_in_block(inputs) else RuleBound("R05", 0, "machine")
    if not traits.single_joint:
        return None
    if inputs.time_pressed:
        return RuleBound("R14", 0, "time_pressed")
    if eligibility.plateau and not eligibility.signs:
        return RuleBound("R17", 0, "plateau")
    if inputs.block is not None and inputs.last_week:
        return RuleBound("R12", 0, "block_end")
    return None


def _not_now(inputs: RuleInputs, usual: int) -> RuleBound:
    """Return the usual target of a finisher, with the reason why this set is not offered failure."""
    if inputs.block == "deload":
        return RuleBound("R12", usual, "deload")
    if inputs.exercise.traits.early_failure:
        return RuleBound("R12", usual, "block")
    return RuleBound("R01", usual, "not_last")


def _early_in_block(inputs: RuleInputs) -> bool:
    return inputs.block == "accumulate" and not inputs.last_week
