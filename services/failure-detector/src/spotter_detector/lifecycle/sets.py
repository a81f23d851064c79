"""An event changes a lifter's sets: it is assigned in order of time, and what follows is written and published.

An event that is the newest is added to the sets as they are. One that arrives late is assigned again together with
those around it, up to a pause over which nothing is inherited, so that the order of arrival makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import is_
from typing import Any

from spotter.domain.events.outputs import SetClosed
from spotter.domain.fast_dataclass import record, replace
from spotter.domain.ids import derived_id
from spotter.domain.time import moment_of
from spotter.streaming.processor import Reject
from spotter_detector.lifecycle import profile_update, reps
from spotter_detector.lifecycle.assignment import (
    INHERIT_US,
    Item,
    SetDraft,
    Timeline,
    as_sent,
    context_of,
    is_twin,
    order_of,
    time_of,
)
from spotter_detector.lifecycle.exposure import EXPOSURE_SETS_MAX, exposure_key
from spotter_detector.lifecycle.set_builder import (
    about_us,
    felt_rir,
    reported_rep,
    reps_of,
    standing_effort,
)
from spotter_detector.lifecycle.unit_of_work import UnitOfWork
from spotter_detector.model import build_prior
from spotter_detector.state import LiftedSet, Note, RepRecord, SetRef

_NO_PRIOR = build_prior("machine", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
"""Of a set that is not pinned yet."""


@record(frozen=True, slots=True)
class SetChange:
    """A set that an event has changed."""

    before: LiftedSet | None
    after: LiftedSet
    arrived: tuple[RepRecord, ...] = ()
    """The reps that the event reports."""


@record(frozen=True, slots=True)
class Assignment:
    """What an event has changed."""

    changes: tuple[SetChange, ...] = ()
    target: LiftedSet | None = None
    """The set that it is about; None if it waits for its set."""
    moved: SetDraft | None = None
    """The set that it is about, if that was moved to another lifter: nothing is written yet."""
    reject: Reject | None = None
    """Why the event itself is of no use."""


def find_running(work: UnitOfWork, set_id: str | None, set_key: str | None, at_us: int) -> LiftedSet | None:
    """Return the set that something at `at_us` belongs to which is no evidence of a set by itself."""
    return _existing(work, set_key, lambda timeline: timeline.find_for_rep(set_id, None, at_us))


def find_about(work: UnitOfWork, set_id: str | None, set_key: str | None, at_us: int, kind: str) -> LiftedSet | None:
    """Return the set that an event at `at_us` is about, which changes nothing in it by itself."""
    return _existing(work, set_key, lambda timeline: timeline.about(set_id, at_us, kind))


def _existing(
    work: UnitOfWork, set_key: str | None, by_time: Callable[[Timeline], SetDraft | None]
) -> LiftedSet | None:
    timeline = _timeline(work, work.lifter.sets)
    if work.moved_from_key:
        draft = timeline.moved_here(work.moved_from_key)
    elif set_key is not None:
        draft = timeline.keyed(set_key)
    else:
        draft = by_time(timeline)
    return None if draft is None else draft.base


def _timeline(work: UnitOfWork, refs: Sequence[SetRef], anchors: Mapping[str, str] | None = None) -> Timeline:
    return Timeline(refs, work.get, merged=work.lifter.merged, anchors=anchors)


def assign(work: UnitOfWork, item: Item) -> Assignment:
    """Assign an event to its set and write what follows."""
    at_us = time_of(item)
    if work.moved_from_key or at_us >= work.newest_us() or _is_within_running(work, item, at_us):
        timeline = _timeline(work, work.lifter.sets)
        timeline.waiting = list(work.lifter.waiting)
        if isinstance(item, Note):
            target = timeline.place_note(item, work.moved_from_key)
        else:
            target = timeline.place_rep(item, work.moved_from_key)
        session: list[LiftedSet] = []
        again = False
    else:
        session, others = _session(work, at_us)
        timeline = _assigned_again(work, item, session, others)
        target = next((draft for draft in timeline.touched() if _holds(draft, item)), None)
        again = True
    if target is not None and target.moved_to:
        return Assignment(moved=target, reject=_refusal(target.reps, target.refused, item))
    settled = _settle(work, timeline, item, target, {lifted_set.key: lifted_set for lifted_set in session}, again=again)
    about = settled.target
    return settled if about is None else replace(settled, reject=_refusal(about.reps, about.refused, item))


def _refusal(reps: Sequence[RepRecord], refused: Sequence[RepRecord], item: Item) -> Reject | None:
    """Return why a rep is not counted."""
    if isinstance(item, Note) or not any(rep.identity == item.identity for rep in refused):
        return None
    about = f"rep {item.sent_number} was reported before"
    if any(is_twin(as_sent(rep), item) for rep in reps):
        return Reject("duplicate_rep", f"{about} with the same values, and is counted once")
    return Reject("rep_conflict", f"{about} with other values; the first report stays")


def _is_within_running(work: UnitOfWork, item: Item, at_us: int) -> bool:
    """Whether a late rep lies within the running set, of which only reps came after it."""
    if isinstance(item, Note) or item.set_key is not None or work.lifter.newest_us >= at_us or work.lifter.waiting:
        return False
    running = [ref for ref in work.lifter.sets[-2:] if ref.is_open]
    if len(running) != 1 or running[0] != work.lifter.sets[-1] or running[0].opened_us > at_us:
        return False
    lifted_set = work.get(running[0].key)
    if item.set_id not in (None, lifted_set.set_id, *lifted_set.other_ids):
        return False
    if item.exercise not in (None, lifted_set.context.get("exercise")) or len(lifted_set.reps) < 1:
        return False
    if any(rep.sent_number == item.sent_number is not None for rep in lifted_set.reps) or lifted_set.refused:
        return False
    return all(note.at_us <= at_us for note in lifted_set.notes) and lifted_set.reps[0].ended_us <= at_us


def _assigned_again(work: UnitOfWork, item: Item, session: Sequence[LiftedSet], others: Sequence[SetRef]) -> Timeline:
    """Return the timeline with a late event and those around it, assigned anew."""
    at_us = time_of(item)
    first_us = min([at_us, *(lifted_set.opened_us for lifted_set in session)])
    last_us = max([at_us, *(_until(lifted_set) for lifted_set in session)])
    items: list[Item] = [item, *work.lifter.waiting]
    for lifted_set in session:
        items += [event for event in lifted_set.events if event.identity != item.identity]
    remote: dict[str, list[Note]] = {}
    for ref in others:
        if ref.noted_us >= first_us and not ref.moved:
            lifted_set = work.get(ref.key)
            notes = [note for note in lifted_set.notes if note.at_us >= first_us and note.set_key is None]
            if notes and not lifted_set.moved_from:
                items += notes
                remote[ref.key] = notes
    items.sort(key=order_of)
    anchors = {lifted_set.anchor: lifted_set.key for lifted_set in session}
    timeline = _timeline(work, [ref for ref in others if ref.opened_us <= last_us], anchors)
    for key, notes in remote.items():
        draft = timeline.keyed(key)
        if draft is not None:
            draft.notes = [note for note in draft.notes if not any(note is taken for taken in notes)]
            draft.touched = True
    timeline.fold([event for event in items if time_of(event) <= last_us], item.identity)
    timeline.refs = others
    timeline.fold([event for event in items if time_of(event) > last_us], item.identity)
    return timeline


def _holds(draft: SetDraft, item: Item) -> bool:
    return any(event.identity == item.identity for event in draft.events)


def _until(lifted_set: LiftedSet) -> int:
    return max(lifted_set.active_us, lifted_set.ended_us or 0)


def _session(work: UnitOfWork, at_us: int) -> tuple[list[LiftedSet], list[SetRef]]:
    """Return the sets around a moment, up to a pause over which nothing is inherited, and all others.

    A set that was moved, here or to another lifter, keeps what it has.
    """
    spans = []
    for ref in work.lifter.sets:
        until_us = ref.until_us or _until(work.get(ref.key))
        spans.append((ref.opened_us, max(until_us, ref.opened_us) + INHERIT_US, ref))
    first_us, last_us = at_us, at_us + INHERIT_US
    within: set[str] = set()
    grown = True
    while grown:
        grown = False
        for opened_us, over_us, ref in spans:
            if ref.key not in within and opened_us <= last_us and over_us >= first_us:
                within.add(ref.key)
                first_us, last_us, grown = min(first_us, opened_us), max(last_us, over_us), True
    session: list[LiftedSet] = []
    others: list[SetRef] = []
    for _, _, ref in spans:
        lifted_set = work.get(ref.key) if ref.key in within else None
        if lifted_set is None or lifted_set.moved_to or lifted_set.moved_from:
            others.append(ref)
        else:
            session.append(lifted_set)
    return session, others


def _settle(
    work: UnitOfWork,
    timeline: Timeline,
    item: Item,
    target: SetDraft | None,
    session: Mapping[str, LiftedSet],
    *,
    again: bool,
) -> Assignment:
    """Write the sets that an assignment has changed, and publish what is new of them."""
    drafts = timeline.touched()
    if tuple(timeline.waiting) != work.lifter.waiting:
        work.put_lifter(replace(work.lifter, waiting=tuple(sorted(timeline.waiting, key=order_of))))
    stored = dict(session)
    for draft in drafts:
        for key in draft.keys:
            if key not in stored and any(ref.key == key for ref in work.lifter.sets):
                stored[key] = work.get(key)
    kept: dict[str, SetDraft] = {}
    for draft in drafts:
        key = _key_of(work, draft, stored)
        draft.keys = [key, *(other for other in draft.keys if other != key)]
        kept[key] = draft
    changes = []
    seen: dict[str, dict[str, str]] = {}
    for key in [key for key in stored if key not in kept]:
        into = next((draft for draft in drafts if key in draft.keys), None) or _holder(drafts, stored[key])
        seen.setdefault(into.keys[0], {}).update(stored[key].seen)
        work.publish_closed(stored[key], merged_into=into.keys[0])
        work.drop(key, into.keys[0])
    for draft in drafts:
        before = stored.get(draft.keys[0])
        after = _build(work, draft, before, item, seen.get(draft.keys[0], {}))
        _put(work, before, after)
        if after.ended_us is not None:
            profile_update.update_terms(work)  # the next one may be pinned to what it taught
        arrived = tuple(rep for rep in after.reps if rep.identity == item.identity)
        changes.append(SetChange(before, work.get(after.key), arrived))
    changes += _exposed_again(work, changes)
    if again:
        since_us = min([time_of(item), *(change.after.opened_us for change in changes)])
        changes += _pin_again(work, since_us, {change.after.key for change in changes})
    about = None if target is None else work.get(target.keys[0])
    return Assignment(tuple(changes), about)


def _holder(drafts: Sequence[SetDraft], lifted_set: LiftedSet) -> SetDraft:
    """Return the draft that has most of a set's events."""
    identities = {event.identity for event in lifted_set.events}
    return max(drafts, key=lambda draft: sum(event.identity in identities for event in draft.events))


