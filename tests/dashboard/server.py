"""A running dashboard on a log in memory, and a client of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from spotter.domain.events import Role
from spotter.domain.gym_config import Configuration
from spotter.http import Guard
from spotter.http.server import Server, server_config
from spotter.http.tokens import Keyring, Revocations
from spotter.settings import Limits
from spotter.streaming.memory.log import MemoryLog
from spotter_dashboard.app import Dashboard, create_app
from spotter_dashboard.projection.projector import TOPICS
from spotter_dashboard.store.database import default_url
from spotter_dashboard.store.tables import POSITIONS

KEYS = Keyring([("k1", "a-secret-that-is-long-enough-for-hs256")])


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@dataclass
class RunningDashboard:
    """A running dashboard."""

    url: str
    log: MemoryLog
    service: Dashboard
    configuration: Configuration
    revocations: Revocations
    client: httpx.AsyncClient

    async def get(
        self, path: str, role: Role = "coach", *athletes: str, gym: str = "g1", **params: str
    ) -> httpx.Response:
        """Send a request with a token of that role."""
        token = KEYS.issue(gym, role, athletes=athletes)
        return await self.client.get(path, params=params or None, headers={"Authorization": f"Bearer {token}"})

    async def json(self, path: str, *args: Any, **params: Any) -> Any:
        """Return the JSON of a request that succeeds."""
        answer = await self.get(path, *args, **params)
        assert 200 == answer.status_code, answer.text
        return answer.json()

    async def settled(self) -> None:
        """Wait until all that the log holds is in the tables."""
        written = {topic: len(self.log.records(topic)) for topic in TOPICS}
        await until(lambda: written == written | self.read())

    def read(self) -> dict[str, int]:
        """Count the records of each topic that are in the tables."""
        with self.service.engine.connect() as connection:
            rows = connection.execute(select(POSITIONS.c.topic, POSITIONS.c.next_offset))
            return dict.fromkeys(TOPICS, 0) | {row.topic: row.next_offset for row in rows}


async def until(holds: Callable[[], object], timeout_s: float = 5) -> None:
    """Wait until a condition is true."""
    async with asyncio.timeout(timeout_s):
        while True:
            if holds():
                return
            await asyncio.sleep(0.01)


@asynccontextmanager
async def run_dashboard(
    folder: Path,
    log: MemoryLog | None = None,
    *,
    clock: Callable[[], datetime] = now,
    heartbeat_s: float = 0.2,
    port: int = 0,
) -> AsyncIterator[RunningDashboard]:
    """Run a dashboard in this loop, its tables in a folder."""
    source = log if log is not None else MemoryLog()
    configuration, revocations = Configuration(), Revocations()
    dashboard = Dashboard(
        source,
        Guard(KEYS, revocations),
        configuration,
        database_url=default_url(folder),
        clock=clock,
        heartbeat_s=heartbeat_s,
    )
    options = server_config(create_app(dashboard), Limits(), port=port, timeout_graceful_shutdown=1)
    server = Server(options, Limits(), close_connections=dashboard.live.close, check=dashboard.check)
    task = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started)
        await until(lambda: dashboard.ready() is None)
        url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        async with httpx.AsyncClient(base_url=url, timeout=20) as client:
            yield RunningDashboard(url, source, dashboard, configuration, revocations, client)
    finally:
        server.should_exit = True
        await task
