"""A set ends or is corrected: its facts go into the history that warnings are computed from."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from spotter.domain.events.lifting import Intent
from spotter.domain.policies import Policy
from spotter.domain.weeks import day_of
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork
from spotter_advisor.pricing.cost import whole_reps
from spotter_advisor.state.history import SetFacts
from spotter_advisor.state.records import AdvisedOutcome, AdvisedSet
from spotter_advisor.warnings.daily_stats import strength_of, with_facts, without_old

COUNTED: Final[tuple[Intent, ...]] = ("work", "drop")
"""Sets whose distance to failure is a choice; that of others follows from their intent."""
MEASURED: Final[tuple[Intent, ...]] = ("work", "amrap", "test")
"""Sets begun rested and at full effort: their velocities show how the lifter is."""


def update_history(uow: AdvisorUnitOfWork, advised: AdvisedSet, outcome: AdvisedOutcome, policy: Policy) -> AdvisedSet:
    """Replace the facts of a set in the history."""
    facts = facts_of(advised, outcome, policy)
    if facts == advised.facts:
        return advised
    others = (other.facts for other in uow.sets() if other.key != advised.key and other.facts is not None)
    history = with_facts(uow.history, advised.facts, facts, others)
    uow.put_history(without_old(history, uow.now.date().isoformat()))
    return replace(advised, facts=facts)


def facts_of(advised: AdvisedSet, outcome: AdvisedOutcome, policy: Policy) -> SetFacts | None:
    """Return the facts of a set; None for one without a rep, a warm-up or a technique set."""
    intent = advised.context.intent
    if not outcome.reps or intent not in (*COUNTED, *MEASURED):
        return None
    counted = intent in COUNTED and outcome.rir is not None
    rir = 0 if outcome.failed or outcome.rir is None else whole_reps(outcome.rir)
    measured = intent in MEASURED
    return SetFacts(
        day=day_of(outcome.last_rep_at, advised.pins.zone).isoformat(),
        exercise=advised.context.exercise or "unknown",
        counted=counted,
        hard=counted and rir <= 1,
        easy=counted and rir >= policy.early_rir,
        offset=None if advised.offset_mps is None or not measured else round(advised.offset_mps * 10_000),
        spread=None if advised.offset_sds is None or not measured else round(advised.offset_sds * 1000),
        strength=strength_of(advised.context.load_kg, advised.fastest_mps) if measured else None,
    )
