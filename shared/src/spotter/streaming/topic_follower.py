"""Reading small topics whole and for ever: configuration, revocations, pairings."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from spotter.domain.events import Event, Unreadable, decode
from spotter.streaming.log import Log, LogUnavailable, Reader, Record, Start

log = logging.getLogger(__name__)


class Following:
    """Applies every record of some topics, from the first on, as it comes.

    Entering waits until all that was written before has been applied; it raises LogUnavailable, and may be tried
    again, only where nothing could be read at all. A log that goes away is asked again; a follower that fails for
    another reason raises from `check`.
    """

    def __init__(self, source: Log, apply: Mapping[str, Callable[[Event], object]], poll_s: float = 1.0) -> None:
        self._source = source
        self._apply = apply
        self._poll_s = poll_s
        self._reader: Reader | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._reader = await self._source.reader(list(self._apply), Start(beginning=True))
        while not await self._caught_up(self._reader):
            pass
        self._task = asyncio.create_task(self._follow(), name="following")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._reader is not None:
            await self._reader.close()

    def check(self) -> None:
        """Raise what ended the follower, if anything did."""
        if self._task is not None and self._task.done() and not self._task.cancelled():
            error = self._task.exception()
            if error is not None:
                raise error

    async def _caught_up(self, reader: Reader) -> bool:
        try:
            if await reader.lag() == 0:
                return True
            self._take(await reader.fetch(self._poll_s))
        except LogUnavailable as error:  # what was applied stays applied: go on there, never from the beginning
            log.warning("can't read %s yet: %s", ", ".join(self._apply), error)
            await asyncio.sleep(self._poll_s)
        return False

    async def _follow(self) -> None:
        assert self._reader is not None
        while True:
            try:
                self._take(await self._reader.fetch(self._poll_s))
            except LogUnavailable as error:
                log.warning("can't follow %s: %s", ", ".join(self._apply), error)
                await asyncio.sleep(self._poll_s)

    def _take(self, records: list[Record]) -> None:
        for record in records:
            try:
                event = decode(record.value)
            except Unreadable as error:
                log.warning("%s %s/%s is unreadable: %s", record.topic, record.partition, record.offset, error)
                continue
            self._apply[record.topic](event)
