"""The outcome of a set from its reps and the lifter's own report: pure, so that it can be computed again any time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import inf
from typing import Final

from spotter.domain.events import Event, corrected_time
from spotter.domain.events.outputs import EffortCounted
from spotter_advisor.state.records import AdvisedOutcome, AdvisedRep, AdvisedSet, EffortReport, StopLatch

_SAME_REP: Final = timedelta(seconds=0.5)
"""Reports that end this close together are of one rep (design choice: two take longer)."""


def outcome_of(advised: AdvisedSet) -> AdvisedOutcome:
    """Return the outcome of a set so far."""
    return outcome(advised.reps, advised.report, advised.stop, advised.overdue, advised.opened_at)


def report_of(event: Event, data: EffortCounted) -> EffortReport | None:
    """Return the lifter's own report that holds for a set; None: none does."""
    if data.rir is None and data.failed is None:
        return None
    return EffortReport(data.about or corrected_time(event), data.rep_event_id, data.rir, data.failed)


def outcome(
    reps: Sequence[AdvisedRep],
    report: EffortReport | None,
    stop: StopLatch | None,
    overdue: datetime | None,
    opened_at: datetime,
) -> AdvisedOutcome:
    """Return the outcome of a set.

    Reps in reserve are those after the last rep: as the lifter reports of the end, else as estimated after the last rep
    that nobody helped with; of two sides those of the side that was nearer to failure. A set failed if the lifter says so,
    such a rep was not completed, the last one of a side stalled, or one was under way for too long and never came. A set
    without a rep has no outcome, whatever is reported.
    """
    valid = [rep for rep in reps if rep.valid]
    if not valid:
        return AdvisedOutcome(0, None, None, None, False, opened_at, 0, None if stop is None else True)
    last, alone = valid[-1], [rep for rep in valid if not rep.assisted]
    own = report if report is not None and _about(report, reps) >= last.ended else None
    ends = {rep.side: rep for rep in alone}.values()
    failed = any(rep.failed for rep in alone) or any(rep.stalled for rep in ends) or _never_came(reps, overdue)
    hardest = min(ends, key=lambda rep: inf if rep.rir is None else rep.rir, default=None)
    rir, low, high = (None, None, None) if hardest is None else (hardest.rir, hardest.rir_low, hardest.rir_high)
    if own is not None and own.failed is not None:
        failed = own.failed
    elif own is not None and own.rir is not None:
        rir = low = high = own.rir
        failed = failed and own.rir <= 0
    if failed:
        rir = low = high = 0.0
    after = 0 if stop is None else _reps_after(valid, stop)
    return AdvisedOutcome(
        reps=len(valid),
        rir=rir,
        rir_low=low,
        rir_high=high,
        failed=failed,
        last_rep_at=last.ended,
        reps_after_stop=after,
        followed=None if stop is None else after == 0,
    )


def _about(report: EffortReport, reps: Sequence[AdvisedRep]) -> datetime:
    return next((rep.ended for rep in reps if rep.event_id == report.rep), report.about)


def rep_since(reps: Sequence[AdvisedRep], since: datetime) -> AdvisedRep | None:
    """Return the first rep that ended after a moment, voided or not: the one that was under way then."""
    return next((rep for rep in reps if rep.ended > since), None)


def _never_came(reps: Sequence[AdvisedRep], overdue: datetime | None) -> bool:
    return overdue is not None and rep_since(reps, overdue) is None


def _reps_after(valid: Sequence[AdvisedRep], stop: StopLatch) -> int:
    under_way = None if stop.under_way is None else rep_since(valid, stop.under_way)
    return sum(rep is not under_way and rep.ended - stop.said_at > _SAME_REP for rep in valid)
