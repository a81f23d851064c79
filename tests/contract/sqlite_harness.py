"""The SQLite host, put through the cases."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from spotter.domain.events import Event
from spotter.domain.gym_config import Configuration
from spotter.streaming.log import NewRecord
from spotter.streaming.sqlite.host import SqliteHost
from spotter.streaming.sqlite.log import SqliteLog
from spotter.streaming.state_versions import SEEN
from spotter_advisor.processor import Advisor
from spotter_detector.processor import FailureDetector
from tests.contract.harness import Harness

T = TypeVar("T")
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
"""Timers fire only when a case lets time pass."""


class SqliteHarness(Harness):
    """The one-process host in a loop of its own thread."""

    tag = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.configuration = Configuration()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        try:
            self._do(self._open())
        except BaseException:
            self._stop()
            raise

    def _do(self, work: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    async def _open(self) -> None:
        self.log = await SqliteLog.open(self.path)
        self.host = SqliteHost(self.log, [FailureDetector(), Advisor()], self.configuration, lambda: BEFORE_ALL)
        try:
            await self.host.__aenter__()
        except BaseException:
            await self.log.close()
            raise

    async def _close(self) -> None:
        await self.host.__aexit__(None, None, None)
        await self.log.close()

    def close(self) -> None:
        """Stop for good."""
        self._do(self._close())
        self._stop()

    def _stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def write(self, records: Sequence[NewRecord]) -> None:
        """Append records."""
        self._do(self.log.append(records))

    def run(self) -> None:
        """Wait until nothing waits."""
        self._do(self.host.settle())

    def pass_time(self, until: datetime) -> None:
        """Fire timers."""
        self.run()
        self._do(self.host.fire(until))
        self.run()

    def crash(self) -> None:
        """Stop in the middle of whatever it does, and start from the file."""
        self._do(self._close())
        self._do(self._open())

    def values(self, topic: str, key: str) -> list[bytes]:
        """Return what was written."""
        records = self._do(self.log.read(topic, 0, 1_000_000))
        return [record.value for record in records if record.key == key]

    def configure(self, event: Event) -> int:
        """Take a record of the configuration."""
        return self.configuration.apply(event)

    def state(self, processor: str, key: str) -> dict[str, bytes]:
        """Return a lifter's state, as it is in the file."""
        rows = self._do(self.log.reading(self.log.file.states, processor, [key]))
        return {name: value for name, value in rows[key] if name != SEEN}
