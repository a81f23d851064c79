"""One event's view of a lifter: the state before it, what it changes, and the facts it publishes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spotter.domain.events import Event, EventData
from spotter.domain.events.lifting import RepCompleted, RepStarted, SetContext
from spotter.domain.events.outputs import SetClosed, SetOpened
from spotter.domain.exercises import Exercise
from spotter.domain.fast_dataclass import replace
from spotter.domain.gym_config import GymConfig
from spotter.domain.ids import fingerprint
from spotter.domain.time import DAY_US, MINUTE_US, SECOND_US, micros, moment_of
from spotter.streaming.processor import Environment, State
from spotter_detector.lifecycle.event_order import time_of
from spotter_detector.lifecycle.rep_merge import MergedRep, RepMerger
from spotter_detector.lifecycle.replay_cache import ReplayCache
from spotter_detector.lifecycle.set_readings import SetReadings
from spotter_detector.profile import Profile, posterior_profile
from spotter_detector.state import (
    FORGOTTEN_KEPT,
    LIFTER,
    LIFTER_EVENTS_KEPT,
    SETS_SEARCHED,
    LiftedSet,
    LifterSets,
    SetRef,
    set_entry,
)

KEPT_US = 28 * DAY_US
"""Sets are kept this long after receipt."""
COPIED = "copied"
"""The event was processed before its set was moved: its effects are corrections, and late."""
FOUND_IN_MOTION = "motion"
"""The rep was found in a signal."""


def _parse_moved_from(text: str) -> tuple[str, tuple[str, ...]]:
    key, *tags = text.split(" ")
    return key, tuple(tags)


class UnitOfWork:
    """Reads through to the state and collects changes and facts; used for one event only."""

    def __init__(
        self,
        state: State,
        event: Event,
        env: Environment,
        merger: RepMerger,
        readings: SetReadings,
        replay_cache: ReplayCache,
    ) -> None:
        self.event = event
        self.identity = fingerprint(f"{event.source}\x1f{event.id}".encode())
        """Fingerprint of the event's source and id, its identity within one lifter."""
        self.received_us = micros(event.received)
        self.changes: dict[str, object | None] = {}
        self.facts: list[EventData] = []
        self.elsewhere: list[Event] = []
        """Events for other lifters' keys."""
        self.merger = merger
        self.readings = readings
        self.state = state
        self._env = env
        self._replay_cache = replay_cache
        self._sets: dict[str, LiftedSet] = {}
        self.with_terms: dict[str, LiftedSet] = {}
        """Changed sets whose term is that of their reports."""
        self.taught: dict[str, int] = {}
        """Profiles that have learned something else, each with when the first such set opened."""
        self._content: str | None = None
        self.moved_from_key, self.tags = ("", ()) if event.movedfrom is None else _parse_moved_from(event.movedfrom)
        """If the event follows a set that was moved here: the set's key under the previous lifter, and tags."""
        lifter = state.get(LIFTER)
        self.lifter = lifter if isinstance(lifter, LifterSets) else LifterSets()

    @property
    def content(self) -> str:
        """Fingerprint of the event's content."""
        if self._content is None:
            self._content = self.event.content()
        return self._content

    def previous_content(self) -> str | None:
        """Return the content fingerprint of an earlier event with this identity; None if the event is new."""
        content = next((content for identity, content in self.lifter.seen if identity == self.identity), None)
        if content is None and self.lifter.waiting:
            content = next((note.content for note in self.lifter.waiting if note.identity == self.identity), None)
        content = content or self._replay_cache.content(self._searched(), self.identity)
        if content is None and len(self.lifter.sets) > SETS_SEARCHED and self._may_be_old():
            older = (self.get(ref.key) for ref in reversed(self.lifter.sets[:-SETS_SEARCHED]))
            content = self._replay_cache.content(older, self.identity)
        return content

    def _may_be_old(self) -> bool:
        """Whether the event may have come before, for a set that is not among the newest.

        An event sent again much later carries its old time; without a time of its own it may be any.
        """
        event = self.event
        if event.time == event.receivedtime or not isinstance(event.data, RepCompleted | RepStarted):
            return True
        return abs(self.received_us - micros(event.time)) > MINUTE_US

    def config(self, version: int | None) -> GymConfig:
        """Return the configuration of the lifter's gym."""
        return self._env.gym(self.event.data.gym_id or "", version)

    def merged(self, lifted_set: LiftedSet) -> list[MergedRep]:
        """Return a set's reps as the model observes them."""
        phases = self.exercise_of(lifted_set).phases or ()
        return self.merger.merge(lifted_set.key, lifted_set.reps, len(phases) or 1)

    def exercise_of(self, lifted_set: LiftedSet) -> Exercise:
        """Return a set's exercise, by the configuration that the set is pinned to."""
        return self.config(lifted_set.config).catalogue.get(lifted_set.context.get("exercise"))

    def get(self, key: str) -> LiftedSet:
        """Return a set by its key."""
        lifted_set = self._sets.get(key)
        if lifted_set is None:
            entry = self.state.get(set_entry(key))
            assert isinstance(entry, LiftedSet), f"entry {set_entry(key)} of a known set is missing"
            self._sets[key] = lifted_set = entry
        return lifted_set

    def find(self, key: str) -> LiftedSet | None:
        """Return a set by its key, if it is still kept."""
        return self.get(key) if any(ref.key == key for ref in self.lifter.sets) else None

    def current_key(self, key: str | None) -> str | None:
        """Return the key that the set of a key has now."""
        return None if key is None else self.lifter.merged.get(key, key)

    def before(self, key: str) -> LiftedSet | None:
        """Return a set as it was before this event."""
        entry = self.state.get(set_entry(key))
        return entry if isinstance(entry, LiftedSet) else None

    def newest(self) -> Iterator[LiftedSet]:
        """Yield the newest sets, the latest start first."""
        return (self.get(ref.key) for ref in reversed(self.lifter.sets[-SETS_SEARCHED:]))

    def moved_here(self) -> LiftedSet | None:
        """Return the set that was moved here and that the event follows."""
        sets = (self.get(ref.key) for ref in reversed(self.lifter.sets))
        return next((lifted_set for lifted_set in sets if lifted_set.moved_from == self.moved_from_key), None)

    def open_sets(self) -> list[LiftedSet]:
        """Return the sets that have not ended, the one with the latest activity first."""
        running = [self.get(ref.key) for ref in self.lifter.sets if ref.is_open]
        return sorted(running, key=lambda lifted_set: lifted_set.active_us, reverse=True)

    def newest_rep_us(self) -> int:
        """Return when the lifter's newest rep ended; 0 before the first."""
        newest_us = 0
        for lifted_set in self._searched():
            if lifted_set.reps and lifted_set.reps[-1].ended_us > newest_us and not lifted_set.moved_to:
                counted = (rep.ended_us for rep in reversed(lifted_set.reps[-SETS_SEARCHED:]) if not rep.voided)
                newest_us = max(newest_us, next(counted, 0))
        return newest_us

    def _searched(self) -> list[LiftedSet]:
        """Return the newest sets, the latest start last."""
        return [self.get(ref.key) for ref in self.lifter.sets[-SETS_SEARCHED:]]

    def changed_sets(self) -> list[tuple[LiftedSet, LiftedSet | None]]:
        """Return the sets that this event has changed, each with its state before."""
        changed = [lifted_set for lifted_set in self.changes.values() if isinstance(lifted_set, LiftedSet)]
        return [(lifted_set, self.before(lifted_set.key)) for lifted_set in changed]

    def newest_us(self) -> int:
        """Return when the newest event about a set happened; 0 before the first."""
        newest_us = self.lifter.newest_us
        for ref in self.lifter.sets[-SETS_SEARCHED:]:
            if ref.is_open:
                newest_us = max(newest_us, last_event_us(self.get(ref.key)))
        return max([newest_us, *(note.at_us for note in self.lifter.waiting)])

    def tie_at(self, at_us: int) -> int:
        """Return the place in the order of arrival among events of the same time, as far as they are in running sets."""
        if at_us != self.newest_us():
            return 0
        ties = []
        for lifted_set in self.newest():
            ties += [event.tie for event in lifted_set.events if at_us in (lifted_set.ended_us, time_of(event))]
        return max(ties, default=-1) + 1

    def end_of_flushed(self, counter: str, sent_us: int, ended_us: int) -> int:
        """Return the end of a rep: that of the others which its device flushed with the same time.

        A client that reads its clock anew for each event of a buffer would else spread them, by microseconds and in any
        order.
        """
        for lifted_set in self.newest():
            for rep in lifted_set.reps[-1:]:
                if rep.sent_us == sent_us and rep.source == counter and abs(rep.ended_us - ended_us) < SECOND_US:
                    return rep.ended_us
        return ended_us

    def put(self, lifted_set: LiftedSet) -> LiftedSet:
        """Write a set, and its entry in the lifter's index if that changed."""
        key = lifted_set.key
        self.changes[set_entry(key)] = self._sets[key] = lifted_set
        ended_us = lifted_set.ended_us
        is_open = ended_us is None
        before = next((ref for ref in reversed(self.lifter.sets) if ref.key == key), None)
        if (
            is_open
            and before is not None
            and before.is_open
            and before.opened_us == lifted_set.opened_us
            and before.profile == lifted_set.profile
            and before.other_ids == lifted_set.other_ids
            and not lifted_set.moved_to
        ):
            return lifted_set
        newest_us = last_event_us(lifted_set)
        ref = SetRef(
            key=key,
            set_id=lifted_set.set_id,
            opened_us=lifted_set.opened_us,
            received_us=lifted_set.received_us,
            is_open=is_open,
            profile=lifted_set.profile,
            moved=bool(lifted_set.moved_to),
            other_ids=lifted_set.other_ids,
            until_us=0 if ended_us is None else max(ended_us, lifted_set.active_us),
            tie=lifted_set.tie,
            noted_us=newest_us if ended_us is not None and newest_us > max(ended_us, lifted_set.active_us) else 0,
        )
        if ref != before:
            self._put_ref(ref, new=before is None, newest_us=0 if is_open else newest_us)
        elif newest_us > self.lifter.newest_us and not is_open:
            self.put_lifter(replace(self.lifter, newest_us=newest_us))
        return lifted_set

    def _put_ref(self, ref: SetRef, *, new: bool, newest_us: int) -> None:
        refs = {other.key: other for other in self.lifter.sets}
        forgot, forgotten, merged = self.lifter.forgot, self.lifter.forgotten, self.lifter.merged
        if new:
            for key in [old.key for old in refs.values() if self.is_too_old(old)]:
                self.lifter = fold_into_base(self.lifter, self.get(key))
                forgotten = (*forgotten, refs[key].set_id)[-FORGOTTEN_KEPT:]
                del refs[key]
                self._sets.pop(key, None)
                self.changes[set_entry(key)] = None
                merged = {name: into for name, into in merged.items() if into != key}
                forgot = True
        refs[ref.key] = ref
        ordered = sorted(refs.values(), key=lambda other: (*other.opened, other.received_us, other.key))
        newest_us = max(newest_us, self.lifter.newest_us)
        lifter = replace(self.lifter, sets=tuple(ordered), forgot=forgot, forgotten=forgotten)
        self.put_lifter(replace(lifter, merged=merged, newest_us=newest_us))

    def drop(self, key: str, merged_into: str) -> None:
        """Drop a set that is a recording of another one."""
        self.changes[set_entry(key)] = None
        self._sets.pop(key, None)
        merged = {name: merged_into if into == key else into for name, into in self.lifter.merged.items()}
        refs = tuple(ref for ref in self.lifter.sets if ref.key != key)
        self.put_lifter(replace(self.lifter, sets=refs, merged={**merged, key: merged_into}))

    def remember(self, lifted_set: LiftedSet) -> LiftedSet:
        """Store the event's identity with its set, to recognise it if it comes again."""
        return self.put(replace(lifted_set, seen={**lifted_set.seen, self.identity: self.content}))

    def remember_with_lifter(self) -> None:
        """Store the event's identity with the lifter, for an event that belongs to no set."""
        newest = (*self.lifter.seen, (self.identity, self.content))[-LIFTER_EVENTS_KEPT:]
        self.put_lifter(replace(self.lifter, seen=newest))

    def is_too_old(self, lifted_set: LiftedSet | SetRef) -> bool:
        """Whether a set was received so long ago that it is no longer kept."""
        return not lifted_set.is_open and lifted_set.received_us < self.received_us - KEPT_US

    def put_lifter(self, lifter: LifterSets) -> None:
        """Write the lifter."""
        self.lifter = lifter
        self.changes[LIFTER] = lifter

    def names_of(self, lifted_set: LiftedSet) -> dict[str, str | None]:
        """Return the fields of a fact that name the lifter and a set."""
        data = self.event.data
        names = {"gym_id": data.gym_id, "athlete_id": data.athlete_id}
        return {**names, "set_id": lifted_set.set_id, "set_key": lifted_set.key}

    def publish_opened(self, lifted_set: LiftedSet, *, amended: bool = False) -> None:
        """Publish that a set was opened, reopened or amended."""
        context = {name: value for name, value in lifted_set.context.items() if name in SetContext.model_fields}
        fields: dict[str, Any] = {
            **context,
            **self.names_of(lifted_set),
            "other_ids": list(lifted_set.other_ids) or None,
            "exposure_key": lifted_set.exposure_key or lifted_set.key,
            "opened_by": lifted_set.opened_by,
            "opened_at": moment_of(lifted_set.opened_us + lifted_set.tie),
            "history": lifted_set.history,
            "reopened": lifted_set.reopened,
            "amended": amended,
            "pinned_config": lifted_set.config,
            "learned_sets": lifted_set.start.learned_sets,
            "moved_from": lifted_set.moved_from or None,
        }
        self.facts.append(SetOpened.model_construct(**fields))

    def publish_closed(self, lifted_set: LiftedSet, *, merged_into: str | None = None) -> None:
        """Publish that a set is closed, or that it never was one of its own."""
        ended_us = lifted_set.ended_us
        fields: dict[str, Any] = {
            **self.names_of(lifted_set),
            "reason": lifted_set.end_reason or "lifter",
            "ended_at": moment_of(lifted_set.active_us if ended_us is None else ended_us),
            "reps": sum(not rep.voided for rep in lifted_set.reps),
            "reopened": lifted_set.reopened,
        }
        if merged_into is not None:
            fields |= {"merged_into": merged_into, "reps": 0}
        if lifted_set.voided:
            fields["voided"] = True
        if lifted_set.moved_to:
            fields |= {"moved_to": lifted_set.moved_to, "reps": 0}
        self.facts.append(SetClosed.model_construct(**fields))


def last_event_us(lifted_set: LiftedSet) -> int:
    """Return when the newest event about a set happened."""
    newest_us = lifted_set.active_us if not lifted_set.moved_to else lifted_set.opened_us
    return max([newest_us, *(note.at_us for note in lifted_set.notes)])


def base_of(lifter: LifterSets, key: str, kind: str, model_class: str) -> Profile | None:
    """Return the base of a profile; None if there is none, or if the exercise has another model class by now."""
    base = lifter.bases.get(_name(key, kind))
    return base if base is not None and base.model_class == model_class else None


def fold_into_base(lifter: LifterSets, lifted_set: LiftedSet) -> LifterSets:
    """Return the lifter with the term of a set that is dropped folded into its profile's base."""
    term = lifted_set.term
    if term is None or not term.teaches or not lifted_set.profile:
        return lifter
    base = posterior_profile(base_of(lifter, lifted_set.profile, term.kind, term.model_class), [term])
    return replace(lifter, bases={**lifter.bases, _name(lifted_set.profile, term.kind): base})


def _name(key: str, kind: str) -> str:
    return f"{key}|{kind}"
