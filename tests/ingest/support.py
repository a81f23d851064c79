"""A real ingest on a free port, and the events of its tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from spotter.domain.events import Event, Role, decode, format_time
from spotter.http.tokens import Identity, Keyring
from spotter.settings import Limits
from spotter.streaming.log import NewRecord
from spotter.streaming.memory.log import MemoryLog
from spotter_ingest.app import create_app

KEYS = Keyring([("k1", "a-secret-that-is-long-enough-for-hs256")])
PROBLEM = "application/problem+json"
REP = "spotter.rep.completed.v1"


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def rep(athlete: str | None = "ada", /, **fields: object) -> dict[str, Any]:
    """Return a plain rep."""
    whose = {} if athlete is None else {"athlete_id": athlete}
    return {"type": REP, "data": {**whose, "mean_velocity_mps": 0.5, **fields}}


def event(name: str, /, **data: object) -> dict[str, Any]:
    """Return a plain event of any type by its short name."""
    return {"type": f"spotter.{name}.v1", "data": data}


def at(moment: datetime) -> str:
    """Format a time."""
    return format_time(moment)


class CountingLog(MemoryLog):
    """A slow log in memory that records its writes."""

    def __init__(self, delay_s: float = 0) -> None:
        super().__init__()
        self.delay_s = delay_s
        self.groups: list[int] = []

    async def append(self, records: Sequence[NewRecord]) -> list[bool]:
        """Write after a while."""
        await asyncio.sleep(self.delay_s)
        written = await super().append(records)
        self.groups.append(len(records))
        return written


@dataclass
class RunningIngest:
    """A running ingest, and a client of it."""

    port: int
    log: MemoryLog
    client: httpx.AsyncClient
    gym: str = "g1"
    admin: str = field(default_factory=lambda: KEYS.issue("g1", "admin"))
    """The token of requests that name none."""

    def token(self, role: Role = "device", *athletes: str, gym: str | None = None, **more: Any) -> str:
        """Make a token."""
        return KEYS.issue(gym or self.gym, role, athletes=athletes, **more)

    async def post(self, body: Any = None, *, token: str | None = None, **more: Any) -> httpx.Response:
        """Send events; an object or a list is sent as JSON."""
        headers = {"Authorization": f"Bearer {token or self.admin}", **more.pop("headers", {})}
        if body is not None:
            more["json"] = body
        return await self.client.post("/v1/events", headers=headers, **more)

    async def is_ready(self) -> bool:
        """Return whether it is ready."""
        return (await self.client.get("/readyz")).status_code == 200

    def socket(self, token: str | None = None, **more: Any) -> connect:
        """Open a socket."""
        headers = {"Authorization": f"Bearer {token or self.admin}"}
        return connect(f"ws://127.0.0.1:{self.port}/v1/events", additional_headers=headers, **more)

    def written(self, topic: str = "lifts.v1") -> list[Event]:
        """Return the events of a topic, as they are read back from the log."""
        return [decode(record.value) for record in self.log.records(topic)]


def bearer_of(token: str) -> Identity:
    """Return the bearer of a token."""
    return KEYS.verify(token)


async def until(holds: Callable[[], object | Awaitable[object]], timeout_s: float = 5) -> None:
    """Wait until a condition is true."""
    async with asyncio.timeout(timeout_s):
        while True:
            held = holds()
            if await held if isinstance(held, Awaitable) else held:
                return
            await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(
    log: MemoryLog | None = None,
    limits: Limits | None = None,
    *,
    clock: Callable[[], datetime] = now,
    wait_ready: bool = True,
    **server: Any,
) -> AsyncIterator[RunningIngest]:
    """Run ingest in this loop on a free port."""
    target = log if log is not None else MemoryLog()
    chosen = limits or Limits()
    app = create_app(target, KEYS, chosen, clock=clock)
    options = {"port": 0, "ws_max_size": chosen.message_bytes, "timeout_graceful_shutdown": 2} | server
    running = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, **options))
    task = asyncio.create_task(running.serve())
    try:
        await until(lambda: running.started)
        port = running.servers[0].sockets[0].getsockname()[1]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            ingest = RunningIngest(port, target, client)
            if wait_ready:
                await until(ingest.is_ready)
            yield ingest
    finally:
        running.should_exit = True
        await task


def ago(**span: float) -> str:
    """Format a time in the past."""
    return at(now() - timedelta(**span))


def ahead(**span: float) -> str:
    """Format a time in the future."""
    return at(now() + timedelta(**span))


async def frames(socket_: ClientConnection, count: int) -> list[str | bytes]:
    """Receive some frames."""
    return [await asyncio.wait_for(socket_.recv(), 5) for _ in range(count)]
