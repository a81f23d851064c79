"""What speaks against failure: lifts that never go there, pain, beginners, hard weeks, recovery, the budget."""

from __future__ import annotations

from dataclasses import replace

from spotter.domain.policies import Policy
from spotter.domain.reasons import Reason
from spotter_advisor.pricing.cost import cost_at
from spotter_advisor.rules.failure_offers import usual_rir
from spotter_advisor.state.terms import HIGH_RISK_FLOOR, HIGH_RISK_TARGET, PAID_BELOW, Bound, Case


def floor_of(case: Case, policy: Policy) -> int:
    """Give what no policy, budget or intent goes under (R02, R03), and where a joint hurts no failure (R15)."""
    floor = 0
    if case.unspotted:
        floor = HIGH_RISK_FLOOR + _extra(policy)
    elif case.high_risk:
        floor = HIGH_RISK_FLOOR
    return max(floor, PAID_BELOW) if case.standing.pain else floor


def guards(case: Case, policy: Policy) -> list[Bound]:
    """State what holds whatever a set aims at: R03, R02."""
    found = []
    if case.unspotted:
        usual = HIGH_RISK_TARGET if case.asked_rir is not None else max(HIGH_RISK_TARGET, usual_rir(case, policy))
        found.append(Bound("R03", usual + _extra(policy), "unspotted" if case.known else "unknown"))
    if case.high_risk:
        found.append(Bound("R02", HIGH_RISK_TARGET, "high_risk" if case.known else "unknown"))
    return found


def personal(case: Case, policy: Policy) -> list[Bound]:
    """State what the lifter's own state asks of every work set: R15 where a joint hurts, R08."""
    found = []
    if case.standing.pain:
        found.append(Bound("R15", PAID_BELOW, "pain"))
    if case.beginner:
        found.append(Bound("R08", policy.beginner_target_rir, "beginner"))
    return found


def closures(case: Case) -> list[Bound]:
    """State what closes a set to failure that would go there: R09, and R11 or R13 until the muscles have recovered."""
    standing, found = case.standing, []
    if standing.hard_share_over:
        found.append(Bound("R09", PAID_BELOW, "hard_share"))
    if standing.closed_until is not None:
        found.append(Bound(standing.closed_rule or "R11", PAID_BELOW, "recovering"))
    return found


def paid(case: Case, policy: Policy, wanted: Bound) -> tuple[Bound, set[str]]:
    """Say how far below two a set may go that would aim there: as far as week and muscle group can pay (R10, R12)."""
    standing = case.standing
    purse = min(standing.left, standing.muscle_left)
    if wanted.reason == "planned":
        purse = max(purse, min(standing.planned_left, standing.muscle_left))
    for rir in range(wanted.rir, PAID_BELOW):
        if 0 < purse >= cost_at(rir, case.exercise.risk, case.intent, policy):
            return replace(wanted, rir=rir), {"R10"}
    short: Reason = "budget_spent" if standing.left <= standing.muscle_left else "muscle_spent"
    also = {"R01"}
    if case.block == "deload":
        short, also = "deload", {"R12", "R01"}
    elif len(standing.signs) >= policy.signs_to_halve:
        short, also = "signs", {"R15", "R01"}
    return Bound("R10", max(PAID_BELOW, usual_rir(case, policy)), short), also


def unpaid(case: Case, policy: Policy) -> Bound:
    """Give the set's own target or the usual one, where nothing below two can be paid for."""
    if case.asked_rir is not None:
        return Bound("R01", max(PAID_BELOW, case.asked_rir), "asked")
    return Bound("R01", max(PAID_BELOW, usual_rir(case, policy)), "plain")


def _extra(policy: Policy) -> int:
    return max(1, policy.unspotted_extra_rir)
