"""From the reps of a set to the model's observations: valid reps in order, two counters' copies of a rep merged."""

from __future__ import annotations

import dataclasses
import operator
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from spotter.domain.fast_dataclass import record, replace
from spotter.domain.time import SECOND_US
from spotter_detector.lifecycle.assignment import may_be_one
from spotter_detector.lifecycle.set_builder import FLUSHED_US, flushed_runs
from spotter_detector.model import Observation
from spotter_detector.state import RepRecord


@record(frozen=True, slots=True)
class MergedRep:
    """One rep of the lifter, with the indices of its reports among the reps of the set."""

    observation: Observation
    indices: tuple[int, ...]
    """The first is the report observed: one with a velocity, else the one that ended first."""


_FLUSHED_GAP_S: Final = 3.0
"""Between the reps of a flushed buffer, whose times are unknown (design choice: an ordinary pace)."""


class RepMerger:
    """Merges the reps of sets that grow rep by rep without merging the earlier ones again.

    It only caches: results are those of `merge_reps`.
    """

    def __init__(self, sets_max: int = 4096) -> None:
        self._sets_max = sets_max
        self._known: OrderedDict[str, tuple[tuple[RepRecord, ...], list[MergedRep]]] = OrderedDict()

    def merge(self, set_key: str, reps: tuple[RepRecord, ...]) -> list[MergedRep]:
        """Return `merge_reps(reps)` of a set."""
        if not reps:
            return []
        known_reps, merged = self._known.get(set_key, ((), []))
        if known_reps is not reps:
            merged = self._appended(known_reps, merged, reps) or merge_reps(reps)
            self._known[set_key] = (reps, merged)
        self._known.move_to_end(set_key)
        if len(self._known) > self._sets_max:
            self._known.popitem(last=False)
        return merged

    def _appended(
        self, known_reps: tuple[RepRecord, ...], merged: list[MergedRep], reps: tuple[RepRecord, ...]
    ) -> list[MergedRep] | None:
        """Return the merged reps if `reps` are `known_reps` and one more that overlaps none of them, else None."""
        if not merged or len(reps) != len(known_reps) + 1 or any(map(operator.is_not, known_reps, reps)):
            return None
        new, last = reps[-1], merged[-1]
        if new.voided or any(known_reps[index].ended_us > new.started_us for index in last.indices):
            return None
        if new.ended_us - known_reps[-1].ended_us < FLUSHED_US:
            return None
        zero_us = known_reps[merged[0].indices[0]].ended_us
        return [*merged, MergedRep(_observation(new, zero_us), (len(known_reps),))]


def merge_reps(reps: Sequence[RepRecord]) -> list[MergedRep]:
    """Merge `reps` (by corrected end) into observations.

    Reports of different counters that overlap in time are one rep; a velocity wins over timing alone.
    """
    groups: list[list[int]] = []
    for index, rep in enumerate(reps):
        if rep.voided:
            continue
        before = groups[-1] if groups else []
        overlaps = any(reps[other].ended_us > rep.started_us for other in before)
        if overlaps and all(may_be_one(rep, reps[other]) for other in before):
            before.append(index)
        else:
            groups.append([index])
    if not groups:
        return []
    chosen = [
        min(group, key=lambda index: ("mean_velocity_mps" not in reps[index].measured, index)) for group in groups
    ]
    zero_us = reps[chosen[0]].ended_us
    merged = [
        MergedRep(
            _observation(_with_context(reps[best], [reps[index] for index in group]), zero_us),
            (best, *(index for index in group if index != best)),
        )
        for best, group in zip(chosen, groups, strict=True)
    ]
    return _spread_flushed(merged)


def _spread_flushed(merged: list[MergedRep]) -> list[MergedRep]:
    """Spread reps that a device flushed with one time over the time before it: their gaps are unknown, and not zero."""
    ends = [rep.observation.end_s for rep in merged]
    for run in flushed_runs([round(end_s * SECOND_US) for end_s in ends]):
        room_s = ends[run[-1]] - ends[run[0] - 1] if run[0] else _FLUSHED_GAP_S * len(run)
        gap_s = min(_FLUSHED_GAP_S, room_s / len(run))
        for index in run[:-1]:
            at_s = ends[run[-1]] - gap_s * (run[-1] - index)
            merged[index] = replace(
                merged[index], observation=dataclasses.replace(merged[index].observation, end_s=at_s)
            )
    return merged


def _with_context(rep: RepRecord, reports: Sequence[RepRecord]) -> RepRecord:
    """Return the report observed with what only another report of the rep tells: not who measures best knows it."""
    if len(reports) == 1:
        return rep
    return replace(
        rep,
        side=next((other.side for other in (rep, *reports) if other.side is not None), None),
        kind=next((other.kind for other in (rep, *reports) if other.kind is not None), None),
        assisted=any(other.assisted for other in reports),
    )


def _observation(rep: RepRecord, zero_us: int) -> Observation:
    measured = rep.measured
    return Observation(
        rep_number=rep.number,
        end_s=(rep.ended_us - zero_us) / SECOND_US,
        velocity_mps=measured.get("mean_velocity_mps"),
        duration_s=measured.get("concentric_s"),
        rom_m=measured.get("rom_m"),
        velocity_sd_mps=measured.get("velocity_sd_mps"),
        metric=measured.get("velocity_metric", "mean"),
        started_s=(rep.started_us - zero_us) / SECOND_US if rep.start_told else None,
        load_kg=rep.load_kg,
        called_rir=rep.called_rir,
        side=None if rep.side == "both" else rep.side,
        kind=rep.kind or "work",
        assisted=rep.assisted is True,
    )


def first_difference(before: Sequence[MergedRep], after: Sequence[MergedRep]) -> int:
    """Return the index of the first rep from which on estimates differ."""
    for index, (old, new) in enumerate(zip(before, after, strict=False)):
        if old is not new and old.observation != new.observation:
            return index
    return min(len(before), len(after))
