"""Waiting for a broker, but not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from aiokafka.errors import KafkaError

from spotter.streaming.log import LogUnavailable

T = TypeVar("T")

ANSWER_S = 5.0
"""How long a question that is not on anybody's critical path may take (design choice)."""


async def answered(asked: Awaitable[T], what: str, within_s: float = ANSWER_S) -> T:
    """Return the broker's answer; raises LogUnavailable, saying what was asked, where there is none in time."""
    try:
        return await asyncio.wait_for(asked, within_s)
    except TimeoutError:
        raise LogUnavailable(f"{what}: no broker answered within {within_s:g} s") from None
    except (KafkaError, OSError) as error:
        raise LogUnavailable(f"{what}: {type(error).__name__}: {error}") from error
