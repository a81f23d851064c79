"""A lifter's eligibility for failure when a set opens, from the ledger, the check-ins, and the last weeks."""

from __future__ import annotations

from datetime import datetime

from spotter.domain.exercises import Exercise
from spotter.domain.weeks import day_of
from spotter_advisor.budget.week import Budget, BudgetInputs, budget_of, spent_in
from spotter_advisor.pricing.cost import main_groups, muscle_weights, rounded
from spotter_advisor.pricing.recovery import recovering_groups
from spotter_advisor.state.terms import Eligibility
from spotter_advisor.warnings.check_in import pain_on
from spotter_advisor.warnings.effort_shares import hard_share
from spotter_advisor.warnings.plateau import plateau_of


def eligibility_of(
    inputs: BudgetInputs, exercise: Exercise, opened_at: datetime, *, now: datetime, but: str | None = None
) -> Eligibility:
    """Return a lifter's eligibility for failure in a set of an exercise, by check-ins and grants up to `now`.

    The exposure of the set itself, `but`, is not charged against it, and closes nothing to it.
    """
    budget = budget_of(inputs, opened_at, now=now)
    zone = inputs.calendar.zone
    day = day_of(opened_at, zone)
    today = day.isoformat()
    on_day = inputs.policy_on(day)
    policy, all_out = on_day.policy, on_day.kind == "high_intensity"
    spent = spent_in(inputs.ledger, budget.week, zone, but=but)
    muscle_left = min(
        (policy.weekly_units_per_muscle - spent_in(inputs.ledger, budget.week, zone, muscle_group=group, but=but))
        / weight
        for group, weight in muscle_weights(exercise).items()
    )
    groups = main_groups(exercise)
    recovering = [
        recovery
        for recovery in recovering_groups(inputs.ledger, opened_at, but=but, open_on=today if all_out else None)
        if recovery.muscle_group in groups
    ]
    last = max(recovering, key=lambda recovery: recovery.until, default=None)
    share = hard_share(inputs.history, today, policy)
    return Eligibility(
        left=rounded(max(0.0, budget.allowed - spent)),
        muscle_left=rounded(max(0.0, muscle_left)),
        planned_left=_planned_left(budget, policy.deload_planned_units, spent) if on_day.kind == "deload" else 0.0,
        signs=tuple(warning.name for warning in budget.signs),
        pain=pain_on(inputs.history, exercise, max(opened_at, now)) is not None,
        hard_share=share.share if share.enough else None,
        hard_share_over=share.over,
        closed_until=None if last is None else last.until,
        closed_rule=None if last is None else last.rule,
        plateau=plateau_of(inputs.history, exercise.exercise, today, policy) is not None,
    )


def _planned_left(budget: Budget, planned_units: float, spent: float) -> float:
    return rounded(max(0.0, planned_units - max(0.0, spent - budget.allowed)))
