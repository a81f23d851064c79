"""Building and publishing `set.summarised`."""

from __future__ import annotations

from dataclasses import replace

from spotter.domain.events.outputs import SetSummarised
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork
from spotter_advisor.planning.outcome import outcome_of
from spotter_advisor.pricing.calendar import week_of_day
from spotter_advisor.state.records import AdvisedSet, ToldSummary


def summary_of(uow: AdvisorUnitOfWork, advised: AdvisedSet) -> ToldSummary | None:
    """Return what the summary of a set says now; None while the set runs."""
    if advised.closing is None:
        return None
    parts = [part for part in uow.parts_of(advised.exposure) if not part.is_gone and part.key != advised.key]
    first = min((*parts, advised), key=lambda part: (part.opened_at, part.key))
    return ToldSummary(outcome_of(advised), advised.context, advised.closing, first.pins.day, first.pins.calendar)


def publish_summary_message(uow: AdvisorUnitOfWork, advised: AdvisedSet, summary: ToldSummary) -> AdvisedSet:
    """Publish a summary."""
    advised = replace(advised, told=summary, summaries=advised.summaries + 1)
    outcome, context, event = summary.outcome, summary.context, uow.event.data
    week = week_of_day(summary.calendar, summary.day)
    data = SetSummarised(
        gym_id=event.gym_id,
        athlete_id=event.athlete_id,
        set_id=advised.set_id,
        set_key=advised.key,
        revision=advised.summaries,
        exposure_key=context.part_of,
        day=summary.day,
        week_start=week.start,
        week_end=week.end,
        time_zone=summary.calendar.zone,
        voided=True if advised.is_gone else None,
        exercise=context.exercise,
        load_kg=context.load_kg,
        intent=context.intent,
        reps=outcome.reps,
        rir_end=outcome.rir,
        rir_end_low=outcome.rir_low,
        rir_end_high=outcome.rir_high,
        ended_by=summary.closing.ended_by,
        ended_at=summary.closing.ended_at,
        failed=outcome.failed,
        advice_followed=outcome.followed,
        reps_after_stop=outcome.reps_after_stop,
    )
    uow.emit(data, uow.next_id(SetSummarised, advised.pins.policy_version))
    return advised