def _key_of(work: UnitOfWork, draft: SetDraft, stored: Mapping[str, LiftedSet]) -> str:
    """Return the key of a set: that under which most of it is known, else a new one, of the event that opened it."""
    keys = [key for key in draft.keys if key in stored]
    if keys:
        return max(keys, key=lambda key: (len(stored[key].reps), -keys.index(key)))
    opener = draft.opener
    assert opener is not None
    name = opener.set_id or ""
    key = derived_id("set", *work.event.identity[:2], opener.identity, name)
    if key in work.lifter.merged or any(ref.key == key for ref in work.lifter.sets):
        key = derived_id("set", *work.event.identity, opener.identity, name)
    return key


def _build(
    work: UnitOfWork, draft: SetDraft, before: LiftedSet | None, item: Item, seen: Mapping[str, str]
) -> LiftedSet:
    """Return the set that follows from the events of a draft."""
    key = draft.keys[0]
    extended = _with_rep_appended(draft, before, item)
    if extended is not None:
        return extended
    context: Mapping[str, Any] = context_of(draft)
    if before is not None and before.context == context:
        context = before.context
    first = min(draft.events, key=order_of)
    name = draft.names[0]
    published = {rep.identity for rep in before.reps} if before is not None else ()
    counted, refused = reps_of(draft, context, published)
    reps_now = _with_revisions(before, counted, item.identity)
    notes = tuple(sorted(draft.notes, key=order_of))
    fresh = draft.base is None
    config = before.config if before is not None and not fresh else first.config
    ended_us, reason = _end_of(work, draft, before)
    if before is None:
        reopened = 0
        seen_before: Mapping[str, str] = {}
        under_way = None
    else:
        is_back = before.voided and not draft.voided  # another set was voided, as it turns out
        reopened = before.reopened + (is_back or (before.ended_us is not None and ended_us is None))
        seen_before = before.seen
        under_way = before.under_way if ended_us is None else None
    if under_way is not None and any(rep.ended_us >= under_way.started_us for rep in reps_now):
        under_way = None
    after = LiftedSet(
        key=key,
        set_id=name or key,
        opened_by=before.opened_by if before is not None and not fresh else first.event_id,
        opened_us=draft.opened_us,
        received_us=work.received_us if before is None else before.received_us,
        config=config,
        context=context,
        start=_NO_PRIOR if before is None else before.start,
        reps=reps_now,
        under_way=under_way,
        ended_us=ended_us,
        end_reason=reason,
        reopened=reopened,
        history=_is_history(work, draft, before, ended_us),
        seen={**seen_before, **seen} if seen else seen_before,
        notes=notes,
        inherited=draft.inherited,
        profile="" if before is None else before.profile,
        term=None if before is None else before.term,
        moved_from=draft.moved_from,
        moved_to=draft.moved_to,
        anchor=before.anchor
        if before is not None
        else first.identity
        if draft.opener is None
        else draft.opener.identity,
        other_ids=tuple(other for other in draft.names[1:] if other is not None),
        exposure_key="" if before is None else before.exposure_key,
        effort="" if before is None else before.effort,
        voided=draft.voided,
        refused=refused,
        tie=before.tie if before is not None and not fresh else first.tie,
    )
    return after if draft.moved_to else _pinned(work, after, before, again=fresh)


