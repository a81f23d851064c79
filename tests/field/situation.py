"""A situation of the field: what is sent through the public door, and what must then be read through it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.field.events import Sent
from tests.field.reader import Reader


@dataclass(frozen=True)
class Check:
    """Something to be read, and what it must be."""

    about: str
    expected: object
    read: Callable[[Reader], object]


@dataclass(frozen=True)
class Upload:
    """Events sent in one request, or each when it happens."""

    events: tuple[Sent, ...]
    live: bool = False


Step = Upload | Check


@dataclass(frozen=True)
class Situation:
    """Uploads and checks, in turn."""

    name: str
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return self.name


def situation(name: str, *steps: Sequence[Sent] | Step) -> Situation:
    """Return a situation; a list of events is an upload."""
    return Situation(name, tuple(step if isinstance(step, Upload | Check) else Upload(tuple(step)) for step in steps))


def live(events: Sequence[Sent]) -> Upload:
    """Return events that are sent one by one, each at its time."""
    return Upload(tuple(events), live=True)
