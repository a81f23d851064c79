"""The failure detector's core: the events of one lifter in, set facts and effort estimates out, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from spotter.domain import topics
from spotter.domain.events import Event, EventData, event_type, lifting, outputs
from spotter.domain.ids import id_of, joined
from spotter.domain.time import micros, moment_of
from spotter.streaming.processor import Environment, Processor, Reject, State, Step
from spotter_detector.handlers import rep_events, set_events
from spotter_detector.handlers.draft import DetectorDraft, accept_for_lifter
from spotter_detector.lifecycle import timers
from spotter_detector.lifecycle.estimates import estimates
from spotter_detector.lifecycle.rep_merge import RepMerger
from spotter_detector.lifecycle.replay_cache import ReplayCache
from spotter_detector.lifecycle.set_readings import SetReadings
from spotter_detector.lifecycle.unit_of_work import UnitOfWork
from spotter_detector.model import MODEL_VERSION, Filter
from spotter_detector.state_codec import StateWriter, load_entry

SOURCE = "spotter/failure-detector"

_HANDLERS: Mapping[type[EventData], Callable[[UnitOfWork], DetectorDraft]] = {
    lifting.SetStarted: set_events.set_event,
    lifting.SetAmended: set_events.set_event,
    lifting.SetVoided: set_events.set_event,
    lifting.SetEnded: set_events.set_ended,
    lifting.SetMoved: set_events.set_moved,
    lifting.MotionSampled: set_events.motion_sampled,
    lifting.RepStarted: rep_events.rep_started,
    lifting.RepCompleted: rep_events.rep_completed,
    lifting.RepAmended: set_events.set_event,
    lifting.RepVoided: set_events.set_event,
    outputs.RepOverdue: rep_events.rep_overdue,
    lifting.EffortReported: set_events.set_event,
    outputs.DeviceLost: rep_events.device_lost,
}


class FailureDetector(Processor[DetectorDraft]):
    """Follows every set and estimates after each rep how many are left before momentary failure.

    State per lifter: `lifter` (an index of the sets) and one `set:<set_key>` for each set of the last 28 days, with its
    observed reps. Posteriors are not state: they follow from prior and reps.
    """

    name: ClassVar[str] = "failure-detector"
    input_topic: ClassVar[str] = topics.LIFTS
    output_topic: ClassVar[str] = topics.ESTIMATES
    version: ClassVar[str | None] = MODEL_VERSION

    def __init__(self) -> None:
        self._filter = Filter()
        self._merger = RepMerger()
        self._readings = SetReadings()
        self._replay_cache = ReplayCache()
        self._writer = StateWriter()

    def draft(self, state: State, event: Event, env: Environment) -> DetectorDraft:
        """Apply an event to the set it belongs to."""
        if not event.data.gym_id or not event.data.athlete_id:
            return DetectorDraft(event, {}, reject=Reject("no_lifter", "the event names no lifter"))
        work = UnitOfWork(state, event, env, self._merger, self._readings, self._replay_cache)
        content_before = work.previous_content()
        if content_before is None:
            return _HANDLERS.get(type(event.data), accept_for_lifter)(work)
        if content_before == work.content:
            return DetectorDraft(event, {})
        detail = f"an event of this source with id {event.id} said something else before; the first stays"
        return DetectorDraft(event, {}, reject=Reject("id_conflict", detail))

    def finish(self, drafts: Sequence[DetectorDraft]) -> list[Step]:
        """Compute the estimates of many drafts together."""
        requests = [request for draft in drafts for request in draft.requests]
        answers = iter(estimates(self._filter, requests))
        steps: list[Step] = []
        for draft in drafts:
            facts = [*draft.facts]
            for _ in draft.requests:
                facts += next(answers)
            outputs = [draft.passed] if draft.passed is not None else []
            if facts:
                outputs += _outputs(draft.event, facts)
            steps.append(Step(draft.changes, tuple(outputs), draft.reject, draft.elsewhere))
        return steps

    def dump(self, name: str, value: object) -> bytes:
        """Write an entry."""
        return self._writer.dump(name, value)

    def load(self, name: str, raw: bytes) -> object:
        """Read an entry."""
        return load_entry(name, raw)

    def next_due(self, state: State) -> datetime | None:
        """Return when silence or an overdue rep is next due."""
        us = timers.next_due_us(state)
        return None if us is None else moment_of(us)

    def due(self, state: State, key: str, now: datetime) -> list[Event]:
        """Return the events of the timers that are due."""
        gym_id, _, athlete_id = key.partition("/")
        return timers.due(state, gym_id, athlete_id, micros(now))


def _outputs(event: Event, facts: Sequence[EventData]) -> list[Event]:
    origin, received = joined(MODEL_VERSION, *event.identity), event.received
    return [
        Event(
            id=id_of(joined(origin, event_type(data), index)),
            source=SOURCE,
            time=received,
            data=data,
            receivedtime=received,
            configversion=event.configversion,
        )
        for index, data in enumerate(facts)
    ]
