"""The loop of every host: step inputs, commit the results, write the events of timers that are due."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from spotter.domain.events import encode
from spotter.domain.fast_dataclass import replace
from spotter.domain.gym_config import ConfigPending
from spotter.http.metrics import BATCH_EVENTS, EVENTS_REJECTED, EVENTS_STEPPED, STEP_SECONDS
from spotter.streaming.log import LogUnavailable, NewRecord
from spotter.streaming.processor import Environment, Processor, State
from spotter.streaming.state_versions import Batch, Input, Output, Stepper

CONFIG_S = 5.0
"""How long a configuration that an event names may take to be read."""
CONFIG_POLL_S = 0.01
FIRED_AGAIN = timedelta(seconds=30)
"""A timer whose event changed nothing is asked again after this."""


class Timers:
    """The next moment of each lifter that has one: those with an open set."""

    def __init__(self) -> None:
        self._due: dict[str, datetime] = {}

    def __len__(self) -> int:
        return len(self._due)

    def set(self, key: str, due: datetime | None) -> bool:
        """Set when a lifter's next timer is due (None: there is none); returns whether that is a change."""
        if self._due.get(key) == due:
            return False
        if due is None:
            del self._due[key]
        else:
            self._due[key] = due
        return True

    def due(self, now: datetime) -> list[str]:
        """Return the lifters whose timers are due."""
        return [key for key, due in self._due.items() if due <= now]

    def clear(self) -> None:
        """Forget all."""
        self._due.clear()


class ProcessorStage:
    """A processor of a host, with its versions of state and its timers."""

    def __init__(self, processor: Processor[Any], env: Environment) -> None:
        self.processor = processor
        self.name = processor.name
        self.input_topic = processor.input_topic
        self.stepper = Stepper(processor, env)
        self.timers = Timers()
        self._step_seconds = STEP_SECONDS.labels(self.name)
        self._batch_events = BATCH_EVENTS.labels(self.name)
        self._events_stepped = EVENTS_STEPPED.labels(self.name)

    def state(self, key: str) -> State:
        """Return a lifter's newest state."""
        return self.stepper.state(key)

    def schedule(self, keys: Iterable[str]) -> dict[str, datetime | None]:
        """Set the timers of lifters by their state; returns those that changed (None: no timer runs)."""
        due = {key: self.processor.next_due(self.state(key)) for key in keys}
        return {key: moment for key, moment in due.items() if self.timers.set(key, moment)}

    async def step(self, inputs: Sequence[Input]) -> Batch:
        """Step inputs; raises ConfigPending where configuration that they name is not read in time."""
        deadline_s = time.monotonic() + CONFIG_S
        while True:
            try:
                return self._measured(inputs)
            except ConfigPending:
                if time.monotonic() > deadline_s:
                    raise
                await asyncio.sleep(CONFIG_POLL_S)

    def _measured(self, inputs: Sequence[Input]) -> Batch:
        with self._step_seconds.time():
            batch = self.stepper.run(inputs)
        self._batch_events.observe(len(inputs))
        self._events_stepped.inc(len(inputs))
        for reason, events in batch.rejected.items():
            EVENTS_REJECTED.labels(self.name, reason).inc(events)
        return batch


@dataclass(slots=True)
class CommitGroup:
    """What is committed together; by stage its inputs, the entries of state and the timers that changed."""

    outputs: list[Output] = field(default_factory=list)
    inputs: dict[ProcessorStage, list[Input]] = field(default_factory=dict)
    changed: dict[ProcessorStage, dict[tuple[str, str], None]] = field(default_factory=dict)
    timers: dict[ProcessorStage, dict[str, datetime | None]] = field(default_factory=dict)


class Runtime(ABC):
    """Runs a chain of processors, each reading what the one before it writes; subclasses keep log and state."""

    def __init__(self, processors: Sequence[Processor[Any]], env: Environment) -> None:
        self.chain = [ProcessorStage(processor, env) for processor in processors]

    async def load(self, stage: ProcessorStage, keys: Collection[str]) -> None:  # noqa: B027  # state may always be there
        """Have the state of lifters in memory; by default it always is."""

    def passed_on(self, number: int, inputs: Sequence[Input], outputs: Sequence[Output]) -> Sequence[Input]:
        """Record what a stage has stepped; returns the outputs that the next one may take at once: none."""
        return ()

    @abstractmethod
    async def commit(self, group: CommitGroup) -> None:
        """Write outputs and state."""

    @abstractmethod
    async def caught_up(self, keys: Collection[str]) -> Collection[str]:
        """Return those lifters all of whose inputs have been processed; raises LogUnavailable."""

    @abstractmethod
    async def append(self, records: Sequence[NewRecord]) -> None:
        """Write inputs; raises LogUnavailable."""

    async def process(self, number: int, inputs: Sequence[Input]) -> None:
        """Take inputs through a stage, and what it passes on through those behind it, in one commit."""
        group = CommitGroup()
        while inputs:
            inputs = await self.step(number, inputs, group)
            number += 1
        await self.finish(group)

    async def step(self, number: int, inputs: Sequence[Input], group: CommitGroup) -> Sequence[Input]:
        """Take inputs through one stage, into a group; returns what it passes on."""
        stage = self.chain[number]
        await self.load(stage, {item.key for item in inputs})
        batch = await stage.step(inputs)
        group.outputs += batch.outputs
        group.inputs.setdefault(stage, []).extend(inputs)
        group.changed.setdefault(stage, {}).update(batch.changed)
        return self.passed_on(number, inputs, batch.outputs)

    async def finish(self, group: CommitGroup) -> None:
        """Set the timers of lifters whose state changed, and commit."""
        for stage, changed in group.changed.items():
            group.timers[stage] = stage.schedule({key for key, _ in changed})
        await self.commit(group)

    async def fire(self, now: datetime) -> int:
        """Write the events of timers that are due, where no input waits; returns how many."""
        records: list[NewRecord] = []
        fired: list[tuple[ProcessorStage, str]] = []
        for stage in self.chain:
            due = stage.timers.due(now)
            for key in await self.caught_up(due) if due else ():
                await self.load(stage, [key])
                for event in stage.processor.due(stage.state(key), key, now):
                    stamped = replace(event, receivedtime=now)
                    records.append(NewRecord(stage.input_topic, key, encode(stamped), event=stamped))
                stage.timers.set(key, now + FIRED_AGAIN)
                fired.append((stage, key))
        try:
            if records:
                await self.append(records)
        except LogUnavailable:
            for stage, key in fired:
                stage.schedule([key])
            raise
        return len(records)
