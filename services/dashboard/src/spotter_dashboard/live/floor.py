"""The floor as it is now: every running set and those that just ended, folded from the events as they come.

Folding gives the same floor whatever order events come in, so it is rebuilt after a start by folding what the tables
hold of the sets that are still running.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from spotter.domain.events import Event, EventData
from spotter.domain.events.outputs import AdviceGiven, DeviceLost, EffortEstimated, RepCounted, SetClosed, SetOpened
from spotter.domain.events.people import AthleteUpdated
from spotter_dashboard.store.rows import rank

SHOWN: Final = timedelta(minutes=2)
"""A set that ended longer ago is not shown (design choice: about a rest between sets)."""
KEPT: Final = timedelta(minutes=12)
"""A set that ended longer ago is forgotten: it cannot go on any more."""
ORPHANS_MAX: Final = 1_000
"""Sets kept of which no beginning was heard: topics have no order between them, and old sets are corrected."""

Version = tuple[int, int, str]
D = TypeVar("D", bound=EventData)
K = TypeVar("K")


class Newest(Generic[K, D]):
    """The newest of what was said about each of several things."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: dict[K, tuple[Version, D]] = {}

    def put(self, key: K, version: Version, data: D) -> bool:
        """Take what was said, unless something newer is known."""
        known = self._held.get(key)
        if known is not None and version <= known[0]:
            return False
        self._held[key] = (version, data)
        return True

    def get(self, key: K) -> D | None:
        """Give the newest about one thing."""
        known = self._held.get(key)
        return None if known is None else known[1]

    def values(self) -> list[D]:
        """Give the newest about every thing."""
        return [data for _, data in self._held.values()]


@dataclass(slots=True)
class LiveSet:
    """All that a tile is made of."""

    gym_id: str
    set_key: str
    athlete_id: str
    begun: bool = False
    """It was heard to begin, or to go on: what is said about old sets does not make them run again."""
    opened: Newest[None, SetOpened] = field(default_factory=Newest)
    closed: Newest[None, SetClosed] = field(default_factory=Newest)
    reps: Newest[tuple[int, str], RepCounted] = field(default_factory=Newest)
    """By number and reporting event: two sources may count the same rep."""
    estimates: Newest[int, EffortEstimated] = field(default_factory=Newest)
    advice: Newest[int, AdviceGiven] = field(default_factory=Newest)
    changes: int = 0

    @property
    def opening(self) -> SetOpened | None:
        """What is known of the set."""
        return self.opened.get(None)

    @property
    def closing(self) -> SetClosed | None:
        """How the set ended, for one that has and did not go on."""
        opening, closing = self.opening, self.closed.get(None)
        if closing is None or (opening is not None and opening.reopened > closing.reopened):
            return None
        return closing

    @property
    def heard_at(self) -> datetime | None:
        """When the set was last heard of: its newest rep was received, or it began."""
        heard = [estimate.newest_received for estimate in self.estimates.values()]
        if self.opening is not None:
            heard.append(self.opening.opened_at)
        return max(heard, default=None)


class Athlete:
    """What the floor knows of a lifter."""

    __slots__ = ("_facts", "losses")

    def __init__(self) -> None:
        self._facts: dict[str, tuple[tuple[int, str], str]] = {}
        self.losses: dict[str, datetime] = {}
        """When a device last went away, by set id (empty: whichever set was running)."""

    def learn(self, fact: str, value: str, version: tuple[int, str]) -> bool:
        """Take a fact, unless a newer one is known."""
        known = self._facts.get(fact)
        if known is not None and version <= known[0]:
            return False
        self._facts[fact] = (version, value)
        return True

    def lose(self, set_id: str, at: datetime) -> bool:
        """Note that a device went away."""
        known = self.losses.get(set_id)
        if known is not None and at <= known:
            return False
        self.losses[set_id] = at
        return True

    @property
    def name(self) -> str | None:
        """The name, where a coach gave one."""
        known = self._facts.get("name")
        return None if known is None else known[1]

    @property
    def agrees(self) -> bool:
        """Whether the lifter may be shown live, as everybody who has not said otherwise."""
        known = self._facts.get("live")
        return known is None or known[1] != "false"

    def lost(self, one: LiveSet) -> bool:
        """Tell whether a device went away after a set was last heard of."""
        opening, heard = one.opening, one.heard_at
        if opening is None or heard is None:
            return False
        losses = (self.losses.get(name) for name in (opening.set_id or one.set_key, ""))
        return any(loss is not None and loss > heard for loss in losses)


