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

from spotter.http.protocol import LimitedHttp, LimitedState, LimitedWebSocket
from spotter.settings import Limits

PING_S: Final = 10.0
"""A WebSocket whose other side has vanished is closed after at most twice this time."""
SHUTDOWN_S: Final = 5
"""How long open requests may take to end when the server stops."""
CHECK_S: Final = 0.5
_TICKS_PER_S: Final = 10
_OPEN_FILES_MAX: Final = 65_536
_FILES_PER_SOCKET: Final = 2
"""A proxy on this machine may hold a second one."""

log = logging.getLogger(__name__)


def server_config(app: Callable[..., Any], limits: Limits, **options: Any) -> uvicorn.Config:
    """Return the configuration that every server shares, with `options` of `uvicorn.Config` of its own."""
    shared = {
        "http": LimitedHttp,
        "ws": LimitedWebSocket,
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "ws_max_size": limits.message_bytes,
        "ws_ping_interval": PING_S,
        "ws_ping_timeout": PING_S,
        "ws_per_message_deflate": False,  # compressing a frame of 1 KB takes longer than sending it
        "timeout_graceful_shutdown": SHUTDOWN_S,
    }
    return uvicorn.Config(app, **shared | options)


class Server(uvicorn.Server):
    """Limits its connections, closes them before it waits for them, and stops when what it serves has failed.

    `config` is one of `server_config`.
    `close_connections` is called when it stops; `check`, called twice a second, raises once the application can't go
    on. With `signals` false SIGINT and SIGTERM are left to the caller.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        limits: Limits,
        *,
        close_connections: Callable[[], None] = lambda: None,
        check: Callable[[], None] | None = None,
        signals: bool = True,
    ) -> None:
        super().__init__(config)
        self.server_state: LimitedState = LimitedState(limits, open_files(limits))
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

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second; each second, cut connections that send too slowly."""
        if counter % _TICKS_PER_S == 0:
            self.server_state.places.drop_slow(asyncio.get_running_loop().time())
        return await super().on_tick(counter)

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


def open_files(limits: Limits) -> int | None:
    """Raise the number of files that this process may have open as far as it may, and return it.

    Where it is too low for the connections that the limits allow, a warning tells. None where the system has none.
    """
    try:
        import resource
    except ImportError:  # Windows
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES_MAX if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES_MAX)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # what the system does not allow
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    if soft == resource.RLIM_INFINITY:
        return _OPEN_FILES_MAX
    needed = limits.connections * _FILES_PER_SOCKET + limits.strangers
    if soft < needed:
        log.warning(
            "only %d files may be open, %d connections are allowed: raise the limit (ulimit -n %d, LimitNOFILE=, or "
            "compose's ulimits), or lower SPOTTER_LIMIT_CONNECTIONS",
            soft,
            limits.connections,
            needed,
        )
    return soft
