"""From the reps of a set to what the model sees: valid reps in order, two counters' copies of one rep as one."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Sequence

from spotter.domain.fast_dataclass import record
from spotter_detector.lifecycle.device_clock import SECOND_US
from spotter_detector.model import Observation
from spotter_detector.state import RepRecord


@record(frozen=True, slots=True)
class MergedRep:
    """One rep of the lifter, and the places of its reports among the reps of the set."""

    observation: Observation
    places: tuple[int, ...]
    """The first is the one observed: the one with a velocity, else the first that ended."""


class RepMerger:
    """Observes sets that grow: what was observed of a set's earlier reps is not looked at again.

    A cache only: answers are those of `merge_reps`.
    """

    def __init__(self, sets_max: int = 4096) -> None:
        self._sets_max = sets_max
        self._known: OrderedDict[str, tuple[tuple[RepRecord, ...], list[MergedRep]]] = OrderedDict()

    def merge_reps(self, set_key: str, reps: tuple[RepRecord, ...]) -> list[MergedRep]:
        """Give `merge_reps(reps)` of a set."""
        if not reps:
            return []
        known, seen = self._known.get(set_key, ((), []))
        if known is not reps:
            seen = self._appended(known, seen, reps) or merge_reps(reps)
            self._known[set_key] = (reps, seen)
        self._known.move_to_end(set_key)
        if len(self._known) > self._sets_max:
            self._known.popitem(last=False)
        return seen

    def _appended(
        self, known: tuple[RepRecord, ...], seen: list[MergedRep], reps: tuple[RepRecord, ...]
    ) -> list[MergedRep] | None:
        """Give what is seen when `reps` are `known` and one more that overlaps with none of them."""
        if not seen or len(reps) != len(known) + 1 or any(map(operator.is_not, known, reps)):
            return None
        new, last = reps[-1], seen[-1]
        if new.voided or any(known[place].ended_us > new.started_us for place in last.places):
            return None
        zero_us = known[seen[0].places[0]].ended_us
        return [*seen, MergedRep(_observation(new, zero_us), (len(known),))]


def merge_reps(reps: Sequence[RepRecord]) -> list[MergedRep]:
    """Give what the model sees of `reps` (by corrected end).

    Reports of different counters that overlap in time are one rep; a velocity wins over timing alone.
    """
    groups: list[list[int]] = []
    for place, rep in enumerate(reps):
        if rep.voided:
            continue
        before = groups[-1] if groups else []
        overlaps = any(reps[other].ended_us > rep.started_us for other in before)
        if overlaps and all(reps[other].source != rep.source for other in before):
            before.append(place)
        else:
            groups.append([place])
    if not groups:
        return []
    chosen = [
        min(group, key=lambda place: ("mean_velocity_mps" not in reps[place].measured, place)) for group in groups
    ]
    zero_us = reps[chosen[0]].ended_us
    return [
        MergedRep(_observation(reps[best], zero_us), (best, *(place for place in group if place != best)))
        for best, group in zip(chosen, groups, strict=True)
    ]


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
    )


def first_difference(before: Sequence[MergedRep], after: Sequence[MergedRep]) -> int:
    """Say from which rep on the model's answers differ."""
    for place, (old, new) in enumerate(zip(before, after, strict=False)):
        if old is not new and old.observation != new.observation:
            return place
    return min(len(before), len(after))
