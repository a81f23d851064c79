"""The dashboard as a process of its own: it reads configuration and revocations itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from spotter.domain.gym_config import Configuration
from spotter.domain.topics import ACCESS, CONFIG
from spotter.http import Guard
from spotter.http.tokens import Keyring, Revocations
from spotter.streaming.log import Log
from spotter.streaming.topic_follower import TopicFollower
from spotter_dashboard.app import Dashboard, create_app


class Process:
    """A dashboard, the followers of configuration and revocations, and the application that runs both.

    It serves at once and is ready when configuration, revocations and history have been read. `stop` is awaited at
    the end.
    """

    def __init__(
        self, source: Log, keyring: Keyring, database_url: str, stop: Callable[[], Awaitable[object]] | None = None
    ) -> None:
        configuration, revocations = Configuration(), Revocations()
        self._follower = TopicFollower(source, {CONFIG: configuration.apply, ACCESS: revocations.apply})
        self._stop = stop
        self.dashboard = Dashboard(
            source, Guard(keyring, revocations), configuration, database_url=database_url, ready=self._not_ready
        )
        self.app = create_app(self.dashboard, running=self._running)

    def check(self) -> None:
        """Raise what ended a part of it, if anything did."""
        self.dashboard.check()
        self._follower.check()

    def _not_ready(self) -> str | None:
        return None if self._follower.is_read_up else "configuration and revoked tokens are being read"

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        try:
            async with self._follower:
                yield
        finally:
            if self._stop is not None:
                await self._stop()
