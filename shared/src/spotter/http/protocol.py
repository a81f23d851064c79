"""uvicorn's protocols with limits that it does not have: a header's bytes, and places for connections.

What is refused here has reached no application: the answers are written as they are.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final, cast

import orjson
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from spotter.http.connections import STATE_KEY, Connection, Connections
from spotter.http.problems import MEDIA_TYPE, Problem
from spotter.settings import Limits

HEADERS_MAX: Final = 128
"""Fields in a header: more than browsers and proxies together send (design choice)."""


class LimitedState(ServerState):
    """The state of a server, with its connections and limits."""

    def __init__(self, limits: Limits, open_files: int | None = None) -> None:
        super().__init__()
        self.limits = limits
        self.places = Connections(limits, open_files)


class LimitedHttp(HttpToolsProtocol):
    """HTTP/1.1: refuses a connection without a place, and a header that is too long before it is read whole."""

    server_state: LimitedState

    def __init__(
        self,
        config: Config,
        server_state: LimitedState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._place = Connection(server_state.places)
        self._header_bytes = 0
        self._in_request = False
        super().__init__(config, server_state, {**app_state, STATE_KEY: self._place}, _loop)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Take a place, or refuse."""
        super().connection_made(transport)
        if not self.server_state.places.admit(self._place, transport, self.loop.time()):
            detail = "Too many connections are waiting."
            self._refuse(
                Problem(503, "Full house", detail, mend="Try again in a second.", headers={"Retry-After": "1"})
            )

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the place."""
        self._place.ended()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to a header that is not complete."""
        if self.transport.is_closing():
            return
        if not self._in_request and self._place.waiting_since_s is None:
            self._place.waiting_since_s = self.loop.time()
        super().data_received(data)
        if not self._in_request and self._place.waiting_since_s is not None:
            self._header_bytes += len(data)
            if self._header_bytes > self.server_state.limits.header_bytes and not self.transport.is_closing():
                self._refuse(header_too_large(self.server_state.limits))

    def on_headers_complete(self) -> None:
        """It is a request now."""
        self._in_request, self._header_bytes = True, 0
        self._place.waiting_since_s = self._place.idle_since_s = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request has arrived whole."""
        super().on_message_complete()
        cycle = cast(RequestResponseCycle | None, self.cycle)  # none while a WebSocket's handshake is the first request
        if cycle is not None and cycle.response_complete:
            self._kept()

    def on_response_complete(self) -> None:
        """It has been answered; what still comes of its body is not waited for long."""
        if not self.pipeline and self.cycle.more_body:
            self._place.waiting_since_s = self.loop.time()
        elif not self.pipeline:
            self._kept()
        super().on_response_complete()

    def _kept(self) -> None:
        """Keep the connection for another request."""
        self._in_request, self._place.waiting_since_s = False, None
        self._place.idle_since_s = self.loop.time()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP with a problem document, as everything else."""
        self._refuse(Problem(400, "Bad Request", "This is no HTTP request.", mend="Send HTTP/1.1."))

    def _refuse(self, problem: Problem) -> None:
        body = orjson.dumps(problem.document())
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Content-Length": str(len(body)),
            "Connection": "close",
            **problem.headers,
        }
        lines = [f"{name}: {value}\r\n".encode() for name, value in headers.items()]
        self.transport.write(b"".join([STATUS_LINE[problem.status], *lines, b"\r\n", body]))
        self.transport.close()


class LimitedWebSocket(WebSocketsSansIOProtocol):
    """A WebSocket: keeps the place of the connection it came on."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the place."""
        accepted = self.app_state.get(STATE_KEY)
        if isinstance(accepted, Connection):
            accepted.ended()
        super().connection_lost(exc)


def header_too_large(limits: Limits) -> Problem:
    """Return the problem of a header that is too long."""
    return Problem(
        431,
        "Header too large",
        f"A request's address and header may have {limits.header_bytes} bytes and {HEADERS_MAX} fields.",
        mend="Send fewer cookies and fields; put what is long into the body.",
        headers={"Connection": "close"},
    )
