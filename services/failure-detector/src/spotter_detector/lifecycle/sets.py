"""Opening, amending, closing and reopening sets; which set an event belongs to.

Ends are decided here alone. A set ends with `set.ended`, or when another set starts later than its last rep. A set
that starts no later than the newest rep so far arrives late: it is history, ended from the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spotter.domain.events.lifting import SetContext
from spotter.domain.fast_dataclass import replace
from spotter.domain.ids import derived_id
from spotter.domain.time import MINUTE_US
from spotter_detector.lifecycle import profile_update
from spotter_detector.lifecycle.profile_update import Measure
from spotter_detector.lifecycle.unit_of_work import COPIED, EARLY_US, UnitOfWork
from spotter_detector.state import LiftedSet

REOPEN_US = 10 * MINUTE_US
"""A set that ended longer ago than this is not reopened."""

CONTEXT = frozenset(SetContext.model_fields) - {"gym_id", "athlete_id", "set_id"}


def find_for_rep(work: UnitOfWork, set_id: str | None, at_us: int) -> LiftedSet | None:
    """Return the set that a rep at `at_us` belongs to; None if it opens a new one."""
    if work.moved_from_key:
        return work.moved_here()
    if set_id is None:
        return _find_unnamed(work, at_us)
    early: LiftedSet | None = None
    for lifted_set in work.named(set_id):
        if at_us < lifted_set.opened_us:
            early = lifted_set if at_us >= lifted_set.opened_us - EARLY_US else None
        elif lifted_set.ended_us is None or at_us <= lifted_set.ended_us:
            return lifted_set
        elif early is not None and early.opened_us - at_us < at_us - lifted_set.ended_us:
            return early
        else:
            return lifted_set if _may_continue(work, lifted_set, at_us) else early
    return early


def _find_unnamed(work: UnitOfWork, at_us: int) -> LiftedSet | None:
    running = work.open_sets()
    if running and at_us >= running[0].opened_us:
        return running[0]
    for lifted_set in work.started_before(at_us):
        if lifted_set.ended_us is not None and at_us <= lifted_set.ended_us:
            return lifted_set
    if running and at_us >= running[0].opened_us - EARLY_US:
        return running[0]
    return None


def _may_continue(work: UnitOfWork, lifted_set: LiftedSet, at_us: int) -> bool:
    assert lifted_set.ended_us is not None
    later = any(
        other.key != lifted_set.key and other.reps and other.opened_us > lifted_set.opened_us and not other.moved_to
        for other in work.newest()
    )
    return not later and at_us - lifted_set.ended_us <= REOPEN_US


def find_for_start(work: UnitOfWork, set_id: str | None, at_us: int) -> LiftedSet | None:
    """Return the set that a `set.started` at `at_us` adds to; None if it opens a new one."""
    if work.moved_from_key:
        return work.moved_here()
    if set_id is None:
        running = work.open_sets()
        return running[0] if running and at_us >= running[0].opened_us - EARLY_US else None
    early: LiftedSet | None = None
    for lifted_set in work.named(set_id):
        if at_us >= lifted_set.opened_us:
            return lifted_set if lifted_set.is_open or at_us <= lifted_set.active_us else early
        early = lifted_set if at_us >= lifted_set.opened_us - EARLY_US else None
    return early


def find_for_end(work: UnitOfWork, set_id: str | None, at_us: int) -> LiftedSet | None:
    """Return the set that a `set.ended` at `at_us` is about: the last one that had begun, else the newest."""
    if set_id is None or work.moved_from_key:
        return find_for_report(work, set_id)
    named = list(work.named(set_id))
    return next((lifted_set for lifted_set in named if lifted_set.opened_us <= at_us), next(iter(named), None))


def find_for_report(work: UnitOfWork, set_id: str | None) -> LiftedSet | None:
    """Return the set that a correction or a report is about: the named one, else the newest."""
    if work.moved_from_key:
        return work.moved_here()
    if set_id is None:
        running = work.open_sets()
        return running[0] if running else next(work.own(), None)
    return next(work.named(set_id), None)


def open_set(
    work: UnitOfWork,
    set_id: str | None,
    at_us: int,
    context: Mapping[str, Any],
    by: Measure | None = None,
) -> LiftedSet:
    """Open a set at `at_us`, pinned to configuration and profile; a late one ends where the next set starts.

    `by` is how its first rep is measured, if a rep opens it.
    """
    event = work.event
    key = derived_id("set", *event.identity, event.type, set_id or "")
    newest = work.newest_rep_us()
    history = at_us <= newest
    config = event.configversion or 0
    exercise = context.get("exercise")
    profile = profile_update.habitual_key(work, exercise) if by is None else profile_update.profile_key(exercise, by)
    lifted_set = LiftedSet(
        key=key,
        set_id=set_id or key,
        opened_by=event.id,
        opened_us=at_us,
        received_us=work.received_us,
        config=config,
        context=dict(context),
        start=profile_update.pinned_prior(work, config, context, profile, at_us),
        history=history,
        profile=profile,
        moved_from=work.moved_from_key,
    )
    if history:
        following = [ref.opened_us for ref in work.lifter.sets if ref.opened_us > at_us]
        lifted_set = replace(lifted_set, ended_us=min(following, default=newest), end_reason="history")
    else:
        _end_others(work, lifted_set, at_us)
    work.put(lifted_set)
    work.publish_opened(lifted_set)
    if history:
        work.publish_closed(lifted_set)
    return lifted_set


def pin_to_measure(work: UnitOfWork, lifted_set: LiftedSet, by: Measure) -> LiftedSet:
    """Pin a set to the profile of the device that sends its first rep."""
    profile = profile_update.profile_key(lifted_set.context.get("exercise"), by)
    if profile == lifted_set.profile:
        return lifted_set
    start = profile_update.pinned_prior(work, lifted_set.config, lifted_set.context, profile, lifted_set.opened_us)
    learned_before = lifted_set.start.learned_sets
    lifted_set = work.put(replace(lifted_set, profile=profile, start=start))
    if start.learned_sets != learned_before:
        work.publish_opened(lifted_set, amended=True)
    return lifted_set


def amend_set(work: UnitOfWork, lifted_set: LiftedSet, update: Mapping[str, Any]) -> LiftedSet:
    """Amend the context of a set, and its prior with it."""
    context = {**lifted_set.context, **update}
    if context == lifted_set.context:
        return lifted_set
    profile = profile_update.profile_key(context.get("exercise"), profile_update.measure_in(lifted_set.profile))
    start = profile_update.pinned_prior(work, lifted_set.config, context, profile, lifted_set.opened_us)
    lifted_set = work.put(replace(lifted_set, context=context, profile=profile, start=start))
    work.publish_opened(lifted_set, amended=True)
    return lifted_set


def continue_set(work: UnitOfWork, lifted_set: LiftedSet, at_us: int) -> LiftedSet:
    """Continue a set with an event at `at_us`: it reopens if it had ended, and older running sets end."""
    if COPIED in work.tags or (
        work.moved_from_key and not lifted_set.is_open and not _may_continue(work, lifted_set, at_us)
    ):
        return lifted_set
    if lifted_set.ended_us is not None:
        if at_us <= lifted_set.ended_us:
            return lifted_set
        lifted_set = replace(
            lifted_set, ended_us=None, end_reason=None, history=False, reopened=lifted_set.reopened + 1
        )
        work.put(lifted_set)
        work.publish_opened(lifted_set)
    _end_others(work, lifted_set, at_us)
    return lifted_set


def _end_others(work: UnitOfWork, lifted_set: LiftedSet, at_us: int) -> None:
    for other in work.open_sets():
        if other.key == lifted_set.key or other.active_us >= at_us:
            continue
        if other.reps or other.opened_us < lifted_set.opened_us:
            close_set(work, other, at_us, "next_set")


def close_set(work: UnitOfWork, lifted_set: LiftedSet, at_us: int, reason: str) -> LiftedSet:
    """Close a set."""
    lifted_set = work.put(replace(lifted_set, ended_us=at_us, end_reason=reason, under_way=None))
    work.publish_closed(lifted_set)
    return lifted_set


def context_of(data: SetContext) -> dict[str, Any]:
    """Return the context fields that an event sets."""
    return data.model_dump(include=set(CONTEXT), exclude_none=True)
