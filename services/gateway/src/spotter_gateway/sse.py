"""`GET /v1/advice/stream`: frames as server-sent events, each with a cursor to resume from."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from spotter.http import Problem
from spotter.http.metrics import CLIENTS
from spotter_gateway.clients import Client, run_until_closed
from spotter_gateway.cursor import BadCursor, Cursor, StreamOffsets
from spotter_gateway.delivery import Delivery, Frame
from spotter_gateway.hub import YIELD_EVERY, Hub

RETRY_MS: Final = 1000
"""When a browser reconnects: well before it has to show that the signal is lost."""
CATCH_UP_S: Final = 2.0
"""How long this replica may be behind another."""
CLOSE_S_MAX: Final = 1.0

logger = logging.getLogger(__name__)


async def read_cursor(hub: Hub, text: str | None) -> Cursor | None:
    """Return the cursor that a client resumes from.

    Raises Problem 400 for an invalid cursor or one ahead of the log, and 503 if the log doesn't answer.
    """
    if not text:
        return None
    try:
        cursor = Cursor.decode(text)
    except BadCursor as error:
        raise _refused(f"Last-Event-ID is no cursor of this service: {error}.") from None
    if not await hub.reaches(StreamOffsets.of(cursor.offsets), CATCH_UP_S):
        if (reason := hub.not_ready()) is not None:
            raise Problem(503, "Not ready", reason, headers={"Retry-After": "1"})
        raise _refused("Last-Event-ID lies ahead of this log: it is from another one.")
    return cursor


class AdviceStream(Response):
    """One stream, served until one side closes it."""

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, client: Client, resumed: Cursor | None) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._hub = hub
        self._client = client
        self._resumed = resumed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send frames until the stream is closed."""
        with self._hub.clients.connected(self._client), CLIENTS.labels("advice_stream").track_inprogress():
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            close_reason = await run_until_closed(self._client, self._send(send), _disconnected(receive))
            if close_reason is not None:
                await self._close(send)

    async def _send(self, send: Send) -> None:
        async with aclosing(Delivery(self._hub, self._client).frames(self._resumed)) as frames:
            count = 0
            async for frame in frames:
                await send({"type": "http.response.body", "body": _event(frame, first=count == 0), "more_body": True})
                count += 1
                if count % YIELD_EVERY == 0:
                    await asyncio.sleep(0)

    async def _close(self, send: Send) -> None:
        try:
            async with asyncio.timeout(CLOSE_S_MAX):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            logger.info("a client of token %s doesn't read its stream", self._client.identity.token_id)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(frame: Frame, *, first: bool) -> bytes:
    retry = b"retry: %d\n" % RETRY_MS if first else b""
    return b"%bid: %b\ndata: %b\n\n" % (retry, frame.cursor.encode().encode(), frame.body.replace(b"\n", b"\ndata: "))


def _refused(detail: str) -> Problem:
    return Problem(
        400,
        "Bad cursor",
        detail,
        field="Last-Event-ID",
        mend="Connect without Last-Event-ID (and last_event_id): you are told how things stand, then all that comes.",
    )
