"""A set ends: its summary, its cost, its facts for the history, the training day; and all of that again after a correction."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from spotter.domain.events.outputs import EffortCounted, SetClosed
from spotter_advisor.handlers.notices import send_notices
from spotter_advisor.handlers.settlement import settle, weigh
from spotter_advisor.handlers.summary_message import publish_summary_message, summary_of
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork
from spotter_advisor.planning.outcome import report_of
from spotter_advisor.state.records import AdvisedSet, Closing


def set_closed(uow: AdvisorUnitOfWork, data: SetClosed) -> None:
    """Record the end of a set, or that there was none."""
    advised = uow.set(data.set_key)
    if advised is None:
        uow.reject_too_old(data.set_key)
        return
    if advised.closing is not None and advised.closing.gone == "voided":
        return
    advised = replace(advised, offset_mps=data.velocity_offset_mps, offset_sds=data.velocity_offset_sd)
    gone: Literal["voided", "merged"] | None = None
    if data.voided or data.merged_into is not None:
        gone = "voided" if data.voided else "merged"
    if gone is not None or data.moved_to is not None:  # its reps and reports, if any, count elsewhere
        advised = replace(advised, reps=(), report=None, stop=None, overdue=None)
    uow.put_set(publish_summary(uow, replace(advised, closing=Closing(data.reason, data.ended_at, gone))))


def effort_counted(uow: AdvisorUnitOfWork, data: EffortCounted) -> None:
    """Record the lifter's own report that holds for a set now, if any does."""
    advised = uow.set(data.set_key)
    if advised is None:
        uow.reject_too_old(data.set_key)
    elif not advised.is_gone:
        advised = replace(advised, report=report_of(uow.event, data), correcting=False)
        uow.put_set(publish_summary(uow, advised))


def publish_summary(uow: AdvisorUnitOfWork, advised: AdvisedSet) -> AdvisedSet:
    """Summarise a set that has ended and charge it, if that differs from its newest summary."""
    summary = summary_of(uow, advised)
    if summary is None:
        return advised
    if summary == advised.told:
        weighed = weigh(uow, advised, summary.outcome, summary.closing)
        if weighed.own_facts == advised.own_facts:
            return advised
        uow.put_set(weighed)  # nothing to say, but the history goes by its velocities too
        settle(uow, [advised.exposure])
        return uow.stored(advised)
    advised = publish_summary_message(uow, advised, summary)
    uow.put_set(weigh(uow, advised, summary.outcome, summary.closing))
    settle(uow, [advised.exposure])
    advised = uow.stored(advised)
    send_notices(uow, advised)
    return advised
