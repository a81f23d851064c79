"""Failed attempts: how often each shape is recognised, and how often a normal set is mistaken for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lab.accuracy import subject
from lab.accuracy.protocol.plan import ProtocolPlan
from lab.accuracy.simulation.failed_shapes import SHAPES, FailedEnding, ended_sets
from spotter_detector.lifecycle.overdue import overdue_after_us
from spotter_detector.model import Prior, RepEstimate, overdue_after_s
from spotter_detector.model.flags import FAILED, STALL

NORMAL = "normal sets"


@dataclass(frozen=True, slots=True)
class ShapeRow:
    """Sets of one shape, and the share of them that are recognised as failed or stalled."""

    shape: str
    sets: int
    recognised: float


def shape_rows(family: str, exercise: str, plan: ProtocolPlan) -> list[ShapeRow]:
    """Score each shape, and normal sets."""
    sets = [
        ended_set
        for seed in plan.seeds
        for ended_set in ended_sets(family, exercise, plan.shape_sets // len(plan.seeds), seed)
    ]
    labelled = [lifted_set.labelled for lifted_set in sets]
    starts = [subject.cold(failed_set) for failed_set in labelled]
    estimates = subject.ask(labelled, starts).estimates
    recognised = [_is_recognised(*each) for each in zip(sets, starts, estimates, strict=True)]
    rows: list[ShapeRow] = []
    for shape in (*SHAPES, None):
        those = [so for lifted_set, so in zip(sets, recognised, strict=True) if lifted_set.shape == shape]
        if those:
            rows.append(ShapeRow(shape or NORMAL, len(those), sum(those) / len(those)))
    return rows


def _is_recognised(ended: FailedEnding, start: Prior, estimates: Sequence[RepEstimate]) -> bool:
    """Return whether a failure or stall is recognised: anywhere in a normal set, from the attempt on in a failed one.

    A start without an end becomes overdue near failure; the price is a false alarm for a normal rep that takes longer.
    """
    reps = ended.labelled.reps
    if ended.started_s is not None:
        return overdue_after_us(start, reps) is not None
    first = len(reps) if ended.labelled.failed_attempt is None else ended.labelled.failed_attempt
    if ended.shape is not None:
        return any({FAILED, STALL} & set(estimate.flags) for estimate in estimates[first:])
    if any({FAILED, STALL} & set(estimate.flags) for estimate in estimates):
        return True
    return any(
        rep.duration_s is not None
        and rep.duration_s > overdue_after_s(start, reps[:index])
        and overdue_after_us(start, reps[:index]) is not None
        for index, rep in enumerate(reps)
    )
