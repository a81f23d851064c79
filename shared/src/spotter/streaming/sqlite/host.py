"""All processors in one process over a `SqliteLog`: outputs, state and cursor in one transaction, exactly once."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from spotter.domain.events import encode
from spotter.domain.gym_config import ConfigPending
from spotter.http.metrics import BATCH_EVENTS, EVENTS_STEPPED, STEP_SECONDS
from spotter.streaming.log import LogUnavailable, NewRecord, Record
from spotter.streaming.processor import Environment, Processor, State
from spotter.streaming.sqlite.log import SqliteLog
from spotter.streaming.sqlite.storage import StateRow, Write
from spotter.streaming.state_versions import Batch, Input, Stepper

log = logging.getLogger(__name__)

BATCH_MAX = 128
"""Events taken at once: small enough that other work of the process waits a few milliseconds only."""
GROUP_MAX = 512
"""Events whose outputs and state are committed together where many wait: a lifter's state is written once for them."""
AHEAD_MAX = 65_536
"""How far a stage with a backlog may run ahead of the next one, in records."""
LIFTERS_IN_MEMORY = 5_000
CONFIG_WAIT_S = 5.0
TIMER_S = 0.25
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


@dataclass(slots=True)
class _Stage:
    """A processor with what it holds in memory."""

    stepper: Stepper
    cursor: int
    """Next offset of its input that is not committed."""
    timers: dict[str, int]
    lifters: OrderedDict[str, None] = field(default_factory=OrderedDict)

    @property
    def processor(self) -> Processor[Any]:
        return self.stepper.processor


@dataclass(slots=True)
class _Group:
    """What is committed together."""

    records: list[NewRecord] = field(default_factory=list)
    changed: dict[tuple[int, str, str], None] = field(default_factory=dict)
    """By stage, lifter and entry, in the order of first change."""
    cursors: dict[str, tuple[int, int]] = field(default_factory=dict)


def _inputs(records: Sequence[Record]) -> list[Input]:
    return [Input(0, record.offset, record.key, record.value, record.event) for record in records]


