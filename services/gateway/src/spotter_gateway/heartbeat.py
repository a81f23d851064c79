"""Signs of life: how far behind the slowest part of the way from rep to advice is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from spotter.streaming.log import Log, LogUnavailable
from spotter_gateway.frames import epoch_ms, heartbeat_frame

ANSWER_S_MAX: Final = 2.5
"""For how long the log may think about how old its oldest unfinished event is."""

logger = logging.getLogger(__name__)


async def heartbeat(log: Log, clock: Callable[[], datetime]) -> bytes | None:
    """Give the heartbeat of this moment for all clients; None where the age can't be told: silence is a signal too."""
    try:
        async with asyncio.timeout(ANSWER_S_MAX):
            oldest_ms = await log.oldest_unfinished_ms()
    except (LogUnavailable, TimeoutError) as error:
        logger.warning("no heartbeat: the age of the oldest unfinished event can't be told: %s", error or "no answer")
        return None
    except Exception:  # advice must go out whatever this is; clients learn by the silence that something is wrong
        logger.exception("no heartbeat: the log failed to tell the age of the oldest unfinished event")
        return None
    now = clock()
    return heartbeat_frame(now, 0 if oldest_ms is None else max(0, epoch_ms(now) - oldest_ms))
