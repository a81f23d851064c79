"""The one-process host: log, detector, advisor, gateway, dashboard and HTTP server."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from spotter.domain.gym_config import Configuration
from spotter.domain.topics import ACCESS, CONFIG
from spotter.http import Guard
from spotter.http.tokens import Keyring, Revocations
from spotter.settings import Limits
from spotter.streaming.processor import OtherVersion
from spotter.streaming.sqlite.host import SqliteHost
from spotter.streaming.sqlite.log import SqliteLog
from spotter.streaming.sqlite.storage import LogInUse
from spotter.streaming.topic_follower import TopicFollower
from spotter.streaming.warmup import warm_up
from spotter_advisor.processor import Advisor
from spotter_dashboard.app import Dashboard
from spotter_dashboard.store.database import default_url
from spotter_detector.processor import FailureDetector
from spotter_gateway.hub import Hub
from spotter_standalone.app import Parts, create_app
from spotter_standalone.data_dir import DataDir
from spotter_standalone.errors import CliError
from spotter_standalone.server import listen, served, url_of

log = logging.getLogger(__name__)

CHECK_S: Final = 0.5
"""Interval of the checks for failed parts; a failure of the processing is noticed at once."""
READY_S: Final = 5.0
"""How long a start waits for the dashboard's database; a longer history is read while the host already serves."""


@dataclass(frozen=True, slots=True)
class RunningHost:
    """A host that is serving."""

    url: str
    data_dir: DataDir
    keyring: Keyring
    log: SqliteLog
    host: SqliteHost
    broken: asyncio.Task[None]
    """Raises the reason when the host can't continue; never ends otherwise."""


@asynccontextmanager
async def serving(
    data_dir: DataDir, *, host: str = "127.0.0.1", port: int = 0, limits: Limits | None = None
) -> AsyncIterator[RunningHost]:
    """Run all of Spotter on a data folder while entered.

    On exit it stops in order: no new connections, clients disconnected, accepted events written, the log closed. Raises
    CliError for a port or a folder in use, and for a folder or a database that can't be used.
    """
    data_dir.prepare()
    keyring = data_dir.keyring()
    async with AsyncExitStack() as stack:
        listening = listen(host, port)
        stack.callback(listening.close)
        source = await _open(data_dir)
        stack.push_async_callback(source.close)
        configuration, revocations = Configuration(), Revocations()
        follower = TopicFollower(source, {CONFIG: configuration.apply, ACCESS: revocations.apply})
        await (await stack.enter_async_context(follower)).read_up()
        warm_up([FailureDetector(), Advisor()])
        processing = SqliteHost(source, [FailureDetector(), Advisor()], configuration)
        try:
            await stack.enter_async_context(processing)
        except OtherVersion as error:
            raise CliError(f"The data folder {data_dir.path} can't be used: {error}.") from None
        guard = Guard(keyring, revocations)
        hub = Hub(source, guard, limits=limits)
        await stack.enter_async_context(hub)
        dashboard = Dashboard(source, guard, configuration, database_url=default_url(data_dir.path))
        await stack.enter_async_context(dashboard)
        checks = (follower.check, processing.check, hub.check, dashboard.check)
        parts = Parts(source, guard, configuration, hub, dashboard, limits or Limits())

        def not_ready() -> str | None:
            return hub.not_ready() or dashboard.ready()

        app = create_app(parts, ready=not_ready, alive=lambda: _first_failure(checks))

        def goodbye() -> None:
            hub.close_connections()
            dashboard.live.close()

        await hub.wait_ready()
        await _until(lambda: not_ready() is None, READY_S)
        server = await stack.enter_async_context(served(app, listening, parts.limits, goodbye))
        url = url_of(listening)
        data_dir.write_address(url)
        stack.callback(data_dir.remove_address)
        broken = asyncio.create_task(_watch(checks, processing, server), name="watch")
        stack.push_async_callback(_end, broken)
        yield RunningHost(url, data_dir, keyring, source, processing, broken)


async def _until(condition: Callable[[], bool], within_s: float) -> None:
    deadline_s = asyncio.get_running_loop().time() + within_s
    while not condition() and asyncio.get_running_loop().time() < deadline_s:  # noqa: ASYNC110  # depends on several parts
        await asyncio.sleep(0.01)


async def _open(data_dir: DataDir) -> SqliteLog:
    try:
        return await SqliteLog.open(data_dir.database)
    except LogInUse as error:
        raise CliError(f"{error}.") from None
    except (sqlite3.Error, ValueError) as error:
        raise CliError(
            f"The database {data_dir.database} can't be used ({error}): restore it from a backup, or move it away."
        ) from None
    except OSError as error:
        raise CliError(f"The database {data_dir.database} can't be opened ({error.strerror or error}).") from None


def _first_failure(checks: Sequence[Callable[[], None]]) -> str | None:
    for check in checks:
        try:
            check()
        except Exception as error:  # noqa: BLE001  # any error of a part is the reason
            return f"A part of the host has failed: {error!r}."
    return None


async def _watch(checks: Sequence[Callable[[], None]], processing: SqliteHost, server: asyncio.Task[None]) -> None:
    """Raise as soon as a part has failed."""
    stopped = asyncio.create_task(processing.stopped())
    try:
        while True:
            done, _ = await asyncio.wait({stopped, server}, timeout=CHECK_S, return_when=asyncio.FIRST_COMPLETED)
            for check in checks:
                check()
            for task in done:
                task.result()
            if server in done:
                raise RuntimeError("the server has ended")
    finally:
        stopped.cancel()
        await asyncio.gather(stopped, return_exceptions=True)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
