"""Parses what was sent into events: one, a batch, lines or a binary-mode request; each may be unreadable by itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote

import orjson

from spotter.http import Problem

Parsed = dict[str, object] | Problem
"""An event as sent, or the problem that it could not be parsed."""

_BOM: Final = b"\xef\xbb\xbf"
_BINARY: Final = "ce-"
_EXACT_DIGITS: Final = 18


def parse_body(body: bytes, headers: Iterable[tuple[str, str]], events_max: int) -> list[Parsed]:
    """Parse the body of a request.

    `ce-` headers make it the data of one event (CloudEvents' binary mode). Otherwise its shape decides, whatever its
    Content-Type: an object is one event, an array is a batch, several lines are an event each.
    Raises Problem 413 for more than `events_max` events.
    """
    attributes: dict[str, object] = {
        name[len(_BINARY) :].lower(): unquote(value) for name, value in headers if name.lower().startswith(_BINARY)
    }
    if attributes:
        return [_binary(attributes, body)]
    body = body.removeprefix(_BOM).strip()
    if not body:
        return [_unreadable("The body is empty.")]
    try:
        document = _parse(body)
    except ValueError as error:
        return _lines(body, events_max) or [_unreadable(f"The body is not JSON: {error}.")]
    if isinstance(document, list):
        _check_count(len(document), events_max)
        return [_event(item) for item in document]
    return [_event(document)]


def parse_message(text: str | bytes, name: str = "The message") -> Parsed:
    """Parse one message of a WebSocket, or one of several lines, called `name` where it is unreadable."""
    try:
        return _event(_parse(text))
    except ValueError as error:
        return _unreadable(f"{name} is not JSON: {error}.")


def _binary(attributes: Mapping[str, object], body: bytes) -> Parsed:
    try:
        data = _parse(body) if body.strip() else {}
    except ValueError as error:
        return _unreadable(f"The body is not JSON: {error}.")
    return {**attributes, "data": data}


def _lines(body: bytes, events_max: int) -> list[Parsed] | None:
    """Parse one event a line; None for text that is not lines of events.

    A broken array over several lines is not, although its last line may parse as an event.
    """
    lines = [line for line in body.split(b"\n") if line and not line.isspace()]
    if len(lines) < 2 or (body.startswith(b"[") and not _is_json(lines[0])):
        return None
    _check_count(len(lines), events_max)
    items = [parse_message(line, f"Event {number}") for number, line in enumerate(lines, 1)]
    if any(isinstance(item, dict) for item in items):
        return items
    return items if all(_looks_like_an_object(line.strip()) for line in lines) else None


def _is_json(line: bytes) -> bool:
    try:
        _parse(line)
    except ValueError:
        return False
    return True


def _looks_like_an_object(line: bytes) -> bool:
    return line.startswith(b"{") and line.endswith(b"}") and len(line) > 1


def _parse(text: bytes | str) -> object:
    """Parse JSON; raises ValueError.

    NaN, Infinity and numbers beyond a double's range are accepted, so that validation refuses the field by its name.
    """
    try:
        parsed: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        try:
            parsed = json.loads(text, parse_int=_parse_int)
            orjson.dumps(parsed)  # refuses half a surrogate pair, which the standard library accepts
        except (ValueError, TypeError, RecursionError):
            raise ValueError(str(error)) from None
    return parsed


def _parse_int(digits: str) -> int | float:
    return int(digits) if len(digits) <= _EXACT_DIGITS else float(digits)


def _event(value: object) -> Parsed:
    if isinstance(value, dict):
        return value
    kind = {list: "an array", str: "a string", bool: "a truth value"}.get(type(value), "a number")
    return _unreadable(f"An event is a JSON object, not {'null' if value is None else kind}.")


def _check_count(events: int, events_max: int) -> None:
    if events > events_max:
        raise Problem(
            413,
            "Too many events",
            f"The body holds {events} events; at most {events_max} are taken at once.",
            mend="Send them in several requests.",
            results=[],
        )


def _unreadable(detail: str) -> Problem:
    mend = (
        'Send a CloudEvent, {"type": …, "data": {…}}, a JSON array of them, or one a line; curl -d needs single quotes.'
    )
    return Problem(400, "Unreadable event", detail, mend=mend)
