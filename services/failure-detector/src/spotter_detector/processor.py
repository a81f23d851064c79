"""The failure detector's core: events of one lifter in, one ordered story with estimates out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from spotter.domain import topics
from spotter.domain.events import Event, EventData, corrected, corrected_time, event_type
from spotter.domain.events.lifting import (
    EffortReported,
    MotionSampled,
    RepAmended,
    RepCompleted,
    RepStarted,
    RepVoided,
    SetAmended,
    SetEnded,
    SetMoved,
    SetStarted,
)
from spotter.domain.events.outputs import DeviceLost, RepOverdue
from spotter.domain.fast_dataclass import record, replace
from spotter.domain.ids import id_of, joined
from spotter.streaming.processor import Environment, Processor, Reject, State, Step
from spotter_detector import state
from spotter_detector.lifecycle import (
    close_metrics,
    profile_update,
    raw_motion,
    reps,
    set_transfer,
    sets,
    timers,
)
from spotter_detector.lifecycle.device_clock import micros, moment
from spotter_detector.lifecycle.estimates import ChangedRep, EstimateRequest, estimates
from spotter_detector.lifecycle.rep_merge import MergedRep, RepMerger, first_difference
from spotter_detector.lifecycle.replay_cache import ReplayCache
from spotter_detector.lifecycle.unit_of_work import COPIED, UnitOfWork
from spotter_detector.model import MODEL_VERSION, Filter, Prior
from spotter_detector.state import LIFTER_EVENTS_KEPT, LiftedSet, RepRecord
from spotter_detector.state_codec import StateWriter

SOURCE = "spotter/failure-detector"


@record(frozen=True, slots=True)
class DetectorDraft:
    """A step of a set's life, with the estimates that are still to be computed."""

    event: Event
    changes: Mapping[str, object | None]
    passed: Event | None = None
    facts: tuple[EventData, ...] = ()
    wanted: tuple[EstimateRequest, ...] = ()
    """By set."""
    reject: Reject | None = None
    elsewhere: tuple[Event, ...] = ()
    """Events for other lifters."""


class FailureDetector(Processor[DetectorDraft]):
    """Follows every set and estimates after each rep how many are left before momentary failure.

    State per lifter: `lifter` (which sets there are) and one `set:<set_key>` for each set of the last 28 days, with
    its observed reps. Posteriors are no state: they follow from starting values and reps.
    """

    name: ClassVar[str] = "failure-detector"
    input_topic: ClassVar[str] = topics.LIFTS
    output_topic: ClassVar[str] = topics.ESTIMATES

    def __init__(self) -> None:
        self._filter = Filter()
        self._observer = RepMerger()
        self._recall = ReplayCache()
        self._writing = StateWriter()

    def draft(self, state: State, event: Event, env: Environment) -> DetectorDraft:
        """Take an event into the life of its set."""
        if not event.data.gym_id or not event.data.athlete_id:
            return DetectorDraft(event, {}, reject=Reject("no_lifter", "the event names no lifter"))
        turn = UnitOfWork(state, event, env, self._observer, self._recall)
        known = _remembered(turn)
        if known is not None:
            return DetectorDraft(event, {}, reject=known if isinstance(known, Reject) else None)
        return _HANDLERS.get(type(event.data), _lifters_own)(turn)

    def finish(self, drafts: Sequence[DetectorDraft]) -> list[Step]:
        """Compute the estimates of many drafts together."""
        wanted = [one for draft in drafts for one in draft.wanted]
        found = iter(estimates(self._filter, wanted))
        steps: list[Step] = []
        for draft in drafts:
            told = [*draft.facts]
            for _ in draft.wanted:
                told += next(found)
            outputs = [draft.passed] if draft.passed is not None else []
            if told:
                outputs += _outputs(draft.event, told)
            steps.append(Step(draft.changes, tuple(outputs), draft.reject, draft.elsewhere))
        return steps

    def dump(self, name: str, value: object) -> bytes:
        """Write an entry."""
        return self._writing.dump(name, value)

    def load(self, name: str, raw: bytes) -> object:
        """Read an entry."""
        return state.load(name, raw)

    def next_due(self, state: State) -> datetime | None:
        """Say when silence or an overdue rep is next due."""
        us = timers.next_due_us(state)
        return None if us is None else moment(us)

    def due(self, state: State, key: str, now: datetime) -> list[Event]:
        """Give the events of the timers that are due."""
        gym_id, _, athlete_id = key.partition("/")
        return timers.due(state, gym_id, athlete_id, micros(now))


