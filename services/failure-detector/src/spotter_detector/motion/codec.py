"""The segmenter's state as readable JSON with a version; fields with their default value are omitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from spotter_detector.motion.bar_state import BarState
from spotter_detector.motion.records import BAR_POSITION, BAR_VELOCITY
from spotter_detector.motion.segmenter import Segmenter
from spotter_detector.motion.wrist import WristState

VERSION: Final = 3
_hints = cache(get_type_hints)


def segmenter_to_json(state: Segmenter) -> dict[str, object]:
    """Return a state as a JSON object; `segmenter_from_json` reads it back.

    >>> from spotter_detector.motion.segmenter import segmenter
    >>> segmenter_to_json(segmenter("bar_velocity", usual_rom_m=0.45))
    {'version': 3, 'signal': 'bar_velocity', 'intake': {}, 'motion': {'usual_m': 0.45}}
    """
    return {"version": VERSION, **_written(state)}


def segmenter_from_json(body: Mapping[str, object]) -> Segmenter:
    """Read a state from a JSON object of `segmenter_to_json`; unknown members are ignored.

    Raises ValueError for another version, or a missing member.

    >>> segmenter_from_json({"version": 1})
    Traceback (most recent call last):
        ...
    ValueError: segmentation state of version 1: this program reads version 3; segment the set's chunks again
    """
    if body.get("version") != VERSION:
        raise ValueError(
            f"segmentation state of version {body.get('version')}: this program reads version {VERSION}; "
            "segment the set's chunks again"
        )
    motion = BarState if body.get("signal") in (BAR_VELOCITY, BAR_POSITION) else WristState
    state = _read(Segmenter, {**body, "motion": None})
    return Segmenter(
        state.signal,
        state.intake,
        _read(motion, body.get("motion", {})),
        state.longest_grind_s,
        state.shift_us,
        state.lift,
    )


def _written(value: object) -> Any:  # any JSON
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: (field, getattr(value, field.name)) for field in fields(value)}
        return {name: _written(item) for name, (field, item) in named.items() if not _is_default(field, item)}
    if isinstance(value, (tuple, list)):
        return [_written(item) for item in value]
    return value


def _is_default(field: Any, value: object) -> bool:  # dataclasses.Field is generic in what the caller cannot know
    if field.default is not MISSING:
        return bool(field.default == value)
    return field.default_factory is not MISSING and bool(field.default_factory() == value)


def _read(kind: Any, value: Any) -> Any:  # both are what a type annotation says
    if value is None:
        return None
    if get_origin(kind) is UnionType:
        return _read(next(argument for argument in get_args(kind) if argument is not NoneType), value)
    if get_origin(kind) in (tuple, list):
        items = get_args(kind)
        kinds = items if len(items) == len(value) and items[-1] is not Ellipsis else (items[0],) * len(value)
        return get_origin(kind)(_read(item, argument) for item, argument in zip(kinds, value, strict=True))
    if is_dataclass(kind):
        missing = [f.name for f in fields(kind) if f.name not in value and f.default is MISSING is f.default_factory]
        if missing:
            raise ValueError(f"segmentation state lacks {missing[0]}: write it with segmenter_to_json")
        make: Any = kind  # to mypy an instance after is_dataclass
        return make(**{name: _read(hint, value[name]) for name, hint in _hints(make).items() if name in value})
    return kind(value) if kind is float else value
