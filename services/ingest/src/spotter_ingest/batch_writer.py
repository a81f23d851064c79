"""Writes to the log in batches: what is queued is written together, in order, and then answered."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from spotter.streaming.log import Log, LogUnavailable, NewRecord

log = logging.getLogger(__name__)

BATCH_RECORDS_MAX: Final = 1_000

Outcome = Sequence[bool] | Exception
"""For each record whether it was new, or the error that left the write unconfirmed."""


@dataclass(frozen=True, slots=True)
class _Entry:
    records: Sequence[NewRecord]
    outcome: asyncio.Future[Outcome]


class BatchWriter:
    """Appends to a log in batches, one at a time.

    When the log doesn't answer, everything queued fails with the batch, since it has waited just as long.
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
            batch = self._next_batch()
            try:
                written = await self._log.append([record for entry in batch for record in entry.records])
            except LogUnavailable as error:
                log.warning("the log does not answer: %s", error)
                self._fail([*batch, *self._waiting], error)
                self._waiting.clear()
            except Exception as error:  # noqa: BLE001  # the error goes to those who wait for this batch, and the next one is tried
                self._fail(batch, error)
            else:
                self._settle(batch, written)

    def _next_batch(self) -> list[_Entry]:
        batch = [self._waiting.popleft()]
        count = len(batch[0].records)
        while self._waiting and count + len(self._waiting[0].records) <= BATCH_RECORDS_MAX:
            batch.append(self._waiting.popleft())
            count += len(batch[-1].records)
        return batch

    def _settle(self, batch: Sequence[_Entry], written: Sequence[bool]) -> None:
        first = 0
        for entry in batch:
            last = first + len(entry.records)
            if not entry.outcome.cancelled():
                entry.outcome.set_result(written[first:last])
            first = last

    def _fail(self, entries: Sequence[_Entry], error: Exception) -> None:
        for entry in entries:
            if not entry.outcome.cancelled():
                entry.outcome.set_result(error)