def _outputs(event: Event, told: Sequence[EventData]) -> list[Event]:
    whose, received = joined(MODEL_VERSION, *event.identity), event.received
    return [
        Event(
            id=id_of(joined(whose, event_type(data), place)),
            source=SOURCE,
            time=received,
            data=data,
            receivedtime=received,
            configversion=event.configversion,
        )
        for place, data in enumerate(told)
    ]


def _remembered(turn: UnitOfWork) -> Reject | bool | None:
    """Tell what became of the event's identity: None, it is new; True, it is known; Reject, it said something else."""
    known = turn.remembered()
    if known is None:
        return None
    if known == turn.content:
        return True
    detail = f"an event of this source with id {turn.event.id} said something else before; the first stays"
    return Reject("id_conflict", detail)


def _pass(event: Event, one: LiftedSet | None = None) -> Event:
    if one is None or event.data.set_id is not None:
        return event
    return replace(event, data=event.data.model_copy(update={"set_id": one.set_id}))


def _note(turn: UnitOfWork, one: LiftedSet) -> LiftedSet:
    """Remember the event with its set."""
    return turn.put(replace(one, seen={**one.seen, turn.identity: turn.content}))


def _done(turn: UnitOfWork, one: LiftedSet | None = None, *wanted: EstimateRequest | None) -> DetectorDraft:
    profile_update.teach(turn)
    close_metrics.tell(turn)
    asked = tuple([want for want in wanted if want is not None])
    facts, elsewhere = tuple(turn.facts), tuple(turn.elsewhere)
    return DetectorDraft(turn.event, turn.changes, _pass(turn.event, one), facts, asked, elsewhere=elsewhere)


def _passed_on(turn: UnitOfWork, one: LiftedSet) -> DetectorDraft:
    """Hand an event over to the lifter who has its set now: it is told there, and here it counts no more."""
    refused = set_transfer.pass_on(turn, one)
    if refused is not None:
        return _refused(turn, refused)
    return DetectorDraft(turn.event, turn.changes, elsewhere=tuple(turn.elsewhere))


def _refused(turn: UnitOfWork, reject: Reject) -> DetectorDraft:
    return DetectorDraft(turn.event, {}, reject=reject)


def _unknown_set(turn: UnitOfWork, forgotten: LiftedSet | None = None) -> DetectorDraft:
    """Refuse what is about no set that is kept; where sets were forgotten it may have been one of them."""
    said = turn.event.data.set_id
    detail = (
        f"no set {said} of this lifter in the last 28 days" if said else "the lifter has no set in the last 28 days"
    )
    return _refused(turn, Reject("too_old" if forgotten or turn.lifter.forgot else "unknown_set", detail))


def _revise(
    turn: UnitOfWork, before: LiftedSet, after: LiftedSet, *arrived: RepRecord
) -> tuple[LiftedSet, EstimateRequest | None]:
    """Give new revisions to all estimates that an event changes, the arrived reps' first, the newest's last."""
    known = turn.merger.merge_reps(before.key, before.reps)
    seen = turn.merger.merge_reps(after.key, after.reps)
    first = first_difference(known, seen) if before.start is after.start or before.start == after.start else 0
    if (
        first == len(known) == len(seen) - 1
        and len(last := seen[-1].places) == len(arrived) == 1
        and after.reps[last[0]] is arrived[0]
    ):
        return after, _wanted(turn, after, seen, (ChangedRep(first, last[0], arrived=True),))
    arrived_places = {place for place, rep in enumerate(after.reps) if any(rep is one for one in arrived)}
    touched = [
        ChangedRep(number, place, second=place != group.places[0], arrived=place in arrived_places)
        for number, group in enumerate(seen)
        for place in group.places
        if number >= first or place in arrived_places
    ]
    if not touched and not arrived and seen:
        touched = [ChangedRep(len(seen) - 1, seen[-1].places[0])]
    if not touched:
        return after, None
    touched.sort(key=lambda item: (not item.arrived, item.observation, item.place))
    if any(not item.arrived for item in touched):
        changed = list(after.reps)
        for item in touched:
            if not item.arrived:
                rep = changed[item.place]
                changed[item.place] = replace(rep, estimates=rep.estimates + 1)
        after = turn.put(replace(after, reps=tuple(changed)))
    return after, _wanted(turn, after, seen, tuple(touched))


def _wanted(
    turn: UnitOfWork, one: LiftedSet, seen: Sequence[MergedRep], touched: tuple[ChangedRep, ...]
) -> EstimateRequest:
    observations = tuple([rep.observation for rep in seen])
    return EstimateRequest(turn.event, one, observations, touched, turn.newest_rep_us())


