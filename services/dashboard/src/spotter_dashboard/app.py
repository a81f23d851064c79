"""The dashboard, put together: projector, live floor, routes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from datetime import datetime
from types import TracebackType
from typing import Self

from fastapi import APIRouter, Depends, FastAPI

from spotter.domain.gym_config import Configuration
from spotter.domain.time import utc_now
from spotter.http import DOCUMENTED, Guard, Problem, health_router, install, problems_of
from spotter.settings import Limits
from spotter.streaming.log import Log
from spotter_dashboard.athletes import athlete_routes
from spotter_dashboard.exercises import exercise_routes
from spotter_dashboard.explanations.routes import explanation_routes
from spotter_dashboard.live.floor import Floor
from spotter_dashboard.live.stream import HEARTBEAT_S, LiveStream, live_routes
from spotter_dashboard.pages.session import Sessions
from spotter_dashboard.pages.wall import page_routes
from spotter_dashboard.projection.projector import Projector
from spotter_dashboard.reports.routes import report_routes
from spotter_dashboard.sets import set_routes
from spotter_dashboard.store.database import open_database


class Dashboard:
    """Follows the log and serves its contents while it is entered.

    The host reads `configuration` and the revocations of `guard` from the log; until it has, `ready` returns why not.
    """

    def __init__(
        self,
        source: Log,
        guard: Guard,
        configuration: Configuration,
        *,
        database_url: str,
        clock: Callable[[], datetime] = utc_now,
        heartbeat_s: float = HEARTBEAT_S,
        ready: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._host_ready = ready
        self.guard = guard
        self.sessions = Sessions(guard, source)
        self.configuration = configuration
        self.clock = clock
        self.engine = open_database(database_url)
        floor = Floor(clock)
        self.projector = Projector(source, self.engine, floor, lambda gyms: self.live.wake(gyms), clock)
        self.live = LiveStream(source, floor, guard, configuration, self.projector.behind_ms, clock, heartbeat_s)
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
        """Return why it can't answer yet, or no longer; None where it can."""
        return self._host_ready() or self.projector.ready()

    async def require_started(self) -> None:
        """Raise Problem 503 until the history, and what the host reads, have been read."""
        reason = self._host_ready() or self.projector.starting()
        if reason is not None:
            sentence = f"{reason[:1].upper()}{reason[1:]}."
            raise Problem(503, "Not ready", sentence, mend="Try again in a second.", headers={"Retry-After": "1"})

    def check(self) -> None:
        """Raise what ended the projector or the heartbeats, if anything did."""
        self.projector.check()
        self.live.check()


def create_router(dashboard: Dashboard) -> APIRouter:
    """Build all routes of the dashboard: pages, `/live`, `/v1/sets…`, `/v1/athletes…`, `/v1/exercises`, `…/why`."""
    guard = dashboard.guard
    router = APIRouter()

    router.include_router(live_routes(dashboard.live, guard, dashboard.require_started))
    router.include_router(page_routes(dashboard.sessions))
    engine, configuration, clock = dashboard.engine, dashboard.configuration, dashboard.clock
    for routes in (
        set_routes(engine, guard),
        athlete_routes(engine, guard, configuration, clock),
        exercise_routes(guard, configuration),
        explanation_routes(engine, guard, configuration),
        report_routes(engine, guard, configuration, clock),
    ):
        router.include_router(
            routes,
            dependencies=[Depends(dashboard.require_started), DOCUMENTED],
            responses=problems_of(401, 403, 404, 409, 422, 429, 503),
        )
    return router


def create_app(
    dashboard: Dashboard,
    limits: Limits | None = None,
    *,
    running: Callable[[], AbstractAsyncContextManager[object]] = nullcontext,
) -> FastAPI:
    """Build the dashboard's own application, which runs the dashboard within `running`."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with running(), dashboard:
            yield

    def alive() -> str | None:
        try:
            dashboard.check()
        except Exception as error:  # noqa: BLE001  # whatever ended a part is the reason to report
            return f"A part of the dashboard has ended: {error!r}."
        return None

    app = FastAPI(title="Spotter dashboard", lifespan=lifespan, docs_url=None, redoc_url=None)
    install(app, limits or Limits())
    app.include_router(create_router(dashboard))
    app.include_router(health_router(dashboard.ready, alive=alive))
    return app
