"""The dashboard, put together: projector, live floor, routes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import StreamingResponse

from spotter.domain.gym_config import Configuration
from spotter.http import DOCUMENTED, Guard, Problem, health_router, install
from spotter.streaming.log import Log
from spotter_dashboard.athletes.exercises import catalogue_router
from spotter_dashboard.athletes.routes import lifters_router
from spotter_dashboard.explanations.routes import why_router
from spotter_dashboard.live.routes import HEARTBEAT_S, Live
from spotter_dashboard.pages.wall import pages_router
from spotter_dashboard.projection.floor import Floor
from spotter_dashboard.projection.projector import Projector
from spotter_dashboard.reports.routes import reports_router
from spotter_dashboard.sets.routes import reading_router
from spotter_dashboard.store.database import open_database


def _now() -> datetime:
    return datetime.now(UTC)


def _nothing_missing() -> str | None:
    return None


class Dashboard:
    """Follows the log and serves what it says, for as long as it is entered.

    `configuration` is read from the log by the host, which also reads the revocations that `guard` knows; until it
    has, `ready` says so.
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
        ready: Callable[[], str | None] = _nothing_missing,
    ) -> None:
        self._host_ready = ready
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
        return self._host_ready() or self.projector.ready()

    async def require_started(self) -> None:
        """Raise Problem 503 until the history, and what the host reads, have been read."""
        reason = self._host_ready() or self.projector.starting()
        if reason is not None:
            mend = "Try again in a second."
            raise Problem(503, "Not ready", f"{_sentence(reason)}.", mend=mend, headers={"Retry-After": "1"})

    def check(self) -> None:
        """Raise what ended the projector or the heartbeats, if anything did."""
        self.projector.check()
        self.live.check()

    def _changed(self, gyms: set[str]) -> None:
        self.live.changed(gyms)


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:]


def create_router(dashboard: Dashboard) -> APIRouter:
    """Build all routes of the dashboard: pages, `/live`, `/v1/sets…`, `/v1/athletes…`, `/v1/exercises`, `…/why`."""
    guard = dashboard.guard
    router = APIRouter()

    @router.get("/live", include_in_schema=False)
    async def live(request: Request) -> StreamingResponse:
        await dashboard.require_started()
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
    engine, configuration = dashboard.engine, dashboard.configuration
    for reading in (
        reading_router(engine, guard, configuration, dashboard.clock),
        catalogue_router(guard, configuration),
        why_router(engine, guard, configuration),
        lifters_router(engine, guard, configuration, dashboard.clock),
        reports_router(engine, guard, configuration, dashboard.clock),
    ):
        router.include_router(reading, dependencies=[Depends(dashboard.require_started), DOCUMENTED])
    return router


def create_app(
    dashboard: Dashboard, *, running: Callable[[], AbstractAsyncContextManager[object]] = nullcontext
) -> FastAPI:
    """Build the dashboard's own application: it runs the dashboard, inside of what `running` opens."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with running(), dashboard:
            yield

    def alive() -> str | None:
        try:
            dashboard.check()
        except Exception as error:  # noqa: BLE001  # whatever ended a part is the reason that is told
            return f"A part of the dashboard has ended: {error!r}."
        return None

    app = FastAPI(title="Spotter dashboard", lifespan=lifespan, docs_url=None, redoc_url=None)
    install(app)
    app.include_router(create_router(dashboard))
    app.include_router(health_router(dashboard.ready, alive=alive))
    return app
