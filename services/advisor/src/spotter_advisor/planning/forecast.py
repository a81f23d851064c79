"""Before a session: what its plan may spend of the week if every set ends where the rules allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from spotter.domain.events.budgets import Forecast, PlannedCost
from spotter.domain.events.people import PlannedExercise
from spotter.domain.exercises import Catalogue, Exercise
from spotter.domain.policies import BlockKind, OnDay, Policy
from spotter_advisor.budget.assessment import eligibility_of
from spotter_advisor.budget.week import BudgetInputs, budget_of, with_entry
from spotter_advisor.pricing.cost import cost_at, rounded, rules_of_cost
from spotter_advisor.pricing.muscles import cost_by_muscle
from spotter_advisor.pricing.recovery import rest_hours
from spotter_advisor.rules.inputs import RuleInputs
from spotter_advisor.rules.set_terms import terms_of
from spotter_advisor.state.records import LedgerEntry

_APART = timedelta(minutes=3)


def forecast_of(
    inputs: BudgetInputs,
    policy: Policy,
    on_day: OnDay,
    catalogue: Catalogue,
    planned: Sequence[PlannedExercise],
    now: datetime,
) -> Forecast:
    """Go through a plan set by set, each charged before the next, assuming no spotter.

    Costs are those of sets that end at their target: what the plan may spend, not what it will.
    """
    sets: list[PlannedCost] = []
    at = now
    for item in planned:
        exercise = catalogue.get(item.exercise)
        for number in range(1, item.sets + 1):
            at += _APART
            rule_inputs = RuleInputs(
                exercise=exercise,
                in_catalogue=item.exercise in catalogue,
                intent="work",
                asked_rir=item.target_rir,
                last_set=number == item.sets,
                spotter=False,
                beginner=inputs.beginner,
                eligibility=eligibility_of(inputs, exercise, at, now=now),
                block=None if on_day.block is None else on_day.block.kind,
                last_week=on_day.last_week,
                time_pressed=on_day.mode == "time_pressed",
            )
            terms = terms_of(rule_inputs, policy)
            target = terms.target
            cost = 0.0 if target is None else cost_at(target, exercise.risk, "work", policy)
            if cost > 0:
                sets.append(
                    PlannedCost(
                        exercise=exercise.exercise, set=number, target_rir=target, cost=cost, rule_ids=list(terms.rules)
                    )
                )
                entry = _entry(
                    exercise, f"planned:{len(sets)}", cost, at, rule_inputs.block, policy, failure=target == 0
                )
                inputs = replace(inputs, ledger=with_entry(inputs.ledger, entry))
    return Forecast(
        units=rounded(sum(planned_cost.cost for planned_cost in sets)),
        left=budget_of(inputs, now, now=now).left,
        sets=sets,
    )


def _entry(
    exercise: Exercise, key: str, cost: float, at: datetime, block: BlockKind | None, policy: Policy, *, failure: bool
) -> LedgerEntry:
    return LedgerEntry(
        set_key=key,
        set_id=key,
        exercise=exercise.exercise,
        muscle_group=exercise.muscle_group,
        ended_by="lifter",
        cost=cost,
        rules=rules_of_cost(exercise.risk, "work", block),
        at=at,
        muscles=cost_by_muscle(exercise, cost),
        rest_h=rest_hours(exercise.risk, block, policy) if failure else 0,
        rest_rule="R13" if block == "high_intensity" else "R11",
    )
