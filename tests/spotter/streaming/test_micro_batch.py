from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from spotter.domain.gym_config import ConfigPending, GymConfig
from spotter.streaming import runtime
from spotter.streaming.at_least_once import AtLeastOnce
from spotter.streaming.changelog import Entry
from spotter.streaming.log import NewRecord
from spotter.streaming.micro_batch import SAME_KEY_MAX, WAITING_MAX, MicroBatches
from spotter.streaming.processor import Environment, State
from spotter.streaming.state_versions import Input, Output
from tests.kafka.toy import Toy, ToyDraft
from tests.kafka.workers import rep

H = TypeVar("H")


class NoConfiguration:
    """An environment that nobody asks."""

    def gym(self, gym_id: str, version: int | None) -> GymConfig:
        """Refuse."""
        raise AssertionError("the toy asks for none")


class Recorded(AtLeastOnce[int]):
    """A worker of the toy whose brokers note what they are told; `gate` holds up what is published."""

    def __init__(self, processor: Toy | None = None) -> None:
        super().__init__(processor or Toy(), NoConfiguration())
        self.effects: list[tuple[str, object]] = []
        self.gate = asyncio.Event()
        self.batches: MicroBatches[int] = MicroBatches(self.take)

    async def publish(self, outputs: Sequence[Output], entries: Sequence[Entry]) -> None:
        """Note how many outputs there are, and wait at the gate."""
        self.effects.append(("publish", len(outputs)))
        await self.gate.wait()

    async def acknowledge(self, handles: Sequence[int]) -> None:
        """Note which inputs are done."""
        self.effects.append(("acknowledge", list(handles)))

    async def commit_acknowledged(self) -> None:
        """Note it."""
        self.effects.append(("commit", None))

    async def ends(self) -> Mapping[int, int]:
        """Return none: no timer fires here."""
        return {}

    async def append(self, records: Sequence[NewRecord]) -> None:
        """Refuse."""
        raise AssertionError("no timer fires here")


def item(offset: int, athlete: str = "ada", partition: int = 0) -> Input:
    """Make a rep of a lifter as an input."""
    record = rep(athlete, offset % 10_000 + 20)
    return Input(partition, offset, record.key, record.value)


@asynccontextmanager
async def running(worker: Recorded) -> AsyncIterator[MicroBatches[int]]:
    """Run a worker's batches."""
    task = asyncio.create_task(worker.batches.run())
    try:
        yield worker.batches
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def nothing(inputs: Sequence[Input], handles: Sequence[object]) -> None:
    """Do nothing with a batch."""


def handles_of(batch: Sequence[tuple[Input, H]]) -> list[H]:
    """Return the handles of a batch."""
    return [handle for _, handle in batch]


async def test_a_batch_takes_what_waits_in_order() -> None:
    """Inputs come out as they went in, no more of them than the limit."""
    waiting: MicroBatches[int] = MicroBatches(nothing)
    for offset in range(5):
        waiting.offer(item(offset), offset)

    assert [0, 1, 2] == handles_of(waiting.next_batch(3))
    assert [3, 4] == handles_of(waiting.next_batch(3))


async def test_an_input_that_has_to_wait_makes_those_behind_it_in_its_partition_wait() -> None:
    """A lifter's third event stays; so does another lifter's behind it, but not that of another partition."""
    waiting: MicroBatches[str] = MicroBatches(nothing)
    for name, event in {
        "ada 1": item(0),
        "ada 2": item(1),
        "ada 3": item(2),
        "bob": item(3, "bob"),
        "eve": item(0, "eve", partition=1),
    }.items():
        waiting.offer(event, name)

    assert ["ada 1", "ada 2", "eve"] == handles_of(waiting.next_batch(of_one_key=2))
    assert ["ada 3", "bob"] == handles_of(waiting.next_batch(of_one_key=2))


async def test_inputs_are_acknowledged_only_after_everything_is_published() -> None:
    """As long as the broker has not confirmed, nothing is acknowledged; then all of the batch is, in order."""
    worker = Recorded()
    async with running(worker) as batches:
        for offset in range(3):
            batches.offer(item(offset), offset)
        await asyncio.sleep(0.02)
        assert [("publish", 6)] == worker.effects
        assert {} == worker.changelog.processed
        worker.gate.set()
        await asyncio.sleep(0.02)
        assert [("publish", 6), ("acknowledge", [0, 1, 2])] == worker.effects
        assert {0: 3} == worker.changelog.processed


async def test_what_is_forgotten_is_neither_published_nor_acknowledged() -> None:
    """What waits when partitions go away comes again elsewhere; what is on its way is finished."""
    worker = Recorded()
    async with running(worker) as batches:
        batches.offer(item(0), 0)
        await asyncio.sleep(0.02)
        batches.offer(item(1), 1)
        assert [1] == batches.forget()
        worker.gate.set()
        await asyncio.sleep(0.02)
        assert [("publish", 2), ("acknowledge", [0])] == worker.effects


async def test_a_lifter_with_many_versions_is_committed_at_once() -> None:
    """Sixty-five events of one lifter in flight make a commit, which lets go of their versions."""
    worker = Recorded()
    worker.gate.set()
    async with running(worker) as batches:
        for offset in range(SAME_KEY_MAX + 1):
            batches.offer(item(offset), offset)
        await asyncio.sleep(0.1)
    assert ["publish", "acknowledge", "publish", "acknowledge", "commit"] == [name for name, _ in worker.effects]


async def test_there_is_room_again_when_a_batch_was_taken() -> None:
    """A full queue holds the stream up, so that what waits is bounded."""
    worker = Recorded()
    worker.gate.set()
    for offset in range(WAITING_MAX):
        worker.batches.offer(item(offset, f"a{offset}"), offset)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(worker.batches.room(), 0.01)
    async with running(worker) as batches:
        await asyncio.wait_for(batches.room(), 5)


class Impatient(Toy):
    """Asks for configuration that comes after some questions."""

    def __init__(self, refusals: int) -> None:
        super().__init__()
        self.refusals = refusals

    def draft(self, state: State, event: object, env: Environment) -> ToyDraft:
        """Draft, or ask for what is not there yet."""
        self.refusals -= 1
        if self.refusals >= 0:
            raise ConfigPending("not yet")
        return super().draft(state, event, env)  # type: ignore[arg-type]


async def test_configuration_that_comes_late_is_waited_for() -> None:
    """The batch is stepped again until its configuration is there, and comes out once."""
    worker = Recorded(Impatient(3))
    worker.gate.set()
    async with running(worker) as batches:
        batches.offer(item(0), 0)
        await asyncio.sleep(0.2)
    assert [("publish", 2), ("acknowledge", [0])] == worker.effects


async def test_configuration_that_never_comes_ends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """After its patience the worker raises, and nothing was acknowledged."""
    monkeypatch.setattr(runtime, "CONFIG_S", 0.05)
    worker = Recorded(Impatient(1_000_000))
    worker.batches.offer(item(0), 0)
    with pytest.raises(ConfigPending):
        await asyncio.wait_for(worker.batches.run(), 5)
    assert [] == worker.effects
