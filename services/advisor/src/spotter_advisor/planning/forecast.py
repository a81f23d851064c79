"""Before a session: what its plan may spend of the week if every set ends where the rules allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from spotter.domain.events.budgets import Forecast, PlannedCost
from spotter.domain.events.people import PlannedExercise
from spotter.domain.exercises import Catalogue
from spotter.domain.policies import OnDay, Policy
from spotter.domain.weeks import day_of
from spotter_advisor.budget.assessment import eligibility_of
from spotter_advisor.budget.week import BudgetInputs, budget_of, with_entry
from spotter_advisor.pricing.cost import rounded
from spotter_advisor.pricing.recovery import ledger_entry
from spotter_advisor.rules.inputs import RuleInputs
from spotter_advisor.rules.set_terms import terms_of

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
                beginner=inputs.beginner_on(day_of(at, inputs.calendar.zone)),
                eligibility=eligibility_of(inputs, exercise, at, now=now),
                block=None if on_day.block is None else on_day.block.kind,
                last_week=on_day.last_week,
                time_pressed=on_day.mode == "time_pressed",
            )
            terms = terms_of(rule_inputs, policy)
            key = f"planned:{len(sets) + 1}"
            entry = ledger_entry(
                exercise,
                terms.target,
                "work",
                policy,
                rule_inputs.block,
                set_key=key,
                set_id=key,
                ended_by="lifter",
                at=at,
                day=day_of(at, inputs.calendar.zone).isoformat(),
            )
            if entry.cost > 0:
                cost = PlannedCost(
                    exercise=exercise.exercise,
                    set=number,
                    target_rir=terms.target,
                    cost=entry.cost,
                    rule_ids=list(terms.rules),
                )
                sets.append(cost)
                inputs = replace(inputs, ledger=with_entry(inputs.ledger, entry))
    return Forecast(
        units=rounded(sum(planned_cost.cost for planned_cost in sets)),
        left=budget_of(inputs, now, now=now).left,
        sets=sets,
    )
