from __future__ import annotations

from typing import Any

from prometheus_client import REGISTRY

from spotter.domain.events.lifting import RepCompleted, SetEnded
from spotter.domain.events.outputs import EventRejected
from spotter.domain.gym_config import Configuration
from spotter.streaming.runtime import ProcessorStage
from spotter.streaming.state_versions import Input, Stepper
from tests.kafka.toy import Toy
from tests.kafka.workers import event_of

KEY = "g1/ada"


class Choosy(Toy):
    """Reads reps alone."""

    reads = frozenset({RepCompleted})


def test_a_processor_is_not_asked_about_events_that_it_does_not_read() -> None:
    """They give no output and leave no trace in the state; those that it reads are stepped as ever."""
    rep = event_of("ada", RepCompleted(gym_id="g1", athlete_id="ada", set_id="s", rep_number=1))
    end = event_of("ada", SetEnded(gym_id="g1", athlete_id="ada", set_id="s"))
    inputs = [Input(0, offset, KEY, b"", event) for offset, event in enumerate((end, rep, end))]
    batch = Stepper(Choosy(), Configuration()).run(inputs)

    assert [rep.id] == [output.event.id for output in batch.outputs][:1]
    assert 2 == len(batch.outputs)
    assert [(KEY, "count"), (KEY, "scratch")] == list(batch.changed)


async def test_rejected_events_are_counted_by_reason_and_name_their_set() -> None:
    """What a client sends in vain shows in the metrics, also where nobody looks for it."""
    stage = ProcessorStage(Toy(), Configuration())
    whose: dict[str, Any] = {"gym_id": "g1", "athlete_id": "ada", "set_id": "s", "set_key": "k"}
    reps = [event_of("ada", RepCompleted(**whose, rep_number=number)) for number in (12, 13, 14)]
    before = rejected("unlucky")
    batch = await stage.step([Input(0, offset, KEY, b"", event) for offset, event in enumerate(reps)])

    assert ({"unlucky": 1}, 1) == (batch.rejected, rejected("unlucky") - before)
    letters = [output.event.data for output in batch.outputs if isinstance(output.event.data, EventRejected)]
    assert [("s", "k", "unlucky")] == [(letter.set_id, letter.set_key, letter.reason) for letter in letters]


def rejected(reason: str) -> float:
    """Return how many events of the toy's were rejected for a reason."""
    labels = {"processor": Toy.name, "reason": reason}
    return REGISTRY.get_sample_value("spotter_events_rejected_total", labels) or 0.0
