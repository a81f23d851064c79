"""The HTTP server of the dashboard's own process."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable

import uvicorn

log = logging.getLogger(__name__)

CHECK_S = 0.5


class Server(uvicorn.Server):
    """Ends its streams before it waits for them, and stops when its dashboard can't go on."""

    def __init__(self, config: uvicorn.Config, check: Callable[[], None], goodbye: Callable[[], None]) -> None:
        super().__init__(config)
        self.broken = False
        self._check = check
        self._goodbye = goodbye
        self._watching: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and watch the dashboard."""
        await super().startup(sockets)
        if self.started:
            self._watching = asyncio.create_task(self._watch(), name="watch")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End all streams, then stop."""
        if self._watching is not None:
            self._watching.cancel()
        self._goodbye()
        await super().shutdown(sockets)

    async def _watch(self) -> None:
        while True:
            try:
                self._check()
            except Exception:  # whatever it was: the process ends, and its supervisor starts a new one
                log.exception("the dashboard can't go on")
                self.broken = True
                self.should_exit = True
                return
            await asyncio.sleep(CHECK_S)
