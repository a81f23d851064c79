"""A worker's HTTP server for health and metrics, in the loop that does the work, so that a blocked one shows."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from spotter.http import problems
from spotter.http.health import health_router
from spotter.http.server import Server
from spotter.settings import Settings

log = logging.getLogger(__name__)


@asynccontextmanager
async def worker_door(
    settings: Settings, *, ready: Callable[[], str | None], alive: Callable[[], str | None]
) -> AsyncIterator[None]:
    """Serve `/healthz`, `/readyz` and `/metrics` at the settings' host and port; raises OSError where it is taken."""
    app = FastAPI(openapi_url=None)
    problems.install(app)
    app.include_router(health_router(ready, alive=alive))
    listener = socket.create_server((settings.host, settings.port))
    log.info("health and metrics at http://%s:%d", *listener.getsockname()[:2])
    server = Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none"), signals=False)
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="health")
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.wait({serving})
