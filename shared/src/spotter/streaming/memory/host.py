"""Workers in memory, effect by effect: the model of what a host does, and where it may crash."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from spotter.domain.events import encode
from spotter.streaming.log import NewRecord
from spotter.streaming.memory.log import MemoryLog
from spotter.streaming.processor import Environment, Processor, State
from spotter.streaming.state_versions import Input, Stepper


@dataclass(slots=True)
class Durable:
    """What survives a worker: its changelog, oldest value first, and what it acknowledged."""

    changelog: list[tuple[str, str, bytes]] = field(default_factory=list)
    acknowledged: dict[int, int] = field(default_factory=dict)
    """By partition, the next offset to read."""


class MemoryWorker:
    """One life of a worker over some partitions. Dropping it is a crash: only `Durable` and the log remain."""

    def __init__(
        self,
        log: MemoryLog,
        processor: Processor[Any],
        env: Environment,
        durable: Durable,
        partitions: Sequence[int],
    ) -> None:
        self.processor = processor
        self.partitions = tuple(partitions)
        self.fenced = False
        """Another worker has taken over: what it still acknowledges does not count."""
        self._log = log
        self._durable = durable
        self._stepper = Stepper(processor, env)
        for key, name, raw in durable.changelog:
            if log.partition_of(key) in self.partitions:
                self._stepper.restore(key, name, raw)
        self._next = {number: durable.acknowledged.get(number, 0) for number in self.partitions}

    def waiting(self) -> int:
        """Count the inputs that were not taken yet."""
        return sum(
            len(self._log.partition(self.processor.input_topic, number)) - first for number, first in self._next.items()
        )

    def state(self, key: str) -> State:
        """Give a lifter's newest state."""
        return self._stepper.state(key)

    def keys(self) -> list[str]:
        """Name the lifters that it knows."""
        return self._stepper.table.keys()

    def flush(self, limit: int = 512, choose: Callable[[int], int] = lambda count: 0) -> Iterator[str]:
        """Take what waits and do its effects one by one, yielding after each; stopping in between is a crash.

        Outputs and changelog go out side by side: `choose` picks which of the queues goes on. The acknowledgement
        comes last.
        """
        for number in self.partitions:
            first = self._next[number]
            records = self._log.partition(self.processor.input_topic, number)[first : first + limit]
            if not records:
                continue
            batch = self._stepper.run(
                [Input(number, record.offset, record.key, record.value, record.event) for record in records]
            )
            self._next[number] = first + len(records)
            outputs = [
                (NewRecord(out.topic, out.key, out.value, event=out.event), out.partition) for out in batch.outputs
            ]
            acknowledged = self._durable.acknowledged.get(number, 0)
            for key, name in batch.changed:
                self._stepper.table.prune(key, name, acknowledged)
            changes = [(key, name, self._stepper.dump(key, name)) for key, name in batch.changed]
            queues: list[list[Any]] = [queue for queue in (outputs, changes) if queue]
            while queues:
                queue = queues[choose(len(queues))]
                item = queue.pop(0)
                if isinstance(item[0], NewRecord):
                    self._log.write(*item)
                    yield f"output {item[0].topic}"
                else:
                    self._durable.changelog.append(item)
                    yield f"state {item[0]} {item[1]}"
                queues = [queue for queue in queues if queue]
            if not self.fenced:
                self._durable.acknowledged[number] = first + len(records)
            yield "acknowledged"

    def timers(self, now: datetime) -> int:
        """Write the events of timers that are due, unless something still waits; gives how many."""
        if self.waiting():
            return 0
        written = 0
        for key in self.keys():
            state = self.state(key)
            due = self.processor.next_due(state)
            if due is None or due > now:
                continue
            for event in self.processor.due(state, key, now):
                stamped = replace(event, receivedtime=now)
                self._log.write(NewRecord(self.processor.input_topic, key, encode(stamped)))
                written += 1
        return written


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

    def state(self, processor: str, key: str) -> State:
        """Give a lifter's newest state."""
        return self.workers[processor].state(key)
