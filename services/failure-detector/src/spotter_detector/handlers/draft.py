"""What every handler ends with: a draft of the step, and the estimates that it makes new."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from spotter.domain.events import Event, EventData
from spotter.domain.fast_dataclass import record, replace
from spotter.streaming.processor import Reject
from spotter_detector.lifecycle import profile_report, profile_update, set_transfer
from spotter_detector.lifecycle.assignment import Assignment, extend_moved
from spotter_detector.lifecycle.estimates import ChangedRep, EstimateRequest
from spotter_detector.lifecycle.raw_motion import MotionChanges
from spotter_detector.lifecycle.rep_merge import MergedRep, first_difference
from spotter_detector.lifecycle.set_draft import SetDraft
from spotter_detector.lifecycle.unit_of_work import UnitOfWork
from spotter_detector.model import Observation, Prior
from spotter_detector.state import LiftedSet, Note, RepRecord


@record(frozen=True, slots=True)
class DetectorDraft:
    """A step of the detector with the estimates that are still to be computed."""

    event: Event
    changes: Mapping[str, object | None]
    passed: Event | None = None
    """The input event, published again on the output topic."""
    facts: tuple[EventData, ...] = ()
    requests: tuple[EstimateRequest, ...] = ()
    """One per set."""
    reject: Reject | None = None
    elsewhere: tuple[Event, ...] = ()
    """Events for other lifters."""


def accept(work: UnitOfWork, lifted_set: LiftedSet | None = None, *requests: EstimateRequest | None) -> DetectorDraft:
    """Close the unit of work; the event is passed on under the names of the set that it is about."""
    profile_update.update_terms(work)
    profile_update.add_close_metrics(work)
    profile_report.add_learned_profiles(work)
    passed = work.event
    if lifted_set is not None:
        names = {"set_id": passed.data.set_id or lifted_set.set_id, "set_key": lifted_set.key}
        passed = replace(passed, data=passed.data.model_copy(update=names))
    requested = tuple([request for request in requests if request is not None])
    return DetectorDraft(
        work.event, work.changes, passed, tuple(work.facts), requested, elsewhere=tuple(work.elsewhere)
    )


def accept_changes(work: UnitOfWork, assignment: Assignment, reject: Reject | None = None) -> DetectorDraft:
    """Accept an event that has changed sets; with `reject` it is no use itself, and is not passed on."""
    requests = [_revised(work, change.before, change.after, *change.arrived) for change in assignment.changes]
    accepted = accept(work, assignment.target, *requests)
    return accepted if reject is None else replace(accepted, passed=None, reject=reject)


def accept_motion(work: UnitOfWork, lifted_set: LiftedSet, changes: MotionChanges) -> DetectorDraft:
    """Accept an event with the reps that were found in signals."""
    requests = [
        _revised(work, before, work.get(key), *changes.arrived.get(key, ()))
        for key, before in changes.before.items()
        if work.find(key) is not None
    ]
    return accept(work, lifted_set, *requests)


_Report = tuple[int, int, tuple[str, ...], bool]
"""Number, end (µs) and flags of a report of a rep, and whether it is another counter's copy."""


def _revised(
    work: UnitOfWork, before: LiftedSet | None, after: LiftedSet, *arrived: RepRecord
) -> EstimateRequest | None:
    if before is None:
        before = replace(after, reps=())
    elif (
        not arrived
        and _prior_of_estimates(before) == _prior_of_estimates(after)
        and (before.reps is after.reps or _estimated(work, before) == _estimated(work, after))
    ):
        return None
    return revise(work, before, after, *arrived)[1]


def _estimated(work: UnitOfWork, lifted_set: LiftedSet) -> tuple[list[Observation], dict[str, _Report]]:
    """Return all of the reps that their estimates follow from, and what their estimates say of them."""
    merged = work.merged(lifted_set)
    return [rep.observation for rep in merged], _reports(lifted_set, merged)


def _reports(lifted_set: LiftedSet, merged: Sequence[MergedRep]) -> dict[str, _Report]:
    """Return what an estimate says of the report of a rep itself, by the report's identity."""
    reports: dict[str, _Report] = {}
    for group in merged:
        for index in group.indices:
            rep = lifted_set.reps[index]
            reports[rep.identity] = (rep.number, rep.ended_us, rep.flags, _is_copy(lifted_set, group, index))
    return reports


def _prior_of_estimates(lifted_set: LiftedSet) -> Prior:
    """Return the set's prior without what matters to later sets alone."""
    return lifted_set.start if lifted_set.start.drop else dataclasses.replace(lifted_set.start, load_kg=None)


def accept_for_lifter(work: UnitOfWork) -> DetectorDraft:
    """Accept an event that belongs to no set."""
    work.remember_with_lifter()
    return accept(work)


