"""A lifter for the cases: sends events as ingest would have written them, and reads what came of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from spotter.domain.events import Event, EventData, encode
from spotter.domain.events.budgets import BudgetChanged, BudgetEntry
from spotter.domain.events.lifting import (
    EffortReported,
    RepAmended,
    RepCompleted,
    RepCorrection,
    RepStarted,
    RepVoided,
    SetAmended,
    SetEnded,
    SetStarted,
    SetVoided,
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


@dataclass
class SetHistory:
    """The newest word on a set."""

    opened: SetOpened
    closed: SetClosed | None = None
    newest: dict[str, RepCounted] = field(default_factory=dict)
    """Reps in their highest revision, by the event that reported them."""
    estimates: dict[str, EffortEstimated] = field(default_factory=dict)
    """Estimates in their highest revision, by the event that reported their rep."""

    @property
    def is_gone(self) -> bool:
        """Whether there is no such set: it was merged, voided, or is another lifter's."""
        closed = self.closed
        return closed is not None and bool(closed.merged_into or closed.voided or closed.moved_to)

    @property
    def reps(self) -> list[RepCounted]:
        """Reps of the set that hold, by number; what a second recorder saw is no further rep."""
        reps = [rep for rep in self.newest.values() if not rep.voided and not rep.withdrawn]
        return sorted((rep for rep in reps if not self._is_second(rep)), key=lambda rep: rep.rep_number)

    def _is_second(self, rep: RepCounted) -> bool:
        estimate = self.estimates.get(rep.rep_event_id)
        return estimate is not None and "second_source" in estimate.flags

    @property
    def numbers(self) -> list[int]:
        """Numbers of the reps that hold."""
        return [rep.rep_number for rep in self.reps]


NEAR_FAILURE = (0.4, 0.3)
"""Two reps of a bench press after which few are left."""


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

    def void(self, number: int, at_s: float, set_id: str | None = "s1", **fields: Any) -> Event:
        """Build a voiding."""
        return self.event(RepVoided(set_id=set_id, rep_number=number, **fields), at_s, source="app")

    def amend(self, number: int, at_s: float, set_id: str | None = "s1", **fields: Any) -> Event:
        """Build an amendment of a rep."""
        return self.event(RepAmended(set_id=set_id, rep_number=number, set=RepCorrection(**fields)), at_s, source="app")

    def end(self, at_s: float, set_id: str | None = "s1") -> Event:
        """Build the end of a set."""
        return self.event(SetEnded(set_id=set_id), at_s, source="app")

    def call(self, rir: float, at_s: float, set_id: str | None = "s1", **more: Any) -> Event:
        """Build the lifter's own word on how many reps are left; further fields of it, or arguments of `event`."""
        fields = {name: more.pop(name) for name in list(more) if name in EffortReported.model_fields}
        return self.event(EffortReported(set_id=set_id, rir=rir, **fields), at_s, **{"source": "app", **more})

    def amend_set(self, at_s: float, set_id: str | None = "s1", **fields: Any) -> Event:
        """Build an amendment of a set."""
        return self.event(SetAmended(set_id=set_id, **fields), at_s, source="app")

    def void_set(self, at_s: float, set_id: str | None = "s1", **fields: Any) -> Event:
        """Build that a set never happened."""
        return self.event(SetVoided(set_id=set_id, **fields), at_s, source="app")

    def late(self, event: Event, received_s: float) -> Event:
        """Return an event that its sender kept until then."""
        at = self.base + timedelta(seconds=received_s)
        return replace(event, senttime=at, receivedtime=at)

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
    def sets(self) -> list[SetHistory]:
        """The sets that there are by all that was told, in the order in which they began."""
        histories: dict[str, SetHistory] = {}
        for event in self.events("estimates.v1"):
            data = event.data
            if isinstance(data, SetOpened):
                histories.setdefault(data.set_key, SetHistory(data)).opened = data
            elif isinstance(data, SetClosed):
                histories[data.set_key].closed = data
            elif isinstance(data, RepCounted):
                history = histories[data.set_key]
                previous = history.newest.get(data.rep_event_id)
                if previous is None or previous.revision <= data.revision:
                    history.newest[data.rep_event_id] = data
            elif isinstance(data, EffortEstimated) and data.rep_event_id is not None:
                estimate = histories[data.set_key].estimates.get(data.rep_event_id)
                if estimate is None or estimate.revision <= data.revision:
                    histories[data.set_key].estimates[data.rep_event_id] = data
        there = [history for history in histories.values() if not history.is_gone]
        return sorted(there, key=lambda history: history.opened.opened_at)

    @property
    def lines(self) -> list[str]:
        """The sets that there are, each as `set_id exercise reps`."""
        return [f"{each.opened.set_id} {each.opened.exercise} {len(each.reps)}" for each in self.sets]

    @property
    def summary_of(self) -> dict[str, SetSummarised]:
        """The newest summary, by set."""
        newest: dict[str, SetSummarised] = {}
        for summary in self.summaries:
            if summary.set_key not in newest or newest[summary.set_key].revision <= summary.revision:
                newest[summary.set_key] = summary
        return newest

    @property
    def costs(self) -> list[float]:
        """What each set that there is costs, in the order in which they began."""
        newest: dict[str, BudgetEntry] = {}
        for change in self.budget:
            if (entry := change.entry) is not None and (
                entry.set_key not in newest or newest[entry.set_key].revision <= entry.revision
            ):
                newest[entry.set_key] = entry
        keys = [each.opened.set_key for each in self.sets]
        assert {key for key, entry in newest.items() if entry.cost} <= set(keys), "a set that is gone costs something"
        return [newest[key].cost if key in newest else 0.0 for key in keys]

    @property
    def reasons(self) -> list[str]:
        """Why events were dead letters."""
        return [rejection.reason for rejection in self.rejected]

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


def set_after_short_movements(lifter: Lifter) -> list[Event]:
    """Return three slow movements of .1–.2 m within three seconds, and five reps after them, numbered on."""
    movements = [(3, 0.322, 0.106), (4, 0.126, 0.188), (5, 0.191, 0.187)]
    reps = [(17, 0.55, 0.42), (20, 0.56, 0.42), (23, 0.54, 0.42), (26, 0.53, 0.42), (29, 0.52, 0.42)]
    return [
        lifter.rep(number, at_s, velocity_mps, rom_m=rom_m, concentric_s=round(rom_m / velocity_mps, 2))
        for number, (at_s, velocity_mps, rom_m) in enumerate([*movements, *reps], 1)
    ]
