"""A dry run at the start: the first set of the day gets its advice as fast as the hundredth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from spotter.domain.events import Event, EventData, encode
from spotter.domain.events.lifting import RepCompleted, SetEnded, SetStarted
from spotter.domain.gym_config import Configuration
from spotter.domain.ids import athlete_key
from spotter.streaming.processor import Processor
from spotter.streaming.state_versions import Input, Stepper

_BEGAN: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
_GYM, _LIFTER = "rehearsal", "rehearsal"


def warm_up(processors: Sequence[Processor[Any]]) -> int:
    """Take two sets of an invented lifter through processors, each reading what the one before it wrote; returns how many outputs.

    What a processor makes once and keeps (tables, caches, imports) is there afterwards. Nothing of it is written.
    """
    events = _two_sets()
    for processor in processors:
        stepper = Stepper(processor, Configuration())
        outputs_so_far: list[Event] = []
        for offset, event in enumerate(events):
            value = encode(event)
            outputs = stepper.run([Input(0, offset, athlete_key(_GYM, _LIFTER), value, event)]).outputs
            outputs_so_far += [output.event for output in outputs]
        events = outputs_so_far
    return len(events)


def _two_sets() -> list[Event]:
    events: list[Event] = []
    for number, start in enumerate((_BEGAN, _BEGAN + timedelta(minutes=4))):
        reps = [
            RepCompleted(rep_number=rep, mean_velocity_mps=0.7 - 0.05 * rep, rom_m=0.6, concentric_s=1.0)
            for rep in range(1, 7)
        ]
        story: tuple[EventData, ...] = (SetStarted(exercise="back_squat", load_kg=100.0), *reps, SetEnded())
        for index, data_sent in enumerate(story):
            data = data_sent.model_copy(update={"gym_id": _GYM, "athlete_id": _LIFTER, "set_id": f"{number}"})
            at = start + timedelta(seconds=3 * index)
            events.append(Event(f"{number}-{index}", "rehearsal", at, data, receivedtime=at, configversion=0))
    return events
