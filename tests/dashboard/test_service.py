"""The dashboard as a process of its own: ready when all has been read, and gone when it can't go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from spotter.domain import topics
from spotter.domain.events import Event, encode
from spotter.domain.events.people import TokenRevoked
from spotter.http.server import Server, server_config
from spotter.settings import Limits
from spotter.streaming.log import NewRecord, Start
from spotter.streaming.memory.log import MemoryLog
from spotter_dashboard.service import Process
from spotter_dashboard.settings import DashboardSettings
from spotter_dashboard.store.database import default_url
from tests.dashboard.server import KEYS, until
from tests.dashboard.story import Story


@asynccontextmanager
async def running(log: MemoryLog, folder: Path) -> AsyncIterator[tuple[Process, Server, httpx.AsyncClient]]:
    """Run a process's application on a free port."""
    process = Process(log, KEYS, default_url(folder))
    config = server_config(process.app, Limits(), port=0, timeout_graceful_shutdown=1)
    server = Server(config, Limits(), close_connections=process.dashboard.live.close, check=process.check)
    task = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            yield process, server, client
    finally:
        server.should_exit = True
        await task


async def test_it_is_ready_when_all_has_been_read(tmp_path: Path) -> None:
    """As long as the log is away nothing is answered; then what was revoked before is known.

    The record has the key of earlier versions, without its gym: it counts as it did.
    """
    log, token = MemoryLog(), KEYS.issue("g1", "coach")
    revoked = TokenRevoked(gym_id="g1", token_id=KEYS.verify(token).token_id)
    event = Event("r", "test", datetime(2026, 1, 1, tzinfo=UTC), revoked)
    log.write(NewRecord(topics.ACCESS, revoked.token_id, encode(event)))
    log.available = False
    async with running(log, tmp_path) as (process, _, client):
        header = {"Authorization": f"Bearer {token}"}
        for path, status in (("/readyz", 503), ("/healthz", 200), ("/v1/sets", 503), ("/live", 503)):
            assert (path, status) == (path, (await client.get(path, headers=header)).status_code)
        log.available = True
        await until(lambda: process.dashboard.ready() is None)
        for path, status in (("/readyz", 200), ("/v1/sets", 401), ("/live", 401)):
            assert (path, status) == (path, (await client.get(path, headers=header)).status_code)


async def test_it_ends_when_its_tables_are_of_another_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its supervisor sees that it failed, its log says why and what to do."""
    log = MemoryLog()
    Story("ada").opens("s").write(log)
    async with running(log, tmp_path) as (process, _, _):
        await until(lambda: process.dashboard.ready() is None)
    async with running(_Shorter(), tmp_path) as (_, server, _):
        await until(lambda: server.broken)

    assert "made from another log" in caplog.text


def test_tables_are_in_the_data_folder_unless_said_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`SPOTTER_DASHBOARD_DB` names another database."""
    monkeypatch.setenv("SPOTTER_DATA", str(tmp_path))
    assert f"sqlite:///{tmp_path}/dashboard.db" == DashboardSettings().database_url
    monkeypatch.setenv("SPOTTER_DASHBOARD_DB", "postgresql+psycopg://app@db/spotter")
    assert "postgresql+psycopg://app@db/spotter" == DashboardSettings().database_url


class _Shorter(MemoryLog):
    """A new log, which like real ones opens no reader beyond its end."""

    async def reader(self, names: object, start: object) -> object:  # type: ignore[override]  # whatever it is asked
        return await super().reader(list(topics.TOPICS), Start(beginning=True))
