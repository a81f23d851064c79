"""JSON for state: fast, exact for integers, and able to write frozen dataclasses."""

from __future__ import annotations

from typing import Any

import orjson


def dump_json(value: object) -> bytes:
    """Write a value of plain JSON types, dataclasses, tuples and times.

    >>> dump_json({"reps": (1, 2)})
    b'{"reps":[1,2]}'
    """
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)


def load_json(raw: bytes) -> Any:  # JSON has no narrower type
    """Read JSON; raises ValueError."""
    return orjson.loads(raw)


def written(raw: bytes) -> object:
    """Return JSON that is written already as a value for `dump_json`.

    >>> dump_json({"reps": written(b"[1,2]")})
    b'{"reps":[1,2]}'
    """
    return orjson.Fragment(raw)
