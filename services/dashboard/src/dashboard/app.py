"""The dashboard, put together: projector, live floor, routes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import StreamingResponse

from dashboard.floor import Floor
from dashboard.live import HEARTBEAT_S, Live
from dashboard.pages import pages_router
from dashboard.projector import Projector
from dashboard.reading import reading_router
from dashboard.storage import open_database
from spotter.bus.port import Log
from spotter.config import Configuration
from spotter.web import Guard, Problem, health_router, install


def _now() -> datetime:
    return datetime.now(UTC)


class Dashboard:
    """Follows the log and serves what it says, for as long as it is entered.

    `configuration` is read from the log by the host, which also reads the revocations that `guard` knows.
    """

    def __init__(
        self,
        source: Log,
        guard: Guard,
        configuration: Configuration,
        *,
        database_url: str,
        clock: Callable[[], datetime] = _now,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self.guard = guard
        self.configuration = configuration
        self.clock = clock
        self.engine = open_database(database_url)
        floor = Floor(clock)
        self.projector = Projector(source, self.engine, floor, self._changed, clock)
        self.live = Live(source, floor, guard, configuration, self.projector.behind_ms, clock, heartbeat_s)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.live)
        await self._stack.enter_async_context(self.projector)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()
        self.engine.dispose()

    def ready(self) -> str | None:
        """Say why it can't answer yet, or no longer; None where it can."""
        return self.projector.ready()

    def check(self) -> None:
        """Raise what ended the projector or the heartbeats, if anything did."""
        self.projector.check()
        self.live.check()

    def _changed(self, gyms: set[str]) -> None:
        self.live.changed(gyms)


def create_router(dashboard: Dashboard) -> APIRouter:
    """Build all routes of the dashboard: `/`, `/live`, `/session`, `/static/…`, `/v1/sets…`, `/v1/athletes…`, `/v1/exercises`."""
    guard = dashboard.guard
    router = APIRouter()

    @router.get("/live", include_in_schema=False)
    async def live(request: Request) -> StreamingResponse:
        identity = guard.identify(request, cookie=True)
        if not identity.has_role("coach"):
            raise Problem(403, "Role too low", "The floor needs a coach's token.")
        if dashboard.live.full:
            raise Problem(
                503, "Too many pages", "As many pages are open as can be served.", headers={"Retry-After": "5"}
            )
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(dashboard.live.frames(identity), headers=headers, media_type="text/event-stream")

    router.include_router(pages_router(guard))
    router.include_router(reading_router(dashboard.engine, guard, dashboard.configuration, dashboard.clock))
    return router


def create_app(dashboard: Dashboard, ready: Callable[[], str | None] | None = None) -> FastAPI:
    """Build the dashboard's own application; it runs the dashboard.

    `ready` says why the host is not ready, in addition to what the dashboard says.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with dashboard:
            yield

    app = FastAPI(title="Spotter dashboard", lifespan=lifespan)
    install(app)
    app.include_router(create_router(dashboard))
    app.include_router(health_router(lambda: dashboard.ready() or (ready() if ready is not None else None)))
    return app