def _is_history(work: UnitOfWork, draft: SetDraft, before: LiftedSet | None, ended_us: int | None) -> bool:
    if draft.moved_from:
        return draft.opened_us <= work.newest_rep_us() if before is None else before.history
    return ended_us is not None and (before is None or before.history)


def _with_rep_appended(draft: SetDraft, before: LiftedSet | None, item: Item) -> LiftedSet | None:
    """Return a running set with its newest rep, if nothing else has changed; else None."""
    if (
        before is None
        or draft.base is not before
        or isinstance(item, Note)
        or draft.voided
        or not before.reps
        or len(draft.reps) != len(before.reps) + 1
        or len(draft.notes) != len(before.notes)
        or draft.refused
        or draft.names[1:] != before.other_ids
        or before.ended_us is not None
        or draft.ended_us is not None
        or item.set_id not in (None, draft.names[0])
        or before.context.get("intent") == "drop"
        or _has_value_in_force(before, item)
        or draft.exercise != before.context.get("exercise")
        or item.ended_us <= before.reps[-1].ended_us
        or order_of(item) < order_of(before.reps[-1])
    ):
        return None
    highest = max(rep.number for rep in before.reps)
    number = item.sent_number
    if number is None:
        number = min(10_000, highest + 1)
    elif number <= highest:
        return None
    if before.notes and any(note.fields.get("rep_number") == number or note.kind == "effort" for note in before.notes):
        return None
    rep = item if item.number == number else replace(item, number=number)
    under_way = before.under_way
    if under_way is not None and rep.ended_us >= under_way.started_us:
        under_way = None
    return replace(before, reps=(*before.reps, rep), under_way=under_way)


