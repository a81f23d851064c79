"""Opening, amending, closing and reopening sets; which set an event belongs to.

Ends have one owner. A set ends with `set.ended`, or when another set starts later than its last rep. A set that
starts no later than the newest known rep arrives late: it is history, ended from the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spotter.domain.events.lifting import SetContext
from spotter.domain.fast_dataclass import replace
from spotter.domain.ids import derived_id
from spotter_detector.lifecycle import profile_update
from spotter_detector.lifecycle.device_clock import MINUTE_US
from spotter_detector.lifecycle.profile_update import Measure
from spotter_detector.lifecycle.unit_of_work import COPIED, EARLY_US, UnitOfWork
from spotter_detector.state import LiftedSet

REOPEN_US = 10 * MINUTE_US
"""A set that ended longer ago than this does not go on."""

CONTEXT = frozenset(SetContext.model_fields) - {"gym_id", "athlete_id", "set_id"}


def find_for_rep(turn: UnitOfWork, set_id: str | None, at_us: int) -> LiftedSet | None:
    """Find the set that a rep at `at_us` belongs to; None: it opens a new one."""
    if turn.follows:
        return turn.followed()
    if set_id is None:
        return _find_unnamed(turn, at_us)
    early: LiftedSet | None = None
    for one in turn.named(set_id):
        if at_us < one.opened_us:
            early = one if at_us >= one.opened_us - EARLY_US else None
        elif one.ended_us is None or at_us <= one.ended_us:
            return one
        elif early is not None and early.opened_us - at_us < at_us - one.ended_us:
            return early
        else:
            return one if _goes_on(turn, one, at_us) else early
    return early


def _find_unnamed(turn: UnitOfWork, at_us: int) -> LiftedSet | None:
    running = turn.open_sets()
    if running and at_us >= running[0].opened_us:
        return running[0]
    for one in turn.begun_by(at_us):
        if one.ended_us is not None and at_us <= one.ended_us:
            return one
    if running and at_us >= running[0].opened_us - EARLY_US:
        return running[0]
    return None


def _goes_on(turn: UnitOfWork, one: LiftedSet, at_us: int) -> bool:
    assert one.ended_us is not None
    later = any(
        other.key != one.key and other.reps and other.opened_us > one.opened_us and not other.moved_to
        for other in turn.newest()
    )
    return not later and at_us - one.ended_us <= REOPEN_US


def find_for_start(turn: UnitOfWork, set_id: str | None, at_us: int) -> LiftedSet | None:
    """Find the set that a `set.started` at `at_us` says more about; None: it opens a new one."""
    if turn.follows:
        return turn.followed()
    if set_id is None:
        running = turn.open_sets()
        return running[0] if running and at_us >= running[0].opened_us - EARLY_US else None
    early: LiftedSet | None = None
    for one in turn.named(set_id):
        if at_us >= one.opened_us:
            return one if one.is_open or at_us <= one.active_us else early
        early = one if at_us >= one.opened_us - EARLY_US else None
    return early


def find_for_end(turn: UnitOfWork, set_id: str | None, at_us: int) -> LiftedSet | None:
    """Find the set that a `set.ended` at `at_us` is about: the last of those named that had begun, else the newest."""
    if turn.follows:
        return turn.followed()
    if set_id is None:
        running = turn.open_sets()
        return running[0] if running else next(turn.own(), None)
    named = list(turn.named(set_id))
    return next((one for one in named if one.opened_us <= at_us), next(iter(named), None))


def find_known(turn: UnitOfWork, set_id: str | None) -> LiftedSet | None:
    """Find the set that a correction or a report is about: the named one, else the newest."""
    if turn.follows:
        return turn.followed()
    if set_id is None:
        running = turn.open_sets()
        return running[0] if running else next(turn.own(), None)
    return next(turn.named(set_id), None)


def open_set(
    turn: UnitOfWork,
    set_id: str | None,
    at_us: int,
    context: Mapping[str, Any],
    by: Measure | None = None,
) -> LiftedSet:
    """Open a set at `at_us`, pinned to what is configured and known now; late ones end where the next set starts.

    `by` is how the rep is measured that opens it, where one does.
    """
    event = turn.event
    key = derived_id("set", *event.identity, event.type, set_id or "")
    newest = turn.newest_rep_us()
    history = at_us <= newest
    config = event.configversion or 0
    exercise = context.get("exercise")
    profile = profile_update.key_by_habit(turn, exercise) if by is None else profile_update.profile_key(exercise, by)
    one = LiftedSet(
        key=key,
        set_id=set_id or key,
        opened_by=event.id,
        opened_us=at_us,
        received_us=turn.received_us,
        config=config,
        context=dict(context),
        start=profile_update.pinned_prior(turn, config, context, profile, at_us),
        history=history,
        profile=profile,
        moved_from=turn.follows,
    )
    if history:
        following = [ref.opened_us for ref in turn.lifter.sets if ref.opened_us > at_us]
        one = replace(one, ended_us=min(following, default=newest), end_reason="history")
    else:
        _end_others(turn, one, at_us)
    turn.put(one)
    turn.tell_opened(one)
    if history:
        turn.tell_closed(one)
    return one


def measured_by(turn: UnitOfWork, one: LiftedSet, by: Measure) -> LiftedSet:
    """Pin a set to what is known of its lifter by the device that sends its first rep."""
    profile = profile_update.profile_key(one.context.get("exercise"), by)
    if profile == one.profile:
        return one
    start = profile_update.pinned_prior(turn, one.config, one.context, profile, one.opened_us)
    told = one.start.learned_sets
    one = turn.put(replace(one, profile=profile, start=start))
    if start.learned_sets != told:
        turn.tell_opened(one, amended=True)
    return one


def amend(turn: UnitOfWork, one: LiftedSet, said: Mapping[str, Any]) -> LiftedSet:
    """Put right what is known of a set."""
    context = {**one.context, **said}
    if context == one.context:
        return one
    profile = profile_update.profile_key(context.get("exercise"), profile_update.measure_in(one.profile))
    start = profile_update.pinned_prior(turn, one.config, context, profile, one.opened_us)
    one = turn.put(replace(one, context=context, profile=profile, start=start))
    turn.tell_opened(one, amended=True)
    return one


def go_on(turn: UnitOfWork, one: LiftedSet, at_us: int) -> LiftedSet:
    """Take note that something happened in a set at `at_us`: an ended one reopens, others that ran before end."""
    if COPIED in turn.words or (turn.follows and not one.is_open and not _goes_on(turn, one, at_us)):
        return one
    if one.ended_us is not None:
        if at_us <= one.ended_us:
            return one
        one = replace(one, ended_us=None, end_reason=None, history=False, reopened=one.reopened + 1)
        turn.put(one)
        turn.tell_opened(one)
    _end_others(turn, one, at_us)
    return one


def _end_others(turn: UnitOfWork, one: LiftedSet, at_us: int) -> None:
    for other in turn.open_sets():
        if other.key == one.key or other.active_us >= at_us:
            continue
        if other.reps or other.opened_us < one.opened_us:
            close(turn, other, at_us, "next_set")


def close(turn: UnitOfWork, one: LiftedSet, at_us: int, reason: str) -> LiftedSet:
    """End a set."""
    one = turn.put(replace(one, ended_us=at_us, end_reason=reason, under_way=None))
    turn.tell_closed(one)
    return one


def context_of(data: SetContext) -> dict[str, Any]:
    """Give what an event says of its set, without what it leaves out."""
    return data.model_dump(include=set(CONTEXT), exclude_none=True)
