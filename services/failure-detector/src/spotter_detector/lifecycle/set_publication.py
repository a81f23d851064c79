"""A set is written, and what is new of it published; so is what follows from it for the exposures of later sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spotter.domain.fast_dataclass import record, replace
from spotter.domain.time import moment_of
from spotter_detector.lifecycle import reps
from spotter_detector.lifecycle.exposure import EXPOSURE_SETS_MAX, exposure_key
from spotter_detector.lifecycle.set_reps import about_us, felt_rir, reported_rep, standing_effort
from spotter_detector.lifecycle.unit_of_work import UnitOfWork
from spotter_detector.state import LiftedSet, RepRecord


@record(frozen=True, slots=True)
class SetChange:
    """A set that an event has changed."""

    before: LiftedSet | None
    after: LiftedSet
    arrived: tuple[RepRecord, ...] = ()
    """The reps that the event reports."""


def put(work: UnitOfWork, before: LiftedSet | None, after: LiftedSet) -> None:
    """Write a set and publish what is new of it."""
    after = replace(after, exposure_key=exposure_key(work, after))
    effort = _effort_of(after)
    fingerprint = "" if effort is None else "|".join(map(str, effort.values()))
    after = replace(after, effort=fingerprint)
    if after == before:
        return
    after = work.put(after)
    if before is None or after.reopened > before.reopened:
        work.publish_opened(after)
    elif _opening(before) != _opening(after):
        work.publish_opened(after, amended=True)
    published = {} if before is None else {rep.identity: rep for rep in before.reps}
    for rep in after.reps:
        old = published.pop(rep.identity, None)
        if old is None or old.revision != rep.revision:
            reps.publish_rep(work, after, rep)
    for rep in published.values():
        reps.publish_rep(work, after, replace(rep, revision=rep.revision + 1), withdrawn=True)
    if fingerprint != ("" if before is None or before.voided > after.voided else before.effort):
        reps.publish_effort(work, after, effort)
    ended = (after.ended_us, after.end_reason, after.voided)
    if after.ended_us is not None and (
        before is None
        or ended != (before.ended_us, before.end_reason, before.voided)
        or before.reps is not after.reps
        or before.start != after.start
    ):
        work.publish_closed(after)


def _opening(lifted_set: LiftedSet) -> tuple[object, ...]:
    return (
        lifted_set.context,
        lifted_set.opened_us,
        lifted_set.set_id,
        lifted_set.other_ids,
        lifted_set.exposure_key,
        lifted_set.config,
        lifted_set.start.learned_sets,
    )


def _effort_of(lifted_set: LiftedSet) -> dict[str, Any] | None:
    """Return the lifter's report that holds, as it is published; None if there is none."""
    note = standing_effort(lifted_set.notes)
    if note is None:
        return None
    rep = reported_rep(note, lifted_set.reps) if note.fields.get("rep_number") is not None else None
    return {
        "effort_event_id": note.event_id,
        "about": moment_of(about_us(note, lifted_set.reps)),
        "rep_event_id": None if rep is None else rep.event_id,
        "rir": felt_rir(note),
        "failed": note.fields.get("failed"),
    }


def exposed_again(work: UnitOfWork, changes: Sequence[SetChange]) -> list[SetChange]:
    """Tell again which exposure the sets are a part of that follow a changed one, where that depends on the change."""
    if len(changes) == 1 and work.lifter.sets and work.lifter.sets[-1].key == changes[0].after.key:
        return []
    telling = [
        change for change in changes if change.before is None or _exposing(change.before) != _exposing(change.after)
    ]
    if not telling:
        return []
    first = min((change.after.opened_us, change.after.tie) for change in telling)
    done = {change.after.key for change in changes}
    following = [ref for ref in work.lifter.sets if ref.opened > first and ref.key not in done and not ref.moved]
    further = []
    for ref in following[:EXPOSURE_SETS_MAX]:
        before = work.get(ref.key)
        put(work, before, before)
        after = work.get(ref.key)
        if after is not before:
            further.append(SetChange(before, after))
    return further


def _exposing(lifted_set: LiftedSet) -> tuple[object, ...]:
    """Return what the exposure of the sets after one depends on."""
    last_us = lifted_set.reps[-1].ended_us if lifted_set.reps else None
    return (
        lifted_set.context,
        lifted_set.voided,
        lifted_set.exposure_key,
        last_us,
        lifted_set.set_id,
        lifted_set.other_ids,
    )


def close_by_silence(work: UnitOfWork, lifted_set: LiftedSet, at_us: int) -> LiftedSet:
    """Close a set that nothing has been heard of."""
    lifted_set = work.put(replace(lifted_set, ended_us=at_us, end_reason="silence", under_way=None))
    work.publish_closed(lifted_set)
    return lifted_set
