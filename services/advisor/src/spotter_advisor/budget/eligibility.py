"""How a lifter stands when a set opens, from the ledger, the check-ins, and the last weeks."""

from __future__ import annotations

from datetime import datetime

from spotter.domain.exercises import Exercise
from spotter.domain.weeks import day_of
from spotter_advisor.budget.week import Budget, Known, budget_of, spent_in
from spotter_advisor.pricing.cost import rounded
from spotter_advisor.pricing.muscles import main_groups, weights
from spotter_advisor.pricing.recovery import closed_groups
from spotter_advisor.state.eligibility import Standing
from spotter_advisor.warnings.check_in import hurts
from spotter_advisor.warnings.effort_shares import hard_share
from spotter_advisor.warnings.plateau import plateau_of


def standing_of(
    known: Known, exercise: Exercise, opened_at: datetime, *, now: datetime, but: str | None = None
) -> Standing:
    """Say how a lifter stands for a set on an exercise.

    Parameters
    ----------
    now : datetime
        What was said up to then is known: check-ins, grants.
    but : str, optional
        Key of the set itself, which is not charged against itself.
    """
    budget = budget_of(known, opened_at, now=now)
    day = day_of(opened_at, known.calendar.zone)
    held = known.held_on(day)
    spent = spent_in(known.ledger, budget.week, but=but)
    muscle_left = min(
        (held.policy.weekly_units_per_muscle - spent_in(known.ledger, budget.week, muscle_group=group, but=but))
        / weight
        for group, weight in weights(exercise).items()
    )
    today = day.isoformat()
    mine, open_on = main_groups(exercise), (today, known.calendar.zone) if held.kind == "high_intensity" else None
    closed = [
        one for one in closed_groups(known.ledger, opened_at, but=but, open_on=open_on) if one.muscle_group in mine
    ]
    last = max(closed, key=lambda one: one.until, default=None)
    share = hard_share(known.history, today, held.policy)
    return Standing(
        left=rounded(max(0.0, budget.allowed - spent)),
        muscle_left=rounded(max(0.0, muscle_left)),
        planned_left=_planned_left(budget, held.policy.deload_planned_units, spent) if held.kind == "deload" else 0.0,
        signs=tuple(sign.name for sign in budget.signs),
        pain=hurts(known.history, exercise, max(opened_at, now)) is not None,
        hard_share=share.share if share.enough else None,
        hard_share_over=share.over,
        closed_until=None if last is None else last.until,
        closed_rule=None if last is None else last.rule,
        plateau=plateau_of(known.history, exercise.exercise, today, held.policy) is not None,
    )


def _planned_left(budget: Budget, planned_units: float, spent: float) -> float:
    return rounded(max(0.0, planned_units - max(0.0, spent - budget.allowed)))
