"""Before a session: what its plan may spend of the week, if every set ends where the rules let it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from spotter.domain.events.budgets import Forecast, PlannedCost
from spotter.domain.events.people import PlannedExercise
from spotter.domain.exercises import Catalogue, Exercise
from spotter.domain.policies import OnDay, Policy
from spotter_advisor.budget.eligibility import standing_of
from spotter_advisor.budget.week import Known, budget_of, with_entry
from spotter_advisor.pricing.cost import cost_at, rounded, rules_of_cost
from spotter_advisor.pricing.muscles import charges
from spotter_advisor.pricing.recovery import rest_hours
from spotter_advisor.rules import Case, terms_of
from spotter_advisor.state.records import Entry

_APART = timedelta(minutes=3)


def forecast_of(
    known: Known, policy: Policy, on_day: OnDay, catalogue: Catalogue, planned: Sequence[PlannedExercise], now: datetime
) -> Forecast:
    """Go through a plan set by set, each charged before the next; nobody is taken to be there to spot.

    Costs are those of sets that end at their target: what the plan may spend, not what it will.
    """
    sets: list[PlannedCost] = []
    at = now
    for one in planned:
        exercise = catalogue.get(one.exercise)
        for number in range(1, one.sets + 1):
            at += _APART
            case = Case(
                exercise=exercise,
                known=one.exercise in catalogue,
                intent="work",
                asked_rir=one.target_rir,
                last_set=number == one.sets,
                spotter=False,
                beginner=known.beginner,
                standing=standing_of(known, exercise, at, now=now),
                block=None if on_day.block is None else on_day.block.kind,
                last_week=on_day.last_week,
                time_pressed=on_day.mode == "time_pressed",
            )
            terms = terms_of(case, policy)
            target = terms.target
            cost = 0.0 if target is None else cost_at(target, exercise.risk, "work", policy)
            if cost > 0:
                sets.append(
                    PlannedCost(
                        exercise=exercise.exercise, set=number, target_rir=target, cost=cost, rule_ids=list(terms.rules)
                    )
                )
                entry = _entry(exercise, f"planned:{len(sets)}", cost, at, case, policy, failure=target == 0)
                known = replace(known, ledger=with_entry(known.ledger, entry))
    return Forecast(
        units=rounded(sum(one.cost for one in sets)),
        left=budget_of(known, now, now=now).left,
        sets=sets,
    )


def _entry(
    exercise: Exercise, key: str, cost: float, at: datetime, case: Case, policy: Policy, *, failure: bool
) -> Entry:
    return Entry(
        set_key=key,
        set_id=key,
        exercise=exercise.exercise,
        muscle_group=exercise.muscle_group,
        ended_by="lifter",
        cost=cost,
        rules=rules_of_cost(exercise.risk, "work", case.block),
        at=at,
        muscles=charges(exercise, cost),
        rest_h=rest_hours(exercise.risk, case.block, policy) if failure else 0,
        rest_rule="R13" if case.block == "high_intensity" else "R11",
    )
