"""Errors as problem documents (RFC 9457): what is wrong, where, and how to mend it."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketState

log = logging.getLogger(__name__)

REFUSAL_KEY = "spotter.refusal"
"""Where a request's scope holds the title of the problem that it was answered with."""

MEDIA_TYPE = "application/problem+json"
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_TRY_LATER = frozenset({429, 503})


class Problem(Exception):
    """The reason why a request, or one event of it, is refused.

    `title` is the same for every problem of its kind; `detail` says what is wrong this time, `field` where
    (`data.mean_velocity_mps`), `mend` how to correct it; further members are written as they are.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        *,
        field: str | None = None,
        mend: str | None = None,
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.field = field
        self.mend = mend
        self.headers = dict(headers or {})
        self.members = members

    def document(self) -> dict[str, object]:
        """Return the members of the problem document.

        >>> Problem(404, "Unknown set", "There is no set s-9.").document()["type"]
        'urn:spotter:problem:unknown-set'
        """
        document: dict[str, object] = {
            "type": f"urn:spotter:problem:{_NOT_A_WORD.sub('-', self.title.lower()).strip('-')}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        optional = {"field": self.field, "mend": self.mend}
        return document | {name: text for name, text in optional.items() if text is not None} | self.members


PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "field": {"type": "string", "description": "Where, for example data.mean_velocity_mps."},
        "mend": {"type": "string", "description": "What to do."},
    },
}
PROBLEM_NAME: Final = "Problem"
_DESCRIPTIONS: Final[Mapping[int, str]] = {
    400: "This can't be read.",
    401: "No token, or one that is forged, expired or revoked.",
    403: "The token may not do this.",
    404: "There is no such thing, or the token does not cover it.",
    406: "None of the forms that it is there in is accepted.",
    408: "The body did not arrive in time.",
    409: "Several are meant: the candidates are named.",
    413: "The body is too large.",
    422: "A value that can't be, or one is missing.",
    429: "Too much at once: send it again after Retry-After.",
    431: "The address and header are too long.",
    503: "Not ready, or full: send it again after Retry-After.",
}
ANYWHERE: Final = (408, 413, 431)
"""What the front door may answer on every route."""


def problems_of(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of problems that a route may answer with, those of the front door included."""
    return {
        status: {
            "description": _DESCRIPTIONS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{PROBLEM_NAME}"}}},
        }
        for status in sorted({*statuses, *ANYWHERE})
    }


def problem_response(problem: Problem) -> Response:
    """Return a problem as an HTTP response."""
    return Response(
        orjson.dumps(problem.document(), default=str, option=orjson.OPT_NON_STR_KEYS),
        problem.status,
        problem.headers,
        MEDIA_TYPE,
    )


async def deny(socket: WebSocket, problem: Problem) -> None:
    """Refuse a WebSocket by the HTTP response of its handshake or, once it is open, by the close code that fits."""
    socket.scope[REFUSAL_KEY] = problem.title
    if socket.application_state is WebSocketState.CONNECTING:
        await socket.send_denial_response(problem_response(problem))
    elif socket.application_state is WebSocketState.CONNECTED:
        code = 1013 if problem.status in _TRY_LATER else 1009 if problem.status == 413 else 1008
        await socket.close(code if problem.status != 500 else 1011, problem.detail[:100])


def describe_problems(app: FastAPI) -> None:
    """Put the schema that `problems_of` refers to into an application's OpenAPI document."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        document.setdefault("components", {}).setdefault("schemas", {})[PROBLEM_NAME] = PROBLEM_SCHEMA
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way of extending it


def handle_errors(app: FastAPI) -> None:
    """Answer every error of an application with a problem document, on HTTP and on WebSockets."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(WebSocketRequestValidationError, _on_invalid_request)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(Exception, _on_unexpected)


async def _answer(connection: HTTPConnection, problem: Problem) -> Response:
    if isinstance(connection, WebSocket):
        await deny(connection, problem)
    return problem_response(problem)


async def _on_problem(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, Problem)
    connection.scope[REFUSAL_KEY] = error.title
    return await _answer(connection, error)


async def _on_http_exception(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    path = connection.url.path
    mend = None
    if error.status_code == 404 and error.detail == title:
        detail, mend = f"There is nothing at {path}.", "Look the address up in /openapi.json."
    elif error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "another method")
        method = connection.method if isinstance(connection, Request) else "this method"
        detail, mend = f"{method} is not for {path}.", f"Use {allowed}."
    else:
        detail = str(error.detail)
    return await _answer(connection, Problem(error.status_code, title, detail, mend=mend, headers=error.headers))


async def _on_invalid_request(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError | WebSocketRequestValidationError)
    first = error.errors()[0]
    source, *path = [str(part) for part in first["loc"]] or ["request"]
    field = ".".join(path) or source
    mend = f"Give {field}" if first["type"] == "missing" else f"Correct {field}"
    if first["type"] != "missing" and source != "body":
        mend += ", or leave it out"
    detail, mend = f"{source} {field}: {first['msg']}.", f"{mend}; /openapi.json says what it takes."
    return await _answer(connection, Problem(422, "Invalid request", detail, field=field, mend=mend))


async def _on_disconnect(connection: HTTPConnection, error: Exception) -> Response:
    return Response(status_code=400)  # the client has gone


async def _on_unexpected(connection: HTTPConnection, error: Exception) -> Response:
    log.error("%s %s failed", connection.scope["type"], connection.url.path, exc_info=error)
    problem = Problem(500, "Internal error", "Something went wrong on our side; it is in the log.")
    return await _answer(connection, problem)
