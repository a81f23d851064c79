"""The OpenAPI operation of `POST /v1/events`."""

from __future__ import annotations

from typing import Final

from spotter.domain.events import TYPES
from spotter.http.problems import PROBLEM_SCHEMA

_RESULT: Final = {
    "type": "object",
    "required": ["id", "status"],
    "properties": {
        "id": {"type": ["string", "null"], "description": "Null where the event was unreadable."},
        "status": {"enum": ["accepted", "duplicate", "refused"]},
        "problem": PROBLEM_SCHEMA,
        "warning": {"type": "string"},
    },
}
_RESULTS: Final = {"results": {"type": "array", "items": _RESULT, "description": "In the order sent."}}
_EVENT: Final = {
    "type": "object",
    "description": "A CloudEvent in JSON, or plain: type and data alone.",
    "required": ["type"],
    "properties": {
        "specversion": {"const": "1.0"},
        "type": {"enum": [name for name, kind in TYPES.items() if kind.role is not None]},
        "id": {"type": "string", "minLength": 1, "maxLength": 64},
        "source": {"type": "string", "minLength": 1, "maxLength": 256},
        "time": {"type": "string", "format": "date-time"},
        "senttime": {
            "type": "string",
            "format": "date-time",
            "description": "The clock that gave time, read when the event is sent.",
        },
        "data": {
            "type": "object",
            "description": "By type: see the JSON Schemas. Loads are load_kg or load_lb; an exercise is an id or a name as "
            "an app writes it, and the warning then says which id was taken.",
        },
    },
}
_EXAMPLE: Final = {"type": "spotter.rep.completed.v1", "data": {"athlete_id": "ada", "mean_velocity_mps": 0.5}}


def _accepted(description: str) -> dict[str, object]:
    return {"description": description, "content": {"application/json": {"schema": {"properties": _RESULTS}}}}


def _refusal(description: str) -> dict[str, object]:
    schema = {**PROBLEM_SCHEMA, "properties": {**PROBLEM_SCHEMA["properties"], **_RESULTS}}
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}


OPERATION: Final[dict[str, object]] = {
    "description": "One event, a batch, one a line, or CloudEvents' binary mode. Without ce- headers the body's shape "
    "decides, whatever its Content-Type. Each event is accepted or refused by itself.",
    "requestBody": {
        "required": True,
        "content": {
            "application/cloudevents+json": {"schema": _EVENT},
            "application/cloudevents-batch+json": {"schema": {"type": "array", "items": _EVENT}},
            "application/json": {"schema": _EVENT, "example": _EXAMPLE},
            "application/x-ndjson": {"schema": {"type": "string", "description": "An event a line."}},
        },
    },
    "responses": {
        "202": _accepted("No event was refused."),
        "207": _accepted("Some events were refused: see results."),
        "400": _refusal("The body is no event."),
        "401": _refusal("No token, or one that is forged, expired or revoked."),
        "403": _refusal("The token may not send this."),
        "408": _refusal("The body did not arrive in time."),
        "413": _refusal("The body or the event is too large, or there are too many."),
        "422": _refusal("Something is wrong with the event, or with each of several."),
        "429": _refusal("Too many events or connections: send again after Retry-After."),
        "431": _refusal("The address and header are too long."),
        "503": _refusal("The log does not answer: keep the events and send them again after Retry-After."),
    },
}
