"""A set ends, or is put right: what it says goes into the history that signs are computed from."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from spotter.domain.events.lifting import Intent
from spotter.domain.policies import Policy
from spotter.domain.weeks import day_of
from spotter_advisor.handlers.unit_of_work import Turn
from spotter_advisor.pricing.cost import whole_reps
from spotter_advisor.state.history import Facts
from spotter_advisor.state.records import AdvisedSet, Outcome
from spotter_advisor.warnings.daily_stats import strength_of, with_facts, without_old

COUNTED: Final[tuple[Intent, ...]] = ("work", "drop")
"""Sets whose distance to failure is a choice: of others it is told by their intent."""
MEASURED: Final[tuple[Intent, ...]] = ("work", "amrap", "test")
"""Sets that begin rested and with all one has: their velocities say how the lifter is."""


def remember(turn: Turn, one: AdvisedSet, outcome: Outcome, policy: Policy) -> AdvisedSet:
    """Put what a set says now in the place of what it said before."""
    facts = facts_of(one, outcome, policy)
    if facts == one.facts:
        return one
    others = (known.facts for known in turn.sets() if known.key != one.key and known.facts is not None)
    history = with_facts(turn.history, one.facts, facts, others)
    turn.put_history(without_old(history, turn.now.date().isoformat()))
    return replace(one, facts=facts)


def facts_of(one: AdvisedSet, outcome: Outcome, policy: Policy) -> Facts | None:
    """Give what a set says; None for one without a rep, and for warm-ups and technique."""
    intent = one.context.intent
    if not outcome.reps or intent not in (*COUNTED, *MEASURED):
        return None
    counted = intent in COUNTED and outcome.rir is not None
    rir = 0 if outcome.failed or outcome.rir is None else whole_reps(outcome.rir)
    measured = intent in MEASURED
    return Facts(
        day=day_of(outcome.last_rep_at, one.pins.zone).isoformat(),
        exercise=one.context.exercise or "unknown",
        counted=counted,
        hard=counted and rir <= 1,
        easy=counted and rir >= policy.early_rir,
        offset=None if one.offset_mps is None or not measured else round(one.offset_mps * 10_000),
        spread=None if one.offset_sds is None or not measured else round(one.offset_sds * 1000),
        strength=strength_of(one.context.load_kg, one.fastest_mps) if measured else None,
    )
