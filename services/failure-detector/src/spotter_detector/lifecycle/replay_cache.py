"""Which events a set has already processed, by identity: looked up for every event, in sets that grow rep by rep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import is_

from spotter_detector.state import LiftedSet, Note, RepRecord

SETS_MAX = 16_384


@dataclass(slots=True)
class _Entry:
    lifted_set: LiftedSet
    reps: tuple[RepRecord, ...]
    seen: Mapping[str, str]
    notes: tuple[Note, ...]
    contents: dict[str, str]


class ReplayCache:
    """Finds the content of processed events by their identity; it only caches what the sets hold."""

    def __init__(self, sets_max: int = SETS_MAX) -> None:
        self._sets_max = sets_max
        self._entries: dict[str, _Entry] = {}

    def content(self, sets: Iterable[LiftedSet], identity: str) -> str | None:
        """Return the content fingerprint of the event with that identity, if one of these sets has processed it."""
        for lifted_set in sets:
            entry = self._entries.get(lifted_set.key)
            if entry is None or entry.lifted_set is not lifted_set:
                entry = self._updated(lifted_set, entry)
            if identity in entry.contents:
                return entry.contents[identity]
        return None

    def _updated(self, lifted_set: LiftedSet, entry: _Entry | None) -> _Entry:
        unchanged = entry is not None and entry.seen is lifted_set.seen and entry.notes is lifted_set.notes
        if entry is not None and unchanged and _is_prefix(entry.reps, lifted_set.reps):
            entry.contents.update((rep.identity, rep.content) for rep in lifted_set.reps[len(entry.reps) :])
            entry.lifted_set, entry.reps = lifted_set, lifted_set.reps
            return entry
        contents = {
            **lifted_set.seen,
            **{event.identity: event.content for event in lifted_set.events},
        }
        self._entries.pop(lifted_set.key, None)
        self._entries[lifted_set.key] = entry = _Entry(
            lifted_set, lifted_set.reps, lifted_set.seen, lifted_set.notes, contents
        )
        if len(self._entries) > self._sets_max:
            del self._entries[next(iter(self._entries))]
        return entry


def _is_prefix(before: tuple[RepRecord, ...], after: tuple[RepRecord, ...]) -> bool:
    return len(before) <= len(after) and all(map(is_, before, after))
