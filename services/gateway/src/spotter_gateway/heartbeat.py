"""Heartbeats: how far behind the slowest service between rep and advice is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from spotter.domain.time import epoch_ms
from spotter.streaming.log import Log, LogUnavailable
from spotter_gateway.frames import heartbeat_frame

ANSWER_S_MAX: Final = 2.5
"""How long the log may take to find its oldest unfinished event."""

logger = logging.getLogger(__name__)


async def heartbeat(log: Log, clock: Callable[[], datetime]) -> bytes | None:
    """Return the current heartbeat; None if the age is unknown, because clients must notice by the silence."""
    try:
        async with asyncio.timeout(ANSWER_S_MAX):
            oldest_ms = await log.oldest_unfinished_ms()
    except (LogUnavailable, TimeoutError) as error:
        logger.warning("no heartbeat: the age of the oldest unfinished event is unknown: %s", error or "no answer")
        return None
    except Exception:  # advice must go out in any case; clients notice the silence
        logger.exception("no heartbeat: reading the age of the oldest unfinished event failed")
        return None
    now = clock()
    return heartbeat_frame(now, 0 if oldest_ms is None else max(0, epoch_ms(now) - oldest_ms))
