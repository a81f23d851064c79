"""An event changes a lifter's sets: it is assigned in order of time, and what follows is written and published.

An event that is the newest is added to the sets as they are. One that arrives late is assigned again together with
those around it, up to a pause over which nothing is inherited, so that the order of arrival makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from spotter.domain.events.outputs import SetClosed
from spotter.domain.fast_dataclass import record, replace
from spotter.domain.ids import derived_id
from spotter.streaming.processor import Reject
from spotter_detector.lifecycle import profile_update
from spotter_detector.lifecycle.duplicates import is_twin
from spotter_detector.lifecycle.event_order import Item, as_sent, order_of, time_of
from spotter_detector.lifecycle.set_builder import build, first_context
from spotter_detector.lifecycle.set_draft import SetDraft
from spotter_detector.lifecycle.set_publication import SetChange, exposed_again, put
from spotter_detector.lifecycle.timeline import INHERIT_US, Timeline
from spotter_detector.lifecycle.unit_of_work import UnitOfWork
from spotter_detector.state import LiftedSet, Note, RepRecord, SetRef


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
        after = build(work, draft, before, item, seen.get(draft.keys[0], {}))
        put(work, before, after)
        if after.ended_us is not None:
            profile_update.update_terms(work)  # the next one may be pinned to what it taught
        arrived = tuple(rep for rep in after.reps if rep.identity == item.identity)
        changes.append(SetChange(before, work.get(after.key), arrived))
    changes += exposed_again(work, changes)
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
            put(work, before, after)
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


def extend_moved(work: UnitOfWork, draft: SetDraft, item: Item) -> LiftedSet:
    """Write an event with its set that was moved to another lifter; it is published there."""
    before = draft.base
    assert before is not None
    after = build(work, draft, before, item, {})
    ended_us = max(before.ended_us or 0, after.active_us)
    reason = item.fields.get("reason", "lifter") if isinstance(item, Note) and item.kind == "ended" else None
    return work.put(replace(after, ended_us=ended_us, end_reason=before.end_reason or reason))
