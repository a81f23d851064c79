"""Which events a set has taken, by identity: asked for every event, and of sets that grow rep by rep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import is_

from spotter_detector.state import LiftedSet, RepRecord

SETS_MAX = 16_384


@dataclass(slots=True)
class _Known:
    one: LiftedSet
    reps: tuple[RepRecord, ...]
    seen: Mapping[str, str]
    contents: dict[str, str]


class ReplayCache:
    """Gives the content of events by their identity; what it keeps is a cache only."""

    def __init__(self, sets_max: int = SETS_MAX) -> None:
        self._sets_max = sets_max
        self._known: dict[str, _Known] = {}

    def content(self, sets: Iterable[LiftedSet], identity: str) -> str | None:
        """Give what the event with that identity said, if it is one of these sets'."""
        for one in sets:
            known = self._known.get(one.key)
            if known is None or known.one is not one:
                known = self._learned(one, known)
            if identity in known.contents:
                return known.contents[identity]
        return None

    def _learned(self, one: LiftedSet, known: _Known | None) -> _Known:
        if known is not None and known.seen is one.seen and _goes_on(known.reps, one.reps):
            known.contents.update((rep.identity, rep.content) for rep in one.reps[len(known.reps) :])
            known.one, known.reps = one, one.reps
            return known
        contents = {**one.seen, **{rep.identity: rep.content for rep in one.reps}}
        self._known.pop(one.key, None)
        self._known[one.key] = known = _Known(one, one.reps, one.seen, contents)
        if len(self._known) > self._sets_max:
            del self._known[next(iter(self._known))]
        return known


def _goes_on(before: tuple[RepRecord, ...], after: tuple[RepRecord, ...]) -> bool:
    return len(before) <= len(after) and all(map(is_, before, after))
