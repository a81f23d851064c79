"""All processors in one process over a `SqliteLog`: outputs, state and cursor in one transaction, exactly once."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from spotter.bus.port import LogUnavailable, NewRecord, Record
from spotter.bus.sqlite import SqliteLog
from spotter.bus.sqlite_file import StateRow, Write
from spotter.bus.stepping import Batch, Input, Stepper
from spotter.config import ConfigPending
from spotter.events import encode
from spotter.processing import Environment, Processor, State
from spotter.telemetry import BATCH_EVENTS, EVENTS_STEPPED, STEP_SECONDS

log = logging.getLogger(__name__)

BATCH_MAX = 128
"""Events taken at once: small enough that other work of the process waits a few milliseconds only."""
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
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        for processor in self._processors:
            cursor = await self._log.reading(self._log.file.cursor, processor.name)
            timers = await self._log.reading(self._log.file.timers, processor.name)
            self._stages.append(_Stage(Stepper(processor, self._env), cursor, timers))
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
        await asyncio.gather(*self._tasks, return_exceptions=True)

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
        while self._waiting():
            self.check()
            await self._log.wait(0.05)

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
            busy = False
            for place, stage in enumerate(self._stages):
                records = await self._log.read(stage.processor.input_topic, stage.cursor, BATCH_MAX)
                if records:
                    busy = True
                    await self._process(place, records)
            if busy:
                await asyncio.sleep(0)  # lets doors answer between two batches
            elif not self._waiting():
                await self._log.wait(1.0)

    async def _process(self, place: int, records: Sequence[Record]) -> None:
        """Take records through a stage, and what it writes through the stages behind, and commit all of it."""
        write = Write(records=[], states=[], cursors={}, timers={})
        inputs = [Input(0, record.offset, record.key, record.value, record.event) for record in records]
        cursors: dict[int, int] = {}
        try:
            for number in range(place, len(self._stages)):
                stage = self._stages[number]
                if number > place and cursors and stage.cursor < self._log.end(stage.processor.input_topic):
                    break  # it is behind: its own turn comes first
                await self._load(stage, {item.key for item in inputs})
                batch = await self._run(stage, inputs)
                self._collect(stage, batch, write)
                cursors[number] = inputs[-1].offset + 1
                write.cursors[stage.processor.name] = cursors[number]
                following = self._stages[number + 1] if number + 1 < len(self._stages) else None
                inputs = self._hand_over(batch, following)
                if not inputs:
                    break
            await self._log.write(write)
        except LogUnavailable as error:
            log.error("can't write what was processed, trying again: %s", error)
            for stage in self._stages:
                stage.stepper = Stepper(stage.processor, self._env)
                stage.lifters.clear()
                stage.cursor = await self._log.reading(self._log.file.cursor, stage.processor.name)
            await asyncio.sleep(0.5)
            return
        for number, cursor in cursors.items():
            self._stages[number].cursor = cursor
        for stage in self._stages:
            self._forget(stage)

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

    def _collect(self, stage: _Stage, batch: Batch, write: Write) -> None:
        table, processor = stage.stepper.table, stage.processor
        assert isinstance(write.records, list) and isinstance(write.states, list)
        write.records += [NewRecord(out.topic, out.key, out.value, event=out.event) for out in batch.outputs]
        for key, name in batch.changed:
            table.prune(key, name, 1 << 62)
            value = table.versions(key, name)[-1][1]
            raw = None if value is None else stage.stepper.dump_value(name, value)
            write.states.append(StateRow(processor.name, key, name, raw))
        for key in {key for key, _ in batch.changed}:
            due = processor.next_due(stage.stepper.state(key))
            due_us = None if due is None else _micros(due)
            if due_us != stage.timers.get(key):
                write.timers[processor.name, key] = due_us
                if due_us is None:
                    stage.timers.pop(key, None)
                else:
                    stage.timers[key] = due_us

    def _hand_over(self, batch: Batch, following: _Stage | None) -> list[Input]:
        if following is None:
            return []
        topic = following.processor.input_topic
        first = self._log.end(topic)
        outputs = [out for out in batch.outputs if out.topic == topic]
        return [Input(0, first + place, out.key, out.value, out.event) for place, out in enumerate(outputs)]

    async def _load(self, stage: _Stage, keys: Iterable[str]) -> None:
        for key in keys:
            if key not in stage.lifters:
                rows = await self._log.reading(self._log.file.state, stage.processor.name, key)
                for name, raw in rows:
                    stage.stepper.table.replace(key, name, [(-1, stage.stepper.load_value(name, raw))])
            stage.lifters[key] = None
            stage.lifters.move_to_end(key)

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
