"""All processors in one process over a `SqliteLog`: outputs, state and cursors in one transaction, exactly once."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Self

from spotter.domain.time import micros, moment_of, utc_now
from spotter.streaming.log import LogUnavailable, NewRecord, Record
from spotter.streaming.processor import Environment, OtherVersion, Processor
from spotter.streaming.runtime import CommitGroup, ProcessorStage, Runtime
from spotter.streaming.sqlite.log import ANSWER_TURNS, SqliteLog
from spotter.streaming.sqlite.storage import StateRow, Write
from spotter.streaming.state_versions import Input, Output

log = logging.getLogger(__name__)

BATCH_MAX = 128
"""Events taken at once: small enough that other work of the process waits a few milliseconds only."""
GROUP_MAX = 512
"""Events whose outputs and state are committed together where many wait: a lifter's state is written once for them."""
AHEAD_MAX = 65_536
"""How far a processor with a backlog may run ahead of the next one, in records."""
LIFTERS_IN_MEMORY = 5_000
TIMER_S = 0.25


class SqliteHost(Runtime):
    """Runs a chain of processors, each reading what the one before it writes."""

    def __init__(
        self,
        source: SqliteLog,
        processors: Sequence[Processor[Any]],
        env: Environment,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(processors, env)
        self._log = source
        self._clock = clock
        self._env = env
        self._inputs = [stage.input_topic for stage in self.chain]
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self._begin()
        self._log.unfinished = self._oldest_unfinished_ms
        self._tasks = [
            asyncio.create_task(self._process_for_ever(), name="sqlite-host"),
            asyncio.create_task(self._fire_for_ever(), name="sqlite-timers"),
        ]
        return self

    async def __aexit__(self, *error: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._commits, return_exceptions=True)

    async def _begin(self) -> None:
        """Start from what is committed."""
        chain = [ProcessorStage(stage.processor, self._env) for stage in self.chain]
        cursors = {stage.input_topic: await self._log.reading(self._log.file.cursor, stage.name) for stage in chain}
        for stage in chain:
            await self._claim(stage, cursors[stage.input_topic])
        for stage in chain:
            for key, due_us in (await self._log.reading(self._log.file.timers, stage.name)).items():
                stage.timers.set(key, moment_of(due_us))
        self.chain = chain
        self._lifters: dict[str, OrderedDict[str, None]] = {stage.name: OrderedDict() for stage in chain}
        self._cursors: dict[str, int] = cursors
        """By input topic, the next offset that is not processed."""
        self._stored: dict[str, int] = dict(cursors)
        """The same as of the last commit, also one that is on its way."""
        self._ends: dict[str, int] = {topic: self._log.ends[topic] for topic in self._inputs}
        """By input topic, the offset after the last record that was written or is on its way."""
        self._commits: deque[asyncio.Task[list[Record | None]]] = deque()
        self._at_work = False
        """Something was taken that is not on its way to the disk yet."""

    async def _claim(self, stage: ProcessorStage, cursor: int) -> None:
        """Put a processor's version on record where it has no state yet; raises OtherVersion where another's state is."""
        own = stage.processor.version
        if own is None:
            return
        stored = await self._log.reading(self._log.file.version, stage.name)
        if stored == own:
            return
        if cursor:
            raise OtherVersion(stage.name, stored, own)
        await self._log.write(Write(versions={stage.name: own}))

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

    async def fire(self, now: datetime) -> int:
        """Write the events of timers that are due; where the log does not answer, the next time."""
        try:
            return await super().fire(now)
        except LogUnavailable as error:
            log.warning("timers wait: %s", error)
            return 0

    def _waiting(self) -> bool:
        ends = self._log.ends
        return any(cursor < ends[topic] for topic, cursor in self._cursors.items())

    def _oldest_unfinished_ms(self) -> int | None:
        recent = [self._log.recent(topic, cursor) for topic, cursor in self._cursors.items()]
        return min((record.timestamp_ms for record in recent if record is not None), default=None)

    async def _fire_for_ever(self) -> None:
        while True:
            await asyncio.sleep(TIMER_S)
            await self.fire(self._clock())

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
        """Run each processor in turn; one with a backlog goes on alone, until it is far ahead of the next."""
        busy = False
        for number, stage in enumerate(self.chain):
            if self._cursors[stage.input_topic] >= self._log.ends[stage.input_topic]:
                continue
            inputs = await self._read(stage)
            busy = self._at_work = True
            if len(inputs) < BATCH_MAX:
                await self.process(number, inputs)
            else:
                await self._work_off(number, inputs)
                if self._ahead(number) < AHEAD_MAX:
                    break
        if busy:
            for _ in range(ANSWER_TURNS):  # between two batches senders get their answers
                await asyncio.sleep(0)
            return
        await self._committed(0)
        self._forget()
        if not self._waiting():
            await self._log.wait(self._inputs, 1.0)

    async def _read(self, stage: ProcessorStage) -> list[Input]:
        records = await self._log.read(stage.input_topic, self._cursors[stage.input_topic], BATCH_MAX)
        return [Input(0, record.offset, record.key, record.value, record.event) for record in records]

    async def _work_off(self, number: int, inputs: Sequence[Input]) -> None:
        """Take a part of a backlog through one processor, in one commit."""
        group, taken = CommitGroup(), 0
        while inputs:
            await self.step(number, inputs, group)
            taken += len(inputs)
            await asyncio.sleep(0)
            if taken >= GROUP_MAX:
                break
            inputs = await self._read(self.chain[number])
        await self.finish(group)

    def _ahead(self, number: int) -> int:
        """Count what a processor has written that the next one has not taken."""
        following = self._following(number)
        return 0 if following is None else self._ends[following.input_topic] - self._cursors[following.input_topic]

    def _following(self, number: int) -> ProcessorStage | None:
        return self.chain[number + 1] if number + 1 < len(self.chain) else None

    async def _committed(self, waiting: int) -> None:
        """Wait until at most so many commits are on their way; raises LogUnavailable where one was refused."""
        while len(self._commits) > waiting:
            await self._commits[0]
            del self._commits[0]

    def _forget(self) -> None:
        """Let go of the lifters that were heard of longest ago."""
        for stage in self.chain:
            lifters = self._lifters[stage.name]
            while len(lifters) > LIFTERS_IN_MEMORY:
                key, _ = lifters.popitem(last=False)
                stage.stepper.table.drop(key)

    # The backend of the runtime

    async def load(self, stage: ProcessorStage, keys: Collection[str]) -> None:
        """Read the state of lifters that are not in memory."""
        lifters, unknown = self._lifters[stage.name], []
        for key in keys:
            if key in lifters:
                lifters.move_to_end(key)
            else:
                unknown.append(key)
        if not unknown:
            return
        states = await self._log.reading(self._log.file.states, stage.name, unknown)
        for key, rows in states.items():
            if key in lifters:
                continue  # it has been loaded meanwhile, and may have gone on
            for name, raw in rows:
                stage.stepper.table.replace(key, name, [(-1, stage.stepper.load_value(name, raw))])
            lifters[key] = None

    def passed_on(self, number: int, inputs: Sequence[Input], outputs: Sequence[Output]) -> Sequence[Input]:
        """Move the cursor; return outputs as the next processor's inputs, unless it is behind: its own turn comes."""
        self._cursors[self.chain[number].input_topic] = inputs[-1].offset + 1
        following = self._following(number)
        if following is None:
            return ()
        topic = following.input_topic
        first = self._ends[topic]
        written = [out for out in outputs if out.topic == topic]
        self._ends[topic] = first + len(written)
        if self._cursors[topic] != first:
            return ()
        return [Input(0, first + index, out.key, out.value, out.event) for index, out in enumerate(written)]

    async def commit(self, group: CommitGroup) -> None:
        """Send a group off to be committed while the next is processed; only one is ever on its way."""
        records = [NewRecord(out.topic, out.key, out.value, event=out.event) for out in group.outputs]
        states: list[StateRow] = []
        write = Write(records, states)
        for stage, changed in group.changed.items():
            name, topic = stage.name, stage.input_topic
            states += [self._row(stage, key, entry) for key, entry in changed]
            write.cursors[name] = self._stored[topic], self._cursors[topic]
            self._stored[topic] = self._cursors[topic]
            for key, due in group.timers[stage].items():
                write.timers[name, key] = None if due is None else micros(due)
        self._commits.append(asyncio.create_task(self._log.write(write), name="sqlite-host-commit"))
        self._at_work = False
        await self._committed(1)

    def _row(self, stage: ProcessorStage, key: str, entry: str) -> StateRow:
        """Return an entry of state as it is now, without earlier versions: no input comes again."""
        stepper = stage.stepper
        stepper.table.prune(key, entry, 1 << 62)
        value = stepper.table.versions(key, entry)[-1][1]
        return StateRow(stage.name, key, entry, None if value is None else stepper.dump_value(entry, value))

    async def caught_up(self, keys: Collection[str]) -> Collection[str]:
        """Return all of them, or none while any input waits."""
        return () if self._waiting() else keys

    async def append(self, records: Sequence[NewRecord]) -> None:
        """Write events of timers."""
        await self._log.append(records)
