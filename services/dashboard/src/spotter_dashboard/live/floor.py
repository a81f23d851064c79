"""The floor as it is now: every running set and those that just ended, folded from the events as they come.

Folding gives the same floor whatever order events come in, so after a start it is rebuilt from the events that the
tables hold of the sets that are still running.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from spotter.domain.events import Event
from spotter.domain.events.outputs import DeviceLost, SetClosed, SetOpened
from spotter.domain.events.people import AthleteUpdated
from spotter.domain.running_set import SET_EVENTS, Newest, RunningSet, rank

SHOWN: Final = timedelta(minutes=2)
"""A set that ended longer ago is not shown (design choice: about a rest between sets)."""
KEPT: Final = timedelta(minutes=12)
"""A set that ended longer ago is removed: it cannot go on any more."""
ORPHANS_MAX: Final = 1_000
"""Sets kept whose opening has not come: topics have no order between them, and old sets are corrected."""


class FloorAthlete:
    """What the floor needs of a lifter: name, consent, lost devices."""

    __slots__ = ("_facts", "losses")

    def __init__(self) -> None:
        self._facts = Newest[str, str]()
        self.losses: dict[str, datetime] = {}
        """When a device was last lost, by set id (empty: whichever set was running)."""

    def learn(self, fact: str, value: str, version: tuple[int, str]) -> bool:
        """Store a fact unless a newer one is stored; returns whether it was stored."""
        return self._facts.put(fact, (0, *version), value)

    def update(self, data: AthleteUpdated, version: tuple[int, str]) -> bool:
        """Store the facts of an update; returns whether any was stored."""
        changed = data.name is not None and self.learn("name", data.name, version)
        if data.consent is not None and data.consent.live is not None:
            changed |= self.learn("live", str(data.consent.live).lower(), version)
        return changed

    def lose(self, set_id: str, at: datetime) -> bool:
        """Store when a device was lost; returns whether that was the last loss."""
        existing = self.losses.get(set_id)
        if existing is not None and at <= existing:
            return False
        self.losses[set_id] = at
        return True

    @property
    def name(self) -> str | None:
        """The name, where a coach entered one."""
        return self._facts.get("name")

    @property
    def agrees(self) -> bool:
        """Whether the lifter may be shown live: yes, unless consent was refused."""
        return self._facts.get("live") != "false"

    def lost(self, running: RunningSet) -> bool:
        """Tell whether a device was lost after the last event of a set."""
        opening, last = running.opening, running.last_received
        if opening is None or last is None:
            return False
        names = (opening.set_id or running.set_key, *(opening.other_ids or ()), "")
        losses = (self.losses.get(name) for name in names)
        return any(loss is not None and loss > last for loss in losses)


class Floor:
    """Folds events into sets, and selects those to be shown."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._gyms: dict[str, dict[str, RunningSet]] = {}
        self._orphans: dict[tuple[str, str], None] = {}
        """Sets that have not opened, or gone on, since the start: corrections of old sets don't make them run again."""
        self._athletes: dict[tuple[str, str], FloorAthlete] = {}

    def athlete(self, gym_id: str, athlete_id: str) -> FloorAthlete:
        """Return a lifter."""
        return self._athletes.setdefault((gym_id, athlete_id), FloorAthlete())

    def shown(self, gym_id: str) -> list[RunningSet]:
        """Return the sets of a gym to be shown: running ones, and those that just ended.

        An ended set gives way to a newer one of the same lifter or at the same station.
        """
        since = self._clock() - SHOWN
        candidates = [running for running in self._gyms.get(gym_id, {}).values() if self._may_be_shown(running)]
        candidates.sort(key=_opened_at, reverse=True)
        taken: set[tuple[str, str]] = set()
        shown: list[RunningSet] = []
        for running in candidates:
            claims = {("athlete", running.athlete_id)}
            if running.opening is not None and running.opening.station_id is not None:
                claims.add(("station", running.opening.station_id))
            closing = running.closing
            if closing is None or (closing.ended_at >= since and not claims & taken):
                shown.append(running)
            taken |= claims
        return shown

    def _may_be_shown(self, running: RunningSet) -> bool:
        opening = running.opening
        agreed = self.athlete(running.gym_id, running.athlete_id).agrees
        exists = opening is not None and not opening.history and not running.gone
        return self._has_begun(running) and agreed and exists

    def _has_begun(self, running: RunningSet) -> bool:
        return (running.gym_id, running.set_key) not in self._orphans

    def apply(self, event: Event) -> bool:
        """Fold an event; returns whether it changed the floor of its gym."""
        data, gym_id, athlete_id = event.data, event.data.gym_id, event.data.athlete_id
        if not gym_id or not athlete_id:
            return False
        if isinstance(data, SET_EVENTS):
            return self._apply_to_set(event, self.set_of(gym_id, athlete_id, data.set_key))
        changed = False
        if isinstance(data, DeviceLost):
            changed = self.athlete(gym_id, athlete_id).lose(data.set_id or "", event.received)
        elif isinstance(data, AthleteUpdated):
            changed = self.athlete(gym_id, athlete_id).update(data, (rank(event), event.id))
        for running in self._gyms.get(gym_id, {}).values() if changed else ():
            if running.athlete_id == athlete_id:
                running.changes += 1
        return changed

    def _apply_to_set(self, event: Event, running: RunningSet) -> bool:
        if isinstance(event.data, SetOpened) and not event.data.amended:
            self._begin(running)
        changed = running.apply(event)
        if isinstance(event.data, SetClosed):
            self._remove_old(running)
        return changed

    def restore(self, event: Event) -> None:
        """Fold an event from the tables, which hold only the newest opening of a running set."""
        if self.apply(event) and isinstance(event.data, SetOpened):
            self._begin(self.set_of(event.data.gym_id or "", event.data.athlete_id or "", event.data.set_key))

    def set_of(self, gym_id: str, athlete_id: str, set_key: str) -> RunningSet:
        """Return a set; a new one where it has no event yet."""
        gym = self._gyms.setdefault(gym_id, {})
        running = gym.get(set_key)
        if running is None:
            running = gym[set_key] = RunningSet(gym_id, set_key, athlete_id)
            self._orphans[gym_id, set_key] = None
            if len(self._orphans) > ORPHANS_MAX:
                self._remove(*next(iter(self._orphans)))
        return running

    def tidy(self) -> None:
        """Remove sets that ended long ago."""
        for gym in list(self._gyms.values()):
            for running in list(gym.values()):
                self._remove_old(running)

    def _begin(self, running: RunningSet) -> None:
        self._orphans.pop((running.gym_id, running.set_key), None)

    def _remove_old(self, running: RunningSet) -> None:
        closing = running.closing
        if self._has_begun(running) and closing is not None and self._clock() - closing.ended_at > KEPT:
            self._remove(running.gym_id, running.set_key)

    def _remove(self, gym_id: str, set_key: str) -> None:
        del self._gyms[gym_id][set_key]
        self._orphans.pop((gym_id, set_key), None)


def _opened_at(running: RunningSet) -> tuple[datetime, str]:
    assert running.opening is not None
    return (running.opening.opened_at, running.set_key)
