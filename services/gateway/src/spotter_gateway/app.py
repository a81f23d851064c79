"""The gateway's routes, and the application of its own process."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime
from types import TracebackType
from typing import Annotated, Any, Final, Self

from fastapi import APIRouter, FastAPI, Header, Request, WebSocket
from fastapi import Query as FromQuery
from starlette.requests import HTTPConnection
from starlette.responses import Response

from spotter.domain.time import utc_now
from spotter.domain.topics import ACCESS
from spotter.http import Guard, Problem, chosen_subprotocol, deny, health_router, install, problems_of
from spotter.http.tokens import Keyring, Revocations
from spotter.settings import Limits
from spotter.streaming.log import Log
from spotter.streaming.topic_follower import TopicFollower
from spotter_gateway.clients import Client
from spotter_gateway.filters import AdviceQuery, StreamQuery, parse_filter
from spotter_gateway.hub import Hub, Intervals
from spotter_gateway.sse import AdviceStream, read_cursor
from spotter_gateway.websocket import AdviceSocket

logger = logging.getLogger(__name__)

_TRY_LATER: Final = (429, 503)
_PROBLEM: Final[dict[str, Any]] = {"content": {"application/problem+json": {}}}
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "CloudEvents and heartbeats, one an unnamed event, each with a cursor as its id.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    **problems_of(),
    400: {"description": "Last-Event-ID is no cursor.", **_PROBLEM},
    401: {"description": "No valid token.", **_PROBLEM},
    403: {"description": "The token's role may send only.", **_PROBLEM},
    404: {"description": "A lifter that the token does not speak for.", **_PROBLEM},
    422: {"description": "A value that cannot be.", **_PROBLEM},
    429: {"description": "The token has too many connections.", **_PROBLEM},
    503: {"description": "Not ready, or full: try again.", **_PROBLEM},
}


def create_router(hub: Hub, guard: Guard, ready: Callable[[], str | None] | None = None) -> APIRouter:
    """Build `WS /v1/advice` and `GET /v1/advice/stream` on a hub that the caller enters and leaves.

    `ready` returns why clients are not admitted yet, or None; by default the hub decides. The application needs
    `spotter.http.install`.
    """
    not_ready = ready or hub.not_ready
    router = APIRouter(tags=["advice"])

    def admit(connection: HTTPConnection, query: AdviceQuery, *, cookie: bool, acknowledges: bool) -> Client:
        identity = guard.identify(connection, cookie=cookie)
        if (reason := not_ready()) is not None:
            raise Problem(503, "Not ready", reason, mend="Try again in a second.", headers={"Retry-After": "1"})
        return hub.client(parse_filter(query, identity), identity, acknowledges=acknowledges)

    @router.websocket("/v1/advice", name="advice")
    async def advice(socket: WebSocket, query: Annotated[AdviceQuery, FromQuery()]) -> None:
        try:
            client = admit(socket, query, cookie=False, acknowledges=True)
            with hub.clients.connected(client):
                await AdviceSocket(socket, hub, client).serve()
        except Problem as problem:
            if problem.status in _TRY_LATER:  # a browser's script sees close codes, never the status of a handshake
                await socket.accept(chosen_subprotocol(socket))
            await deny(socket, problem)

    @router.get(
        "/v1/advice/stream",
        summary="Advice as server-sent events",
        response_class=Response,
        responses=_RESPONSES,
    )
    async def stream(
        request: Request,
        query: Annotated[StreamQuery, FromQuery()],
        last_event_id: Annotated[
            str | None, Header(description="The id of the last event that came: go on from there.")
        ] = None,
    ) -> Response:
        client = admit(request, query, cookie=True, acknowledges=False)
        return AdviceStream(hub, client, await read_cursor(hub, last_event_id or query.last_event_id))

    return router


class Gateway:
    """The background tasks of the gateway's own process."""

    def __init__(
        self,
        log: Log,
        keyring: Keyring,
        *,
        limits: Limits | None = None,
        clock: Callable[[], datetime] = utc_now,
        intervals: Intervals | None = None,
    ) -> None:
        intervals = intervals or Intervals()
        revocations = Revocations()
        self._access = TopicFollower(log, {ACCESS: revocations.apply}, intervals.retry_s)
        self.guard = Guard(keyring, revocations, clock)
        self.hub = Hub(log, self.guard, limits=limits, clock=clock, intervals=intervals)

    async def __aenter__(self) -> Self:
        await self._access.__aenter__()
        await self.hub.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.hub.__aexit__(kind, error, trace)
        await self._access.__aexit__(kind, error, trace)

    def check(self) -> None:
        """Raise the error that ended one of them, if any."""
        self.hub.check()
        self._access.check()

    def not_ready(self) -> str | None:
        """Return why clients are not admitted, or None."""
        return self.hub.not_ready() if self._access.is_read_up else "The gateway is reading which tokens were revoked."

    def not_alive(self) -> str | None:
        """Return which task has ended, or None."""
        return self.hub.not_alive() if self._access.failure() is None else "Nobody reads which tokens are revoked."


def create_app(
    log: Log,
    keyring: Keyring,
    limits: Limits | None = None,
    *,
    running: AbstractAsyncContextManager[object] | None = None,
    clock: Callable[[], datetime] = utc_now,
    intervals: Intervals | None = None,
) -> FastAPI:
    """Build the gateway as a process of its own; `running`, such as the log, is open as long as it serves.

    It serves at once and admits clients when `access.v1` and the last ten minutes of advice have been read.
    `app.state.gateway` is its `Gateway`.
    """
    gateway = Gateway(log, keyring, limits=limits, clock=clock, intervals=intervals)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        async with running or nullcontext(), gateway:
            yield

    app = FastAPI(title="Spotter gateway", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.gateway = gateway
    install(app, limits or Limits())
    app.include_router(create_router(gateway.hub, gateway.guard, gateway.not_ready))
    app.include_router(health_router(gateway.not_ready, alive=gateway.not_alive))
    return app
