"""What a set costs and says, and what each set of an exposure then adds to ledger, history and training days.

All of it follows from the sets as they are now, in whatever order they came, ended and were corrected.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from spotter.domain.events.lifting import Intent
from spotter.domain.exercises import Catalogue
from spotter.domain.policies import Policy
from spotter_advisor.budget.week import DayPolicy, seasoned_from, with_entry, without_entries_before
from spotter_advisor.handlers.budget_message import (
    publish_budget,
    publish_budget_if_changed,
    publish_week_if_new,
    publish_weeks,
    week_budget,
)
from spotter_advisor.handlers.summary_message import publish_summary_message
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork
from spotter_advisor.pricing.calendar import week_of_day
from spotter_advisor.pricing.cost import whole_reps
from spotter_advisor.pricing.exposure import shared_facts, shared_prices
from spotter_advisor.pricing.recovery import ledger_entry
from spotter_advisor.state.history import SetFacts
from spotter_advisor.state.records import (
    LEDGER_KEPT,
    WEEKS_KEPT,
    AdvisedOutcome,
    AdvisedSet,
    Calendar,
    Closing,
    Context,
    LedgerEntry,
)
from spotter_advisor.warnings.daily_stats import strength_of, with_facts, without_old

COUNTED: Final[tuple[Intent, ...]] = ("work", "drop")
"""Sets whose distance to failure is a choice; that of others follows from their intent."""
MEASURED: Final[tuple[Intent, ...]] = ("work", "amrap", "test")
"""Sets begun rested and at full effort: their velocities show how the lifter is."""


def weigh(uow: AdvisorUnitOfWork, advised: AdvisedSet, outcome: AdvisedOutcome, closing: Closing) -> AdvisedSet:
    """Return a set that has ended with its own price and facts."""
    day_policy = uow.day_policy_for(advised.pins)

    def price_by(catalogue: Catalogue) -> LedgerEntry:
        return price_of(advised.key, advised.set_id, advised.context, outcome, closing, catalogue, day_policy)

    price = price_by(uow.catalogue_of(advised))
    if advised.described is not None and price_by(uow.gym(advised.pins.config).catalogue).cost != price.cost:
        price = replace(price, repriced=f"{price.exercise} was described after the set began")
    return replace(advised, price=price, own_facts=facts_of(advised, outcome, day_policy))


def price_of(
    set_key: str,
    set_id: str,
    context: Context,
    outcome: AdvisedOutcome,
    closing: Closing,
    catalogue: Catalogue,
    day_policy: DayPolicy,
) -> LedgerEntry:
    """Return the entry of a set with an outcome, as if it were all of its exposure."""
    rir = None if outcome.rir is None else 0 if outcome.failed else whole_reps(outcome.rir)
    return ledger_entry(
        catalogue.get(context.exercise),
        rir,
        context.intent,
        day_policy.policy,
        day_policy.kind,
        set_key=set_key,
        set_id=set_id,
        ended_by=closing.ended_by,
        at=outcome.last_rep_at,
        day="",
    )


def facts_of(advised: AdvisedSet, outcome: AdvisedOutcome, day_policy: DayPolicy) -> SetFacts | None:
    """Return what a set says by itself; None for one without a rep, a warm-up or a technique set."""
    intent = advised.context.intent
    if not outcome.reps or intent not in (*COUNTED, *MEASURED):
        return None
    counted = intent in COUNTED and outcome.rir is not None
    rir = 0 if outcome.failed or outcome.rir is None else whole_reps(outcome.rir)
    measured, early = intent in MEASURED, counted and rir >= day_policy.policy.early_rir
    planned = day_policy.kind == "deload" or (early and _as_planned(advised.context, outcome, rir, day_policy.policy))
    return SetFacts(
        day=advised.pins.day,
        exercise=advised.context.exercise or "unknown",
        counted=counted,
        hard=counted and rir <= 1,
        easy=early and not planned,
        excused=counted and planned,
        offset=None if advised.offset_mps is None or not measured else round(advised.offset_mps * 10_000),
        spread=None if advised.offset_sds is None or not measured else round(advised.offset_sds * 1000),
        strength=strength_of(advised.context.load_kg, advised.fastest_mps) if measured else None,
    )


def settle(uow: AdvisorUnitOfWork, exposures: Iterable[str]) -> None:
    """Bring ledger, history, training days and budgets in line with the sets of some exposures."""
    changed: set[str] = set()
    for exposure in sorted(set(exposures)):
        sets = uow.parts_of(exposure)
        changed |= {part.facts.day for part in sets if part.facts is not None}
        for gone in (part for part in sets if part.is_gone):
            _record(uow, gone, None, None if gone.charged is None else replace(gone.charged, cost=0.0), gone)
        parts = [part for part in sets if not part.is_gone]
        if parts:
            _settle_parts(uow, exposure, parts)
            changed.add(parts[0].pins.day)
    if changed:
        publish_weeks(uow, min(changed))
    publish_budget_if_changed(uow)


def _settle_parts(uow: AdvisorUnitOfWork, exposure: str, parts: Sequence[AdvisedSet]) -> None:
    first = parts[0]
    facts = shared_facts([part.own_facts for part in parts], first.pins.day)
    entries = shared_prices([part.price for part in parts], exposure, first.pins.day)
    for part in parts:
        before = part.told
        if before is not None and (before.day, before.calendar) != (first.pins.day, first.pins.calendar):
            summary = replace(before, day=first.pins.day, calendar=first.pins.calendar)
            uow.put_set(publish_summary_message(uow, part, summary))
    # What costs less comes first: nobody is told of two parts that pay.
    for part, own, entry in sorted(zip(parts, facts, entries, strict=True), key=_rise):
        _record(uow, uow.stored(part), own, entry, first)
    publish_week_if_new(uow, first.pins.calendar, first.pins.day)


def _as_planned(context: Context, outcome: AdvisedOutcome, rir: int, policy: Policy) -> bool:
    """Return whether a set ended where its plan said, or the coach's for its exercise."""
    planned, target = context.planned_reps, context.target_rir
    if target is None:
        target = policy.target_rir_by_exercise.get(context.exercise or "", policy.target_rir)
    return rir <= target or (planned is not None and outcome.reps >= planned)


