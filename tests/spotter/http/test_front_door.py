"""What every request passes before any route: limits of its header and body, on every route of every service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
from fastapi import FastAPI, Form, Request, WebSocket

from spotter.http import install
from spotter.http.connections import Connections
from spotter.http.server import Server, server_config
from spotter.settings import Limits
from tests.ingest.support import until

LIMITS = Limits(header_bytes=4096, header_s=0.4, form_bytes=2048, strangers=8, strangers_per_address=8)


def application(limits: Limits) -> FastAPI:
    """Return an application with a form, a route that reads its body itself, and a socket."""
    app = FastAPI()
    install(app, limits)

    @app.get("/")
    async def page() -> str:
        return "page"

    @app.get("/slow")
    async def slow() -> None:
        await asyncio.sleep(3)

    @app.post("/session")
    def form(token: str = Form("")) -> int:
        return len(token)

    @app.post("/v1/events")
    async def events(request: Request) -> int:
        return len(await request.body())

    @app.websocket("/socket")
    async def socket(socket: WebSocket) -> None:
        await socket.accept()
        await socket.receive()

    return app


@asynccontextmanager
async def served(limits: Limits = LIMITS) -> AsyncIterator[tuple[int, Connections]]:
    """Serve it on a free port; yields the port and the connections."""
    server = Server(server_config(application(limits), limits, port=0, lifespan="off"), limits, signals=False)
    task = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started)
        yield server.servers[0].sockets[0].getsockname()[1], server.server_state.places
    finally:
        server.should_exit = True
        await task


class Raw:
    """A connection on which bytes are sent as they are."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        """Send bytes; what the other side has closed is not sent."""
        self.writer.write(data)
        with suppress(ConnectionError):
            await self.writer.drain()

    async def answer(self) -> tuple[int, str, dict[str, object]]:
        """Return status, content type and problem of what comes until the connection is closed."""
        received = await asyncio.wait_for(self.reader.read(), 5)
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.decode().lower().split("\r\n")
        media = next(line.partition(": ")[2] for line in lines if line.startswith("content-type"))
        return int(lines[0].split()[1]), media, json.loads(body)

    async def is_cut(self, within_s: float = 5) -> bool:
        """Return whether the other side has ended it, with or without an answer."""
        try:
            async with asyncio.timeout(within_s):
                while await self.reader.read(65536):
                    pass
        except TimeoutError:
            return False
        except ConnectionError:
            pass
        return True


@asynccontextmanager
async def raw(port: int, data: bytes = b"") -> AsyncIterator[Raw]:
    """Open a connection and send bytes."""
    connection = Raw(*await asyncio.open_connection("127.0.0.1", port))
    try:
        await connection.send(data)
        yield connection
    finally:
        connection.writer.close()


class TestHeaders:
    """Their bytes, their number, and the time that they may take."""

    async def test_a_header_without_end_is_refused_when_it_is_too_long(self) -> None:
        """And not read on: a hundred megabytes of it cost no memory."""
        async with served() as (port, _), raw(port, b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ") as connection:
            for _ in range(5):
                await connection.send(b"a" * 1024)
            status, media, problem = await connection.answer()
        assert (431, "application/problem+json", "Header too large") == (status, media, problem["title"])

    @pytest.mark.parametrize(
        "header",
        [b"X-Long: " + b"a" * 5000 + b"\r\n", b"".join(b"X-%d: a\r\n" % number for number in range(200))],
        ids=["bytes", "fields"],
    )
    async def test_a_whole_header_is_measured_too(self, header: bytes) -> None:
        """Before any route, by its bytes and by its fields."""
        async with served() as (port, _), raw(port, b"GET / HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n") as connection:
            status, media, _ = await connection.answer()
        assert (431, "application/problem+json") == (status, media)

    async def test_a_socket_with_such_a_header_is_refused(self) -> None:
        """By the answer to its handshake."""
        start = b"GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        start += b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Long: "
        async with served() as (port, _), raw(port, start + b"a" * 4000 + b"\r\n\r\n") as connection:
            status, media, _ = await connection.answer()
        assert (431, "application/problem+json") == (status, media)

    @pytest.mark.parametrize("start", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-A"])
    async def test_a_header_that_does_not_come_is_not_waited_for(self, start: bytes) -> None:
        """Neither on a connection that says nothing at all."""
        async with served() as (port, _), raw(port, start) as connection:
            assert await connection.is_cut()

    async def test_the_next_request_of_a_connection_is_timed_anew(self) -> None:
        """A whole one is answered, half a second one is cut; dripping it byte by byte does not help."""
        async with served() as (port, places), raw(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
            assert b'"page"' in await asyncio.wait_for(connection.reader.readuntil(b'"page"'), 5)
            began = asyncio.get_running_loop().time()
            while len(places) and asyncio.get_running_loop().time() - began < 5:
                await connection.send(b"G")
                await asyncio.sleep(0.05)
            assert not len(places)

    async def test_what_is_no_http_gets_a_problem(self) -> None:
        """As everything else that is refused."""
        async with served() as (port, _), raw(port, b"\x16\x03\x01\x02\x00\r\n\r\n") as connection:
            status, media, _ = await connection.answer()
        assert (400, "application/problem+json") == (status, media)


async def test_the_server_does_not_say_what_it_is() -> None:
    """No name, no version."""
    async with served() as (port, _), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert "server" not in (await client.get("/")).headers


class TestBodies:
    """Small on every route but the one of events, which limits its own."""

    async def test_a_form_is_read_whole(self) -> None:
        """As long as it is small."""
        async with served() as (port, _), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert 1000 == (await client.post("/session", data={"token": "t" * 1000})).json()
            assert 5000 == (await client.post("/v1/events", content=b"x" * 5000)).json()

    @pytest.mark.parametrize(("method", "path"), [("POST", "/session"), ("GET", "/"), ("PUT", "/nowhere")])
    @pytest.mark.parametrize("chunked", [False, True])
    async def test_a_large_body_is_refused_on_every_route(self, method: str, path: str, chunked: bool) -> None:
        """Announced or not, also where no route would read it."""

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(5):
                yield b"x" * 1024

        async with served() as (port, _), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            answer = await client.request(method, path, content=chunks() if chunked else b"x" * 5120)
        assert (413, "application/problem+json") == (answer.status_code, answer.headers["content-type"])

    async def test_an_upload_is_never_spooled(self) -> None:
        """A file in a form is measured with the form."""
        async with served() as (port, _), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert 413 == (await client.post("/session", files={"file": b"x" * 5000})).status_code

    async def test_a_body_that_does_not_come_is_408(self) -> None:
        """And its connection ends."""
        start = b"POST /session HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\ntoken="
        async with served() as (port, _), raw(port, start) as connection:
            status, media, _ = await connection.answer()
        assert (408, "application/problem+json") == (status, media)

    async def test_the_rest_of_an_answered_request_is_not_waited_for_long(self) -> None:
        """A client that was told 404 can't keep its connection by dripping a body."""
        start = b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n"
        limits = LIMITS.model_copy(update={"form_bytes": 10_000_000, "header_s": 1.0})
        async with served(limits) as (port, places), raw(port, start.replace(b"/v1/events", b"/nowhere")) as connection:
            began = asyncio.get_running_loop().time()
            while len(places) and asyncio.get_running_loop().time() - began < 8:
                await connection.send(b"x")
                await asyncio.sleep(0.1)
            assert not len(places)


