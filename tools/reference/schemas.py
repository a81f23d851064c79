"""JSON Schemas of all events: the envelope with the data of each type."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from spotter.domain.events import TYPES, EventType

Json = dict[str, Any]

_TIME: Json = {"type": "string", "format": "date-time"}


def data_schema(model: type[BaseModel]) -> Json:
    """Return the schema of an event's data."""
    return model.model_json_schema(mode="validation", ref_template="#/$defs/{model}")


def event_schema(kind: EventType) -> Json:
    """Return the schema of a whole event: CloudEvents 1.0, structured mode."""
    data = data_schema(kind.data)
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
