"""From the reps of a set to the model's observations: valid reps in order, two counters' copies of a rep merged.

Where a rep consists of several lifts (clean, front squat, jerk) and each was reported, they are one rep, observed by its
first and longest lift: the others are slower or shorter because they are others, not because the lifter tires.
"""

from __future__ import annotations

import dataclasses
import operator
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from spotter.domain.fast_dataclass import record, replace
from spotter.domain.time import SECOND_US
from spotter_detector.lifecycle.duplicates import may_be_one
from spotter_detector.lifecycle.set_reps import FLUSHED_US, flushed_runs
from spotter_detector.model import Observation
from spotter_detector.state import RepRecord


@record(frozen=True, slots=True)
class MergedRep:
    """One rep of the lifter, with the indices of its reports among the reps of the set."""

    observation: Observation
    indices: tuple[int, ...]
    """The first is the report observed: one with a velocity, else the one that ended first."""


_SAME_LIFT: Final = 0.8
"""From this share of a rep's first lift's travel on, a report is of the next rep's first lift (design choice)."""
_MANY_LIFTS: Final = 2
_LIFTS_APART_US: Final = 12 * SECOND_US
"""Without travel, lifts of a rep of more than two follow each other within this time (design choice)."""
_FLUSHED_GAP_S: Final = 3.0
"""Between the reps of a flushed buffer, whose times are unknown (design choice: an ordinary pace)."""


class RepMerger:
    """Merges the reps of sets that grow rep by rep without merging the earlier ones again.

    It only caches: results are those of `merge_reps`.
    """

    def __init__(self, sets_max: int = 4096) -> None:
        self._sets_max = sets_max
        self._known: OrderedDict[str, tuple[tuple[RepRecord, ...], int, list[MergedRep]]] = OrderedDict()

    def merge(self, set_key: str, reps: tuple[RepRecord, ...], phases: int = 1) -> list[MergedRep]:
        """Return `merge_reps(reps, phases)` of a set."""
        if not reps:
            return []
        known_reps, known_phases, merged = self._known.get(set_key, ((), phases, []))
        if known_reps is not reps or known_phases != phases:
            grown = self._appended(known_reps, merged, reps) if phases == known_phases == 1 else None
            merged = grown or merge_reps(reps, phases)
            self._known[set_key] = (reps, phases, merged)
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


def merge_reps(reps: Sequence[RepRecord], phases: int = 1) -> list[MergedRep]:
    """Merge `reps` (by corrected end) into observations.

    Reports of different counters that overlap in time are one rep; a velocity wins over timing alone. So are up to
    `phases` reports of the lifts that a rep consists of.
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
    if phases > 1:
        groups = _whole_reps(groups, reps, phases)
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


def _whole_reps(groups: Sequence[list[int]], reps: Sequence[RepRecord], phases: int) -> list[list[int]]:
    """Join the lifts of a rep: those that follow its first one, travel clearly less, and are not too many."""
    whole: list[list[int]] = []
    lifts, first_m = 0, 0.0
    for group in groups:
        travel_m = next((reps[index].measured["rom_m"] for index in group if "rom_m" in reps[index].measured), None)
        if whole and lifts < phases and _goes_on(reps[whole[-1][-1]], reps[group[0]], travel_m, first_m, phases):
            whole[-1] += group
            lifts += 1
        else:
            whole.append(list(group))
            lifts, first_m = 1, travel_m or 0.0
    return whole


def _goes_on(last: RepRecord, rep: RepRecord, travel_m: float | None, first_m: float, phases: int) -> bool:
    """Whether a report is of the next lift of a rep: by its travel, else, where there are many lifts, by its time."""
    if travel_m is not None and first_m:
        return travel_m < _SAME_LIFT * first_m
    return phases > _MANY_LIFTS and rep.ended_us - last.ended_us <= _LIFTS_APART_US


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
        # It tells nothing that a velocity does not, and comes later: no estimate waits for it.
        eccentric_s=None if "mean_velocity_mps" in measured else measured.get("eccentric_s"),
    )


def first_difference(before: Sequence[MergedRep], after: Sequence[MergedRep]) -> int:
    """Return the index of the first rep from which on estimates differ."""
    for index, (old, new) in enumerate(zip(before, after, strict=False)):
        if old is not new and old.observation != new.observation:
            return index
    return min(len(before), len(after))
