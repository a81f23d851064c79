"""A real gateway on a free port, its clients, and what the advisor would have written."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect

from spotter.domain.events import Event, Role, decode
from spotter.domain.topics import ACKS, ADVICE, ESTIMATES
from spotter.http import Guard, install
from spotter.http.tokens import Keyring, Revocations
from spotter.settings import Limits
from spotter.streaming.log import Record
from spotter.streaming.memory.log import MemoryLog
from spotter_gateway.app import create_router
from spotter_gateway.hub import Hub, Intervals
from tests.gateway.outputs import revoked, write

KEYS = Keyring([("k1", "a-secret-that-is-long-enough-for-hs256")])
ACK = "spotter.advice.acknowledged.v1"
QUICK = Intervals(heartbeat_s=60, check_s=0.05, repeat_ms=150, retry_s=0.05)
"""No heartbeats where a test is about something else, and the rest without long waits."""


class Clock:
    """A clock that a test moves relative to real time."""

    def __init__(self) -> None:
        self.moved = timedelta()

    def __call__(self) -> datetime:
        """Return the time."""
        return datetime.now(UTC) + self.moved

    def move(self, **span: float) -> None:
        """Move it forward."""
        self.moved += timedelta(**span)


class Stream:
    """Server-sent events as they arrive."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.last_id: str | None = None
        self.names: set[str] = set()
        self._lines = response.aiter_lines()

    async def next(self, timeout_s: float = 5) -> dict[str, Any]:
        """Return the next event's data."""
        data: list[str] = []
        async with asyncio.timeout(timeout_s):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                self.names.add(name)
                if name == "id":
                    self.last_id = value
                elif name == "data":
                    data.append(value)
                elif not line and data:
                    event: dict[str, Any] = json.loads("\n".join(data))
                    return event
        raise EOFError("the stream has ended")

    async def some(self, count: int) -> list[dict[str, Any]]:
        """Return the data of the next events."""
        return [await self.next() for _ in range(count)]

    async def nothing(self, within_s: float = 0.15) -> bool:
        """Return whether nothing arrives for a while; the stream can't be read further."""
        try:
            await self.next(within_s)
        except TimeoutError:
            return True
        return False


@dataclass
class RunningGateway:
    """A running gateway, and clients of it."""

    port: int
    log: MemoryLog
    hub: Hub
    revocations: Revocations
    client: httpx.AsyncClient
    server: uvicorn.Server
    app: str = field(default_factory=lambda: KEYS.issue("g1", "app"))
    """The token of requests that name none."""

    def token(self, role: Role = "app", *athletes: str, gym: str = "g1", **more: Any) -> str:
        """Make a token."""
        return KEYS.issue(gym, role, athletes=athletes, **more)

    def write(self, *events: Event) -> None:
        """Write outputs of the workers, or acknowledgements."""
        write(self.log, *events)

    async def write_and_wait(self, *events: Event) -> None:
        """Write events, and wait until the gateway has read them."""
        self.write(*events)
        await until(lambda: sum(map(len, self._unread())) == 0)

    def _unread(self) -> list[list[Record]]:
        return [
            self.log.partition(topic, number)[self.hub.offsets.next(topic, number) :]
            for topic in (ADVICE, ESTIMATES, ACKS)
            for number in self.hub.offsets.by_topic.get(topic, {})
        ]

    def socket(self, query: str = "", token: str | None = None, **more: Any) -> connect:
        """Open a WebSocket."""
        headers = {"Authorization": f"Bearer {token or self.app}"}
        return connect(f"ws://127.0.0.1:{self.port}/v1/advice{query}", additional_headers=headers, **more)

    @asynccontextmanager
    async def stream(
        self, query: str = "", token: str | None = None, after: str | None = None
    ) -> AsyncIterator[Stream]:
        """Open a stream of server-sent events."""
        headers = {"Authorization": f"Bearer {token or self.app}"} | ({"Last-Event-ID": after} if after else {})
        async with self.client.stream("GET", f"/v1/advice/stream{query}", headers=headers) as response:
            yield Stream(response)

    async def get(self, token: str | None = None, **more: Any) -> httpx.Response:
        """Request the stream when an error is expected."""
        headers = {"Authorization": f"Bearer {token or self.app}", **more.pop("headers", {})}
        return await self.client.get("/v1/advice/stream", headers=headers, **more)

    def acknowledgements(self) -> list[Event]:
        """Return the acknowledgements in the log."""
        return [decode(record.value) for record in self.log.records(ACKS)]


def revoke(revocations: Revocations, token: str) -> None:
    """Revoke a token, as if that had been read from the log."""
    revocations.apply(revoked(KEYS.verify(token).token_id))


async def frame(websocket: ClientConnection, timeout_s: float = 5) -> dict[str, Any]:
    """Receive a frame."""
    async with asyncio.timeout(timeout_s):
        received: dict[str, Any] = json.loads(await websocket.recv())
        return received


async def frames(websocket: ClientConnection, count: int) -> list[dict[str, Any]]:
    """Receive some frames."""
    return [await frame(websocket) for _ in range(count)]


async def silent(websocket: ClientConnection, within_s: float = 0.15) -> bool:
    """Return whether nothing arrives for a while."""
    try:
        await frame(websocket, within_s)
    except TimeoutError:
        return True
    return False


def ids(events: list[dict[str, Any]]) -> list[str]:
    """Return the ids of events."""
    return [event["id"] for event in events]


async def until(holds: Callable[[], object], timeout_s: float = 5) -> None:
    """Wait until a condition is true."""
    async with asyncio.timeout(timeout_s):
        while not holds():  # noqa: ASYNC110  # what holds sets no event
            await asyncio.sleep(0.005)


@asynccontextmanager
async def serving(
    log: MemoryLog | None = None,
    *,
    limits: Limits | None = None,
    clock: Callable[[], datetime] | None = None,
    intervals: Intervals = QUICK,
    wait_ready: bool = True,
    **hub_options: Any,
) -> AsyncIterator[RunningGateway]:
    """Run a gateway in this loop on a free port, as the standalone host mounts it."""
    target = log if log is not None else MemoryLog(partitions=3)
    times = clock or Clock()
    chosen = limits or Limits()
    revocations = Revocations()
    guard = Guard(KEYS, revocations, times)
    app = FastAPI()
    install(app)
    async with Hub(target, guard, limits=chosen, clock=times, intervals=intervals, **hub_options) as hub:
        app.include_router(create_router(hub, guard))
        if wait_ready:
            await hub.wait_ready()
        async with listening(app, ws_max_size=4 * chosen.message_bytes, ws_per_message_deflate=False) as (server, port):
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
                yield RunningGateway(port, target, hub, revocations, client, server)
            hub.close_connections()


@asynccontextmanager
async def listening(app: Any, **options: Any) -> AsyncIterator[tuple[uvicorn.Server, int]]:
    """Serve an application on a free port."""
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=2, **options)
    server = uvicorn.Server(config)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        task = asyncio.create_task(server.serve([bound]))
        await until(lambda: server.started or task.done())
        try:
            yield server, bound.getsockname()[1]
        finally:
            server.should_exit = True
            await task
