"""Detector and advisor for many lifters side by side: one event of each lifter per step, estimates computed together."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from spotter.domain.events import Event
from spotter.domain.events.lifting import RepCompleted
from spotter.domain.events.outputs import AdviceGiven
from spotter.domain.gym_config import Configuration
from spotter.domain.ids import athlete_key
from spotter.streaming.processor import Reject
from spotter_advisor.processor import Advisor
from spotter_detector.processor import FailureDetector

GYM: str = "season"


@dataclass(frozen=True, slots=True)
class Wait:
    """The lifter does nothing until then; timers may fire."""

    until: datetime


Sent: TypeAlias = Sequence[Event] | Wait
Training: TypeAlias = Generator[Sent, list[Event], None]
"""What a lifter sends; each time, the outputs of detector and advisor are sent back."""


@dataclass(slots=True)
class Lane:
    """The state of one lifter in a season."""

    name: str
    training: Training
    story: list[Event] = field(default_factory=list)
    """The detector's outputs, without the reps that it forwards."""
    published: list[Event] = field(default_factory=list)
    """The advisor's outputs, without advice."""
    refused: list[tuple[Event, Reject]] = field(default_factory=list)
    detector: dict[str, object] = field(default_factory=dict)
    advisor: dict[str, object] = field(default_factory=dict)
    waiting: deque[Event] = field(default_factory=deque)
    answer: list[Event] = field(default_factory=list)
    started: bool = False


def train(lanes: Iterable[Lane], configuration: Configuration) -> None:
    """Run the training of lifters."""
    detector, advisor = FailureDetector(), Advisor()
    training = [lane for lane in lanes if _go_on(lane, detector)]
    while training:
        events = [lane.waiting.popleft() for lane in training]
        drafts = []
        for lane, event in zip(training, events, strict=True):
            draft = detector.draft(lane.detector, event, configuration)
            _apply(lane.detector, draft.changes)
            drafts.append(draft)
        for lane, event, step in zip(training, events, detector.finish(drafts), strict=True):
            if step.reject is not None:
                lane.refused.append((event, step.reject))
            for output in step.outputs:
                advised = advisor.step(lane.advisor, output, configuration)
                _apply(lane.advisor, advised.changes)
                if advised.reject is not None:
                    lane.refused.append((output, advised.reject))
                if not isinstance(output.data, RepCompleted):
                    lane.story.append(output)
                lane.published += (output for output in advised.outputs if not isinstance(output.data, AdviceGiven))
                lane.answer.append(output)
                lane.answer += advised.outputs
        training = [lane for lane in training if lane.waiting or _go_on(lane, detector)]


def _go_on(lane: Lane, detector: FailureDetector) -> bool:
    """Get a lifter's next events; return False at the end."""
    while not lane.waiting:
        answer, lane.answer = lane.answer, []
        try:
            sent = lane.training.send(answer) if lane.started else next(lane.training)
        except StopIteration:
            return False
        lane.started = True
        if isinstance(sent, Wait):
            due = detector.next_due(lane.detector)
            if due is not None and due <= sent.until:
                fired = detector.due(lane.detector, athlete_key(GYM, lane.name), sent.until)
                lane.waiting += [replace(event, receivedtime=sent.until) for event in fired]
        else:
            lane.waiting += sent
    return True


def _apply(state: dict[str, object], changes: Mapping[str, object | None]) -> None:
    for name, value in changes.items():
        if value is None:
            state.pop(name, None)
        else:
            state[name] = value
