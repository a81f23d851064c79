"""What a set costs of the weekly failure budget (R10), by how near to failure it ended."""

from __future__ import annotations

import math

from spotter.domain.events.lifting import Intent
from spotter.domain.exercises import RISKS, Risk
from spotter.domain.policies import BlockKind, Policy


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
