"""R11 and R13: after failure the same muscle groups stay away from failure until they have recovered.

The ledger entry of a set has its cost, the muscle groups that pay it, and how long they recover.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from spotter.domain.events.lifting import Intent
from spotter.domain.exercises import RISKS, Exercise, Risk
from spotter.domain.policies import BlockKind, Policy
from spotter_advisor.pricing.cost import MAIN, cost_at, cost_by_muscle, rules_of_cost
from spotter_advisor.state.records import Ledger, LedgerEntry


@dataclass(frozen=True, slots=True)
class RecoveringGroup:
    """A muscle group that has not recovered from failure."""

    muscle_group: str
    until: datetime
    rule: Literal["R11", "R13"]


def rest_hours(risk: Risk, kind: BlockKind | None, policy: Policy) -> int:
    """Return how long the muscle groups of a set to failure rest, h: longer after a compound, days in an all-out block.

    >>> from spotter.domain.policies import builtin_policy
    >>> rest_hours("isolation", None, builtin_policy()), rest_hours("compound", "accumulate", builtin_policy())
    (48, 72)
    >>> rest_hours("isolation", "high_intensity", builtin_policy())
    168
    """
    if kind == "high_intensity":
        return policy.recovery_hours_high_intensity
    return policy.recovery_hours_compound if RISKS[risk].compound else policy.recovery_hours


def recovers_at(entry: LedgerEntry) -> datetime:
    """Return when the muscle groups of a set have recovered: its end, if it ended short of failure."""
    return entry.at + timedelta(hours=entry.rest_h)


def recovering_groups(
    ledger: Ledger, at: datetime, *, but: str | None = None, open_on: str | None = None
) -> tuple[RecoveringGroup, ...]:
    """Return the muscle groups that have not recovered at a moment, by name, without those of the exposure `but`.

    Sets of the local day `open_on`, ISO, do not count yet: in a high-intensity block every exercise has its all-out set,
    and recovery begins when the day ends.
    """
    groups: dict[str, RecoveringGroup] = {}
    for entry in ledger.entries:
        until = recovers_at(entry)
        if entry.exposure == but or entry.day == open_on or not entry.at <= at < until:
            continue
        for group in _main_groups(entry):
            if group not in groups or groups[group].until < until:
                groups[group] = RecoveringGroup(group, until, entry.rest_rule)
    return tuple(groups[group] for group in sorted(groups))


def _main_groups(entry: LedgerEntry) -> Iterator[str]:
    yield entry.muscle_group
    most = entry.muscles.get(entry.muscle_group, 0.0)
    for group, units in entry.muscles.items():
        if group != entry.muscle_group and units >= MAIN * most - 1e-6:
            yield group


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
    day: str,
) -> LedgerEntry:
    """Return the entry of a set by itself that ended with `rir` reps in reserve; None: unknown, which costs nothing.

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
        day=day,
        exposure=set_key,
        muscles=cost_by_muscle(exercise, cost) if cost > 0 else {},
        rest_h=rest_hours(exercise.risk, block, policy) if to_failure else 0,
        rest_rule="R13" if block == "high_intensity" else "R11",
    )