class TestHalfOpen:
    """Connections on which nothing comes lock nobody out."""

    async def test_others_are_served_at_once(self) -> None:
        """Whoever comes is let in; those that have waited longest for nothing make room."""
        limits = LIMITS.model_copy(update={"header_s": 60, "strangers": 64})
        async with served(limits) as (port, places):
            halves = [await asyncio.open_connection("127.0.0.1", port) for _ in range(24)]
            try:
                await asyncio.sleep(1.1)
                async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
                    for _ in range(10):
                        assert 200 == (await client.get("/", headers={"Connection": "close"})).status_code
                assert places.strangers <= 24
            finally:
                for _, writer in halves:
                    writer.close()

    @pytest.mark.parametrize(
        "start",
        [
            b"",
            b"GET / HT",
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            b"POST /session HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
        ],
    )
    async def test_a_flood_of_them_does_not_either(self, start: bytes) -> None:
        """From the same address as the client, faster than they are given up, with half a header or half a form, or kept open after an answer."""
        limits = LIMITS.model_copy(update={"header_s": 60, "strangers_per_address": 4, "strangers": 32})
        async with served(limits) as (port, places):
            halves = [await asyncio.open_connection("127.0.0.1", port) for _ in range(40)]
            try:
                for _, writer in halves:
                    writer.write(start)
                async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
                    for _ in range(10):
                        assert 200 == (await client.get("/", headers={"Connection": "close"})).status_code
                assert places.strangers <= 16
            finally:
                for _, writer in halves:
                    writer.close()

    async def test_more_than_can_be_served_are_refused_in_words(self) -> None:
        """503 with Retry-After while all places are taken by requests that are being answered."""
        limits = LIMITS.model_copy(update={"strangers": 2})
        async with served(limits) as (port, places):
            held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
            try:
                for _, writer in held:
                    writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
                await asyncio.sleep(0.3)
                async with raw(port) as connection:
                    status, media, _ = await connection.answer()
                assert (503, "application/problem+json", 2) == (status, media, places.strangers)
            finally:
                for _, writer in held:
                    writer.close()
