from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from spotter.domain.gym_config import ConfigPending, GymConfig
from spotter.streaming import micro_batch
from spotter.streaming.changelog import Entry, Keeper
from spotter.streaming.micro_batch import SAME_KEY_MAX, WAITING_MAX, Flusher, Taken, Waiting
from spotter.streaming.processor import Environment, State
from spotter.streaming.state_versions import Input, Output, Stepper
from tests.kafka.toy import Toy, ToyDraft
from tests.kafka.workers import rep


class NoConfiguration:
    """An environment that nobody asks."""

    def gym(self, gym_id: str, version: int | None) -> GymConfig:
        """Refuse."""
        raise AssertionError("the toy asks for none")


@dataclass
class Recorded:
    """A sink that notes what it is told; `gate` holds up what is published."""

    told: list[tuple[str, object]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def publish(self, outputs: Sequence[Output], entries: Sequence[Entry]) -> None:
        """Note how many outputs there are, and wait at the gate."""
        self.told.append(("publish", len(outputs)))
        await self.gate.wait()

    async def acknowledge(self, handles: Sequence[int]) -> None:
        """Note which inputs are done."""
        self.told.append(("acknowledge", list(handles)))

    async def commit(self) -> None:
        """Note it."""
        self.told.append(("commit", None))


def item(offset: int, athlete: str = "ada", partition: int = 0) -> Input:
    """Make a rep of a lifter as an input."""
    record = rep(athlete, offset % 10_000 + 20)
    return Input(partition, offset, record.key, record.value)


@asynccontextmanager
async def flushing_toy(sink: Recorded, processor: Toy | None = None) -> AsyncIterator[Flusher[int]]:
    """Run a flusher of the toy."""
    stepper = Stepper(processor or Toy(), NoConfiguration())
    flusher: Flusher[int] = Flusher(
        stepper, Keeper(stepper), sink, lambda inputs: sink.told.append(("done", len(inputs)))
    )
    task = asyncio.create_task(flusher.run())
    try:
        yield flusher
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def test_a_batch_takes_what_waits_in_order() -> None:
    """Inputs come out as they went in, no more of them than the limit."""
    waiting: Waiting[int] = Waiting()
    for offset in range(5):
        waiting.add(Taken(item(offset), offset))

    assert [0, 1, 2] == [taken.handle for taken in waiting.take(3)]
    assert [3, 4] == [taken.handle for taken in waiting.take(3)]


def test_an_input_that_has_to_wait_makes_those_behind_it_in_its_partition_wait() -> None:
    """A lifter's third event stays; so does another lifter's behind it, but not that of another partition."""
    waiting: Waiting[str] = Waiting()
    for name, one in {
        "ada 1": item(0),
        "ada 2": item(1),
        "ada 3": item(2),
        "bob": item(3, "bob"),
        "eve": item(0, "eve", partition=1),
    }.items():
        waiting.add(Taken(one, name))

    assert ["ada 1", "ada 2", "eve"] == [taken.handle for taken in waiting.take(of_one_key=2)]
    assert ["ada 3", "bob"] == [taken.handle for taken in waiting.take(of_one_key=2)]


async def test_inputs_are_acknowledged_only_after_everything_is_published() -> None:
    """As long as the broker has not confirmed, nothing is acknowledged; then all of the batch is, in order."""
    sink = Recorded()
    async with flushing_toy(sink) as flusher:
        for offset in range(3):
            flusher.offer(item(offset), offset)
        await asyncio.sleep(0.02)
        assert [("publish", 6)] == sink.told
        sink.gate.set()
        await asyncio.sleep(0.02)
        assert [("publish", 6), ("acknowledge", [0, 1, 2]), ("done", 3)] == sink.told


async def test_what_is_forgotten_is_neither_published_nor_acknowledged() -> None:
    """What waits when partitions go away comes again elsewhere; what is on its way is finished."""
    sink = Recorded()
    async with flushing_toy(sink) as flusher:
        flusher.offer(item(0), 0)
        await asyncio.sleep(0.02)
        flusher.offer(item(1), 1)
        assert [1] == flusher.forget()
        sink.gate.set()
        await asyncio.sleep(0.02)
        assert [("publish", 2), ("acknowledge", [0]), ("done", 1)] == sink.told


async def test_a_lifter_with_many_versions_is_committed_at_once() -> None:
    """Sixty-five events of one lifter in flight make a commit, which lets go of their versions."""
    sink = Recorded()
    sink.gate.set()
    async with flushing_toy(sink) as flusher:
        for offset in range(SAME_KEY_MAX + 1):
            flusher.offer(item(offset), offset)
        await asyncio.sleep(0.1)
    assert ["publish", "acknowledge", "done", "publish", "acknowledge", "done", "commit"] == [
        name for name, _ in sink.told
    ]


async def test_there_is_room_again_when_a_batch_was_taken() -> None:
    """A full flusher holds the stream up, so that what waits is bounded."""
    sink = Recorded()
    sink.gate.set()
    stepper = Stepper(Toy(), NoConfiguration())
    flusher: Flusher[int] = Flusher(stepper, Keeper(stepper), sink, lambda inputs: None)
    for offset in range(WAITING_MAX):
        flusher.offer(item(offset, f"a{offset}"), offset)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(flusher.room(), 0.01)
    task = asyncio.create_task(flusher.run())
    await asyncio.wait_for(flusher.room(), 5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


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
    sink = Recorded()
    sink.gate.set()
    async with flushing_toy(sink, Impatient(3)) as flusher:
        flusher.offer(item(0), 0)
        await asyncio.sleep(0.2)
    assert [("publish", 2), ("acknowledge", [0]), ("done", 1)] == sink.told


async def test_configuration_that_never_comes_ends_the_flusher(monkeypatch: pytest.MonkeyPatch) -> None:
    """After its patience the flusher raises, and nothing was acknowledged."""
    monkeypatch.setattr(micro_batch, "CONFIG_S", 0.05)
    sink = Recorded()
    stepper = Stepper(Impatient(1_000_000), NoConfiguration())
    flusher: Flusher[int] = Flusher(stepper, Keeper(stepper), sink, lambda inputs: None)
    flusher.offer(item(0), 0)
    with pytest.raises(ConfigPending):
        await asyncio.wait_for(flusher.run(), 5)
    assert [] == sink.told