def _rise(part: tuple[AdvisedSet, SetFacts | None, LedgerEntry | None]) -> float:
    advised, _, entry = part
    return (0.0 if entry is None else entry.cost) - (0.0 if advised.charged is None else advised.charged.cost)


def _record(
    uow: AdvisorUnitOfWork, part: AdvisedSet, facts: SetFacts | None, entry: LedgerEntry | None, first: AdvisedSet
) -> None:
    """Record what a part of the exposure that began with `first` adds to history, training days and ledger."""
    before = part.facts
    if facts != before:
        others = (other.facts for other in uow.sets() if other.key != part.key and other.facts is not None)
        history = with_facts(uow.history, before, facts, others)
        uow.put_history(without_old(history, uow.now.date().isoformat()))
        part = replace(part, facts=facts)
        uow.put_set(part)
        days = set(uow.athlete.days) | {facts.day for facts in (facts,) if facts is not None}
        if before is not None and not any(
            other.facts is not None and other.facts.day == before.day for other in uow.sets()
        ):
            days.discard(before.day)
        if len(days) != len(uow.athlete.days) or not days.issuperset(uow.athlete.days):
            _put_training_days(uow, sorted(days), first)
    if entry is not None:
        _charge(uow, part, entry, first.pins.calendar)


def _charge(uow: AdvisorUnitOfWork, part: AdvisedSet, entry: LedgerEntry, calendar: Calendar) -> None:
    """Add or revise the entry of a set; where it moves to another week, both weeks change."""
    before = part.charged
    cost_before = 0.0 if before is None else before.cost
    if before == entry or entry.cost == cost_before == 0:
        return
    if before is not None and cost_before > 0 and week_of_day(calendar, before.day) != week_of_day(calendar, entry.day):
        before = _put_entry(uow, replace(before, cost=0.0), before, calendar)
        if entry.cost == 0:
            uow.put_set(replace(part, charged=before))
            return
    charged = _put_entry(uow, entry, before, calendar)
    uow.put_set(replace(part, charged=charged))


def _put_entry(
    uow: AdvisorUnitOfWork, entry: LedgerEntry, before: LedgerEntry | None, calendar: Calendar
) -> LedgerEntry:
    """Write an entry and publish what is left of its week."""
    revision, cost_before = (0, 0.0) if before is None else (before.revision, before.cost)
    entry = replace(entry, revision=revision + 1)
    uow.put_ledger(with_entry(uow.ledger, entry))
    publish_budget(uow, week_budget(uow, calendar, entry.day, charged=entry.cost - cost_before), entry)
    uow.put_ledger(without_entries_before(uow.ledger, uow.now - LEDGER_KEPT))
    return entry


def _put_training_days(uow: AdvisorUnitOfWork, days: Iterable[str], first: AdvisedSet) -> None:
    """Record the days of training: of the last year, and all that count towards the end of being a beginner."""
    athlete = replace(uow.athlete, days=tuple(days))
    since = seasoned_from(athlete, uow.day_policy_for(first.pins).policy)
    kept_from = (uow.now - WEEKS_KEPT).date().isoformat()
    kept = tuple(day for day in athlete.days if since is None or day <= since or day >= kept_from)
    uow.put_athlete(replace(athlete, days=kept, seasoned_from=since))
