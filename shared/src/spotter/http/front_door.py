"""What every request passes before any route: limits of its header and body, and the account of what was refused."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Final

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from spotter.http.audit import IDENTITY_KEY, REFUSED, RefusalAudit
from spotter.http.connections import connection_of
from spotter.http.problems import Problem, deny, describe_problems, handle_errors, problem_response
from spotter.http.protocol import HEADERS_MAX, header_too_large
from spotter.http.refusal_quotas import ACCOUNT_KEY
from spotter.http.request_body import BodyTooLarge, read_body
from spotter.settings import Limits

EVENTS: Final = ("POST", "/v1/events")
"""Reads its body itself: it may be large, and is read only for a valid token."""


def install(app: FastAPI, limits: Limits | None = None) -> None:
    """Give an application what every service has: the front door, and a problem document for every error."""
    app.add_middleware(FrontDoor, limits=limits or Limits())
    handle_errors(app)
    describe_problems(app)


_ANSWERS: Final = ("http.response.start", "websocket.http.response.start")


class FrontDoor:
    """ASGI middleware of every service.

    Bodies are read here, whole and small, except those of `streamed` routes (method and path), so that no route, form
    parser or spooled upload ever meets more.
    """

    def __init__(self, app: ASGIApp, limits: Limits, streamed: Collection[tuple[str, str]] = (EVENTS,)) -> None:
        self._app = app
        self._limits = limits
        self._streamed = frozenset(streamed)
        self._audit = RefusalAudit()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        send = self._audited(scope, send)
        try:
            self._check_header(scope)
            if scope["type"] == "http" and _has_body(scope) and (scope["method"], scope["path"]) not in self._streamed:
                receive = _replay(await self._body(scope, receive), receive)
        except BodyTooLarge as error:
            return await error.response()(scope, receive, send)
        except Problem as problem:
            if scope["type"] == "websocket":
                return await deny(WebSocket(scope, receive, send), problem)
            return await problem_response(problem)(scope, receive, send)
        except ClientDisconnect:
            return None
        return await self._app(scope, receive, send)

    def _audited(self, scope: Scope, send: Send) -> Send:
        """Return a `send` that records refusals, and charges them to their token."""

        async def audited(message: Message) -> None:
            if message["type"] in _ANSWERS and 400 <= message["status"] < 500:
                if message["status"] != 429:
                    _charge(scope)
                if message["status"] in REFUSED:
                    self._audit.refused(scope, message["status"])
            await send(message)

        return audited

    def _check_header(self, scope: Scope) -> None:
        headers = scope["headers"]
        size_bytes = len(scope.get("raw_path") or b"") + len(scope.get("query_string", b""))
        for name, value in headers:
            size_bytes += len(name) + len(value)
        if size_bytes > self._limits.header_bytes or len(headers) > HEADERS_MAX:
            raise header_too_large(self._limits)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        request, accepted = Request(scope, receive), connection_of(scope)
        if accepted is not None:
            accepted.idle_since_s = asyncio.get_running_loop().time()
        try:
            return await read_body(
                request.stream(),
                request.headers.get("content-length"),
                bytes_max=self._limits.form_bytes,
                seconds_max=self._limits.header_s,
            )
        finally:
            if accepted is not None:
                accepted.idle_since_s = None


def _charge(scope: Scope) -> None:
    account, identity = scope.get(ACCOUNT_KEY), scope.get(IDENTITY_KEY)
    if account is not None and identity is not None:
        account.charge(identity.token_id)


def _has_body(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == b"transfer-encoding" or (name == b"content-length" and value != b"0"):
            return True
    return False


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives a body that was read, and then what else comes."""
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
