"""Writing what is remembered of a lifter as JSON; of a set that grows only the new reps.

A worker writes a set as it stood after each input that may come again: versions that begin with the same reps.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from operator import is_

from spotter.streaming.codec import dump_json, written
from spotter_detector.model import Prior, prior_to_json
from spotter_detector.motion import segmenter_to_json
from spotter_detector.profile import profile_to_json, term_to_json
from spotter_detector.state import STATE_VERSION, LiftedSet, LifterSets, Motion, RepRecord

_SELDOM = ("efforts", "moved_from", "moved_to")
"""Fields of a set that are written where they say something."""
SETS_MAX = 4096
"""Sets whose reps are kept as they were written, a few kB each."""


@dataclass(slots=True)
class _Written:
    """Reps of a set as they were written, one behind the other."""

    reps: list[RepRecord]
    raw: bytearray
    ends: list[int]
    """Where each rep ends."""


class StateWriter:
    """Writes entries of a lifter's state; what it keeps is a cache only."""

    def __init__(self, sets_max: int = SETS_MAX) -> None:
        self._sets_max = sets_max
        self._reps: OrderedDict[str, _Written] = OrderedDict()
        self._starts: OrderedDict[Prior, bytes] = OrderedDict()

    def dump(self, name: str, value: object) -> bytes:
        """Write an entry; `life.records.load` reads it."""
        if isinstance(value, LiftedSet):
            return self._set(value)
        if isinstance(value, LifterSets):
            bases = {name: profile_to_json(base) for name, base in value.bases.items()}
            return dump_json(
                {"v": STATE_VERSION, "sets": value.sets, "seen": value.seen, "forgot": value.forgot, "bases": bases}
            )
        if isinstance(value, Motion):
            streams = [
                {
                    "key": one.key,
                    "segmenter": segmenter_to_json(one.segmenter),
                    "newest_us": one.newest_us,
                    "set_id": one.set_id,
                    "set_key": one.set_key,
                }
                for one in value.streams
            ]
            return dump_json({"v": STATE_VERSION, "streams": streams})
        raise TypeError(f"entry {name} holds no set, no lifter and no motion")

    def _set(self, one: LiftedSet) -> bytes:
        seldom = {name: value for name in _SELDOM if (value := getattr(one, name))}
        return dump_json(
            {
                "v": STATE_VERSION,
                "key": one.key,
                "set_id": one.set_id,
                "opened_by": one.opened_by,
                "opened_us": one.opened_us,
                "received_us": one.received_us,
                "config": one.config,
                "context": one.context,
                "start": written(self._start(one.start)),
                "reps": written(self._written_reps(one)),
                "under_way": one.under_way,
                "ended_us": one.ended_us,
                "end_reason": one.end_reason,
                "reopened": one.reopened,
                "history": one.history,
                "seen": one.seen,
                "calls": one.calls,
                "profile": one.profile,
                "term": None if one.term is None else term_to_json(one.term),
                **seldom,
            }
        )

    def _start(self, start: Prior) -> bytes:
        found = self._starts.get(start)
        if found is None:
            found = self._starts[start] = b"".join(
                (dump_json(prior_to_json(start)), b"")
            )  # a copy is no larger than it is
            if len(self._starts) > self._sets_max:
                self._starts.popitem(last=False)
        return found

    def _written_reps(self, one: LiftedSet) -> bytes:
        reps = one.reps
        known = self._reps.get(one.key)
        if known is None or not all(map(is_, known.reps, reps)):
            known = _Written([], bytearray(b"["), [])
            self._reps[one.key] = known
        for rep in reps[len(known.reps) :]:
            known.raw += dump_json(rep)  # copied: what the codec gives keeps a larger buffer
            known.ends.append(len(known.raw))
            known.raw += b","
            known.reps.append(rep)
        self._reps.move_to_end(one.key)
        if len(self._reps) > self._sets_max:
            self._reps.popitem(last=False)
        return bytes(known.raw[: known.ends[len(reps) - 1]]) + b"]" if reps else b"[]"
