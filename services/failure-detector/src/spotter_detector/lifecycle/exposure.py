"""Which sets are one exposure to failure: the two sides of a one-armed exercise, drops, clusters, rest-pause."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from spotter.domain.time import SECOND_US
from spotter_detector.lifecycle.unit_of_work import UnitOfWork
from spotter_detector.state import LiftedSet, SetRef

PAUSE_US: Final = 45 * SECOND_US
"""A set of the same exercise that begins this soon after the last rep of another continues it (design choice: rest-pause
and myo-reps pause for 10–30 s, nobody rests for less than a minute between straight sets near failure)."""
CHANGE_US: Final = 180 * SECOND_US
"""The same where it is reported to be a drop, or the other side."""
EXPOSURE_SETS_MAX: Final = 12
"""How many sets back an exposure is looked through."""
_LOAD_RATIO: Final = 1.02
"""A load is higher if it differs by more than rounding."""
_NO_WORK: Final = ("warmup", "technique")


def exposure_key(work: UnitOfWork, lifted_set: LiftedSet) -> str:
    """Return the key of the first set of the exposure that a set is a part of; its own if it stands alone."""
    part_of = lifted_set.context.get("part_of")
    for ref in _before(work, lifted_set):
        if part_of is not None and work.lifter.merged.get(part_of, part_of) not in (
            ref.key,
            ref.set_id,
            *ref.other_ids,
        ):
            continue
        previous = work.get(ref.key)
        if previous.voided or (part_of is None and not previous.reps):
            continue
        if part_of is None and not _continues(work, lifted_set, previous):
            return lifted_set.key
        return previous.exposure_key or previous.key
    return lifted_set.key


def _before(work: UnitOfWork, lifted_set: LiftedSet) -> Iterator[SetRef]:
    """Return the sets that began before a set, the latest first."""
    return (
        ref
        for ref in reversed(work.lifter.sets)
        if ref.key != lifted_set.key and ref.opened < (lifted_set.opened_us, lifted_set.tie) and not ref.moved
    )


def _continues(work: UnitOfWork, lifted_set: LiftedSet, previous: LiftedSet) -> bool:
    context, before = lifted_set.context, previous.context
    if context.get("exercise") is None or context.get("exercise") != before.get("exercise"):
        return False
    if context.get("intent") in _NO_WORK or before.get("intent") in _NO_WORK:
        return False
    load_kg, load_before_kg = context.get("load_kg"), before.get("load_kg")
    if load_kg is not None and load_before_kg is not None and load_kg > load_before_kg * _LOAD_RATIO:
        return False
    began_us = lifted_set.reps[0].started_us if lifted_set.reps else lifted_set.opened_us
    pause_us = began_us - previous.reps[-1].ended_us
    if pause_us <= PAUSE_US:
        return True
    return pause_us <= CHANGE_US and (_opened_as_drop(lifted_set) or _is_other_side(work, lifted_set, previous))


def _opened_as_drop(lifted_set: LiftedSet) -> bool:
    """Whether a set was a drop from the start, not a set within which the load was dropped."""
    opened_as = next((note.fields.get("intent") for note in lifted_set.notes if note.kind == "started"), None)
    return "drop" in (opened_as, lifted_set.inherited.get("intent"))


def _is_other_side(work: UnitOfWork, lifted_set: LiftedSet, previous: LiftedSet) -> bool:
    """Whether a set is of the side that the exposure does not have yet."""
    side = side_of(lifted_set)
    if side not in ("left", "right"):
        return False
    key = previous.exposure_key or previous.key
    refs = (ref for ref in islice(_before(work, lifted_set), EXPOSURE_SETS_MAX))
    sides = [
        side_of(other) for other in map(work.get, (ref.key for ref in refs)) if key in (other.key, other.exposure_key)
    ]
    return side not in sides and any(other in ("left", "right") for other in sides)


def side_of(lifted_set: LiftedSet) -> str | None:
    """Return the side of a set, as reported of it or of its first rep."""
    side: str | None = lifted_set.context.get("side")
    return side or next((rep.side for rep in lifted_set.reps[:1]), None)
