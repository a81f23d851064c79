"""Reading small topics whole and for ever: configuration, revocations, pairings."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Self

from spotter.domain.events import Event, Unreadable, decode
from spotter.streaming.log import Log, LogUnavailable, Reader, Record, Start

log = logging.getLogger(__name__)


class TopicFollower:
    """Applies every record of some topics, from the first on, as it comes, for as long as it is entered.

    A log that does not answer is asked again; what else ends a follower is raised by `check`.
    """

    def __init__(self, source: Log, apply: Mapping[str, Callable[[Event], object]], poll_s: float = 1.0) -> None:
        self._source = source
        self._apply = apply
        self._poll_s = poll_s
        self._read_up = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._follow(), name="topic follower")
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @property
    def is_read_up(self) -> bool:
        """Whether all that was written before it was entered has been applied."""
        return self._read_up.is_set()

    async def read_up(self) -> Self:
        """Wait until all that was written before has been applied; raises what ended the follower."""
        assert self._task is not None
        waiting = asyncio.create_task(self._read_up.wait())
        await asyncio.wait({waiting, self._task}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        self.check()
        return self

    def check(self) -> None:
        """Raise what ended the follower, if anything did."""
        if self._task is not None and self._task.done() and not self._task.cancelled():
            self._task.result()

    def failure(self) -> Exception | None:
        """Return what ended the follower, if anything did."""
        try:
            self.check()
        except Exception as error:  # noqa: BLE001  # whatever it was
            return error
        return None

    async def _follow(self) -> None:
        reader: Reader | None = None
        try:
            while True:
                try:
                    reader = reader or await self._source.reader(list(self._apply), Start(beginning=True))
                    if not self.is_read_up and await reader.lag() == 0:
                        self._read_up.set()
                    self._take(await reader.fetch(self._poll_s))
                except LogUnavailable as error:  # what was applied stays applied: go on there, never from the beginning
                    log.warning("can't read %s: %s", ", ".join(self._apply), error)
                    await asyncio.sleep(self._poll_s)
        finally:
            if reader is not None:
                await reader.close()

    def _take(self, records: list[Record]) -> None:
        for record in records:
            try:
                event = decode(record.value)
            except Unreadable as error:
                log.warning("%s %s/%s is unreadable: %s", record.topic, record.partition, record.offset, error)
                continue
            self._apply[record.topic](event)
