"""Writes to the log: what waits is written together, in the order it came, and answered after that."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from spotter.streaming.log import Log, LogUnavailable, NewRecord

log = logging.getLogger(__name__)

GROUP_RECORDS_MAX: Final = 1_000

Outcome = Sequence[bool] | Exception
"""For each record whether it was new, or why nothing is known to be written."""


@dataclass(frozen=True, slots=True)
class _Entry:
    records: Sequence[NewRecord]
    outcome: asyncio.Future[Outcome]


class Writer:
    """Appends to a log in groups, one group at a time.

    When the log doesn't answer, all that came meanwhile is given up with the group: who waits has waited.
    """

    def __init__(self, target: Log) -> None:
        self._log = target
        self._waiting: deque[_Entry] = deque()
        self._task: asyncio.Task[None] | None = None

    def submit(self, records: Sequence[NewRecord]) -> asyncio.Future[Outcome]:
        """Queue records; the future never raises."""
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        if not records:
            outcome.set_result([])
            return outcome
        self._waiting.append(_Entry(records, outcome))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write(), name="writer")
        return outcome

    async def _write(self) -> None:
        while self._waiting:
            group = self._next_group()
            try:
                written = await self._log.append([record for entry in group for record in entry.records])
            except LogUnavailable as error:
                log.warning("the log does not answer: %s", error)
                self._give_up([*group, *self._waiting], error)
                self._waiting.clear()
            except Exception as error:  # noqa: BLE001  # whoever waits for this group is told, the next is tried
                self._give_up(group, error)
            else:
                self._settle(group, written)

    def _next_group(self) -> list[_Entry]:
        group = [self._waiting.popleft()]
        count = len(group[0].records)
        while self._waiting and count + len(self._waiting[0].records) <= GROUP_RECORDS_MAX:
            group.append(self._waiting.popleft())
            count += len(group[-1].records)
        return group

    def _settle(self, group: Sequence[_Entry], written: Sequence[bool]) -> None:
        first = 0
        for entry in group:
            last = first + len(entry.records)
            if not entry.outcome.cancelled():
                entry.outcome.set_result(written[first:last])
            first = last

    def _give_up(self, entries: Sequence[_Entry], error: Exception) -> None:
        for entry in entries:
            if not entry.outcome.cancelled():
                entry.outcome.set_result(error)
