"""JSON Schemas of all events: the envelope with the data of each type."""

from __future__ import annotations

from typing import Any

from spotter.domain.event_types import EXERCISE_NAME_CHARACTERS_MAX, KG_PER_LB, LOAD_KG_MAX
from spotter.domain.events import TYPES, EventType
from spotter.domain.events.people import ExerciseAdded

Json = dict[str, Any]

_TIME: Json = {"type": "string", "format": "date-time"}
_LOAD_LB: Json = {
    "anyOf": [{"type": "number", "minimum": 0, "maximum": LOAD_KG_MAX / KG_PER_LB}, {"type": "null"}],
    "default": None,
    "description": "Instead of load_kg, in pounds; ingest converts it.",
    "title": "Load Lb",
}
_NAME: Json = {
    "pattern": f"^.{{1,{EXERCISE_NAME_CHARACTERS_MAX}}}$",
    "description": "An id of the catalogue, or a name as an app writes it, which ingest replaces by the id.",
}


def data_schema(kind: EventType) -> Json:
    """Return the schema of an event's data: of what clients send, as ingest takes it."""
    schema: Json = kind.data.model_json_schema(mode="validation", ref_template="#/$defs/{model}")
    if kind.role is not None:
        for part in (schema, *schema.get("$defs", {}).values()):
            _widen(part.get("properties", {}), named=kind.data is not ExerciseAdded)
    return schema


def _widen(fields: Json, *, named: bool) -> None:
    """Add what ingest takes in other words than it writes: pounds, and names of exercises."""
    if "load_kg" in fields:
        fields["load_lb"] = _LOAD_LB
    if named and "exercise" in fields:
        for choice in fields["exercise"].get("anyOf", [fields["exercise"]]):
            if choice.get("type") == "string":
                choice.update(_NAME)


def event_schema(kind: EventType) -> Json:
    """Return the schema of a whole event: CloudEvents 1.0, structured mode."""
    data = data_schema(kind)
    definitions = data.pop("$defs", {})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{kind.name}.json",
        "title": kind.name,
        "description": (kind.data.__doc__ or "").strip(),
        "type": "object",
        "required": ["specversion", "id", "source", "type", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "minLength": 1, "maxLength": 64},
            "source": {"type": "string", "minLength": 1, "maxLength": 256},
            "type": {"const": kind.name},
            "time": {**_TIME, "description": "When it happened, by the sender's clock."},
            "datacontenttype": {"const": "application/json"},
            "senttime": {**_TIME, "description": "When it was sent, by the sender's clock."},
            "receivedtime": {**_TIME, "description": "When it was received; set by ingest."},
            "configversion": {"type": "integer", "minimum": 0, "description": "Set by ingest."},
            "sequence": {"type": "string", "description": "Order of outputs; set by the worker that wrote it."},
            "data": data,
        },
        "x-sent-by": kind.role or "inside only",
        "$defs": definitions,
    }


def event_schemas() -> dict[str, Json]:
    """Return all event schemas by type."""
    return {name: event_schema(kind) for name, kind in TYPES.items()}