def _has_value_in_force(before: LiftedSet, item: RepRecord) -> bool:
    """Whether load or side of a rep, or of the reps before it, may follow from what the set says."""
    last = before.reps[-1]
    if item.load_kg != last.load_kg and (last.load_kg is not None or item.load_kg != before.context.get("load_kg")):
        return True
    return before.context.get("side") is not None and (item.side is not None or last.side is not None)


def _with_revisions(before: LiftedSet | None, built: Sequence[RepRecord], newcomer: str) -> tuple[RepRecord, ...]:
    """Return reps with the next revision where they differ from what was published.

    A rep that comes from another set, which withdrew it under its next revision, and may go back, has the one after that.
    """
    if before is None:
        return tuple([rep if rep.identity == newcomer else replace(rep, revision=rep.revision + 2) for rep in built])
    published = {rep.identity: rep for rep in before.reps}
    renumbered = any(published[rep.identity].number != rep.number for rep in built if rep.identity in published)
    estimates = max((rep.estimates for rep in before.reps), default=1) if renumbered else 0
    result = []
    for rep in built:
        old = published.get(rep.identity)
        if old is None:
            revision = rep.revision if rep.identity == newcomer else rep.revision + 2
            result.append(replace(rep, revision=revision, estimates=max(rep.estimates, estimates)))
            continue
        same = replace(rep, revision=old.revision, estimates=max(old.estimates, estimates))
        if same == old:
            result.append(old)
        elif replace(same, called_rir=old.called_rir, original=old.original, estimates=old.estimates) == old:
            result.append(same)  # nothing of it is published anew
        else:
            result.append(replace(same, revision=old.revision + 1))
    if len(result) == len(before.reps) and all(map(is_, result, before.reps)):
        return before.reps
    return tuple(result)


