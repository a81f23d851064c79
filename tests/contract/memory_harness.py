"""The memory host, put through the cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from spotter.domain.events import Event
from spotter.domain.gym_config import Configuration
from spotter.streaming.log import NewRecord
from spotter.streaming.memory.host import MemoryHost
from spotter.streaming.memory.log import MemoryLog
from spotter_advisor.processor import Advisor
from spotter_detector.processor import FailureDetector
from tests.contract.harness import Harness


class MemoryHarness(Harness):
    """Workers in memory over four partitions."""

    tag = "memory"
    partitions = 4

    def __init__(self) -> None:
        self.configuration = Configuration()
        self.log = MemoryLog(self.partitions)
        self.host = MemoryHost(self.log, [FailureDetector(), Advisor()], self.configuration, self.partitions)

    def write(self, records: Sequence[NewRecord]) -> None:
        """Append records."""
        for record in records:
            self.log.write(record)

    def run(self) -> None:
        """Process what waits."""
        self.host.run()

    def pass_time(self, until: datetime) -> None:
        """Fire timers."""
        self.host.tick(until)

    def crash(self) -> None:
        """Forget all that is not durable."""
        self.host.restart()

    def values(self, topic: str, key: str) -> list[bytes]:
        """Return what was written."""
        return [record.value for record in self.log.records(topic) if record.key == key]

    def configure(self, event: Event) -> int:
        """Take a record of the configuration."""
        return self.configuration.apply(event)

    def state(self, processor: str, key: str) -> dict[str, bytes]:
        """Return a lifter's state."""
        stage = self.host.workers[processor].stage
        return {name: stage.processor.dump(name, value) for name, value in stage.state(key).items()}
