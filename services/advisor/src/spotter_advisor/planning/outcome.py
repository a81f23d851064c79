"""The outcome of a set from its reps and the lifter's own report: pure, so that it can be computed again any time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from spotter.domain.events import Event, corrected_time
from spotter.domain.events.lifting import EffortReported
from spotter.domain.events.outputs import RepOverdue
from spotter_advisor.state.records import AdvisedOutcome, AdvisedRep, AdvisedSet, EffortReport, StopLatch

_SAME_REP: Final = timedelta(seconds=0.5)
"""Reports that end this close together are of one rep (design choice: two take longer)."""


def outcome_of(advised: AdvisedSet) -> AdvisedOutcome:
    """Return the outcome of a set so far."""
    return outcome(advised.reps, advised.report, advised.stop, advised.overdue, advised.opened_at)


def report_of(event: Event, data: EffortReported, reps: Sequence[AdvisedRep]) -> EffortReport:
    """Return the lifter's own report of the effort, given the reps received before it, in order of time.

    It is about the rep that it names, else about all reps done by then; without the sender's clock, about all reps
    received by then.
    """
    about = corrected_time(event)
    rep = next((rep for rep in reversed(reps) if rep.number == data.rep_number), None)
    if rep is None and event.senttime is None and reps:
        about = max(about, reps[-1].ended)
    return EffortReport(about, None if rep is None else rep.event_id, data.called_rir, data.failed)


def outcome(
    reps: Sequence[AdvisedRep],
    report: EffortReport | None,
    stop: StopLatch | None,
    overdue: int | None,
    opened_at: datetime,
) -> AdvisedOutcome:
    """Return the outcome of a set.

    Reps in reserve are those after the last rep: as the lifter reports of the end, else as estimated. A set failed if
    the lifter says so, a rep was not completed, the last one stalled, or one was under way for too long and never came.
    """
    valid = [rep for rep in reps if rep.valid]
    last = valid[-1] if valid else None
    own = report if report is not None and (last is None or _about(report, reps) >= last.ended) else None
    failed = any(rep.failed and not rep.voided for rep in reps) or (last is not None and last.stalled)
    failed = failed or _never_came(reps, overdue)
    rir, low, high = (None, None, None) if last is None else (last.rir, last.rir_low, last.rir_high)
    if own is not None and own.failed is not None:
        failed = own.failed
    elif own is not None and own.rir is not None:
        rir = low = high = own.rir
        failed = failed and own.rir <= 0
    if failed:
        rir = low = high = 0.0
    after = 0 if stop is None else sum(_is_after(rep, stop) for rep in valid)
    return AdvisedOutcome(
        reps=len(valid),
        rir=rir,
        rir_low=low,
        rir_high=high,
        failed=failed,
        last_rep_at=opened_at if last is None else last.ended,
        reps_after_stop=after,
        followed=None if stop is None else after == 0,
    )


def _about(report: EffortReport, reps: Sequence[AdvisedRep]) -> datetime:
    return next((rep.ended for rep in reps if rep.event_id == report.rep), report.about)


def overdue_number(data: RepOverdue, reps: Sequence[AdvisedRep]) -> int:
    """Return the number of a rep that is under way for too long: as reported, else that after the last."""
    if data.rep_number is not None:
        return data.rep_number
    return 1 + next((rep.number for rep in reversed(reps) if not rep.voided), 0)


def is_voided(number: int, reps: Sequence[AdvisedRep]) -> bool:
    """Return whether a rep of a number was reported and voided."""
    return any(rep.voided and rep.number == number for rep in reps)


def _never_came(reps: Sequence[AdvisedRep], overdue: int | None) -> bool:
    if overdue is None or is_voided(overdue, reps):
        return False
    return all(rep.voided or rep.number < overdue for rep in reps)


def _is_after(rep: AdvisedRep, stop: StopLatch) -> bool:
    return rep.number != stop.under_way and rep.ended - stop.said_at > _SAME_REP
