"""Problems of an event's data: the field, the rule it breaks, how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, get_args

from pydantic import ValidationError

from spotter.domain.event_types import Part
from spotter.domain.events import EventType
from spotter.domain.ids import EXERCISE_PATTERN, ID_PATTERN
from spotter.http import Problem
from spotter_ingest.mends import mend_of

FAULTS_SHOWN_MAX: Final = 20
NAME_CHARACTERS_MAX: Final = 64
_TITLES: Final = {
    "extra_forbidden": "Unknown field",
    "missing": "Missing field",
    "greater_than": "Out of range",
    "greater_than_equal": "Out of range",
    "less_than": "Out of range",
    "less_than_equal": "Out of range",
}
_PATTERNS: Final = {
    ID_PATTERN: "must be 1 to 64 letters, digits, or any of _ . : -",
    EXERCISE_PATTERN: "must be an exercise's id, such as bench_press: 1 to 64 small letters, digits and _",
}
"""Patterns in words."""


def invalid_data(error: ValidationError, kind: EventType, data: Mapping[str, object]) -> Problem:
    """Convert validation errors of `data` to a problem: the first one, with a list if there are more."""
    faults = error.errors(include_url=False, include_input=False)[:FAULTS_SHOWN_MAX]
    rules: dict[str, str] = {}
    for fault in faults:
        field = ".".join(["data", *_path(fault["loc"], data)])
        rule = _PATTERNS.get(fault.get("ctx", {}).get("pattern", "")) or _rule(fault["type"], fault["msg"], kind)
        # a field that may be one of several types has a fault for each of them
        rules[field] = f"{rules[field]}, or {rule}" if field in rules else rule
    details = [{"field": field, "detail": _sentence(field, rule)} for field, rule in rules.items()]
    field = details[0]["field"]
    title = _TITLES.get(faults[0]["type"], "Invalid field")
    problem = Problem(422, title, details[0]["detail"], field=field, mend=_mend(faults[0]["type"], field, kind))
    if len(details) > 1:
        problem.members["errors"] = details
    return problem


def _rule(fault: str, message: str, kind: EventType) -> str:
    if fault == "extra_forbidden":
        return f"is no field of {kind.name}"
    if fault == "missing":
        return "is missing"
    if fault == "value_error":
        return message.removeprefix("Value error, ")
    _, should, rule = message.partition(" should ")
    return f"must {rule}" if should else message


def _sentence(field: str, rule: str) -> str:
    return f"{rule}." if field == "data" and not rule.startswith("must ") else f"{field} {rule}."


def _path(location: Sequence[str | int], data: object) -> list[str]:
    """Return the keys that lead to a fault, without the branches of unions that validation adds."""
    path: list[str] = []
    for part in location:
        if isinstance(data, dict) and isinstance(part, str):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            continue
        path.append(str(part)[:NAME_CHARACTERS_MAX])
    return path


def _mend(fault: str, field: str, kind: EventType) -> str:
    if fault == "missing":
        return f"Add {field}."
    if fault != "extra_forbidden":
        return "Put it right, or leave it out where it is optional, and send the event again."
    *way, name = field.split(".")[1:] or [""]
    return mend_of(name, _fields(kind.data, way)) or "Leave it out."


def _fields(model: type[Part], way: Sequence[str]) -> list[str]:
    """Return the fields of an event's data, or of a part of it, that a client may send; none of what is no part."""
    for name in way:
        annotation = model.model_fields[name].annotation if name in model.model_fields else None
        parts = [
            part for part in (annotation, *get_args(annotation)) if isinstance(part, type) and issubclass(part, Part)
        ]
        if not parts:
            return []
        model = parts[0]
    return [*model.model_fields, *(("load_lb",) if "load_kg" in model.model_fields else ())]
