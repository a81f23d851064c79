"""The HTTP server of the one-process host: its socket, its protocols, and an orderly stop."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

from fastapi import FastAPI

from spotter.http.server import Server, server_config
from spotter.settings import Limits
from spotter_standalone.errors import CliError

_BACKLOG: Final = 2048
_START_POLL_S: Final = 0.005
T = TypeVar("T")


def listen(host: str, port: int) -> socket.socket:
    """Open the listening socket (port 0: any free port).

    Raises CliError if the port is in use or the address does not belong to this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise CliError(f"{host!r} is not an address ({error}): choose another with --host.") from None
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise CliError(
                f"Port {port} of {host} is in use: stop the program that listens there, or choose another with --port."
            ) from None
        if error.errno in (errno.EACCES, errno.EPERM):
            raise CliError(
                f"Port {port} needs privileges that you don't have: choose one above 1023 with --port."
            ) from None
        raise CliError(f"{host} port {port} can't be listened on ({error.strerror}): choose another --host.") from None
    listening.setblocking(False)
    return listening


def url_of(listening: socket.socket) -> str:
    """Return the address that a browser on this machine opens."""
    host, port = listening.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@asynccontextmanager
async def served(
    app: FastAPI, listening: socket.socket, limits: Limits, goodbye: Callable[[], None]
) -> AsyncIterator[asyncio.Task[None]]:
    """Serve an application while entered; returns the server's task, which ends early only when it breaks."""
    server = Server(server_config(app, limits, lifespan="off"), limits, close_connections=goodbye, signals=False)
    task = asyncio.create_task(server.serve([listening]), name="server")
    while not server.started and not task.done():  # noqa: ASYNC110  # uvicorn has a flag, not an event
        await asyncio.sleep(_START_POLL_S)
    try:
        yield task
    finally:
        server.should_exit = True
        await task


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a program's coroutine on uvloop, or on asyncio's loop where uvloop is not available."""
    try:
        from uvloop import new_event_loop
    except ImportError:  # Windows
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(work)
