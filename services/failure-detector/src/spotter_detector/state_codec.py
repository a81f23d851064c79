"""A lifter's state as readable JSON with a version; only the new reps of a set that grows are encoded again.

A worker writes the version of a set after each input that may come again: these versions begin with the same reps.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from operator import is_

from spotter.streaming.codec import dump_json, load_json, written
from spotter_detector.model import Prior, prior_from_json, prior_to_json
from spotter_detector.motion import segmenter_from_json, segmenter_to_json
from spotter_detector.profile import profile_from_json, profile_to_json, term_from_json, term_to_json
from spotter_detector.state import LIFTER, MOTION, LiftedSet, LifterSets, Motion, RepRecord, SetRef, Stream, UnderWay

STATE_VERSION = 1
_OPTIONAL = ("efforts", "moved_from", "moved_to")
"""Fields of a set that are written only if they are not empty."""
SETS_MAX = 4096
"""Sets whose encoded reps are cached, a few kB each."""


@dataclass(slots=True)
class _Written:
    """Encoded reps of a set, one after the other."""

    reps: list[RepRecord]
    raw: bytearray
    ends: list[int]
    """Where each rep ends."""


class StateWriter:
    """Writes entries of a lifter's state; it only caches encoded parts."""

    def __init__(self, sets_max: int = SETS_MAX) -> None:
        self._sets_max = sets_max
        self._reps: OrderedDict[str, _Written] = OrderedDict()
        self._starts: OrderedDict[Prior, bytes] = OrderedDict()

    def dump(self, name: str, value: object) -> bytes:
        """Write an entry; `load_entry` reads it."""
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
                    "key": stream.key,
                    "segmenter": segmenter_to_json(stream.segmenter),
                    "newest_us": stream.newest_us,
                    "set_id": stream.set_id,
                    "set_key": stream.set_key,
                }
                for stream in value.streams
            ]
            return dump_json({"v": STATE_VERSION, "streams": streams})
        raise TypeError(f"entry {name} holds no set, no lifter and no motion")

    def _set(self, lifted_set: LiftedSet) -> bytes:
        optional = {name: value for name in _OPTIONAL if (value := getattr(lifted_set, name))}
        return dump_json(
            {
                "v": STATE_VERSION,
                "key": lifted_set.key,
                "set_id": lifted_set.set_id,
                "opened_by": lifted_set.opened_by,
                "opened_us": lifted_set.opened_us,
                "received_us": lifted_set.received_us,
                "config": lifted_set.config,
                "context": lifted_set.context,
                "start": written(self._start(lifted_set.start)),
                "reps": written(self._written_reps(lifted_set)),
                "under_way": lifted_set.under_way,
                "ended_us": lifted_set.ended_us,
                "end_reason": lifted_set.end_reason,
                "reopened": lifted_set.reopened,
                "history": lifted_set.history,
                "seen": lifted_set.seen,
                "calls": lifted_set.calls,
                "profile": lifted_set.profile,
                "term": None if lifted_set.term is None else term_to_json(lifted_set.term),
                **optional,
            }
        )

    def _start(self, prior: Prior) -> bytes:
        raw = self._starts.get(prior)
        if raw is None:
            raw = self._starts[prior] = b"".join(
                (dump_json(prior_to_json(prior)), b"")
            )  # a copy, without the codec's larger buffer
            if len(self._starts) > self._sets_max:
                self._starts.popitem(last=False)
        return raw

    def _written_reps(self, lifted_set: LiftedSet) -> bytes:
        reps = lifted_set.reps
        cached = self._reps.get(lifted_set.key)
        if cached is None or not all(map(is_, cached.reps, reps)):
            cached = _Written([], bytearray(b"["), [])
            self._reps[lifted_set.key] = cached
        for rep in reps[len(cached.reps) :]:
            cached.raw += dump_json(rep)  # copied: the codec's own bytes keep a larger buffer alive
            cached.ends.append(len(cached.raw))
            cached.raw += b","
            cached.reps.append(rep)
        self._reps.move_to_end(lifted_set.key)
        if len(self._reps) > self._sets_max:
            self._reps.popitem(last=False)
        return bytes(cached.raw[: cached.ends[len(reps) - 1]]) + b"]" if reps else b"[]"


def load_entry(name: str, raw: bytes) -> LiftedSet | LifterSets | Motion:
    """Read an entry that `StateWriter` wrote; raises ValueError for a version that this program cannot read."""
    body = load_json(raw)
    version = body.pop("v")
    if version != STATE_VERSION:
        raise ValueError(f"entry {name} has version {version}: this program reads {STATE_VERSION}")
    if name == LIFTER:
        return LifterSets(
            sets=tuple(SetRef(**ref) for ref in body["sets"]),
            seen=tuple((identity, content) for identity, content in body["seen"]),
            forgot=body.get("forgot", False),
            bases={name: profile_from_json(base) for name, base in body.get("bases", {}).items()},
        )
    if name == MOTION:
        streams = ({**stream, "segmenter": segmenter_from_json(stream["segmenter"])} for stream in body["streams"])
        return Motion(tuple(Stream(**stream) for stream in streams))
    body["start"] = prior_from_json(body["start"])
    body["reps"] = tuple(RepRecord(**{**rep, "flags": tuple(rep["flags"])}) for rep in body["reps"])
    if body.get("term") is not None:
        body["term"] = term_from_json(body["term"])
    body["efforts"] = tuple(body.get("efforts", ()))
    if body["under_way"] is not None:
        body["under_way"] = UnderWay(**body["under_way"])
    return LiftedSet(**body)
