"""A set as it follows from the events of its draft, and from what was published of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import is_
from typing import Any

from spotter.domain.fast_dataclass import replace
from spotter_detector.lifecycle import profile_update
from spotter_detector.lifecycle.event_order import Item, order_of
from spotter_detector.lifecycle.set_draft import SetDraft, context_of
from spotter_detector.lifecycle.set_reps import reps_of
from spotter_detector.lifecycle.unit_of_work import UnitOfWork
from spotter_detector.model import build_prior
from spotter_detector.state import LiftedSet, Note, RepRecord

_NO_PRIOR = build_prior("machine", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
"""Of a set that is not pinned yet."""


def build(
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
