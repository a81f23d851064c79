"""Workers in memory, effect by effect: the model of what a host does, and where it may crash."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import coroutine
from typing import Any

from spotter.streaming.at_least_once import AtLeastOnce
from spotter.streaming.changelog import Entry
from spotter.streaming.log import NewRecord, Record
from spotter.streaming.memory.log import MemoryLog
from spotter.streaming.processor import Environment, Processor
from spotter.streaming.state_versions import Input, Output


@dataclass(slots=True)
class Durable:
    """What survives a worker: its changelog, oldest value first, and what it acknowledged."""

    changelog: list[Entry] = field(default_factory=list)
    acknowledged: dict[int, int] = field(default_factory=dict)
    """By partition, the next offset to read."""


@coroutine
def _after(effect: str) -> Generator[str, None, None]:
    """Yield to the driver of the worker after an effect."""
    yield effect


def _effects_of(work: Coroutine[Any, Any, object]) -> Iterator[str]:
    """Run a coroutine from effect to effect."""
    while True:
        try:
            effect = work.send(None)
        except StopIteration:
            return
        yield effect


class MemoryWorker(AtLeastOnce[tuple[int, int]]):
    """One life of a worker over some partitions. Dropping it is a crash: only `Durable` and the log remain."""

    def __init__(
        self, log: MemoryLog, processor: Processor[Any], env: Environment, durable: Durable, partitions: Sequence[int]
    ) -> None:
        super().__init__(processor, env)
        self.fenced = False
        """Another worker has taken over: what it still acknowledges does not count."""
        self._log = log
        self._durable = durable
        self._choose: Callable[[int], int] = lambda count: 0
        self._next = {number: durable.acknowledged.get(number, 0) for number in partitions}
        self.begin(self._next)
        for entry in durable.changelog:
            if entry.partition in self._next:
                self.changelog.read(entry)
        self.recovered()

    def _inputs(self, partition: int) -> Sequence[Record]:
        return self._log.partition(self.stage.input_topic, partition)

    def waiting(self) -> int:
        """Count the inputs that were not taken yet."""
        return sum(len(self._inputs(number)) - first for number, first in self._next.items())

    def flush(self, limit: int = 512, choose: Callable[[int], int] = lambda count: 0) -> Iterator[str]:
        """Process what waits, yielding after each effect; stopping in between is a crash.

        Outputs and changelog go out side by side: `choose` picks which of the two goes on.
        """
        self._choose = choose
        for number, first in self._next.items():
            records = self._inputs(number)[first : first + limit]
            if records:
                inputs = [Input(number, record.offset, record.key, record.value, record.event) for record in records]
                self._next[number] = first + len(records)
                yield from _effects_of(self.take(inputs, [(number, self._next[number])]))

    def timers(self, now: datetime) -> None:
        """Write the events of timers that are due, unless something still waits."""
        for _ in _effects_of(self.fire(now)):
            pass

    async def publish(self, outputs: Sequence[Output], entries: Sequence[Entry]) -> None:
        """Write outputs and changelog, one effect at a time."""
        queues: list[list[Output | Entry]] = [[*outputs], [*entries]]
        while queues := [queue for queue in queues if queue]:
            item = queues[self._choose(len(queues))].pop(0)
            if isinstance(item, Entry):
                self._durable.changelog.append(item)
                await _after(f"state {item.key!r}")
            else:
                self._log.write(NewRecord(item.topic, item.key, item.value, event=item.event), item.partition)
                await _after(f"output {item.topic}")

    async def acknowledge(self, handles: Sequence[tuple[int, int]]) -> None:
        """Acknowledge partitions up to an offset."""
        if not self.fenced:
            self._durable.acknowledged.update(handles)
            self.changelog.committed.update(handles)
        await _after("acknowledged")

    async def ends(self) -> Mapping[int, int]:
        """Return where the partitions end."""
        return {number: len(self._inputs(number)) for number in self._next}

    async def append(self, records: Sequence[NewRecord]) -> None:
        """Write events of timers."""
        for record in records:
            self._log.write(record)


class MemoryHost:
    """All processors over one log, run until nothing waits."""

    def __init__(
        self, log: MemoryLog, processors: Sequence[Processor[Any]], env: Environment, partitions: int = 1
    ) -> None:
        self._log = log
        self._env = env
        self._partitions = range(partitions)
        self._durables = {processor.name: Durable() for processor in processors}
        self._processors = list(processors)
        self.workers: dict[str, MemoryWorker] = {}
        self.restart()

    def restart(self) -> None:
        """Forget everything that is not durable, and start again."""
        self.workers = {
            processor.name: MemoryWorker(
                self._log, processor, self._env, self._durables[processor.name], self._partitions
            )
            for processor in self._processors
        }

    def run(self) -> None:
        """Process until nothing waits."""
        while any(worker.waiting() for worker in self.workers.values()):
            for worker in self.workers.values():
                for _ in worker.flush():
                    pass

    def tick(self, now: datetime) -> None:
        """Let timers fire as of `now`, and process what they wrote."""
        self.run()
        for worker in self.workers.values():
            worker.timers(now)
        self.run()