def _set_started(turn: UnitOfWork) -> DetectorDraft:
    data = turn.event.data
    assert isinstance(data, SetStarted)
    at_us = micros(corrected_time(turn.event))
    said = sets.context_of(data)
    found = sets.find_for_start(turn, data.set_id, at_us)
    if found is None:
        one = sets.open_set(turn, data.set_id, at_us, said)
        return _done(turn, _note(turn, one))
    return _passed_on(turn, found) if found.moved_to else _amended(turn, found, said)


def _set_amended(turn: UnitOfWork) -> DetectorDraft:
    data = turn.event.data
    assert isinstance(data, SetAmended)
    found = sets.find_known(turn, data.set_id)
    if found is None and COPIED in turn.words:  # nobody knows its exercise
        one = sets.open_set(turn, data.set_id, micros(corrected_time(turn.event)), sets.context_of(data))
        return _done(turn, _note(turn, one))
    if found is None or turn.is_too_old(found):
        return _unknown_set(turn, found)
    return _passed_on(turn, found) if found.moved_to else _amended(turn, found, sets.context_of(data))


def _amended(turn: UnitOfWork, found: LiftedSet, said: Mapping[str, object]) -> DetectorDraft:
    one = _note(turn, sets.amend(turn, found, said))
    wanted = None
    if one.reps and _judged_by(one) != _judged_by(found):
        one, wanted = _revise(turn, found, one)
    return _done(turn, one, wanted)


def _judged_by(one: LiftedSet) -> Prior:
    """Give the starting values without what only tells later sets something."""
    return one.start if one.start.drop else dataclasses.replace(one.start, load_kg=None)


def _set_ended(turn: UnitOfWork) -> DetectorDraft:
    data = turn.event.data
    assert isinstance(data, SetEnded)
    if data.reason == "silence" and not turn.follows:
        return _fallen_silent(turn)
    at_us = micros(corrected_time(turn.event))
    found = sets.find_for_end(turn, data.set_id, at_us)
    if found is None:
        return _unknown_set(turn)
    if found.moved_to:
        raw_motion.end(turn, found)
        return _passed_on(turn, turn.get(found.key))
    one = _note(turn, found)
    waiting = raw_motion.end(turn, one)
    one = turn.get(one.key)
    if one.is_open and at_us >= one.active_us:
        one = sets.close(turn, one, at_us, data.reason)
    return _segmented(turn, one, waiting)


def _fallen_silent(turn: UnitOfWork) -> DetectorDraft:
    """End the set that the timer meant, known by the event's id: ids of sets may be reused; none, it has gone on."""
    found = next((one for one in turn.open_sets() if timers.silence_id(one) == turn.event.id), None)
    if found is None:
        return DetectorDraft(turn.event, {})
    return _done(turn, sets.close(turn, _note(turn, found), timers.silence_time_us(found), "silence"))


def _rep_started(turn: UnitOfWork) -> DetectorDraft:
    event, data = turn.event, turn.event.data
    assert isinstance(data, RepStarted)
    at_us = micros(corrected(event, data.started_at or event.time))
    found = sets.find_for_rep(turn, data.set_id, at_us)
    # A bar that is moved tells of a start too, and no rep follows: only a rep opens a set or takes it up again.
    if found is None:
        return _lifters_own(turn)
    if found.moved_to:
        return _passed_on(turn, found)
    if not found.is_open:
        return _done(turn, _note(turn, found))
    one = sets.go_on(turn, found, at_us)
    return _done(turn, _note(turn, reps.begin(turn, one, data, at_us)))


def _rep_completed(turn: UnitOfWork) -> DetectorDraft:
    event, data = turn.event, turn.event.data
    assert isinstance(data, RepCompleted)
    ended_us = reps.end_of(event, data)
    found = sets.find_for_rep(turn, data.set_id, ended_us)
    if found is None:
        said = {name: value for name in ("exercise", "load_kg") if (value := getattr(data, name)) is not None}
        found = sets.open_set(turn, data.set_id, ended_us, said, profile_update.measure_of(data))
    elif found.moved_to:
        return _passed_on(turn, found)
    elif not found.reps:
        found = sets.measured_by(turn, found, profile_update.measure_of(data))
    taken = reps.take(turn, found, data, ended_us)
    if taken is None:
        return DetectorDraft(event, {})
    if isinstance(taken, Reject):
        return _refused(turn, taken)
    one, rep = taken
    one = sets.go_on(turn, one, ended_us)
    reps.tell(turn, one, rep)
    one, wanted = _revise(turn, found, one, rep)
    return _done(turn, one, wanted)


