"""A set ends: its summary, its cost, its facts for the history, the training day; and all of that again after a correction."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from typing import Final

from spotter.domain.events.lifting import EffortReported, Intent
from spotter.domain.events.outputs import SetClosed, SetSummarised
from spotter.domain.gym_config import GymConfig
from spotter.domain.policies import Policy
from spotter.domain.weeks import day_of
from spotter_advisor.budget.week import DayPolicy, is_seasoned, with_entry, without_entries_before
from spotter_advisor.handlers.budget_message import publish_budget, publish_budget_if_changed
from spotter_advisor.handlers.notices import send_notices
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork
from spotter_advisor.planning.outcome import outcome_of, report_of
from spotter_advisor.pricing.calendar import week_in
from spotter_advisor.pricing.cost import whole_reps
from spotter_advisor.pricing.recovery import ledger_entry
from spotter_advisor.state.history import SetFacts
from spotter_advisor.state.records import (
    LEDGER_KEPT,
    AdvisedOutcome,
    AdvisedSet,
    AthleteState,
    Calendar,
    Closing,
    Context,
    LedgerEntry,
)
from spotter_advisor.warnings.daily_stats import strength_of, with_facts, without_old

NO_WORK: Final = ("warmup", "technique")
COUNTED: Final[tuple[Intent, ...]] = ("work", "drop")
"""Sets whose distance to failure is a choice; that of others follows from their intent."""
MEASURED: Final[tuple[Intent, ...]] = ("work", "amrap", "test")
"""Sets begun rested and at full effort: their velocities show how the lifter is."""


def set_closed(uow: AdvisorUnitOfWork, data: SetClosed) -> None:
    """Record the end of a set."""
    advised = uow.set(data.set_key)
    if advised is None:
        uow.reject_too_old(data.set_key)
        return
    advised = replace(advised, offset_mps=data.velocity_offset_mps, offset_sds=data.velocity_offset_sd)
    if data.moved_to is not None:  # its reps and reports count for the other lifter
        advised = replace(advised, reps=(), report=None, stop=None, overdue=None)
    uow.put_set(publish_summary(uow, replace(advised, closing=Closing(data.reason, data.ended_at))))


def effort_reported(uow: AdvisorUnitOfWork, data: EffortReported) -> None:
    """Record the lifter's own report of how near to failure a set was."""
    advised = uow.set_by_id(data.set_id) if data.set_id else None
    if advised is None:
        return
    advised = replace(advised, report=report_of(uow.event, data, advised.reps), correcting=False)
    uow.put_set(publish_summary(uow, advised))


def publish_summary(uow: AdvisorUnitOfWork, advised: AdvisedSet) -> AdvisedSet:
    """Summarise a set that has ended and charge it, if that differs from its newest summary."""
    closing = advised.closing
    if closing is None:
        return advised
    outcome = outcome_of(advised)
    content = (outcome, advised.context, closing)
    if content == advised.told:
        return advised
    advised = replace(advised, told=content, summaries=advised.summaries + 1)
    event = uow.event.data
    summary = SetSummarised(
        gym_id=event.gym_id,
        athlete_id=event.athlete_id,
        set_id=advised.set_id,
        set_key=advised.key,
        revision=advised.summaries,
        exercise=advised.context.exercise,
        load_kg=advised.context.load_kg,
        intent=advised.context.intent,
        reps=outcome.reps,
        rir_end=outcome.rir,
        rir_end_low=outcome.rir_low,
        rir_end_high=outcome.rir_high,
        ended_by=closing.ended_by,
        ended_at=closing.ended_at,
        failed=outcome.failed,
        advice_followed=outcome.followed,
        reps_after_stop=outcome.reps_after_stop,
    )
    uow.emit(summary, uow.next_id(SetSummarised, advised.pins.policy_version))
    gym, day_policy = uow.gym(advised.pins.config), uow.day_policy_for(advised.pins)
    before, advised = advised.facts, update_history(uow, advised, outcome, day_policy.policy)
    if before is not None and (advised.facts is None or advised.facts.day != before.day):
        _remove_training_day(uow, advised.key, before.day)
    entry = entry_of(advised.key, advised.set_id, advised.context, outcome, closing.ended_by, gym, day_policy)
    advised = _charge(uow, advised, entry)
    if outcome.reps and advised.context.intent not in NO_WORK:
        _add_training_day(uow, advised, outcome, day_policy.policy)
    publish_budget_if_changed(uow)
    send_notices(uow, advised)
    return advised


