"""What became of a set, from its reps and the lifter's own word: pure, so that it can be computed again any time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from spotter.domain.events import Event, corrected_time
from spotter.domain.events.lifting import EffortReported
from spotter.domain.events.outputs import RepOverdue
from spotter_advisor.state.records import AdvisedSet, Outcome, Report, RepSeen, Stop

_SAME_REP: Final = timedelta(seconds=0.5)
"""Two reports that end this close tell of one rep (design choice: nobody lifts two in so short a time)."""


def outcome_of(one: AdvisedSet) -> Outcome:
    """Give the outcome of a set as known by now."""
    return outcome(one.reps, one.report, one.stop, one.overdue, one.opened_at)


def report_of(event: Event, data: EffortReported, reps: Sequence[RepSeen]) -> Report:
    """Read the lifter's own word on the effort, with the reps that were known when it came, in order of time.

    It is about the rep that it names, else about all that was done by then; and where the sender's clock is not
    known, about all that was known.
    """
    about = corrected_time(event)
    rep = next((rep for rep in reversed(reps) if rep.number == data.rep_number), None)
    if rep is None and event.senttime is None and reps:
        about = max(about, reps[-1].ended)
    return Report(about, None if rep is None else rep.event_id, data.called_rir, data.failed)


def outcome(
    reps: Sequence[RepSeen], report: Report | None, stop: Stop | None, overdue: int | None, opened_at: datetime
) -> Outcome:
    """Give the outcome of a set.

    Reps in reserve are those after the last rep: as the lifter says where that was said of the end, else as
    estimated. A set failed when the lifter says so, or a rep was not completed, or the last one stalled, or one was
    under way for too long and never came.
    """
    valid = [rep for rep in reps if rep.valid]
    last = valid[-1] if valid else None
    told = report if report is not None and (last is None or _about(report, reps) >= last.ended) else None
    failed = any(rep.failed and not rep.voided for rep in reps) or (last is not None and last.stalled)
    failed = failed or _never_came(reps, overdue)
    rir, low, high = (None, None, None) if last is None else (last.rir, last.rir_low, last.rir_high)
    if told is not None and told.failed is not None:
        failed = told.failed
    elif told is not None and told.rir is not None:
        rir = low = high = told.rir
        failed = failed and told.rir <= 0
    if failed:
        rir = low = high = 0.0
    after = 0 if stop is None else sum(_is_after(rep, stop) for rep in valid)
    return Outcome(
        reps=len(valid),
        rir=rir,
        rir_low=low,
        rir_high=high,
        failed=failed,
        last_rep_at=opened_at if last is None else last.ended,
        reps_after_stop=after,
        followed=None if stop is None else after == 0,
    )


def _about(report: Report, reps: Sequence[RepSeen]) -> datetime:
    return next((rep.ended for rep in reps if rep.event_id == report.rep), report.about)


def number_overdue(data: RepOverdue, reps: Sequence[RepSeen]) -> int:
    """Give the number of a rep that is under way for too long: as told, else that after the last."""
    if data.rep_number is not None:
        return data.rep_number
    return 1 + next((rep.number for rep in reversed(reps) if not rep.voided), 0)


def is_voided(number: int, reps: Sequence[RepSeen]) -> bool:
    """Tell whether a rep of a number came and was taken back."""
    return any(rep.voided and rep.number == number for rep in reps)


def _never_came(reps: Sequence[RepSeen], overdue: int | None) -> bool:
    if overdue is None or is_voided(overdue, reps):
        return False
    return all(rep.voided or rep.number < overdue for rep in reps)


def _is_after(rep: RepSeen, stop: Stop) -> bool:
    return rep.number != stop.under_way and rep.ended - stop.said_at > _SAME_REP
