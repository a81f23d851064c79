"""Micro-batches: take all that waits, step it, publish everything, and only then acknowledge it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from spotter.domain.gym_config import ConfigPending
from spotter.domain.topics import dead_topic
from spotter.http.metrics import BATCH_EVENTS, EVENTS_REJECTED, EVENTS_STEPPED, STEP_SECONDS
from spotter.streaming.changelog import Entry, Keeper
from spotter.streaming.state_versions import Batch, Input, Output, Stepper

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
CONFIG_S = 5.0
"""How long a configuration that an event names may take to be read."""
CONFIG_POLL_S = 0.02
ENTRY_BYTES_MAX = 256 * 1024
"""A larger entry of state is mostly versions: committing lets go of them."""

H = TypeVar("H")
H_contra = TypeVar("H_contra", contravariant=True)


class Sink(Protocol[H_contra]):
    """Where a batch goes."""

    async def publish(self, outputs: Sequence[Output], entries: Sequence[Entry]) -> None:
        """Write outputs and state, in order, and return when all of them are confirmed."""
        ...

    async def acknowledge(self, handles: Sequence[H_contra]) -> None:
        """Say that inputs are done, in the order in which they came."""
        ...

    async def commit(self) -> None:
        """Make durable what was acknowledged."""
        ...


@dataclass(frozen=True, slots=True)
class Taken(Generic[H]):
    """An input and what its acknowledgement needs."""

    input: Input
    handle: H


class Waiting(Generic[H]):
    """Inputs that wait, in the order in which they came."""

    def __init__(self) -> None:
        self._items: deque[Taken[H]] = deque()

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: Taken[H]) -> None:
        """Let an input wait."""
        self._items.append(item)

    def take(self, limit: int = BATCH_MAX, of_one_key: int = SAME_KEY_MAX) -> list[Taken[H]]:
        """Take what may be processed together: of each partition the first inputs, without leaving one out.

        An input is acknowledged with all that came before it in its partition, so one that has to wait makes those
        behind it wait too.
        """
        taken: list[Taken[H]] = []
        left: list[Taken[H]] = []
        keys: Counter[tuple[int, str]] = Counter()
        held: set[int] = set()
        while self._items and len(taken) < limit:
            item = self._items.popleft()
            key = item.input.partition, item.input.key
            if item.input.partition in held or keys[key] >= of_one_key:
                held.add(item.input.partition)
                left.append(item)
            else:
                keys[key] += 1
                taken.append(item)
        self._items.extendleft(reversed(left))
        return taken

    def clear(self) -> list[H]:
        """Forget what waits."""
        handles = [item.handle for item in self._items]
        self._items.clear()
        return handles


class Flusher(Generic[H]):
    """Takes inputs as they come and does their effects batch by batch; an error ends it.

    `done` is told of inputs that are acknowledged. `one_by_one` waits for the broker after each event, as a plain
    agent does: it is there to be measured against.
    """

    def __init__(
        self,
        stepper: Stepper,
        keeper: Keeper,
        sink: Sink[H],
        done: Callable[[Sequence[Input]], None],
        *,
        one_by_one: bool = False,
    ) -> None:
        self._stepper = stepper
        self._keeper = keeper
        self._sink = sink
        self._done = done
        self._one_by_one = one_by_one
        self._waiting: Waiting[H] = Waiting()
        self._came = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    def offer(self, item: Input, handle: H) -> None:
        """Let an input wait for the next batch; `room` first."""
        self._waiting.add(Taken(item, handle))
        self._came.set()
        if len(self._waiting) >= WAITING_MAX:
            self._room.clear()

    async def room(self) -> None:
        """Wait until more inputs may be offered."""
        await self._room.wait()

    def forget(self) -> list[H]:
        """Forget what waits, unacknowledged; what is on its way is finished."""
        handles = self._waiting.clear()
        self._room.set()
        return handles

    async def run(self) -> None:
        """Flush for ever; raises what goes wrong."""
        last = 0
        while True:
            if not len(self._waiting):
                self._came.clear()
                await self._came.wait()
            if last > LARGE_BATCH and not self._one_by_one:
                await self._gather()
            taken = self._waiting.take(1 if self._one_by_one else BATCH_MAX)
            if len(self._waiting) < WAITING_MAX:
                self._room.set()
            last = len(taken)
            if taken:
                await self._flush(taken)

    async def _gather(self) -> None:
        """Hold the batch, and let in all that was fetched: under load a fuller batch costs less than the wait."""
        if len(self._waiting) < BATCH_MAX:
            await asyncio.sleep(HOLD_S)
        until = time.monotonic() + GATHER_S
        quiet = 0
        while quiet < QUIET_TURNS and len(self._waiting) < BATCH_MAX and time.monotonic() < until:
            before = len(self._waiting)
            await asyncio.sleep(0)
            quiet = quiet + 1 if len(self._waiting) == before else 0

    async def _flush(self, taken: Sequence[Taken[H]]) -> None:
        inputs = [item.input for item in taken]
        batch = await self._step(inputs)
        entries = self._keeper.entries(batch, inputs)
        await self._sink.publish(batch.outputs, entries)
        await self._sink.acknowledge([item.handle for item in taken])
        self._done(inputs)
        if any(entry.versions > SAME_KEY_MAX or len(entry.value or b"") > ENTRY_BYTES_MAX for entry in entries):
            await self._sink.commit()

    async def _step(self, inputs: Sequence[Input]) -> Batch:
        until = time.monotonic() + CONFIG_S
        while True:
            try:
                return self._run(inputs)
            except ConfigPending:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(CONFIG_POLL_S)

    def _run(self, inputs: Sequence[Input]) -> Batch:
        name = self._stepper.processor.name
        with STEP_SECONDS.labels(name).time():
            batch = self._stepper.run(inputs)
        BATCH_EVENTS.labels(name).observe(len(inputs))
        EVENTS_STEPPED.labels(name).inc(len(inputs))
        dead = dead_topic(self._stepper.processor.input_topic)
        EVENTS_REJECTED.labels(name).inc(sum(1 for output in batch.outputs if output.topic == dead))
        return batch