def entry_of(
    set_key: str,
    set_id: str,
    context: Context,
    outcome: AdvisedOutcome,
    ended_by: str,
    gym: GymConfig,
    day_policy: DayPolicy,
) -> LedgerEntry:
    """Return the entry of a set with an outcome."""
    rir = None if outcome.rir is None else 0 if outcome.failed else whole_reps(outcome.rir)
    return ledger_entry(
        gym.catalogue.get(context.exercise),
        rir,
        context.intent,
        day_policy.policy,
        day_policy.kind,
        set_key=set_key,
        set_id=set_id,
        ended_by=ended_by,
        at=outcome.last_rep_at,
    )


def _charge(uow: AdvisorUnitOfWork, advised: AdvisedSet, entry: LedgerEntry) -> AdvisedSet:
    """Add or revise the entry of a set; where it moves to another week, both weeks change."""
    before = advised.charged
    cost_before = 0.0 if before is None else before.cost
    if before == entry or entry.cost == cost_before == 0:
        return advised
    calendar = Calendar(advised.pins.zone, advised.pins.week_start)
    if before is not None and cost_before > 0 and week_in(calendar, before.at) != week_in(calendar, entry.at):
        before = _put_entry(uow, replace(before, cost=0.0), before.revision, calendar)
        if entry.cost == 0:
            return replace(advised, charged=before)
    return replace(advised, charged=_put_entry(uow, entry, 0 if before is None else before.revision, calendar))


def _put_entry(uow: AdvisorUnitOfWork, entry: LedgerEntry, revision: int, calendar: Calendar) -> LedgerEntry:
    """Write an entry and publish what is left of its week."""
    entry = replace(entry, revision=revision + 1)
    uow.put_ledger(with_entry(uow.ledger, entry))
    publish_budget(uow, uow.budget(calendar, entry.at), entry)
    uow.put_ledger(without_entries_before(uow.ledger, uow.now - LEDGER_KEPT))
    return entry


def _add_training_day(uow: AdvisorUnitOfWork, advised: AdvisedSet, outcome: AdvisedOutcome, policy: Policy) -> None:
    """Record the day of a set, in the set's zone, as one of training."""
    day = day_of(outcome.last_rep_at, advised.pins.zone).isoformat()
    athlete = uow.athlete
    if day in athlete.days:
        return
    index = bisect_left(athlete.days, day)
    athlete = replace(athlete, days=(*athlete.days[:index], day, *athlete.days[index:]))
    athlete = replace(athlete, seasoned=is_seasoned(athlete, policy))
    uow.put_athlete(_without_old_days(athlete, (uow.now - LEDGER_KEPT).date().isoformat()))


def _remove_training_day(uow: AdvisorUnitOfWork, set_key: str, day: str) -> None:
    """Remove a day of training on which no other set was done."""
    others = (other.facts for other in uow.sets() if other.key != set_key)
    if not any(facts is not None and facts.day == day for facts in others):
        uow.put_athlete(replace(uow.athlete, days=tuple(trained for trained in uow.athlete.days if trained != day)))


def _without_old_days(athlete: AthleteState, keep_from: str) -> AthleteState:
    """Drop training days before `keep_from` that do not count towards the end of being a beginner."""
    first = keep_from if athlete.seasoned else min(keep_from, athlete.beginner_since)
    return replace(athlete, days=athlete.days[bisect_left(athlete.days, first) :])


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
