"""Cached posteriors, so that the next rep of a set does not process the whole set again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from spotter_detector.model.grid import Floats, Indices
from spotter_detector.model.prior import Prior
from spotter_detector.model.records import Observation
from spotter_detector.model.set_start import AlikeReports
from spotter_detector.model.set_tracker import SetTracker

_Key: TypeAlias = tuple[float, int, float | None, float | None, float]


@dataclass(slots=True)  # not frozen, which would double the time to make one
class CachedPosterior:
    """Posterior and tracker after these reps, and how alike they are, if they are and it is known; never modified."""

    prior: Prior
    observations: tuple[Observation, ...]
    tracker: SetTracker
    planes: Floats
    curves: Indices
    alike: AlikeReports | None = None


class PosteriorCache:
    """Evicts the least recently used; an entry equals what processing the set again would give.

    >>> import numpy as np
    >>> from spotter_detector.model import build_prior
    >>> prior = build_prior("bench_press", pct_1rm=None, planned_reps=None, target_rir=None, tempo=False)
    >>> reps = tuple(Observation(n + 1, 3.0 * n, 0.5 - 0.02 * n, None, None, None) for n in range(3))
    >>> cache = PosteriorCache(2)
    >>> cache.keep(CachedPosterior(prior, reps[:2], SetTracker(prior), np.zeros((6, 180)), np.zeros(3, int)))
    >>> [entry if entry is None else len(entry.observations) for entry in (cache.find(prior, reps, n) for n in (1, 2, 3))]
    [None, 2, 2]
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: dict[_Key, CachedPosterior] = {}

    def find(self, prior: Prior, observations: tuple[Observation, ...], longest: int) -> CachedPosterior | None:
        """Return the entry of the longest cached prefix of at most `longest` reps."""
        entries = self._entries
        for length in range(longest, 0, -1):
            key = _key(prior, observations, length)
            entry = entries.get(key)
            if entry is None:
                continue
            # The key is only a hint: the reps themselves decide whether it is the same set.
            if entry.observations == observations[:length] and (entry.prior is prior or entry.prior == prior):
                del entries[key]
                entries[key] = entry
                return entry
        return None

    def keep(self, entry: CachedPosterior) -> None:
        """Store an entry as the most recently used."""
        if self._size < 1:
            return
        entries = self._entries
        key = _key(entry.prior, entry.observations, len(entry.observations))
        entries.pop(key, None)
        entries[key] = entry
        if len(entries) > self._size:
            del entries[next(iter(entries))]


def _key(prior: Prior, observations: tuple[Observation, ...], length: int) -> _Key:
    # A cheap part of what distinguishes sets: hashing all of it takes longer than the filter itself.
    first, last = observations[0], observations[length - 1]
    return prior.v1_mean_mps, length, first.velocity_mps, last.velocity_mps, last.end_s
