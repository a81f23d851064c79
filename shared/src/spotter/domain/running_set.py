"""A set as its readers follow it: the newest version of its opening, end, reps, estimates and advice.

Detector and advisor publish corrections as further events with a higher revision. Folding them gives the same set
whatever order they come in; the coach's floor and the pages about past sets both read sets through this module. Pure.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Generic, TypeVar

from spotter.domain.events import Event
from spotter.domain.events.outputs import AdviceGiven, EffortEstimated, RepCounted, SetClosed, SetOpened

Version = tuple[int, int, str]
"""Revision, rank, event id: of two events about the same thing the one with the greater version is newer."""
SET_EVENTS: Final = (SetOpened, SetClosed, RepCounted, EffortEstimated, AdviceGiven)
_INDEX_BITS: Final = 20
K = TypeVar("K")
V = TypeVar("V")


def rank(event: Event) -> int:
    """Return the order of an output among its lifter's: a number that grows with its input and its index there.

    0 for an event without a sequence, or with one of another form.
    """
    offset, _, index = (event.sequence or "0").partition("-")
    try:
        return int(offset) << _INDEX_BITS | int(index or 0)
    except ValueError:
        return 0


def estimate_key(estimate: EffortEstimated) -> str:
    """Return what identifies the rep that an estimate is about: the event that reported it, else its number."""
    return estimate.rep_event_id or f"#{estimate.rep_number}"


class Newest(Generic[K, V]):
    """The newest version of each of several values.

    >>> newest = Newest[int, str]()
    >>> newest.put(1, (2, 0, "b"), "second"), newest.put(1, (1, 9, "a"), "first"), newest.get(1)
    (True, False, 'second')
    """

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[K, tuple[Version, V]] = {}

    def put(self, key: K, version: Version, value: V) -> bool:
        """Store a value unless a newer one is stored; returns whether it was stored."""
        existing = self._values.get(key)
        if existing is not None and version <= existing[0]:
            return False
        self._values[key] = (version, value)
        return True

    def get(self, key: K) -> V | None:
        """Return the newest value of a key."""
        existing = self._values.get(key)
        return None if existing is None else existing[1]

    def values(self) -> list[V]:
        """Return the newest value of every key."""
        return [value for _, value in self._values.values()]

    def versioned(self) -> list[tuple[Version, V]]:
        """Return the newest value of every key with its version."""
        return list(self._values.values())


@dataclass(slots=True)
class RunningSet:
    """One set, folded from the events about it."""

    gym_id: str
    set_key: str
    athlete_id: str
    opened: Newest[None, SetOpened] = field(default_factory=Newest)
    closed: Newest[None, SetClosed] = field(default_factory=Newest)
    reps: Newest[str, RepCounted] = field(default_factory=Newest)
    """By reporting event: two sources may count the same rep, and a rep's number may change."""
    estimates: Newest[str, EffortEstimated] = field(default_factory=Newest)
    """By `estimate_key`."""
    advice: Newest[int, AdviceGiven] = field(default_factory=Newest)
    changes: int = 0
    """How many events have changed it."""

    def apply(self, event: Event) -> bool:
        """Fold an event about this set; returns whether it changed anything."""
        order = (rank(event), event.id)
        match event.data:
            case SetOpened() as opening:
                changed = self.opened.put(None, (0, *order), opening)
            case SetClosed() as closing:
                changed = self.closed.put(None, (closing.reopened, *order), closing)
            case RepCounted() as rep:
                changed = self.reps.put(rep.rep_event_id, (rep.revision, *order), rep)
            case EffortEstimated() as estimate:
                changed = self.estimates.put(estimate_key(estimate), (estimate.revision, *order), estimate)
            case AdviceGiven() as advice:
                changed = self.advice.put(advice.after_rep, (advice.revision, *order), advice)
            case _:
                return False
        self.changes += changed
        return changed

    @property
    def opening(self) -> SetOpened | None:
        """The context of the set."""
        return self.opened.get(None)

    @property
    def closing(self) -> SetClosed | None:
        """How the set ended; None for a set that runs, or goes on again."""
        opening, closing = self.opening, self.closed.get(None)
        if closing is None or (opening is not None and opening.reopened > closing.reopened):
            return None
        return closing

    @property
    def gone(self) -> bool:
        """Whether there is no such set: it never happened, or its reps are another set's."""
        closing = self.closing
        return closing is not None and (closing.voided is True or closing.merged_into is not None)

    @property
    def last_received(self) -> datetime | None:
        """When its newest rep was received, else when it opened."""
        times = [estimate.newest_received for estimate in self.estimates.values()]
        if self.opening is not None:
            times.append(self.opening.opened_at)
        return max(times, default=None)

    def merged_reps(self) -> list[RepCounted]:
        """Return the reps in order of time, voided ones too; of two sources' reports of a rep the one with a velocity."""
        reports = [rep for rep in self.reps.values() if not rep.withdrawn]
        counts = Counter(rep.rep_number for rep in reports)
        estimates = self.estimates_by_number()
        chosen: dict[int, RepCounted] = {}
        for rep in sorted(reports, key=lambda rep: (rep.rep_time, rep.rep_event_id)):
            other = chosen.get(rep.rep_number)
            if other is None or _preference(rep) < _preference(other):
                chosen[rep.rep_number] = rep

        def is_second_report(number: int) -> bool:
            """Tell whether it is another source's report of a rep that is counted under another number."""
            return counts[number] == 1 and number in estimates and "second_source" in estimates[number].flags

        single = (rep for rep in chosen.values() if not is_second_report(rep.rep_number))
        return sorted(single, key=lambda rep: (rep.rep_time, rep.rep_number))

    def estimates_by_number(self) -> dict[int, EffortEstimated]:
        """Return the newest estimate after each rep, by the number that the rep has now."""
        newest: dict[int, tuple[Version, EffortEstimated]] = {}
        for (revision, order, event_id), estimate in self.estimates.versioned():
            rep = self.reps.get(estimate.rep_event_id or "")
            if rep is not None and rep.withdrawn:
                continue
            number = estimate.rep_number if rep is None else rep.rep_number
            version = (order, revision, event_id)  # revisions of different reps can't be compared
            if number not in newest or newest[number][0] < version:
                newest[number] = (version, estimate)
        return {number: estimate for number, (_, estimate) in newest.items()}

    def newest_estimate(self, counted: list[RepCounted]) -> EffortEstimated | None:
        """Return the estimate after the newest of the counted reps that has one."""
        estimates = self.estimates_by_number()
        numbers = (rep.rep_number for rep in reversed(counted))
        return next((estimates[number] for number in numbers if number in estimates), None)

    def advice_in_force(self, counted: list[RepCounted]) -> AdviceGiven | None:
        """Return the advice after the newest of the counted reps that has one, else the plan."""
        advice = (self.advice.get(number) for number in [*(rep.rep_number for rep in reversed(counted)), 0])
        return next((each for each in advice if each is not None), None)


def _preference(rep: RepCounted) -> tuple[bool, bool]:
    return (rep.voided, rep.mean_velocity_mps is None)
