"""What a service's core is to every host: a pure step from state and event to state and outputs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import ClassVar, Generic, Protocol, TypeVar

from spotter.domain.events import Event, EventData
from spotter.domain.fast_dataclass import record
from spotter.domain.gym_config import GymConfig

State = Mapping[str, object]
"""One lifter's state: immutable values by entry name. A step reads it and says which entries change."""


class OtherVersion(Exception):
    """The state at hand is another version's: continued by this one it would be neither's."""

    def __init__(self, processor: str, stored: str | None, own: str) -> None:
        by = f"by {stored}" if stored else "by a version that left no name"
        super().__init__(
            f"the state of {processor} was made {by}, and this program is {own}: `spotter upgrade` makes it anew from the log"
        )
        self.stored = stored


class Environment(Protocol):
    """All that a step may know beside its state and its event; equal questions get equal answers, for ever."""

    def gym(self, gym_id: str, version: int | None) -> GymConfig:
        """Return a gym's configuration as of a version; raises ConfigPending for one that was not read yet."""


@record(frozen=True, slots=True)
class Reject:
    """Why an event could not be used; it goes to the dead letters and changes nothing."""

    reason: str
    """A word for programs, such as `rep_conflict`."""
    detail: str
    """A sentence for people."""
    set_key: str | None = None
    """Of the set that the event was taken to be about, where there is one."""
    event: Event | None = None
    """The event that could not be used, if it is an earlier one than the input."""


@record(frozen=True, slots=True)
class Step:
    """The result of one event: entries of state to write (None removes one), events to publish, perhaps a refusal."""

    changes: Mapping[str, object | None] = field(default_factory=dict)
    outputs: tuple[Event, ...] = ()
    reject: Reject | None = None
    elsewhere: tuple[Event, ...] = ()
    """Events for the input topic, each under the key of the lifter whom it names. They are written at least once:
    their ids must follow from that event."""


class Draft(Protocol):
    """A step whose state is known and whose outputs may still have to be computed."""

    @property
    def changes(self) -> Mapping[str, object | None]:
        """Entries of state to write; None removes one."""


D = TypeVar("D", bound=Draft)


class Processor(ABC, Generic[D]):
    """A core. Steps are pure and deterministic: the same log gives the same outputs under the same ids on any host.

    A host drafts events one after the other, applying each draft's changes before the next, and finishes many
    drafts at once, so that `finish` may be vectorised; finishing together must equal finishing one by one.
    """

    name: ClassVar[str]
    input_topic: ClassVar[str]
    output_topic: ClassVar[str]
    reads: ClassVar[frozenset[type[EventData]] | None] = None
    """The types of events that it uses; hosts pass over all others. None: every type."""
    version: ClassVar[str | None] = None
    """Changes whenever outputs or state change for the same input: a host continues only its own version's state. None:
    any state is continued."""

    @abstractmethod
    def draft(self, state: State, event: Event, env: Environment) -> D:
        """Take one event into one lifter's state. Domain errors are values (`Reject`), not exceptions."""

    @abstractmethod
    def finish(self, drafts: Sequence[D]) -> list[Step]:
        """Compute the outputs of drafts, in order."""

    @abstractmethod
    def dump(self, name: str, value: object) -> bytes:
        """Write an entry's value as readable JSON with a version."""

    @abstractmethod
    def load(self, name: str, raw: bytes) -> object:
        """Read what `dump` wrote, also by older versions."""

    def step(self, state: State, event: Event, env: Environment) -> Step:
        """Take one event all the way."""
        return self.finish([self.draft(state, event, env)])[0]

    def next_due(self, state: State) -> datetime | None:
        """Return when a timer of this lifter is due, by the clock of receipt; None: no timer runs."""
        return None

    def due(self, state: State, key: str, now: datetime) -> list[Event]:
        """Return the events that the timers of the lifter `key` due at `now` write to the input topic.

        They carry no `receivedtime`: the host stamps it. Asked twice, they have the same ids.
        """
        return []
