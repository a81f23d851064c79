"""Which sets are one exposure to failure: the two sides of a one-armed exercise, drops, clusters, rest-pause."""

from __future__ import annotations

from typing import Final

from spotter.domain.time import SECOND_US
from spotter_detector.lifecycle.unit_of_work import UnitOfWork
from spotter_detector.state import LiftedSet, SetRef

PAUSE_US: Final = 45 * SECOND_US
"""A set of the same exercise that begins this soon after the last rep of another continues it (design choice: rest-pause
and myo-reps pause for 10–30 s, nobody rests for less than a minute between straight sets near failure)."""
CHANGE_US: Final = 180 * SECOND_US
"""The same where it is reported to be a drop, or the other side."""
_LOAD_RATIO: Final = 1.02
"""A load is higher if it differs by more than rounding."""
_NO_WORK: Final = ("warmup", "technique")


def exposure_key(work: UnitOfWork, lifted_set: LiftedSet) -> str:
    """Return the key of the first set of the exposure that a set is a part of; its own if it stands alone."""
    part_of = lifted_set.context.get("part_of")
    if part_of is not None:
        named = work.lifter.merged.get(part_of, part_of)
        for ref in _before(work, lifted_set):
            if named in (ref.key, ref.set_id, *ref.other_ids):
                return work.get(ref.key).exposure_key or ref.key
        return lifted_set.key
    for ref in _before(work, lifted_set):
        previous = work.get(ref.key)
        if previous.voided or not previous.reps:
            continue
        return (previous.exposure_key or previous.key) if _continues(lifted_set, previous) else lifted_set.key
    return lifted_set.key


def _before(work: UnitOfWork, lifted_set: LiftedSet) -> list[SetRef]:
    """Return the sets that began before a set, the latest first."""
    return [
        ref
        for ref in reversed(work.lifter.sets)
        if ref.key != lifted_set.key and ref.opened_us < lifted_set.opened_us and not ref.moved
    ]


def _continues(lifted_set: LiftedSet, previous: LiftedSet) -> bool:
    context, before = lifted_set.context, previous.context
    if context.get("exercise") is None or context.get("exercise") != before.get("exercise"):
        return False
    if context.get("intent") in _NO_WORK or before.get("intent") in _NO_WORK:
        return False
    load_kg, load_before_kg = context.get("load_kg"), before.get("load_kg")
    if load_kg is not None and load_before_kg is not None and load_kg > load_before_kg * _LOAD_RATIO:
        return False
    began_us = lifted_set.reps[0].started_us if lifted_set.reps else lifted_set.opened_us
    sides = {side_of(lifted_set), side_of(previous)}
    changed = context.get("intent") == "drop" or sides == {"left", "right"}
    return began_us - previous.reps[-1].ended_us <= (CHANGE_US if changed else PAUSE_US)


def side_of(lifted_set: LiftedSet) -> str | None:
    """Return the side of a set, as reported of it or of its first rep."""
    side: str | None = lifted_set.context.get("side")
    return side or next((rep.side for rep in lifted_set.reps[:1]), None)
