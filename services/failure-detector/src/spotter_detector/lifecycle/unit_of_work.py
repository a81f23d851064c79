"""One step's view of a lifter: what was known, what it changes, and what it has to tell."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from spotter.domain.events import Event, EventData
from spotter.domain.events.lifting import RepCompleted, RepStarted, SetContext
from spotter.domain.events.outputs import SetClosed, SetOpened
from spotter.domain.fast_dataclass import replace
from spotter.domain.gym_config import GymConfig
from spotter.domain.ids import fingerprint
from spotter.streaming.processor import Environment, State
from spotter_detector.lifecycle.device_clock import DAY_US, MINUTE_US, micros, moment
from spotter_detector.lifecycle.rep_merge import RepMerger
from spotter_detector.lifecycle.replay_cache import ReplayCache
from spotter_detector.profile.base_fold import folded
from spotter_detector.state import LIFTER, SETS_SEARCHED, LiftedSet, LifterSets, SetRef, set_entry

KEPT_US = 28 * DAY_US
"""Sets are kept this long after receipt."""
EARLY_US = 10 * MINUTE_US
"""A rep may have ended this long before the event that opened its set."""


COPIED = "copied"
"""The event had been taken when its set was moved: what comes of it is a correction, and late."""
FOUND_IN_MOTION = "motion"
"""The rep was found in a signal."""


def _mark(said: str) -> tuple[str, tuple[str, ...]]:
    key, *words = said.split(" ")
    return key, tuple(words)


class UnitOfWork:
    """Reads through to the state, collects changes and facts; used for one event and thrown away."""

    def __init__(self, state: State, event: Event, env: Environment, merger: RepMerger, recall: ReplayCache) -> None:
        self.event = event
        self.identity = fingerprint(f"{event.source}\x1f{event.id}".encode())
        """Of the event's source and id, which within one lifter are its identity."""
        self.received_us = micros(event.received)
        self.changes: dict[str, object | None] = {}
        self.facts: list[EventData] = []
        self.elsewhere: list[Event] = []
        """Events for other lifters' keys."""
        self.merger = merger
        self.state = state
        self._env = env
        self._recall = recall
        self._sets: dict[str, LiftedSet] = {}
        self._content: str | None = None
        self.follows, self.words = ("", ()) if event.movedfrom is None else _mark(event.movedfrom)
        """Where the event follows a set that was moved here: the set's key under the lifter before, and words."""
        known = state.get(LIFTER)
        self.lifter = known if isinstance(known, LifterSets) else LifterSets()

    @property
    def content(self) -> str:
        """Fingerprint of what the event said."""
        if self._content is None:
            self._content = self.event.content()
        return self._content

    def remembered(self) -> str | None:
        """Give what the event with this identity said when it came before; None: it is new."""
        known = next((content for seen, content in self.lifter.seen if seen == self.identity), None)
        known = known or self._recall.content(self._searched(), self.identity)
        if known is None and len(self.lifter.sets) > SETS_SEARCHED and self._may_be_old():
            older = (self.get(ref.key) for ref in reversed(self.lifter.sets[:-SETS_SEARCHED]))
            known = self._recall.content(older, self.identity)
        return known

    def _may_be_old(self) -> bool:
        """Tell whether the event may have come before for a set that is none of the newest.

        What is sent again much later has its old time; one that was left out may be any.
        """
        event = self.event
        if event.time == event.receivedtime or not isinstance(event.data, RepCompleted | RepStarted):
            return True
        return abs(self.received_us - micros(event.time)) > MINUTE_US

    def config(self, version: int | None) -> GymConfig:
        """Give the configuration of the lifter's gym."""
        return self._env.gym(self.event.data.gym_id or "", version)

    def get(self, key: str) -> LiftedSet:
        """Give a set by its key."""
        found = self._sets.get(key)
        if found is None:
            known = self.state.get(set_entry(key))
            assert isinstance(known, LiftedSet), f"entry {set_entry(key)} of a known set is missing"
            self._sets[key] = found = known
        return found

    def find(self, key: str) -> LiftedSet | None:
        """Give a set by its key, where it is still kept."""
        return self.get(key) if any(ref.key == key for ref in self.lifter.sets) else None

    def before(self, key: str) -> LiftedSet | None:
        """Give a set as it was before this turn."""
        known = self.state.get(set_entry(key))
        return known if isinstance(known, LiftedSet) else None

    def newest(self, count: int = SETS_SEARCHED) -> Iterator[LiftedSet]:
        """Give sets, the latest start first."""
        return (self.get(ref.key) for ref in reversed(self.lifter.sets[-count:]))

    def begun_by(self, at_us: int, count: int = SETS_SEARCHED) -> Iterator[LiftedSet]:
        """Give sets that had begun at `at_us`, the latest start first."""
        begun = (ref for ref in reversed(self.lifter.sets) if ref.opened_us <= at_us)
        return (self.get(ref.key) for ref in islice(begun, count))

    def named(self, set_id: str) -> Iterator[LiftedSet]:
        """Give all sets that were called `set_id`, the latest start first."""
        return (self.get(ref.key) for ref in reversed(self.lifter.sets) if ref.set_id == set_id)

    def followed(self) -> LiftedSet | None:
        """Give the set that was moved here and that the event follows."""
        return next((one for one in self.newest(len(self.lifter.sets)) if one.moved_from == self.follows), None)

    def own(self) -> Iterator[LiftedSet]:
        """Give sets that were not moved to another lifter, the latest start first."""
        return (self.get(ref.key) for ref in reversed(self.lifter.sets) if not ref.moved)

    def open_sets(self) -> list[LiftedSet]:
        """Give the sets that have not ended, the one with the latest activity first."""
        found = [self.get(ref.key) for ref in self.lifter.sets if ref.is_open]
        return sorted(found, key=lambda one: one.active_us, reverse=True)

    def newest_rep_us(self) -> int:
        """Say when the newest known rep of the lifter ended; 0 before the first."""
        newest_us = 0
        for one in self._searched():
            if one.reps and one.reps[-1].ended_us > newest_us and not one.moved_to:
                for rep in reversed(one.reps[-SETS_SEARCHED:]):
                    if not rep.voided:
                        newest_us = max(newest_us, rep.ended_us)
                        break
        return newest_us

    def _searched(self) -> list[LiftedSet]:
        """Give the newest sets, the latest start last."""
        refs, get = self.lifter.sets, self.get
        return [get(ref.key) for ref in (refs if len(refs) <= SETS_SEARCHED else refs[-SETS_SEARCHED:])]

    def changed_sets(self) -> list[tuple[LiftedSet, LiftedSet | None]]:
        """Give the sets that this turn has changed, each with what it was before."""
        found = [one for one in self.changes.values() if isinstance(one, LiftedSet)]
        return [(one, self.before(one.key)) for one in found]

    def put(self, one: LiftedSet) -> LiftedSet:
        """Write a set, and its place among the lifter's sets where that changed."""
        key = one.key
        self.changes[set_entry(key)] = self._sets[key] = one
        is_open = one.ended_us is None
        for known in reversed(self.lifter.sets):
            if known.key == key:
                if known.is_open is is_open and known.profile == one.profile and known.moved is bool(one.moved_to):
                    return one  # nothing else ever changes
                break
        else:
            known = None
        ref = SetRef(key, one.set_id, one.opened_us, one.received_us, is_open, one.profile, bool(one.moved_to))
        self._put_ref(ref, new=known is None)
        return one

    def _put_ref(self, ref: SetRef, *, new: bool) -> None:
        refs = {known.key: known for known in self.lifter.sets}
        forgot = self.lifter.forgot
        if new:
            for key in [old.key for old in refs.values() if self.is_too_old(old)]:
                self.lifter = folded(self.lifter, self.get(key))
                del refs[key]
                self._sets.pop(key, None)
                self.changes[set_entry(key)] = None
                forgot = True
        refs[ref.key] = ref
        ordered = sorted(refs.values(), key=lambda known: (known.opened_us, known.received_us, known.key))
        self.put_lifter(replace(self.lifter, sets=tuple(ordered), forgot=forgot))

    def is_too_old(self, one: LiftedSet | SetRef) -> bool:
        """Tell whether a set was received so long ago that it is kept no more."""
        return not one.is_open and one.received_us < self.received_us - KEPT_US

    def put_lifter(self, lifter: LifterSets) -> None:
        """Write the lifter."""
        self.lifter = lifter
        self.changes[LIFTER] = lifter

    def tell_opened(self, one: LiftedSet, *, amended: bool = False) -> None:
        """Tell that a set began, goes on, or is known better."""
        context = {name: value for name, value in one.context.items() if name in SetContext.model_fields}
        said: dict[str, Any] = {
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
            "moved_from": one.moved_from or None,
        }
        self.facts.append(SetOpened.model_construct(**said))

    def tell_closed(self, one: LiftedSet) -> None:
        """Tell that a set is over."""
        assert one.ended_us is not None
        said: dict[str, Any] = {
            "gym_id": self.event.data.gym_id,
            "athlete_id": self.event.data.athlete_id,
            "set_id": one.set_id,
            "set_key": one.key,
            "reason": one.end_reason or "lifter",
            "ended_at": moment(one.ended_us),
            "reps": sum(not rep.voided for rep in one.reps),
            "reopened": one.reopened,
        }
        if one.moved_to:
            said |= {"moved_to": one.moved_to, "reps": 0}
        self.facts.append(SetClosed.model_construct(**said))
