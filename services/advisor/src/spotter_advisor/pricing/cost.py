"""What a set costs of the weekly failure budget (R10), by how near to failure it ended, and which muscle groups pay it."""

from __future__ import annotations

import math
from typing import Final

from spotter.domain.events.lifting import Intent
from spotter.domain.exercises import RISKS, Exercise, Risk
from spotter.domain.policies import BlockKind, Policy

MAIN: Final = 0.5
"""Groups that do at least this part of the most worked one's work rest as long (design choice)."""


def cost_at(rir: int, risk: Risk, intent: Intent, policy: Policy) -> float:
    """Return the units that a set costs which ends with `rir` reps in reserve: nothing from two on.

    The costs are the policy's; that failure costs recovery, and how steeply: Morán-Navarro et al. 2017, Refalo et
    al. 2023.

    >>> from spotter.domain.policies import builtin_policy
    >>> [cost_at(rir, "isolation", "work", builtin_policy()) for rir in (0, 1, 2)]
    [1.0, 0.5, 0.0]
    >>> cost_at(0, "high_risk", "work", builtin_policy()), cost_at(0, "bodyweight", "amrap", builtin_policy())
    (2.0, 0.25)
    """
    if rir > 1:
        return 0.0
    cost = policy.failure_cost if rir <= 0 else policy.near_failure_cost
    if RISKS[risk].high_risk:
        cost *= policy.high_risk_factor
    elif _is_cheap(risk, intent):
        cost *= policy.cheap_factor
    return rounded(cost)


def rules_of_cost(risk: Risk, intent: Intent, kind: BlockKind | None = None) -> tuple[str, ...]:
    """Return the rules behind a cost, with that of a block that treats failure in its own way."""
    rules = ("R02", "R10") if RISKS[risk].high_risk else ("R10", "R06") if _is_cheap(risk, intent) else ("R10",)
    by_block: dict[BlockKind | None, tuple[str, ...]] = {"deload": ("R12",), "high_intensity": ("R13",)}
    return (*rules, *by_block.get(kind, ()))


def rounded(units: float) -> float:
    """Remove the noise of binary fractions from products and sums of costs.

    >>> rounded(0.1 + 0.2)
    0.3
    """
    return round(units, 6)


def whole_reps(rir: float) -> int:
    """Round reps in reserve to whole reps, halves up: in favour of the set.

    >>> whole_reps(0.5), whole_reps(1.49), whole_reps(1.5)
    (1, 1, 2)
    """
    return math.floor(rir + 0.5)


def _is_cheap(risk: Risk, intent: Intent) -> bool:
    return intent == "amrap" and RISKS[risk].cheap_amrap


def muscle_weights(exercise: Exercise) -> dict[str, float]:
    """Return each muscle group's work as a part of the most worked one's.

    The set's own group pays the whole cost, so that a group's weekly units are sets to failure; the others pay their
    part.

    >>> from spotter.domain.exercises import builtin_catalogue
    >>> muscle_weights(builtin_catalogue().get("biceps_curl"))
    {'biceps': 1.0, 'forearms': 0.176471}
    """
    shares = exercise.shares
    most = max(shares.values())
    return {group: rounded(share / most) for group, share in shares.items()}


def cost_by_muscle(exercise: Exercise, cost: float) -> dict[str, float]:
    """Return the part of a set's cost that each muscle group pays."""
    return {group: rounded(cost * weight) for group, weight in muscle_weights(exercise).items()}


def main_groups(exercise: Exercise) -> frozenset[str]:
    """Return the groups that an exercise works most."""
    return frozenset(group for group, weight in muscle_weights(exercise).items() if weight >= MAIN)
