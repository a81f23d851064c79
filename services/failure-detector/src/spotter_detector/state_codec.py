"""A lifter's state as readable JSON with a version; only the new reps of a set that grows are encoded again.

A worker writes the version of a set after each input that may come again: these versions begin with the same reps.
"""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from operator import is_
from typing import Any

from spotter.streaming.codec import dump_json, load_json, written
from spotter_detector.model import Prior, prior_from_json, prior_to_json
from spotter_detector.motion import segmenter_from_json, segmenter_to_json
from spotter_detector.profile import profile_from_json, profile_to_json, term_from_json, term_to_json
from spotter_detector.state import (
    LIFTER,
    MOTION,
    LiftedSet,
    LifterSets,
    Motion,
    Note,
    RepRecord,
    SetRef,
    Stream,
    UnderWay,
)

STATE_VERSION = 1
_OPTIONAL = ("notes", "inherited", "other_ids", "effort", "voided", "refused", "moved_from", "moved_to")
"""Fields of a set that are written only if they are not empty."""
_SET_FIELDS = tuple(field.name for field in dataclasses.fields(LiftedSet))
_STREAM_FIELDS = tuple(field.name for field in dataclasses.fields(Stream))
SETS_MAX = 4096
"""Sets whose encoded reps are cached, a few kB each."""


@dataclasses.dataclass(slots=True)
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
                {
                    "v": STATE_VERSION,
                    "sets": value.sets,
                    "seen": value.seen,
                    "forgot": value.forgot,
                    "forgotten": value.forgotten,
                    "bases": bases,
                    "newest_us": value.newest_us,
                    "waiting": value.waiting,
                    "merged": value.merged,
                }
            )
        if isinstance(value, Motion):
            streams = [
                {name: getattr(stream, name) for name in _STREAM_FIELDS}
                | {"segmenter": segmenter_to_json(stream.segmenter)}
                for stream in value.streams
            ]
            return dump_json({"v": STATE_VERSION, "streams": streams})
        raise TypeError(f"entry {name} holds no set, no lifter and no motion")

    def _set(self, lifted_set: LiftedSet) -> bytes:
        fields: dict[str, object] = {"v": STATE_VERSION}
        for name in _SET_FIELDS:
            value = getattr(lifted_set, name)
            if value or name not in _OPTIONAL:
                fields[name] = value
        fields["start"] = written(self._start(lifted_set.start))
        fields["reps"] = written(self._written_reps(lifted_set))
        fields["term"] = None if lifted_set.term is None else term_to_json(lifted_set.term)
        return dump_json(fields)

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
            sets=tuple(SetRef(**{**ref, "other_ids": tuple(ref.get("other_ids", ()))}) for ref in body["sets"]),
            seen=tuple((identity, content) for identity, content in body["seen"]),
            forgot=body.get("forgot", False),
            forgotten=tuple(body.get("forgotten", ())),
            bases={name: profile_from_json(base) for name, base in body.get("bases", {}).items()},
            newest_us=body.get("newest_us", 0),
            waiting=tuple(Note(**note) for note in body.get("waiting", ())),
            merged=body.get("merged", {}),
        )
    if name == MOTION:
        streams = ({**stream, "segmenter": segmenter_from_json(stream["segmenter"])} for stream in body["streams"])
        return Motion(tuple(Stream(**stream) for stream in streams))
    body["start"] = prior_from_json(body["start"])
    body["reps"] = tuple(_rep(rep) for rep in body["reps"])
    if body.get("term") is not None:
        body["term"] = term_from_json(body["term"])
    body["refused"] = tuple(_rep(rep) for rep in body.get("refused", ()))
    body["notes"] = tuple(Note(**note) for note in body.get("notes", ()))
    body["other_ids"] = tuple(body.get("other_ids", ()))
    if body["under_way"] is not None:
        body["under_way"] = UnderWay(**body["under_way"])
    return LiftedSet(**body)


def _rep(body: dict[str, Any]) -> RepRecord:
    body["flags"] = tuple(body["flags"])
    original = body.get("original")
    if original is not None and "flags" in original:
        original["flags"] = tuple(original["flags"])
    return RepRecord(**body)
