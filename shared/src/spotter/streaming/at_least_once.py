"""A processor on an at-least-once log: outputs and state are confirmed first, and then the inputs acknowledged."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Generic, TypeVar

from spotter.streaming.changelog import Changelog, Entry
from spotter.streaming.processor import Environment, Processor
from spotter.streaming.runtime import CommitGroup, Runtime
from spotter.streaming.state_versions import Input, Output

VERSIONS_MAX = 64
ENTRY_BYTES_MAX = 256 * 1024
"""A larger entry of state is mostly versions: committing drops them."""

H = TypeVar("H")


class AtLeastOnce(Runtime, Generic[H]):
    """Runs one processor with its state in a changelog; subclasses talk to the brokers. `H` acknowledges an input."""

    def __init__(self, processor: Processor[Any], env: Environment) -> None:
        super().__init__([processor], env)
        self.stage = self.chain[0]
        self.changelog = Changelog(self.stage.stepper)
        self._large = False

    @abstractmethod
    async def publish(self, outputs: Sequence[Output], entries: Sequence[Entry]) -> None:
        """Write outputs and state, in order, and return when all of them are confirmed."""

    @abstractmethod
    async def acknowledge(self, handles: Sequence[H]) -> None:
        """Acknowledge inputs, in the order in which they came."""

    async def commit_acknowledged(self) -> None:
        """Make durable what was acknowledged; by default it is."""

    @abstractmethod
    async def ends(self) -> Mapping[int, int]:
        """Return where the own partitions of the input end; raises LogUnavailable."""

    async def take(self, inputs: Sequence[Input], handles: Sequence[H]) -> None:
        """Process inputs all the way to their acknowledgement."""
        await self.process(0, inputs)
        await self.acknowledge(handles)
        self.changelog.acknowledged(inputs)
        if self._large:
            await self.commit_acknowledged()

    def begin(self, committed: Mapping[int, int]) -> None:
        """Record the offsets from which partitions are read."""
        self.changelog.committed.update(committed)
        self.changelog.processed.update(committed)

    def recovered(self) -> None:
        """Make state of the changelog that was read."""
        self.changelog.restore()
        self.stage.timers.clear()
        self.stage.schedule(self.changelog.partitions)

    async def commit(self, group: CommitGroup) -> None:
        """Publish outputs and state."""
        entries = self.changelog.entries(group.changed[self.stage], group.inputs[self.stage])
        self._large = any(
            entry.versions > VERSIONS_MAX or len(entry.value or b"") > ENTRY_BYTES_MAX for entry in entries
        )
        await self.publish(group.outputs, entries)

    async def caught_up(self, keys: Collection[str]) -> Collection[str]:
        """Return the lifters whose partition is read and acknowledged to its end."""
        processed, asked = self.changelog.processed, set(keys)
        done = {number for number, end in (await self.ends()).items() if processed.get(number, -1) >= end}
        return [key for key, number in self.changelog.partitions.items() if key in asked and number in done]