def _rep_corrected(turn: UnitOfWork) -> DetectorDraft:
    data = turn.event.data
    assert isinstance(data, RepAmended | RepVoided)
    found = _set_with_rep(turn, data)
    if found is None or turn.is_too_old(found):
        return _unknown_set(turn, found)
    if found.moved_to:
        return _passed_on(turn, found)
    corrected_rep = reps.correct(turn, found, data.rep_number, data if isinstance(data, RepAmended) else None)
    if isinstance(corrected_rep, Reject):
        return _refused(turn, corrected_rep)
    one, rep = corrected_rep
    one = _note(turn, one)
    reps.tell(turn, one, rep)
    one, wanted = _revise(turn, found, one)
    return _done(turn, one, wanted)


def _set_with_rep(turn: UnitOfWork, data: RepAmended | RepVoided) -> LiftedSet | None:
    if data.set_id is None or turn.follows:
        return sets.find_known(turn, None)
    named = list(turn.named(data.set_id))
    with_rep = (one for one in named if any(rep.number == data.rep_number for rep in one.reps))
    return next(with_rep, next(iter(named), None))


def _effort_reported(turn: UnitOfWork) -> DetectorDraft:
    found = sets.find_known(turn, turn.event.data.set_id)
    if found is None or turn.is_too_old(found):
        return _unknown_set(turn, found)
    if found.moved_to:
        return _passed_on(turn, found)
    data = turn.event.data
    assert isinstance(data, EffortReported)
    one = reps.call(
        turn, set_transfer.remembered(turn, _note(turn, found), data), data, micros(corrected_time(turn.event))
    )
    one, wanted = _revise(turn, found, one) if one.reps != found.reps else (one, None)
    return _done(turn, one, wanted)


def _rep_overdue(turn: UnitOfWork) -> DetectorDraft:
    for one in turn.open_sets():
        if one.under_way is not None and timers.overdue_id(one, one.under_way) == turn.event.id:
            return _done(turn, _note(turn, replace(one, under_way=replace(one.under_way, overdue=True))))
    return DetectorDraft(turn.event, {})


def _device_lost(turn: UnitOfWork) -> DetectorDraft:
    data = turn.event.data
    assert isinstance(data, DeviceLost)
    for one in turn.open_sets():
        reps.lose(turn, one, data)
    set_transfer.pass_loss(turn)
    return _done(turn)


def _motion_sampled(turn: UnitOfWork) -> DetectorDraft:
    data = turn.event.data
    assert isinstance(data, MotionSampled)
    done = raw_motion.take(turn, data)
    running = turn.find(next(iter(done.before))) if done.before else next(iter(turn.open_sets()), None)
    if running is None:
        return _lifters_own(turn)
    return _segmented(turn, _note(turn, running), done)


def _segmented(turn: UnitOfWork, one: LiftedSet, done: raw_motion.MotionChanges) -> DetectorDraft:
    """Estimate the reps that were found."""
    wanted = [
        _revise(turn, before, turn.get(key), *done.arrived.get(key, ()))[1] for key, before in done.before.items()
    ]
    return _done(turn, one, *wanted)


def _set_moved(turn: UnitOfWork) -> DetectorDraft:
    data = turn.event.data
    assert isinstance(data, SetMoved)
    found = sets.find_known(turn, data.set_id)
    if found is None or turn.is_too_old(found):
        return _unknown_set(turn, found)
    gone = set_transfer.move(turn, _note(turn, found), data.to_athlete_id)
    return _refused(turn, gone) if isinstance(gone, Reject) else _done(turn, gone)


def _lifters_own(turn: UnitOfWork) -> DetectorDraft:
    noted = (turn.identity, turn.content)
    turn.put_lifter(replace(turn.lifter, seen=(*turn.lifter.seen, noted)[-LIFTER_EVENTS_KEPT:]))
    return _done(turn)


_HANDLERS: Mapping[type[EventData], Callable[[UnitOfWork], DetectorDraft]] = {
    SetStarted: _set_started,
    SetAmended: _set_amended,
    SetEnded: _set_ended,
    SetMoved: _set_moved,
    RepStarted: _rep_started,
    RepCompleted: _rep_completed,
    RepAmended: _rep_corrected,
    RepVoided: _rep_corrected,
    RepOverdue: _rep_overdue,
    EffortReported: _effort_reported,
    MotionSampled: _motion_sampled,
    DeviceLost: _device_lost,
}
