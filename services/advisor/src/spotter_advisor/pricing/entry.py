"""The ledger entry of a set: its cost, the muscle groups that pay it, and how long they recover."""

from __future__ import annotations

from datetime import datetime

from spotter.domain.events.lifting import Intent
from spotter.domain.exercises import Exercise
from spotter.domain.policies import BlockKind, Policy
from spotter_advisor.pricing.cost import cost_at, rules_of_cost
from spotter_advisor.pricing.muscles import cost_by_muscle
from spotter_advisor.pricing.recovery import rest_hours
from spotter_advisor.state.records import LedgerEntry


def ledger_entry(
    exercise: Exercise,
    rir: int | None,
    intent: Intent,
    policy: Policy,
    block: BlockKind | None,
    *,
    set_key: str,
    set_id: str,
    ended_by: str,
    at: datetime,
) -> LedgerEntry:
    """Return the entry of a set that ended with `rir` reps in reserve; None: unknown, which costs nothing.

    Only a set that ended at failure, or with no rep in reserve, has its muscle groups recover.
    """
    cost = 0.0 if rir is None else cost_at(rir, exercise.risk, intent, policy)
    to_failure = rir is not None and rir <= 0 < cost
    return LedgerEntry(
        set_key=set_key,
        set_id=set_id,
        exercise=exercise.exercise,
        muscle_group=exercise.muscle_group,
        ended_by=ended_by,
        cost=cost,
        rules=rules_of_cost(exercise.risk, intent, block),
        at=at,
        muscles=cost_by_muscle(exercise, cost) if cost > 0 else {},
        rest_h=rest_hours(exercise.risk, block, policy) if to_failure else 0,
        rest_rule="R13" if block == "high_intensity" else "R11",
    )