def _end_of(work: UnitOfWork, draft: SetDraft, before: LiftedSet | None) -> tuple[int | None, str | None]:
    """Return when and by what a set has ended: also by silence, where the lifter did something later."""
    if draft.ended_us is not None or draft.moved_to:
        return draft.ended_us, draft.end_reason
    later = [
        ref.opened_us
        for ref in work.lifter.sets
        if ref.opened > draft.opened and ref.opened_us >= draft.active_us and ref.key != draft.keys[0]
    ]
    following_us = min(later, default=None)
    if following_us is not None and not draft.moved_from:
        silent = draft.silence_us < following_us
        return min(draft.silence_us, following_us), "silence" if silent else "next_set"
    if before is not None and before.end_reason == "silence" and before.active_us == draft.active_us:
        return before.ended_us, "silence"
    return None, None


def _pinned(work: UnitOfWork, after: LiftedSet, before: LiftedSet | None, *, again: bool) -> LiftedSet:
    """Pin a set to the lifter's profile as it was when it opened."""
    exercise = after.context.get("exercise")
    if after.reps:
        profile = profile_update.profile_key(exercise, profile_update.measure_of_rep(after.reps[0]))
    elif before is not None and before.profile and before.context.get("exercise") == exercise:
        profile = before.profile
    else:
        profile = profile_update.habitual_key(work, exercise, after.opened_us)
    if (
        before is not None
        and profile == before.profile
        and first_context(after) == first_context(before)
        and after.opened_us == before.opened_us
        and not again
    ):
        return after
    start = profile_update.pinned_prior(work, after.config, first_context(after), profile, after.opened_us)
    return replace(
        after, profile=profile, start=before.start if before is not None and before.start == start else start
    )


def first_context(lifted_set: LiftedSet) -> Mapping[str, Any]:
    """Return the context with the load of the first part: of the first rep where it says it."""
    loads = [rep.load_kg for rep in lifted_set.reps[:1] if rep.load_kg is not None]
    if lifted_set.context.get("intent") != "drop":
        return {**lifted_set.context, "load_kg": loads[0]} if loads else lifted_set.context
    notes = [note.fields["load_kg"] for note in lifted_set.notes if note.fields.get("load_kg") is not None]
    first = next(iter([*loads, lifted_set.inherited.get("load_kg"), *notes]), None)
    return {**lifted_set.context, "load_kg": first}


def _put(work: UnitOfWork, before: LiftedSet | None, after: LiftedSet) -> None:
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


def _pin_again(work: UnitOfWork, since_us: int, settled: set[str]) -> list[SetChange]:
    """Pin sets that opened after a late event again, where what it taught was known when they opened."""
    changes = []
    profile_update.update_terms(work)
    profiles: set[str] = set()
    for lifted_set, earlier in work.changed_sets():
        profiles |= profile_update.profiles_of(lifted_set)
        profiles |= profile_update.profiles_of(earlier) if earlier is not None else set()
    for ref in work.lifter.sets:
        if ref.opened_us <= since_us or ref.key in settled or ref.profile not in profiles or not ref.profile:
            continue
        before = work.get(ref.key)
        start = profile_update.pinned_prior(
            work, before.config, first_context(before), before.profile, before.opened_us
        )
        if start != before.start and not before.moved_to:
            after = replace(before, start=start)
            _put(work, before, after)
            profile_update.update_terms(work)
            changes.append(SetChange(before, work.get(after.key)))
    _close_again(work)
    return changes


def _close_again(work: UnitOfWork) -> None:
    """Publish again how the sets compared with those before them that have taught something else."""
    closed = {fact.set_key for fact in work.facts if isinstance(fact, SetClosed)}
    for ref in work.lifter.sets:
        since_us = work.taught.get(ref.profile)
        if since_us is not None and ref.opened_us > since_us and not ref.is_open and ref.key not in closed:
            work.publish_closed(work.get(ref.key))


def _exposed_again(work: UnitOfWork, changes: Sequence[SetChange]) -> list[SetChange]:
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
        _put(work, before, before)
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


def extend_moved(work: UnitOfWork, draft: SetDraft, item: Item) -> LiftedSet:
    """Write an event with its set that was moved to another lifter; it is published there."""
    before = draft.base
    assert before is not None
    after = _build(work, draft, before, item, {})
    ended_us = max(before.ended_us or 0, after.active_us)
    reason = item.fields.get("reason", "lifter") if isinstance(item, Note) and item.kind == "ended" else None
    return work.put(replace(after, ended_us=ended_us, end_reason=before.end_reason or reason))
