"""Which sets are open, and what was last said of each.

Openness follows `advice.v1` alone, whose records of one lifter are in order: a set leaves with its summary and comes
back with the advice on a later rep.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from spotter.domain.events import Event
from spotter.domain.events.outputs import RepCounted, SetOpened, SetSummarised
from spotter_gateway.filters import Wanted
from spotter_gateway.frames import Advice, Estimate, Item
from spotter_gateway.lru import Remembered

SETS_MAX: Final = 20_000
REPS_MAX: Final = 100
STALE_MS: Final = 30 * 60 * 1000
"""After so long without a word an open set is not shown any more: it ends by itself after 15 minutes (design choice)."""


@dataclass(slots=True)
class _Open:
    advice: Advice
    after_reps: set[int] = field(default_factory=set)
    heard_ms: int = 0


class Sets:
    """What the gateway knows of sets."""

    def __init__(self) -> None:
        self._open: dict[str, _Open] = {}
        self._ended = Remembered[str, int](SETS_MAX)
        self._estimates = Remembered[str, dict[int, Estimate]](SETS_MAX)
        self._stations = Remembered[str, str | None](SETS_MAX)

    def __len__(self) -> int:
        return len(self._open)

    def is_open(self, set_key: str) -> bool:
        """Tell whether a set was advised on and not summarised since."""
        return set_key in self._open

    def station_of(self, set_key: str) -> str | None:
        """Name the station of a set, where it was said."""
        return self._stations.get(set_key)

    def advised(self, advice: Advice, heard_ms: int) -> Advice:
        """Take an advice; gives it back with whether it is the newest word on its set."""
        if advice.station_id is not None:
            self._stations.put(advice.set_key, advice.station_id)
        found = self._open.get(advice.set_key)
        if found is None:
            last = self._ended.get(advice.set_key)
            if last is not None and advice.late and advice.after_rep <= last:
                return replace(advice, newest=False)  # the past of a set that has ended is put right
            self._ended.forget(advice.set_key)
            self._open[advice.set_key] = _Open(advice, {advice.after_rep}, heard_ms)
            self._forget_stale(heard_ms)
            return advice
        self._open[advice.set_key] = self._open.pop(advice.set_key)  # the order of the dict is the order of hearing
        newest = advice.after_rep >= found.advice.after_rep or 0 < advice.after_rep in found.after_reps
        found.after_reps.add(advice.after_rep)
        found.heard_ms = heard_ms
        if not newest:
            return replace(advice, newest=False)  # a rep that came late, after a later one; a plan that was amended
        found.advice = advice
        return advice

    def estimated(self, estimate: Estimate) -> None:
        """Take an estimate."""
        reps = self._estimates.get(estimate.set_key) or {}
        reps[estimate.rep_number] = estimate
        if len(reps) > REPS_MAX:
            del reps[min(reps)]
        self._estimates.put(estimate.set_key, reps)

    def heard(self, event: Event) -> None:
        """Take what else is said of sets."""
        match event.data:
            case SetOpened() as opened:
                self._stations.put(opened.set_key, opened.station_id)
            case RepCounted() as rep if rep.voided:
                (self._estimates.get(rep.set_key) or {}).pop(rep.rep_number, None)
            case SetSummarised() as summary:
                found = self._open.pop(summary.set_key, None)
                last = summary.reps if found is None else max(found.after_reps)
                self._ended.put(summary.set_key, max(last, self._ended.get(summary.set_key) or 0))
                self._estimates.forget(summary.set_key)
            case _:
                pass

    def newest(self, wanted: Wanted) -> Iterator[Item]:
        """Give the newest advice, and estimate, of each open set that a client wants to hear of."""
        for set_key, found in self._open.items():
            if not wanted.concerns(found.advice.key):
                continue
            if wanted.takes(found.advice):
                yield found.advice
            if reps := self._estimates.get(set_key):
                estimate = reps[max(reps)]
                if wanted.takes(estimate):
                    yield estimate

    def _forget_stale(self, now_ms: int) -> None:
        """Keep the limits; the set that was heard of longest ago is the first."""
        while self._open:
            set_key = next(iter(self._open))
            found = self._open[set_key]
            if len(self._open) <= SETS_MAX and now_ms - found.heard_ms < STALE_MS:
                return
            del self._open[set_key]