class SqliteHost:
    """Runs a chain of processors, each reading what the one before it writes."""

    def __init__(
        self,
        source: SqliteLog,
        processors: Sequence[Processor[Any]],
        env: Environment,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._log = source
        self._clock = clock
        self._env = env
        self._processors = list(processors)
        self._stages: list[_Stage] = []
        self._inputs = [processor.input_topic for processor in processors]
        self._tasks: list[asyncio.Task[None]] = []
        self._at_work = False
        """Something was taken that is not on its way to the disk yet."""
        self._commits: deque[asyncio.Task[list[Record | None]]] = deque()
        self._ends: dict[str, int] = {}
        """By input topic, the offset after the last record that was written or is on its way."""

    async def __aenter__(self) -> Self:
        await self._begin()
        self._log.unfinished = self._oldest_unfinished_ms
        self._tasks = [
            asyncio.create_task(self._process_for_ever(), name="sqlite-host"),
            asyncio.create_task(self._fire_for_ever(), name="sqlite-timers"),
        ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._commits, return_exceptions=True)

    async def _begin(self) -> None:
        """Take up what is committed."""
        self._commits.clear()
        self._at_work = False
        self._stages = []
        for processor in self._processors:
            cursor = await self._log.reading(self._log.file.cursor, processor.name)
            timers = await self._log.reading(self._log.file.timers, processor.name)
            self._stages.append(_Stage(Stepper(processor, self._env), cursor, timers))
            self._ends[processor.input_topic] = self._log.end(processor.input_topic)

    def check(self) -> None:
        """Raise what stopped the processing, if anything did."""
        for task in self._tasks:
            if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                raise error

    async def stopped(self) -> None:
        """Wait until the processing ends, and raise what ended it."""
        await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        self.check()

    async def settle(self) -> None:
        """Wait until nothing waits to be processed."""
        while self._waiting() or self._at_work or self._commits:
            self.check()
            await self._log.wait(self._inputs, 0.02)

    async def state(self, processor: str, key: str) -> State:
        """Give a lifter's newest state."""
        stage = next(stage for stage in self._stages if stage.processor.name == processor)
        await self._load(stage, [key])
        return stage.stepper.state(key)

    def _waiting(self) -> bool:
        return any(stage.cursor < self._log.end(stage.processor.input_topic) for stage in self._stages)

    def _oldest_unfinished_ms(self) -> int | None:
        oldest: int | None = None
        for stage in self._stages:
            recent = self._log.recent(stage.processor.input_topic, stage.cursor)
            if recent is not None:
                oldest = recent.timestamp_ms if oldest is None else min(oldest, recent.timestamp_ms)
        return oldest

    async def _process_for_ever(self) -> None:
        while True:
            try:
                await self._take_turns()
            except LogUnavailable as error:
                log.error("can't write what was processed, trying again: %s", error)
                await asyncio.gather(*self._commits, return_exceptions=True)
                await self._begin()
                await asyncio.sleep(0.5)

    async def _take_turns(self) -> None:
        """Give each stage its turn; one with a backlog goes on alone, until it is far ahead of those behind."""
        busy = False
        for place, stage in enumerate(self._stages):
            records = await self._log.read(stage.processor.input_topic, stage.cursor, BATCH_MAX)
            if not records:
                continue
            busy = self._at_work = True
            backlog = len(records) == BATCH_MAX
            await (self._process_alone if backlog else self._process_through)(place, records)
            if backlog and self._ahead(place) < AHEAD_MAX:
                break
        if busy:
            await asyncio.sleep(0)  # lets doors answer between two batches
            return
        await self._committed(0)
        for stage in self._stages:
            self._forget(stage)
        if not self._waiting():
            await self._log.wait(self._inputs, 1.0)

    def _ahead(self, place: int) -> int:
        """Count what a stage has written that the next one has not taken."""
        if place + 1 == len(self._stages):
            return 0
        following = self._stages[place + 1]
        return self._ends[following.processor.input_topic] - following.cursor

    async def _process_through(self, place: int, records: Sequence[Record]) -> None:
        """Take records through a stage, and what it writes through the stages behind, in one commit."""
        group = _Group()
        inputs = _inputs(records)
        for number in range(place, len(self._stages)):
            if self._stages[number].cursor != inputs[0].offset:
                break  # it is behind: its own turn comes
            inputs = await self._step(number, inputs, group)
            if not inputs:
                break
        await self._commit(group)

    async def _process_alone(self, place: int, records: Sequence[Record]) -> None:
        """Take a part of a backlog through one stage, in one commit."""
        stage, group, taken = self._stages[place], _Group(), 0
        while records:
            await self._step(place, _inputs(records), group)
            taken += len(records)
            await asyncio.sleep(0)
            if taken >= GROUP_MAX:
                break
            records = await self._log.read(stage.processor.input_topic, stage.cursor, BATCH_MAX)
        await self._commit(group)

    async def _step(self, number: int, inputs: Sequence[Input], group: _Group) -> list[Input]:
        """Run a stage over inputs; gives what it writes as inputs of the next."""
        stage = self._stages[number]
        name = stage.processor.name
        await self._load(stage, {item.key for item in inputs})
        batch = await self._run(stage, inputs)
        group.records += [NewRecord(out.topic, out.key, out.value, event=out.event) for out in batch.outputs]
        group.changed.update({(number, key, entry): None for key, entry in batch.changed})
        after = inputs[-1].offset + 1
        group.cursors[name] = (group.cursors.get(name, (stage.cursor, 0))[0], after)
        stage.cursor = after
        if number + 1 == len(self._stages):
            return []
        topic = self._stages[number + 1].processor.input_topic
        outputs = [out for out in batch.outputs if out.topic == topic]
        first = self._ends[topic]
        self._ends[topic] = first + len(outputs)
        return [Input(0, first + place, out.key, out.value, out.event) for place, out in enumerate(outputs)]

    async def _commit(self, group: _Group) -> None:
        """Send a group off to be committed while the next is processed; only one is ever on its way."""
        write = self._written(group)
        self._commits.append(asyncio.create_task(self._log.write(write), name="sqlite-host-commit"))
        self._at_work = False
        await self._committed(1)

    async def _committed(self, waiting: int) -> None:
        """Wait until at most so many commits are on their way; raises LogUnavailable where one was refused."""
        while len(self._commits) > waiting:
            await self._commits[0]
            del self._commits[0]

    async def _run(self, stage: _Stage, inputs: Sequence[Input]) -> Batch:
        deadline = asyncio.get_running_loop().time() + CONFIG_WAIT_S
        while True:
            try:
                with STEP_SECONDS.labels(stage.processor.name).time():
                    batch = stage.stepper.run(inputs)
            except ConfigPending:
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.01)
                continue
            EVENTS_STEPPED.labels(stage.processor.name).inc(len(inputs))
            BATCH_EVENTS.labels(stage.processor.name).observe(len(inputs))
            return batch

    def _written(self, group: _Group) -> Write:
        """Give what is to be committed; of an entry that changed several times only what it is now."""
        states: list[StateRow] = []
        due: dict[tuple[int, str], None] = {}
        for number, key, name in group.changed:
            stepper = self._stages[number].stepper
            stepper.table.prune(key, name, 1 << 62)
            value = stepper.table.versions(key, name)[-1][1]
            raw = None if value is None else stepper.dump_value(name, value)
            states.append(StateRow(stepper.processor.name, key, name, raw))
            due[number, key] = None
        timers: dict[tuple[str, str], int | None] = {}
        for number, key in due:
            self._set_timer(self._stages[number], key, timers)
        return Write(group.records, states, group.cursors, timers)

    def _set_timer(self, stage: _Stage, key: str, timers: dict[tuple[str, str], int | None]) -> None:
        due = stage.processor.next_due(stage.stepper.state(key))
        due_us = None if due is None else _micros(due)
        if due_us == stage.timers.get(key):
            return
        timers[stage.processor.name, key] = due_us
        if due_us is None:
            stage.timers.pop(key, None)
        else:
            stage.timers[key] = due_us

    async def _load(self, stage: _Stage, keys: Iterable[str]) -> None:
        unknown = []
        for key in keys:
            if key in stage.lifters:
                stage.lifters.move_to_end(key)
            else:
                unknown.append(key)
        if not unknown:
            return
        found = await self._log.reading(self._log.file.states, stage.processor.name, unknown)
        for key, rows in found.items():
            if key in stage.lifters:
                continue  # somebody else has loaded it meanwhile, and may have gone on
            for name, raw in rows:
                stage.stepper.table.replace(key, name, [(-1, stage.stepper.load_value(name, raw))])
            stage.lifters[key] = None

    def _forget(self, stage: _Stage) -> None:
        while len(stage.lifters) > LIFTERS_IN_MEMORY:
            key, _ = stage.lifters.popitem(last=False)
            stage.stepper.table.drop(key)

    async def _fire_for_ever(self) -> None:
        while True:
            await asyncio.sleep(TIMER_S)
            if not self._waiting():
                await self.fire(self._clock())

    async def fire(self, now: datetime) -> None:
        """Write the events of the timers that are due."""
        now_us = _micros(now)
        for stage in self._stages:
            processor, new = stage.processor, []
            for key in [key for key, due_us in stage.timers.items() if due_us <= now_us]:
                await self._load(stage, [key])
                for event in processor.due(stage.stepper.state(key), key, now):
                    stamped = replace(event, receivedtime=now)
                    new.append(NewRecord(processor.input_topic, key, encode(stamped), event=stamped))
            if new:
                try:
                    await self._log.append(new)
                except LogUnavailable as error:
                    log.warning("timers wait: %s", error)
