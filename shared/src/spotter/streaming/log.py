"""The log as services see it, on every backend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Protocol

from spotter.domain.events.envelope import Event
from spotter.domain.fast_dataclass import record

Position = Mapping[str, Mapping[int, int]]
"""The next offset to read, by topic and partition."""


class LogUnavailable(Exception):
    """The log did not answer in time: nothing is known to be written; keep and send again."""


@record(frozen=True, slots=True)
class NewRecord:
    """A record to be written."""

    topic: str
    key: str
    value: bytes
    dedupe: bytes | None = None
    """16 bytes that are equal for the same event sent again; a log that knows them writes it once."""
    event: Event | None = field(default=None, compare=False)
    """What `value` decodes to, where the writer has it already."""


@record(frozen=True, slots=True)
class Record:
    """A record as read."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    timestamp_ms: int
    """When the log took it."""
    event: Event | None = field(default=None, compare=False)
    """What `value` decodes to, where the log has it already."""


@record(frozen=True, slots=True)
class Start:
    """Where to begin: exactly one of `beginning`, `end`, `since` and `position`."""

    beginning: bool = False
    end: bool = False
    since: datetime | None = None
    position: Position = field(default_factory=dict)
    """Topics and partitions that are not named are read from their end."""


class Reader(Protocol):
    """Reads topics without a group, in the order of each partition."""

    async def fetch(self, wait_s: float) -> list[Record]:
        """Return what has come, waiting at most `wait_s` for a first record: [] if none came; raises LogUnavailable."""

    async def lag(self) -> int:
        """Return how many records are written that `fetch` has not returned yet; raises LogUnavailable."""

    def position(self) -> Position:
        """Return where the next `fetch` goes on."""

    async def close(self) -> None:
        """Close the reader."""


class Log(Protocol):
    """An append-only log of topics."""

    async def append(self, records: Sequence[NewRecord]) -> list[bool]:
        """Write records durably, in order; for each, whether it was written (False: it was there already).

        Raises LogUnavailable when that can't be confirmed in time (1 s).
        """

    async def reader(self, topics: Sequence[str], start: Start) -> Reader:
        """Open a reader; raises LogUnavailable."""

    async def oldest_unfinished_ms(self) -> int | None:
        """Return when the oldest event came that detector or advisor has not finished (epoch ms); None: all is done.

        Raises LogUnavailable when that is unknown.
        """