def ignore(work: UnitOfWork) -> DetectorDraft:
    """Change nothing."""
    return DetectorDraft(work.event, {})


def reject(work: UnitOfWork, reason: Reject) -> DetectorDraft:
    """Send the event to the dead letters."""
    return DetectorDraft(work.event, {}, reject=reason)


def reject_unknown_set(work: UnitOfWork, forgotten: LiftedSet | None = None) -> DetectorDraft:
    """Reject an event about a set that is not kept: `too_old` if it may be one of those dropped after 28 days."""
    set_id = work.event.data.set_id
    detail = (
        f"no set {set_id} of this lifter in the last 28 days" if set_id else "the lifter has no set in the last 28 days"
    )
    return reject(work, Reject("too_old" if forgotten or work.lifter.forgot else "unknown_set", detail))


def forward(work: UnitOfWork, lifted_set: LiftedSet) -> DetectorDraft:
    """Forward an event to the lifter who has its set now; it is published there and counts no more here."""
    set_transfer.forward_event(work, lifted_set)
    return DetectorDraft(work.event, work.changes, elsewhere=tuple(work.elsewhere))


def forward_rep(work: UnitOfWork, moved: SetDraft, rep: RepRecord) -> DetectorDraft:
    """Forward a rep to the lifter who has its set now."""
    set_transfer.forward_rep(work, extend_moved(work, moved, rep), rep.identity)
    return DetectorDraft(work.event, work.changes, elsewhere=tuple(work.elsewhere))


def forward_note(work: UnitOfWork, moved: SetDraft, note: Note) -> DetectorDraft:
    """Forward another event about a set to the lifter who has it now."""
    return forward(work, extend_moved(work, moved, note))


def revise(
    work: UnitOfWork, before: LiftedSet, after: LiftedSet, *arrived: RepRecord
) -> tuple[LiftedSet, EstimateRequest | None]:
    """Request the estimates that an event changes, under new revisions.

    Those of reps that arrived late come first, then those of which it shows what they are, that of the set's newest rep
    last.
    """
    merged_before = work.merged(before)
    merged = work.merged(after)
    first = first_difference(merged_before, merged) if before.start is after.start or before.start == after.start else 0
    read_before, read = _readings(work, before, merged_before), _readings(work, after, merged)
    reread = {number for number, (then, now) in enumerate(zip(read_before, read, strict=False)) if then != now}
    if (
        first == len(merged_before) == len(merged) - 1
        and not reread
        and len(last := merged[-1].indices) == len(arrived) == 1
        and after.reps[last[0]] is arrived[0]
    ):
        return after, _request(work, after, merged, (ChangedRep(first, last[0], arrived=True),))
    arrived_indices = {index for index, rep in enumerate(after.reps) if any(rep is new for new in arrived)}
    reports_before, reports = _reports(before, merged_before), _reports(after, merged)
    differing = {
        index for index, rep in enumerate(after.reps) if reports.get(rep.identity) != reports_before.get(rep.identity)
    }
    changed = [
        ChangedRep(
            number,
            index,
            second=_is_copy(after, group, index),
            arrived=index in arrived_indices,
            before=read[number],
        )
        for number, group in enumerate(merged)
        for index in group.indices
        if number >= first or number in reread or index in differing
    ]
    if not changed and not arrived and merged:
        changed = [ChangedRep(len(merged) - 1, merged[-1].indices[0])]
    if not changed:
        return after, None
    newest = len(merged) - 1
    changed.sort(
        key=lambda rep: (not rep.arrived or rep.observation == newest, rep.observation, not rep.arrived, rep.index)
    )
    if any(not rep.arrived for rep in changed):
        reps = list(after.reps)
        for revised in changed:
            if not revised.arrived:
                rep = reps[revised.index]
                reps[revised.index] = replace(rep, estimates=rep.estimates + 1)
        after = work.put(replace(after, reps=tuple(reps)))
    return after, _request(work, after, merged, tuple(changed))


def _readings(work: UnitOfWork, lifted_set: LiftedSet, merged: Sequence[MergedRep]) -> list[int | None]:
    """Return what later reports have shown of each rep: see `SetReadings.revised`."""
    return work.readings.revised(lifted_set.key, lifted_set.start, [rep.observation for rep in merged])


def _is_copy(lifted_set: LiftedSet, rep: MergedRep, index: int) -> bool:
    """Whether a report is another counter's of a rep; one of the same counter is of another lift of it."""
    first = rep.indices[0]
    return index != first and lifted_set.reps[index].source != lifted_set.reps[first].source


def _request(
    work: UnitOfWork, lifted_set: LiftedSet, merged: Sequence[MergedRep], changed: tuple[ChangedRep, ...]
) -> EstimateRequest:
    observations = tuple([rep.observation for rep in merged])
    return EstimateRequest(work.event, lifted_set, observations, changed, work.newest_rep_us())
