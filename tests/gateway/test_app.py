from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from spotter.http.server import SHUTDOWN_S, Server
from spotter.settings import Limits
from spotter.streaming.log import Record, Start
from spotter.streaming.memory.log import MemoryLog, MemoryReader
from spotter_gateway import __main__ as process
from spotter_gateway.app import Gateway, create_app
from spotter_gateway.hub import Hub, Intervals
from tests.gateway.outputs import advice, revoked, write
from tests.gateway.support import KEYS, QUICK, frame, until


@asynccontextmanager
async def running(log: MemoryLog, intervals: Intervals = QUICK) -> AsyncIterator[tuple[Server, int]]:
    """Run the gateway's own process in this loop on a free port."""
    server = process.make_server(create_app(log, KEYS, intervals=intervals), "127.0.0.1", 0, Limits())
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started or task.done())
    try:
        yield server, server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, 10)


def client(port: int) -> httpx.AsyncClient:
    """Return a client."""
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10)


def socket(port: int, token: str) -> connect:
    """Open a WebSocket."""
    return connect(f"ws://127.0.0.1:{port}/v1/advice", additional_headers={"Authorization": f"Bearer {token}"})


async def ready(http: httpx.AsyncClient) -> None:
    """Wait until the process is ready."""
    async with asyncio.timeout(5):
        while (await http.get("/readyz")).status_code != 200:  # noqa: ASYNC110  # it can only be asked
            await asyncio.sleep(0.01)


async def test_the_process_delivers_advice_and_reports_its_health() -> None:
    """Advice on the socket, health and metrics beside it."""
    log = MemoryLog()
    write(log, advice())
    async with running(log) as (_, port), client(port) as http:
        await ready(http)
        async with socket(port, KEYS.issue("g1", "coach")) as open_socket:
            delivered = await frame(open_socket)
        health = await http.get("/healthz")
        metrics = await http.get("/metrics")
        routes = (await http.get("/openapi.json")).json()["paths"]

    assert "spotter.advice.given.v1" == delivered["type"]
    assert 200 == health.status_code
    assert 'spotter_advice_sent_total{action="continue"' in metrics.text
    assert {"/v1/advice/stream", "/healthz", "/readyz"} == set(routes)
    named = {parameter["name"] for parameter in routes["/v1/advice/stream"]["get"]["parameters"]}
    assert {"athlete_id", "station_id", "actions", "estimates", "last_event_id", "last-event-id"} == named


async def test_it_is_not_ready_before_it_knows_revoked_tokens() -> None:
    """It waits for a log that doesn't answer at the start."""
    log = MemoryLog()
    token = KEYS.issue("g1", "app")
    write(log, revoked(KEYS.verify(token).token_id))
    log.available = False
    async with running(log) as (_, port), client(port) as http:
        headers = {"Authorization": f"Bearer {token}"}
        early = await http.get("/readyz"), await http.get("/v1/advice/stream", headers=headers)
        alive = await http.get("/healthz")
        log.available = True
        await ready(http)
        late = await http.get("/v1/advice/stream", headers=headers)

    assert [503, 503] == [answer.status_code for answer in early]
    assert 200 == alive.status_code
    assert 401 == late.status_code


async def test_a_token_revoked_meanwhile_closes_its_socket() -> None:
    """As read from the log."""
    log = MemoryLog()
    token = KEYS.issue("g1", "app")
    async with running(log) as (_, port), client(port) as http:
        await ready(http)
        async with socket(port, token) as open_socket:
            write(log, revoked(KEYS.verify(token).token_id))
            with pytest.raises(ConnectionClosed) as closed:
                await frame(open_socket, timeout_s=5)

    assert closed.value.rcvd is not None
    assert 1008 == closed.value.rcvd.code


async def test_a_server_that_stops_closes_its_connections() -> None:
    """Sockets close with 1012, streams end, and the process is gone at once, clients or not."""
    log = MemoryLog()
    headers = {"Authorization": f"Bearer {KEYS.issue('g1', 'app')}"}
    async with running(log) as (server, port), client(port) as http:
        await ready(http)
        async with (
            socket(port, KEYS.issue("g1", "app")) as open_socket,
            http.stream("GET", "/v1/advice/stream", headers=headers) as stream,
        ):
            started = asyncio.get_running_loop().time()
            server.should_exit = True
            with pytest.raises(ConnectionClosed) as closed:
                await frame(open_socket)
            assert b"" == await stream.aread()
            took_s = asyncio.get_running_loop().time() - started

    assert closed.value.rcvd is not None
    assert 1012 == closed.value.rcvd.code
    assert took_s < SHUTDOWN_S


class Breaking(MemoryLog):
    """A log that fails in ways that a log may not."""

    broken = False

    async def reader(self, topics: Sequence[str], start: Start) -> MemoryReader:
        """Open a reader that breaks when the log does."""
        return BreakingReader(self, topics, start)

    async def oldest_unfinished_ms(self) -> int | None:
        """Fail."""
        raise ZeroDivisionError


class BreakingReader(MemoryReader):
    """A reader that breaks when its log does."""

    _log: Breaking

    async def fetch(self, wait_s: float) -> list[Record]:
        """Return what has come, or fail."""
        if self._log.broken:
            raise ZeroDivisionError
        return await super().fetch(0.05)


async def test_a_gateway_that_breaks_takes_its_process_down() -> None:
    """Its supervisor starts a new one; a gateway that reads nothing must not keep serving."""
    log = Breaking()
    async with running(log) as (server, port), client(port) as http:
        await ready(http)
        log.broken = True
        async with socket(port, KEYS.issue("g1", "app")) as open_socket:
            with pytest.raises(ConnectionClosed):
                await frame(open_socket)

    assert server.broken


async def test_advice_goes_out_even_where_heartbeats_fail() -> None:
    """Clients show that the signal is lost, and the advice."""
    log = Breaking()
    async with running(log, Intervals(heartbeat_s=0.02)) as (server, port), client(port) as http:
        await ready(http)
        async with socket(port, KEYS.issue("g1", "app")) as open_socket:
            await asyncio.sleep(0.1)
            write(log, advice())
            delivered = await frame(open_socket)

    assert "spotter.advice.given.v1" == delivered["type"]
    assert not server.broken


async def test_a_socket_whose_other_side_has_vanished_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that doesn't answer pings is closed, even if the connection looks open."""
    monkeypatch.setattr("spotter.http.server.PING_S", 0.2)
    async with running(MemoryLog()) as (server, port), client(port) as http:
        await ready(http)
        clients = hub_of(server).clients
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            "GET /v1/advice HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            f"Authorization: Bearer {KEYS.issue('g1', 'app')}\r\n\r\n".encode()
        )
        assert b"HTTP/1.1 101" in await reader.readline()
        await until(lambda: len(clients) == 1)
        await until(lambda: len(clients) == 0)
        writer.close()


def hub_of(server: Server) -> Hub:
    """Find the hub of a running process."""
    app = server.config.app
    assert isinstance(app, FastAPI)
    gateway = app.state.gateway
    assert isinstance(gateway, Gateway)
    return gateway.hub