class Floor:
    """Folds events into sets, and says which are to be shown."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._gyms: dict[str, dict[str, LiveSet]] = {}
        self._orphans: dict[tuple[str, str], None] = {}
        self._athletes: dict[tuple[str, str], Athlete] = {}

    def athlete(self, gym_id: str, athlete_id: str) -> Athlete:
        """Give a lifter."""
        return self._athletes.setdefault((gym_id, athlete_id), Athlete())

    def shown(self, gym_id: str) -> list[LiveSet]:
        """Give the sets of a gym to be shown: running ones, and those that just ended.

        An ended set gives way to a newer one of the same lifter or at the same station.
        """
        since = self._clock() - SHOWN
        known = [one for one in self._gyms.get(gym_id, {}).values() if self._may_be_shown(one)]
        known.sort(key=_opened_at, reverse=True)
        taken: set[tuple[str, str]] = set()
        found: list[LiveSet] = []
        for one in known:
            places = {("athlete", one.athlete_id)}
            if one.opening is not None and one.opening.station_id is not None:
                places.add(("station", one.opening.station_id))
            closing = one.closing
            if closing is None or (closing.ended_at >= since and not places & taken):
                found.append(one)
            taken |= places
        return found

    def _may_be_shown(self, one: LiveSet) -> bool:
        opening = one.opening
        agreed = self.athlete(one.gym_id, one.athlete_id).agrees
        return one.begun and agreed and opening is not None and not opening.history

    def apply(self, event: Event) -> bool:
        """Take an event; tells whether it changed the floor of its gym."""
        take = _TAKE.get(type(event.data))
        if take is None or not event.data.gym_id or not event.data.athlete_id:
            return False
        return take(self, event, event.data.gym_id, event.data.athlete_id)

    def restore(self, event: Event) -> None:
        """Take an event from the tables, which hold only the newest opening of a running set."""
        if self.apply(event) and isinstance(event.data, SetOpened):
            one = self.set_of(event.data.gym_id or "", event.data.athlete_id or "", event.data.set_key)
            self.begin(one)

    def set_of(self, gym_id: str, athlete_id: str, set_key: str) -> LiveSet:
        """Give a set; a new one where nothing was heard of it yet."""
        gym = self._gyms.setdefault(gym_id, {})
        one = gym.get(set_key)
        if one is None:
            one = gym[set_key] = LiveSet(gym_id, set_key, athlete_id)
            self._orphans[gym_id, set_key] = None
            if len(self._orphans) > ORPHANS_MAX:
                self._forget(*next(iter(self._orphans)))
        return one

    def begin(self, one: LiveSet) -> None:
        """Note that a set was heard to begin or to go on."""
        one.begun = True
        self._orphans.pop((one.gym_id, one.set_key), None)

    def touch(self, gym_id: str, athlete_id: str) -> None:
        """Mark the sets of a lifter as changed."""
        for one in self._gyms.get(gym_id, {}).values():
            if one.athlete_id == athlete_id:
                one.changes += 1

    def tidy(self) -> None:
        """Forget sets that ended long ago."""
        for gym in list(self._gyms.values()):
            for one in list(gym.values()):
                self.forget_old(one)

    def forget_old(self, one: LiveSet) -> None:
        """Forget a set if it ended long ago."""
        closing = one.closing
        if one.begun and closing is not None and self._clock() - closing.ended_at > KEPT:
            self._forget(one.gym_id, one.set_key)

    def _forget(self, gym_id: str, set_key: str) -> None:
        del self._gyms[gym_id][set_key]
        self._orphans.pop((gym_id, set_key), None)


def _opened_at(one: LiveSet) -> tuple[datetime, str]:
    assert one.opening is not None
    return (one.opening.opened_at, one.set_key)


def _version(event: Event, revision: int) -> Version:
    return (revision, rank(event), event.id)


def _opened(floor: Floor, event: Event, gym_id: str, athlete_id: str) -> bool:
    data = event.data
    assert isinstance(data, SetOpened)
    one = floor.set_of(gym_id, athlete_id, data.set_key)
    if not data.amended:
        floor.begin(one)
    return _note(one, one.opened.put(None, _version(event, 0), data))


def _closed(floor: Floor, event: Event, gym_id: str, athlete_id: str) -> bool:
    data = event.data
    assert isinstance(data, SetClosed)
    one = floor.set_of(gym_id, athlete_id, data.set_key)
    changed = _note(one, one.closed.put(None, _version(event, data.reopened), data))
    floor.forget_old(one)
    return changed


def _counted(floor: Floor, event: Event, gym_id: str, athlete_id: str) -> bool:
    data = event.data
    assert isinstance(data, RepCounted)
    one = floor.set_of(gym_id, athlete_id, data.set_key)
    return _note(one, one.reps.put((data.rep_number, data.rep_event_id), _version(event, data.revision), data))


def _estimated(floor: Floor, event: Event, gym_id: str, athlete_id: str) -> bool:
    data = event.data
    assert isinstance(data, EffortEstimated)
    one = floor.set_of(gym_id, athlete_id, data.set_key)
    return _note(one, one.estimates.put(data.rep_number, _version(event, data.revision), data))


def _advised(floor: Floor, event: Event, gym_id: str, athlete_id: str) -> bool:
    data = event.data
    assert isinstance(data, AdviceGiven)
    one = floor.set_of(gym_id, athlete_id, data.set_key)
    return _note(one, one.advice.put(data.after_rep, _version(event, data.revision), data))


def _note(one: LiveSet, changed: bool) -> bool:
    one.changes += changed
    return changed


def _lost(floor: Floor, event: Event, gym_id: str, athlete_id: str) -> bool:
    changed = floor.athlete(gym_id, athlete_id).lose(event.data.set_id or "", event.received)
    if changed:
        floor.touch(gym_id, athlete_id)
    return changed


def _updated(floor: Floor, event: Event, gym_id: str, athlete_id: str) -> bool:
    data = event.data
    assert isinstance(data, AthleteUpdated)
    athlete, version = floor.athlete(gym_id, athlete_id), (rank(event), event.id)
    changed = data.name is not None and athlete.learn("name", data.name, version)
    if data.consent is not None and data.consent.live is not None:
        changed |= athlete.learn("live", str(data.consent.live).lower(), version)
    if changed:
        floor.touch(gym_id, athlete_id)
    return changed


_TAKE: Final[Mapping[type[EventData], Callable[[Floor, Event, str, str], bool]]] = {
    SetOpened: _opened,
    SetClosed: _closed,
    RepCounted: _counted,
    EffortEstimated: _estimated,
    AdviceGiven: _advised,
    DeviceLost: _lost,
    AthleteUpdated: _updated,
}
