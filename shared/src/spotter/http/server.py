"""The uvicorn server of every process, and the options they share."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import Callable, Generator
from typing import Any, Final

import uvicorn

from spotter.settings import Limits

PING_S: Final = 10.0
"""A WebSocket whose other side has vanished is closed after at most twice this time."""
SHUTDOWN_S: Final = 5
"""How long open requests may take to end when the server stops."""
CHECK_S: Final = 0.5

log = logging.getLogger(__name__)


def websocket_options(limits: Limits) -> dict[str, Any]:
    """Return the options of `uvicorn.Config` that servers of WebSockets share."""
    return {
        "log_config": None,
        "access_log": False,
        "ws_max_size": limits.message_bytes,
        "ws_ping_interval": PING_S,
        "ws_ping_timeout": PING_S,
        "timeout_graceful_shutdown": SHUTDOWN_S,
    }


class Server(uvicorn.Server):
    """Closes its connections before it waits for them, and stops when what it serves has failed.

    `close_connections` is called when it stops; `check`, called twice a second, raises once the application can't go
    on. With `signals` false SIGINT and SIGTERM are left to the caller.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        close_connections: Callable[[], None] = lambda: None,
        check: Callable[[], None] | None = None,
        signals: bool = True,
    ) -> None:
        super().__init__(config)
        self.broken = False
        """The application failed."""
        self._close_connections = close_connections
        self._check = check
        self._signals = signals
        self._watch_task: asyncio.Task[None] | None = None

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until a signal; exits with status 1 if the server did not start or the application failed."""
        super().run(sockets)
        if self.broken or not self.started:
            sys.exit(1)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Handle signals, unless they are the caller's."""
        with super().capture_signals() if self._signals else contextlib.nullcontext():
            yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and watch the application."""
        await super().startup(sockets)
        if self.started and self._check is not None:
            self._watch_task = asyncio.create_task(self._watch(self._check), name="watch")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close all connections, then stop."""
        if self._watch_task is not None:
            self._watch_task.cancel()
        self._close_connections()
        await super().shutdown(sockets)

    async def _watch(self, check: Callable[[], None]) -> None:
        try:
            while True:
                check()
                await asyncio.sleep(CHECK_S)
        except Exception:  # whatever it was: the process ends, and its supervisor starts a new one
            log.exception("the application has failed")
            self.broken = True
            self.should_exit = True
