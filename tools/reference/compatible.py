"""Finds changes of a schema that break old readers or writers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_LIMITS = dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems"), 1) | dict.fromkeys(
    ("minimum", "exclusiveMinimum", "minLength", "minItems"), -1
)
"""1 for upper limits, -1 for lower ones."""


def breaks(old: object, new: object, sent_by_clients: bool, where: str = "") -> Iterator[str]:
    """Yield a line for each incompatible change.

    Optional fields may be added; no field may be removed, become required, change its type or get a narrower range.
    In events that only Spotter writes, required fields must stay required; in those that clients send, null may be taken
    beside what was.
    """
    if not isinstance(old, dict) or not isinstance(new, dict):
        return
    if sent_by_clients and "anyOf" not in old:
        new = _without_null(new)
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before:
        if name not in after:
            yield f"{where}.{name}: the field was removed"
        else:
            yield from breaks(before[name], after[name], sent_by_clients, f"{where}.{name}")
    if sent_by_clients:
        for name in sorted(set(new.get("required", [])) - set(old.get("required", []))):
            yield f"{where}.{name}: the field has become required"
    else:
        for name in sorted(set(old.get("required", [])) - set(new.get("required", []))):
            yield f"{where}.{name}: readers rely on the field, and it may now be left out"
    if "type" in old and old["type"] != new.get("type"):
        yield f"{where}: the type was {old['type']} and is {new.get('type')}"
    if "const" in old and old["const"] != new.get("const"):
        yield f"{where}: the value was {old['const']} and is {new.get('const')}"
    if "enum" in old and (gone := [word for word in old["enum"] if word not in new.get("enum", [])]):
        yield f"{where}: {', '.join(map(str, gone))} are no longer allowed"
    for name, sign in _LIMITS.items():
        if sent_by_clients and name in new and (name not in old or sign * new[name] < sign * old[name]):
            yield f"{where}: {name} was {old.get(name, 'open')} and is {new[name]}"
    for kind in ("anyOf", "items", "additionalProperties"):
        former, latter = old.get(kind), new.get(kind)
        if isinstance(former, list) and isinstance(latter, list):
            if len(latter) < len(former):
                yield f"{where}: fewer kinds of value are allowed"
            for index, (a, b) in enumerate(zip(former, latter, strict=False)):
                yield from breaks(a, b, sent_by_clients, f"{where}[{index}]")
        elif isinstance(former, dict):
            yield from breaks(former, latter, sent_by_clients, f"{where}[]")
    for name, definition in old.get("$defs", {}).items():
        if name in new.get("$defs", {}):
            yield from breaks(definition, new["$defs"][name], sent_by_clients, f"{where}#{name}")


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of what a value is if it is not null."""
    kinds = schema.get("anyOf")
    if isinstance(kinds, list) and len(kinds) == 2 and kinds[1] == {"type": "null"}:
        return dict(kinds[0])
    return schema
