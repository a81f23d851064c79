"""The open sets, with the newest advice and estimates of each.

Openness follows `advice.v1` alone, whose records of one lifter are in order: a set is removed by its summary and
added again by advice on a later rep.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from spotter.domain.events import Event
from spotter.domain.events.outputs import RepCounted, SetOpened, SetSummarised
from spotter_gateway.bounded_map import BoundedMap
from spotter_gateway.filters import AdviceFilter
from spotter_gateway.frames import Advice, Estimate, StreamItem

SETS_MAX: Final = 20_000
REPS_MAX: Final = 100
STALE_MS: Final = 30 * 60 * 1000
"""Without any record for so long an open set is dropped: it ends by itself after 15 minutes (design choice)."""


@dataclass(slots=True)
class _OpenSet:
    advice: Advice
    after_reps: set[int] = field(default_factory=set)
    updated_ms: int = 0


class OpenSets:
    """Open sets by set key, and the stations of recent ones."""

    def __init__(self) -> None:
        self._open: dict[str, _OpenSet] = {}
        self._ended = BoundedMap[str, int](SETS_MAX)
        self._estimates = BoundedMap[str, dict[int, Estimate]](SETS_MAX)
        self._stations = BoundedMap[str, str | None](SETS_MAX)

    def __len__(self) -> int:
        return len(self._open)

    def is_open(self, set_key: str) -> bool:
        """Return whether a set has had advice and no summary since."""
        return set_key in self._open

    def station_of(self, set_key: str) -> str | None:
        """Return the station of a set, if known."""
        return self._stations.get(set_key)

    def add_advice(self, advice: Advice, updated_ms: int) -> Advice:
        """Add an advice; returns it with `newest` set for its set."""
        if advice.station_id is not None:
            self._stations.put(advice.set_key, advice.station_id)
        open_set = self._open.get(advice.set_key)
        if open_set is None:
            last = self._ended.get(advice.set_key)
            if last is not None and advice.late and advice.after_rep <= last:
                return replace(advice, newest=False)  # a correction of a set that has ended
            self._ended.pop(advice.set_key)
            self._open[advice.set_key] = _OpenSet(advice, {advice.after_rep}, updated_ms)
            self._drop_stale(updated_ms)
            return advice
        self._open[advice.set_key] = self._open.pop(advice.set_key)  # the order of the dict is the order of updates
        newest = advice.after_rep >= open_set.advice.after_rep or 0 < advice.after_rep in open_set.after_reps
        open_set.after_reps.add(advice.after_rep)
        open_set.updated_ms = updated_ms
        if not newest:
            return replace(advice, newest=False)  # a rep that arrived after a later one, or an amended plan
        open_set.advice = advice
        return advice

    def add_estimate(self, estimate: Estimate) -> None:
        """Add an estimate."""
        reps = self._estimates.get(estimate.set_key) or {}
        reps[estimate.rep_number] = estimate
        if len(reps) > REPS_MAX:
            del reps[min(reps)]
        self._estimates.put(estimate.set_key, reps)

    def add_event(self, event: Event) -> None:
        """Apply any other event about sets."""
        match event.data:
            case SetOpened() as opened:
                self._stations.put(opened.set_key, opened.station_id)
            case RepCounted() as rep if rep.voided:
                (self._estimates.get(rep.set_key) or {}).pop(rep.rep_number, None)
            case SetSummarised() as summary:
                open_set = self._open.pop(summary.set_key, None)
                last = summary.reps if open_set is None else max(open_set.after_reps)
                self._ended.put(summary.set_key, max(last, self._ended.get(summary.set_key) or 0))
                self._estimates.pop(summary.set_key)
            case _:
                pass

    def newest(self, advice_filter: AdviceFilter) -> Iterator[StreamItem]:
        """Return the newest advice and estimate of each open set that a filter accepts."""
        for set_key, open_set in self._open.items():
            if not advice_filter.concerns(open_set.advice.key):
                continue
            if advice_filter.accepts(open_set.advice):
                yield open_set.advice
            if reps := self._estimates.get(set_key):
                estimate = reps[max(reps)]
                if advice_filter.accepts(estimate):
                    yield estimate

    def _drop_stale(self, now_ms: int) -> None:
        """Drop sets beyond the limits; the one updated longest ago is the first."""
        while self._open:
            set_key = next(iter(self._open))
            open_set = self._open[set_key]
            if len(self._open) <= SETS_MAX and now_ms - open_set.updated_ms < STALE_MS:
                return
            del self._open[set_key]
