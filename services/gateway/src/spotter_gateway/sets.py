"""The open sets, with the newest advice and estimates of each.

Openness follows `advice.v1` alone, whose records of one lifter are in order: a set is removed by its summary and
added again by advice on a later rep. A set that was voided, or merged into another, is gone: nothing of it sounds any more,
whatever is still given about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from spotter.domain.events import Event
from spotter.domain.events.outputs import RepCounted, SetClosed, SetOpened, SetSummarised
from spotter_gateway.bounded_map import BoundedMap
from spotter_gateway.filters import AdviceFilter
from spotter_gateway.frames import Advice, Estimate, StreamItem, withdrawn

SETS_MAX: Final = 20_000
REPS_MAX: Final = 100
STALE_MS: Final = 30 * 60 * 1000
"""Without any record for so long an open set is dropped: it ends by itself after 15 minutes (design choice)."""


@dataclass(slots=True)
class _OpenSet:
    advice: Advice
    after_reps: set[int] = field(default_factory=set)
    updated_ms: int = 0
    withdrawn_reps: set[int] = field(default_factory=set)
    """Numbers of reps that are another set's."""


class OpenSets:
    """Open sets by set key, and the stations of recent ones."""

    def __init__(self) -> None:
        self._open: dict[str, _OpenSet] = {}
        self._ended = BoundedMap[str, int](SETS_MAX)
        self._last = BoundedMap[str, Advice](SETS_MAX)
        """The last advice of sets that have ended."""
        self._gone = BoundedMap[str, int](SETS_MAX)
        """Sets that never were, with the revision of the end that says so."""
        self._estimates = BoundedMap[str, dict[int, Estimate]](SETS_MAX)
        self._stations = BoundedMap[str, str | None](SETS_MAX)

    def __len__(self) -> int:
        return len(self._open)

    def is_open(self, set_key: str) -> bool:
        """Return whether a set has had advice and no summary since."""
        return set_key in self._open

    def holds(self, advice: Advice) -> bool:
        """Return whether an advice is about a rep of an open set, so that it may sound again."""
        open_set = self._open.get(advice.set_key)
        return open_set is not None and advice.after_rep not in open_set.withdrawn_reps

    def as_now(self, advice: Advice) -> Advice:
        """Return an advice as it is to be sent now: withdrawn where its set is gone."""
        return withdrawn(advice) if advice.set_key in self._gone else advice

    def station_of(self, set_key: str) -> str | None:
        """Return the station of a set, if known."""
        return self._stations.get(set_key)

    def add_advice(self, advice: Advice, updated_ms: int) -> Advice:
        """Add an advice; returns it with `newest` set for its set."""
        if advice.station_id is not None:
            self._stations.put(advice.set_key, advice.station_id)
        if advice.set_key in self._gone:
            return withdrawn(advice)
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
        """Add an estimate; an earlier one of the same rep goes, also where the rep had another number."""
        if estimate.set_key in self._gone:
            return
        reps = self._estimates.get(estimate.set_key) or {}
        _remove_rep(reps, estimate.rep_event_id)
        reps[estimate.rep_number] = estimate
        if len(reps) > REPS_MAX:
            del reps[min(reps)]
        self._estimates.put(estimate.set_key, reps)

    def add_event(self, event: Event) -> Advice | None:
        """Apply any other event about sets; returns the advice to be withdrawn where it says that a set never was."""
        match event.data:
            case SetOpened() as opened:
                self._stations.put(opened.set_key, opened.station_id)
                if (gone := self._gone.get(opened.set_key)) is not None and opened.reopened > gone:
                    self._gone.pop(opened.set_key)
            case SetClosed() as closing if closing.voided or closing.merged_into is not None:
                return self._remove(closing.set_key, closing.reopened)
            case SetClosed() as closing:
                self._gone.pop(closing.set_key)  # what was said of it was about another set
            case RepCounted() as rep:
                self._count(rep)
            case SetSummarised() as summary if summary.voided:
                return self._remove(summary.set_key, 0)
            case SetSummarised() as summary:
                open_set = self._open.pop(summary.set_key, None)
                last = summary.reps if open_set is None else max(open_set.after_reps)
                self._ended.put(summary.set_key, max(last, self._ended.get(summary.set_key) or 0))
                self._estimates.pop(summary.set_key)
                if open_set is not None:
                    self._last.put(summary.set_key, open_set.advice)
            case _:
                pass
        return None

    def _count(self, rep: RepCounted) -> None:
        """Remove the estimate of a rep that is no rep of the set (any more), or has another number now."""
        estimates = self._estimates.get(rep.set_key) or {}
        is_none = rep.voided or rep.withdrawn is True
        numbered = estimates.get(rep.rep_number)
        if is_none and numbered is not None and numbered.rep_event_id is None:
            del estimates[rep.rep_number]
        _remove_rep(estimates, rep.rep_event_id, but=None if is_none else rep.rep_number)
        open_set = self._open.get(rep.set_key)
        if open_set is not None:
            (open_set.withdrawn_reps.add if rep.withdrawn else open_set.withdrawn_reps.discard)(rep.rep_number)

    def _remove(self, set_key: str, revision: int) -> Advice | None:
        """Remove a set that never was; returns its last advice, the first time."""
        open_set = self._open.pop(set_key, None)
        self._gone.put(set_key, max(revision, self._gone.get(set_key) or 0))
        self._estimates.pop(set_key)
        last = self._last.pop(set_key)
        return last if open_set is None else open_set.advice

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


def _remove_rep(estimates: dict[int, Estimate], rep_event_id: str | None, *, but: int | None = None) -> None:
    """Remove the estimates of the rep that an event reported, except the one under the number `but`."""
    numbers = [
        number
        for number, estimate in estimates.items()
        if estimate.rep_event_id == rep_event_id is not None and number != but
    ]
    for number in numbers:
        del estimates[number]
