"""The OpenAPI 3.1 document of all routes at one address."""

from __future__ import annotations

import asyncio
import tempfile

from spotter.domain.gym_config import Configuration
from spotter.http import Guard
from spotter.http.tokens import Keyring, Revocations
from spotter.settings import Limits
from spotter.streaming.memory.log import MemoryLog
from spotter_dashboard.app import Dashboard
from spotter_gateway.hub import Hub
from spotter_standalone.app import Parts, create_app
from tools.reference.schemas import Json


def openapi(version: str) -> Json:
    """Return the document of the one-process host; a cluster serves the same routes behind its proxy."""
    return asyncio.run(_openapi(version))


async def _openapi(version: str) -> Json:
    log, configuration, limits = MemoryLog(), Configuration(), Limits()
    guard = Guard(Keyring([("reference", "only to describe the routes, none is called")]), Revocations())
    with tempfile.TemporaryDirectory() as folder:
        dashboard = Dashboard(log, guard, configuration, database_url=f"sqlite:///{folder}/dashboard.db")
        parts = Parts(log, guard, configuration, Hub(log, guard, limits=limits), dashboard, limits)
        app = create_app(parts, ready=lambda: None, alive=lambda: None)
        app.version = version
        return app.openapi()
