"""What a host must offer to be put through the cases."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime

from spotter.domain.events import Event, Unreadable, decode
from spotter.streaming.log import NewRecord


class Harness(ABC):
    """A host with detector and advisor over one log."""

    tag: str
    """Keeps the lifters of two hosts apart."""

    @abstractmethod
    def write(self, records: Sequence[NewRecord]) -> None:
        """Append records, in order."""

    @abstractmethod
    def run(self) -> None:
        """Wait until nothing waits to be processed."""

    @abstractmethod
    def pass_time(self, until: datetime) -> None:
        """Fire all timers that are due at `until`, and process what they write."""

    @abstractmethod
    def crash(self) -> None:
        """Kill what processes, and start it again."""

    @abstractmethod
    def values(self, topic: str, key: str) -> list[bytes]:
        """Return all values of a key in a topic, in order."""

    @abstractmethod
    def configure(self, event: Event) -> int:
        """Write to the gym's configuration; returns the version that it makes."""

    @abstractmethod
    def state(self, processor: str, key: str) -> dict[str, bytes]:
        """Return a lifter's state as it is stored, by entry."""

    def events(self, topic: str, key: str) -> list[Event]:
        """Return the readable ones of `values`."""
        events = []
        for value in self.values(topic, key):
            try:
                events.append(decode(value))
            except Unreadable:
                continue
        return events

    def now(self) -> datetime:
        """Return when a case that needs no timer begins."""
        return datetime.now(UTC)

    def long_ago(self) -> datetime:
        """Return when a case begins whose timers are all due."""
        return datetime.now(UTC)
