"""Micro-batches: all that waits is processed together."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from spotter.streaming.state_versions import Input

BATCH_MAX = 512
SAME_KEY_MAX = 64
"""Events of one lifter in a batch: each leaves a version of the lifter's state behind."""
WAITING_MAX = 4 * BATCH_MAX
HOLD_S = 0.003
"""How long a batch is held open after a large one."""
LARGE_BATCH = 4
QUIET_TURNS = 12
"""Turns of the event loop without a new event that mean that no fetched one is left: Faust takes about five for each."""
GATHER_S = 0.025

H = TypeVar("H")


class MicroBatches(Generic[H]):
    """Takes inputs, each with the handle that acknowledges it, and processes them batch by batch; an error ends it.

    `one_by_one` waits for the broker after each event, as a plain agent does: it is there to be measured against.
    """

    def __init__(
        self, process: Callable[[Sequence[Input], Sequence[H]], Awaitable[None]], *, one_by_one: bool = False
    ) -> None:
        self._process = process
        self._one_by_one = one_by_one
        self._waiting: deque[tuple[Input, H]] = deque()
        self._came = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    def offer(self, item: Input, handle: H) -> None:
        """Queue an input for the next batch; wait for `room` first."""
        self._waiting.append((item, handle))
        self._came.set()
        if len(self._waiting) >= WAITING_MAX:
            self._room.clear()

    async def room(self) -> None:
        """Wait until more inputs may be offered."""
        await self._room.wait()

    def forget(self) -> list[H]:
        """Drop what waits, unacknowledged, and return the handles; what is being processed is finished."""
        handles = [handle for _, handle in self._waiting]
        self._waiting.clear()
        self._room.set()
        return handles

    async def run(self) -> None:
        """Process batches for ever; raises what goes wrong."""
        last = 0
        while True:
            if not self._waiting:
                self._came.clear()
                await self._came.wait()
            if last > LARGE_BATCH and not self._one_by_one:
                await self._gather()
            batch = self.next_batch(1 if self._one_by_one else BATCH_MAX)
            if len(self._waiting) < WAITING_MAX:
                self._room.set()
            last = len(batch)
            if batch:
                await self._process([item for item, _ in batch], [handle for _, handle in batch])

    def next_batch(self, limit: int = BATCH_MAX, of_one_key: int = SAME_KEY_MAX) -> list[tuple[Input, H]]:
        """Take what may be processed together: of each partition the first inputs, without leaving one out.

        An input is acknowledged with all that came before it in its partition, so one that has to wait makes those
        behind it wait too.
        """
        taken: list[tuple[Input, H]] = []
        left: list[tuple[Input, H]] = []
        keys: Counter[tuple[int, str]] = Counter()
        blocked: set[int] = set()
        while self._waiting and len(taken) < limit:
            item = self._waiting.popleft()
            partition, key = item[0].partition, (item[0].partition, item[0].key)
            if partition in blocked or keys[key] >= of_one_key:
                blocked.add(partition)
                left.append(item)
            else:
                keys[key] += 1
                taken.append(item)
        self._waiting.extendleft(reversed(left))
        return taken

    async def _gather(self) -> None:
        """Hold the batch open for all that was fetched: under load a fuller batch costs less than the wait."""
        if len(self._waiting) < BATCH_MAX:
            await asyncio.sleep(HOLD_S)
        until_s = time.monotonic() + GATHER_S
        quiet = 0
        while quiet < QUIET_TURNS and len(self._waiting) < BATCH_MAX and time.monotonic() < until_s:
            before = len(self._waiting)
            await asyncio.sleep(0)
            quiet = quiet + 1 if len(self._waiting) == before else 0
