"""One step's view of a lifter: what was known, what it changes, and what it has to tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from failure_detector.life.clock import DAY_US, micros, moment
from failure_detector.life.records import LIFTER, SETS_SEARCHED, LiftedSet, Lifter, SetRef, set_entry
from failure_detector.observing import Observer
from spotter.config import GymConfig
from spotter.events import Event, EventData
from spotter.events.derived import SetClosed, SetOpened
from spotter.events.lifting import SetContext
from spotter.processing import Environment, State

KEPT_US = 28 * DAY_US
"""Sets are kept this long after receipt."""


class Turn:
    """Reads through to the state, collects changes and facts; used for one event and thrown away."""

    def __init__(self, state: State, event: Event, env: Environment, observer: Observer) -> None:
        self.event = event
        self.received_us = micros(event.received)
        self.changes: dict[str, object | None] = {}
        self.facts: list[EventData] = []
        self.observer = observer
        self._state = state
        self._env = env
        known = state.get(LIFTER)
        self.lifter = known if isinstance(known, Lifter) else Lifter()

    def config(self, version: int | None) -> GymConfig:
        """Give the configuration of the lifter's gym."""
        return self._env.gym(self.event.data.gym_id or "", version)

    def get(self, key: str) -> LiftedSet:
        """Give a set by its key."""
        name = set_entry(key)
        found = self.changes[name] if name in self.changes else self._state[name]
        assert isinstance(found, LiftedSet), f"entry {name} of a known set is missing"
        return found

    def newest(self, count: int = SETS_SEARCHED) -> Iterator[LiftedSet]:
        """Give sets, the latest start first."""
        return (self.get(ref.key) for ref in reversed(self.lifter.sets[-count:]))

    def named(self, set_id: str) -> Iterator[LiftedSet]:
        """Give all sets that were called `set_id`, the latest start first."""
        return (self.get(ref.key) for ref in reversed(self.lifter.sets) if ref.set_id == set_id)

    def open_sets(self) -> list[LiftedSet]:
        """Give the sets that have not ended, the one with the latest activity first."""
        found = [self.get(ref.key) for ref in self.lifter.sets if ref.is_open]
        return sorted(found, key=lambda one: one.active_us, reverse=True)

    def newest_rep_us(self) -> int:
        """Say when the newest known rep of the lifter ended; 0 before the first."""
        ends = (rep.ended_us for one in self.newest() for rep in one.reps[-SETS_SEARCHED:] if not rep.voided)
        return max(ends, default=0)

    def put(self, one: LiftedSet) -> LiftedSet:
        """Write a set, and its place among the lifter's sets where that changed."""
        self.changes[set_entry(one.key)] = one
        ref = SetRef(one.key, one.set_id, one.opened_us, one.received_us, one.is_open)
        refs = {known.key: known for known in self.lifter.sets}
        if refs.get(one.key) != ref:
            expired = [] if one.key in refs else [
                old.key
                for old in self.lifter.sets
                if old.received_us < self.received_us - KEPT_US and not old.is_open
            ]
            for key in expired:
                del refs[key]
                self.changes[set_entry(key)] = None
            refs[one.key] = ref
            ordered = sorted(refs.values(), key=lambda known: (known.opened_us, known.received_us, known.key))
            self.put_lifter(replace(self.lifter, sets=tuple(ordered)))
        return one

    def put_lifter(self, lifter: Lifter) -> None:
        """Write the lifter."""
        self.lifter = lifter
        self.changes[LIFTER] = lifter

    def tell_opened(self, one: LiftedSet, *, amended: bool = False) -> None:
        """Tell that a set began, goes on, or is known better."""
        context = {name: value for name, value in one.context.items() if name in SetContext.model_fields}
        said = {
            **context,
            "gym_id": self.event.data.gym_id,
            "athlete_id": self.event.data.athlete_id,
            "set_id": one.set_id,
            "set_key": one.key,
            "opened_by": one.opened_by,
            "opened_at": moment(one.opened_us),
            "history": one.history,
            "reopened": one.reopened,
            "amended": amended,
            "pinned_config": one.config,
            "learned_sets": one.start.learned_sets,
        }
        self.facts.append(SetOpened(**said))

    def tell_closed(self, one: LiftedSet) -> None:
        """Tell that a set is over."""
        assert one.ended_us is not None
        said = {
            "gym_id": self.event.data.gym_id,
            "athlete_id": self.event.data.athlete_id,
            "set_id": one.set_id,
            "set_key": one.key,
            "reason": one.end_reason,
            "ended_at": moment(one.ended_us),
            "reps": sum(not rep.voided for rep in one.reps),
            "reopened": one.reopened,
        }
        self.facts.append(SetClosed(**said))
