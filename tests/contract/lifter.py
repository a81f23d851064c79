"""A lifter for the cases: sends events as ingest would have written them, and reads what came of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from spotter.domain.events import Event, EventData, encode
from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.events.lifting import (
    RepAmended,
    RepCompleted,
    RepCorrection,
    RepStarted,
    RepVoided,
    SetEnded,
    SetStarted,
)
from spotter.domain.events.outputs import (
    AdviceGiven,
    EffortEstimated,
    EventRejected,
    RepCounted,
    SetClosed,
    SetOpened,
    SetSummarised,
)
from spotter.domain.ids import athlete_key
from spotter.streaming.log import NewRecord
from tests.contract.harness import Harness

D = TypeVar("D", bound=EventData)
_names = itertools.count(1)


class Lifter:
    """One lifter of gym `g1`; seconds count from the start of the case."""

    def __init__(self, host: Harness, base: datetime, name: str | None = None) -> None:
        self.host = host
        self.base = base
        self.athlete_id = name or f"lifter-{host.tag}-{next(_names)}"
        self._ids = itertools.count(1)

    def event(
        self,
        data: EventData,
        at_s: float,
        *,
        id: str | None = None,
        source: str = "tracker",
        sent_s: float | None = None,
        received_s: float | None = None,
        senttime: bool = True,
        config: int = 0,
    ) -> Event:
        """Build an event that happened at `at_s`, was sent then or at `sent_s`, and received then or at `received_s`."""
        sent = at_s if sent_s is None else sent_s
        received = sent if received_s is None else received_s
        owned = data.model_copy(update={"gym_id": "g1", "athlete_id": self.athlete_id})
        return Event(
            id=id or f"{self.athlete_id}-{next(self._ids)}",
            source=source,
            time=self.base + timedelta(seconds=at_s),
            data=owned,
            senttime=self.base + timedelta(seconds=sent) if senttime else None,
            receivedtime=self.base + timedelta(seconds=received),
            configversion=config,
        )

    def send(self, *events: Event) -> None:
        """Write events to the log, in this order, and have them processed."""
        key = athlete_key("g1", self.athlete_id)
        self.host.write([NewRecord("lifts.v1", key, encode(event)) for event in events])
        self.host.run()

    def start(self, at_s: float, set_id: str | None = "s1", exercise: str = "bench_press", **fields: Any) -> Event:
        """Build a set's start."""
        return self.event(SetStarted(set_id=set_id, exercise=exercise, **fields), at_s, source="app")

    def rep(
        self, number: int | None, at_s: float, velocity: float | None = 0.5, set_id: str | None = "s1", **more: Any
    ) -> Event:
        """Build a rep; further fields of the rep, or arguments of `event`."""
        fields = {name: more.pop(name) for name in list(more) if name in RepCompleted.model_fields}
        data = RepCompleted(set_id=set_id, rep_number=number, mean_velocity_mps=velocity, **fields)
        return self.event(data, at_s, **more)

    def reps(
        self, count: int, at_s: float = 0.0, set_id: str | None = "s1", velocities: Sequence[float] = ()
    ) -> list[Event]:
        """Build the reps of a set that slows down, one every three seconds."""
        slowing = velocities or [round(0.55 - 0.03 * index, 3) for index in range(count)]
        return [self.rep(index + 1, at_s + 3 * index, slowing[index], set_id) for index in range(count)]

    def began(self, at_s: float, number: int | None = None, set_id: str | None = "s1") -> Event:
        """Build the start of a rep."""
        return self.event(RepStarted(set_id=set_id, rep_number=number), at_s)

    def void(self, number: int, at_s: float, set_id: str | None = "s1") -> Event:
        """Build a voiding."""
        return self.event(RepVoided(set_id=set_id, rep_number=number), at_s, source="app")

    def amend(self, number: int, at_s: float, set_id: str | None = "s1", **fields: Any) -> Event:
        """Build an amendment of a rep."""
        return self.event(RepAmended(set_id=set_id, rep_number=number, set=RepCorrection(**fields)), at_s, source="app")

    def end(self, at_s: float, set_id: str | None = "s1") -> Event:
        """Build the end of a set."""
        return self.event(SetEnded(set_id=set_id), at_s, source="app")

    def told(self, kind: type[D], topic: str) -> list[D]:
        """Return the data of this lifter's events of a kind, each id once, in the order of the log."""
        return [event.data for event in self.events(topic) if isinstance(event.data, kind)]

    def events(self, topic: str) -> list[Event]:
        """Return this lifter's events in a topic, each id once, without their places in the log."""
        by_id: dict[str, Event] = {}
        for event in self.host.events(topic, athlete_key("g1", self.athlete_id)):
            by_id.setdefault(event.id, replace(event, sequence=None))
        return list(by_id.values())

    @property
    def estimates(self) -> list[EffortEstimated]:
        """All estimates."""
        return self.told(EffortEstimated, "estimates.v1")

    @property
    def newest_estimates(self) -> dict[tuple[str, int], EffortEstimated]:
        """The estimate of the highest revision, by set and rep number."""
        newest: dict[tuple[str, int], EffortEstimated] = {}
        for estimate in self.estimates:
            previous = newest.get((estimate.set_key, estimate.rep_number))
            if previous is None or previous.revision <= estimate.revision:
                newest[estimate.set_key, estimate.rep_number] = estimate
        return newest

    @property
    def opened(self) -> list[SetOpened]:
        """Openings, amendments and reopenings."""
        return self.told(SetOpened, "estimates.v1")

    @property
    def closed(self) -> list[SetClosed]:
        """Ends."""
        return self.told(SetClosed, "estimates.v1")

    @property
    def counted(self) -> list[RepCounted]:
        """Reps as the detector sees them."""
        return self.told(RepCounted, "estimates.v1")

    @property
    def rejected(self) -> list[EventRejected]:
        """Dead letters."""
        return self.told(EventRejected, "lifts.dead.v1")

    @property
    def advice(self) -> list[AdviceGiven]:
        """Advice, plans included."""
        return self.told(AdviceGiven, "advice.v1")

    @property
    def summaries(self) -> list[SetSummarised]:
        """Summaries of sets."""
        return self.told(SetSummarised, "advice.v1")

    @property
    def budget(self) -> list[BudgetChanged]:
        """Changes of the budget."""
        return self.told(BudgetChanged, "advice.v1")
