"""The FastAPI application with the routes of all services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import FastAPI

from spotter.domain.gym_config import Configuration
from spotter.http import Guard, health_router, install
from spotter.settings import Limits
from spotter.streaming.log import Log
from spotter_dashboard.app import Dashboard
from spotter_dashboard.app import create_router as dashboard_router
from spotter_gateway.app import create_router as gateway_router
from spotter_gateway.hub import Hub
from spotter_ingest.app import create_router as ingest_router


@dataclass(frozen=True, slots=True)
class Parts:
    """What the routes need; the caller starts and stops it."""

    log: Log
    guard: Guard
    configuration: Configuration
    hub: Hub
    dashboard: Dashboard
    limits: Limits


def create_app(parts: Parts, *, ready: Callable[[], str | None], alive: Callable[[], str | None]) -> FastAPI:
    """Mount ingest, gateway and dashboard, shared `/healthz` and `/readyz`, and `/metrics` for this machine only.

    `ready` and `alive` return the reason why the host is not, else None.
    """
    app = FastAPI(title="Spotter", description="From a rep to an alert, in one process.", docs_url=None, redoc_url=None)
    install(app, parts.limits)
    app.include_router(ingest_router(parts.log, parts.guard, parts.configuration, parts.limits))
    app.include_router(gateway_router(parts.hub, parts.guard))
    app.include_router(dashboard_router(parts.dashboard))
    app.include_router(health_router(ready, alive=alive, metrics_to_anyone=False))
    return app
