"""Small fakes of the services behind nginx: they return their name and the request that they received."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

NAMES: Final = ("ingest", "gateway", "dashboard", "failure-detector", "advisor")
START_LIMIT_S: Final = 10.0


@dataclass
class Fake:
    """A running fake."""

    name: str
    port: int
    ready: bool = True
    second_event: threading.Event = field(default_factory=threading.Event)
    """The stream sends its second event when this is set."""

    def application(self) -> Starlette:
        """Build the routes: health, a stream, an echoing socket, and an echo of any other request."""
        return Starlette(
            routes=[
                Route("/healthz", self.health),
                Route("/readyz", self.health),
                Route("/v1/advice/stream", self.stream),
                WebSocketRoute("/{path:path}", self.echo),
                Route("/{path:path}", self.tell, methods=["GET", "POST"]),
            ]
        )

    async def health(self, _: Request) -> Response:
        """Answer as ready, or not."""
        return JSONResponse({"status": "ok"}, 200 if self.ready else 503)

    async def tell(self, request: Request) -> Response:
        """Say who was asked, how, and how long the body was; a path that ends in busy is a 503 of one's own."""
        if request.url.path.endswith("/busy"):
            return JSONResponse({"title": "Busy", "by": self.name}, 503, {"Retry-After": "7"})
        answer = {
            "by": self.name,
            "path": request.url.path,
            "query": request.url.query,
            "body": len(await request.body()),
            "headers": dict(request.headers),
        }
        return JSONResponse(answer)

    async def stream(self, _: Request) -> Response:
        """Send one event at once and another when the test asks for it."""

        async def events() -> AsyncIterator[str]:
            yield "data: first\n\n"
            await asyncio.to_thread(self.second_event.wait)
            yield f"data: {json.dumps({'by': self.name})}\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    async def echo(self, websocket: WebSocket) -> None:
        """Say who was reached and send every text back."""
        offered = websocket.scope["subprotocols"]
        await websocket.accept(offered[0] if offered else None)
        await websocket.send_text(json.dumps({"by": self.name, "headers": dict(websocket.headers)}))
        async for text in websocket.iter_text():
            await websocket.send_text(text)


@contextmanager
def running(name: str) -> Iterator[Fake]:
    """Run a fake in a thread."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        fake = Fake(name, listening.getsockname()[1])
        config = uvicorn.Config(fake.application(), log_config=None, ws="websockets-sansio", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        limit_s = time.monotonic() + START_LIMIT_S
        while not server.started:
            assert time.monotonic() < limit_s, f"the fake {name} did not start"
            time.sleep(0.01)
        try:
            yield fake
        finally:
            server.should_exit = True
            fake.second_event.set()
            thread.join()
