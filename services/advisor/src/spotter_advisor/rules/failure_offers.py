"""Where failure has a place: what a set would aim at if everything could be paid."""

from __future__ import annotations

from spotter.domain.policies import Policy
from spotter_advisor.state.terms import PAID_BELOW, Bound, Case


def usual_rir(case: Case, policy: Policy) -> int:
    """Give the target of the exercise, or of all."""
    return policy.target_rir_by_exercise.get(case.exercise.exercise, policy.target_rir)


def wish(case: Case, policy: Policy) -> Bound:
    """Say what the set would aim at: its own target, a coach's for the exercise, an offer, or the usual one.

    A coach's or the set's own target speaks louder than an offer to go to failure.
    """
    if case.asked_rir is not None:
        if case.asked_rir >= PAID_BELOW:
            return Bound("R01", case.asked_rir, "asked")
        planned = case.block == "deload" and case.exercise.traits.single_joint
        return Bound("R12", case.asked_rir, "planned") if planned else Bound("R01", case.asked_rir, "paid")
    usual = usual_rir(case, policy)
    if case.exercise.exercise not in policy.target_rir_by_exercise and case.exercise.traits.all_out:
        offered = _offer(case)
        if offered is not None:
            return offered
        if usual >= PAID_BELOW and case.exercise.traits.finisher:
            return _not_now(case, usual)
    return Bound("R01", usual, "plain" if usual >= PAID_BELOW else "paid")


def _offer(case: Case) -> Bound | None:
    """Name the rule that has a place for failure in this very set; None: none has."""
    traits, standing = case.exercise.traits, case.standing
    if case.block == "deload":
        return None
    if case.block == "high_intensity":
        return Bound("R13", 0, "all_out")
    if not traits.finisher:
        return None
    if case.last_set:
        return Bound("R04", 0, "last_set")
    if traits.early_failure:
        return None if _early_in_block(case) else Bound("R05", 0, "machine")
    if not traits.single_joint:
        return None
    if case.time_pressed:
        return Bound("R14", 0, "time_pressed")
    if standing.plateau and not standing.signs:
        return Bound("R17", 0, "plateau")
    if case.block is not None and case.last_week:
        return Bound("R12", 0, "block_end")
    return None


def _not_now(case: Case, usual: int) -> Bound:
    if case.block == "deload":
        return Bound("R12", usual, "deload")
    return Bound("R12", usual, "block") if case.exercise.traits.early_failure else Bound("R01", usual, "not_last")


def _early_in_block(case: Case) -> bool:
    """Tell whether failure waits for the block's last week, but for finishers."""
    return case.block == "accumulate" and not case.last_week
