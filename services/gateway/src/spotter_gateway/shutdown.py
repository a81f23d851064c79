"""How a connection comes to its end: told to, by its client, or by an error of ours."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

from fastapi import WebSocketDisconnect

from spotter_gateway.clients import BROKEN, Client, Ending

logger = logging.getLogger(__name__)


async def race(client: Client, *works: Coroutine[None, None, None]) -> Ending | None:
    """Work on a connection until the first of its works is done or the client is ended; the rest is cancelled.

    Gives why the connection is to be closed; None where the other side has gone.
    """
    tasks = [asyncio.create_task(work) for work in (*works, _told_to_end(client))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    if client.ended.done():
        return client.ended.result()
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect | OSError):
            logger.error("a connection of token %s broke", client.identity.token_id, exc_info=outcome)
            return Ending(BROKEN, "something went wrong on our side; it is in the log")
    return None


async def _told_to_end(client: Client) -> None:
    await asyncio.wait([client.ended])
