"""The end of a connection: closed by the gateway, by its client, or by an error."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

from fastapi import WebSocketDisconnect

from spotter_gateway.clients import BROKEN, Client, CloseReason

logger = logging.getLogger(__name__)


async def run_until_closed(client: Client, *coroutines: Coroutine[None, None, None]) -> CloseReason | None:
    """Run coroutines until the first has returned or the client is closed, then cancel the rest.

    Returns why to close the connection, or None if the other side has gone.
    """
    tasks = [asyncio.create_task(coroutine) for coroutine in (*coroutines, _closed(client))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    if client.closed.done():
        return client.closed.result()
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect | OSError):
            logger.error("a connection of token %s broke", client.identity.token_id, exc_info=outcome)
            return CloseReason(BROKEN, "something went wrong on our side; it is in the log")
    return None


async def _closed(client: Client) -> None:
    await asyncio.wait([client.closed])
