"""`WS /v1/advice`: frames out, acknowledgements in."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from typing import Final

import orjson
from fastapi import WebSocket, WebSocketDisconnect

from spotter.domain.events.people import AdviceAcknowledged
from spotter.http import Problem, chosen_subprotocol
from spotter.http.metrics import CLIENTS
from spotter.http.token_bucket import TokenBucket
from spotter_gateway.acks import read_acknowledgement, write
from spotter_gateway.clients import TOO_LARGE, TRY_LATER, Client, CloseReason, run_until_closed
from spotter_gateway.delivery import Delivery
from spotter_gateway.hub import YIELD_EVERY, Hub

CLOSE_S_MAX: Final = 5.0
"""How long a client that doesn't read may delay the close frame."""
MESSAGES_PER_S: Final = 50.0
"""More than a full gym has reason to acknowledge (design choice)."""
MESSAGES_BURST: Final = 200

logger = logging.getLogger(__name__)


class AdviceSocket:
    """One WebSocket, accepted and served until one side closes it."""

    def __init__(self, socket: WebSocket, hub: Hub, client: Client) -> None:
        self._socket = socket
        self._hub = hub
        self._client = client
        self._bucket = TokenBucket(MESSAGES_PER_S, MESSAGES_BURST)

    async def serve(self) -> None:
        """Send and receive until the connection is closed."""
        await self._socket.accept(chosen_subprotocol(self._socket))
        with CLIENTS.labels("advice_websocket").track_inprogress():
            close_reason = await run_until_closed(self._client, self._send(), self._receive())
            if close_reason is not None:
                await self._close(close_reason)

    async def _send(self) -> None:
        async with aclosing(Delivery(self._hub, self._client).frames()) as frames:
            count = 0
            async for frame in frames:
                await self._socket.send_text(frame.body.decode())
                count += 1
                if count % YIELD_EVERY == 0:
                    await asyncio.sleep(0)

    async def _receive(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            await self._acknowledge(message.get("text") or message.get("bytes") or b"")

    async def _acknowledge(self, text: str | bytes) -> None:
        if len(text) > self._hub.limits.message_bytes:
            self._client.close(CloseReason(TOO_LARGE, f"a message may have {self._hub.limits.message_bytes} bytes"))
            return
        if not self._bucket.take(1, asyncio.get_running_loop().time()):
            self._client.close(CloseReason(TRY_LATER, "too many messages"))
            return
        try:
            event = read_acknowledgement(self._hub, self._client.identity, text)
            if isinstance(event.data, AdviceAcknowledged) and event.data.state != "delivered":
                self._client.redelivery.shown(event.data.alert_id)
            await write(self._hub.log, event)
        except Problem as problem:
            await self._socket.send_text(orjson.dumps({"problem": problem.document()}).decode())

    async def _close(self, reason: CloseReason) -> None:
        try:
            async with asyncio.timeout(CLOSE_S_MAX):
                await self._socket.close(reason.code, reason.text)
        except (TimeoutError, WebSocketDisconnect):
            logger.info("a client of token %s went without a goodbye", self._client.identity.token_id)
