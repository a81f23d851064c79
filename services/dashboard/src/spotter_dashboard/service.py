"""The dashboard as a process of its own: it reads configuration and revocations itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from spotter.domain.gym_config import Configuration
from spotter.domain.topics import ACCESS, CONFIG
from spotter.http import Guard
from spotter.http.tokens import Keyring, Revocations
from spotter.streaming.log import Log, LogUnavailable
from spotter.streaming.topic_follower import Following
from spotter_dashboard.app import Dashboard, create_app

log = logging.getLogger(__name__)

RETRY_S: Final = 1.0


class Process:
    """A dashboard, what it needs to know beside its tables, and the application that runs both.

    It serves at once and is ready when configuration, revocations and history have been read. `stop` is awaited in
    the end.
    """

    def __init__(
        self, source: Log, keyring: Keyring, database_url: str, stop: Callable[[], Awaitable[object]] | None = None
    ) -> None:
        configuration, revocations = Configuration(), Revocations()
        self._following = Following(source, {CONFIG: configuration.apply, ACCESS: revocations.apply})
        self._task: asyncio.Task[None] | None = None
        self._read = False
        self._stop = stop
        self.dashboard = Dashboard(
            source, Guard(keyring, revocations), configuration, database_url=database_url, ready=self._not_ready
        )
        self.app = create_app(self.dashboard, running=self._running)

    def check(self) -> None:
        """Raise what ended a part of it, if anything did."""
        self.dashboard.check()
        if self._task is not None and self._task.done() and not self._task.cancelled():
            self._task.result()

    def _not_ready(self) -> str | None:
        return None if self._read else "configuration and revoked tokens are being read"

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        self._task = asyncio.create_task(self._follow(), name="follow")
        try:
            yield
        finally:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            if self._stop is not None:
                await self._stop()

    async def _follow(self) -> None:
        try:
            while not self._read:
                try:
                    await self._following.__aenter__()
                    self._read = True
                except LogUnavailable as error:
                    log.warning("can't read configuration and revoked tokens yet: %s", error)
                    await asyncio.sleep(RETRY_S)
            while True:
                self._following.check()
                await asyncio.sleep(RETRY_S)
        finally:
            await self._following.__aexit__(None, None, None)
