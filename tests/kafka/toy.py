"""A processor that is easy to check: it counts each lifter's events and chains them, so that every fault shows.

Run as a program it is a worker of this processor, by the settings of the environment.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from spotter.domain.events import Event
from spotter.domain.events.lifting import RepCompleted, SetEnded
from spotter.domain.events.people import SessionStarted
from spotter.domain.ids import derived_id, fingerprint
from spotter.domain.topics import ESTIMATES, LIFTS
from spotter.logging_config import configure_logging
from spotter.settings import Settings
from spotter.streaming.codec import dump_json, load_json
from spotter.streaming.processor import Environment, Processor, Reject, State, Step


@dataclass(frozen=True, slots=True)
class Count:
    """How many reps came, the hash of all of them in order, and when the last was received."""

    reps: int
    chain: str
    last: str
    ended: int = 0


@dataclass(frozen=True, slots=True)
class ToyDraft:
    """What a step changes and gives."""

    event: Event
    changes: Mapping[str, object | None] = field(default_factory=dict)
    count: Count | None = None
    reject: Reject | None = None


def link(chain: str, event: Event) -> str:
    """Chain an event to those before it."""
    return fingerprint(f"{chain}/{event.id}/{event.content()}".encode())


class Toy(Processor[ToyDraft]):
    """Counts reps; rep 13 is refused; silence ends the set; `internal` in a set id makes it fail."""

    name = "failure-detector"
    input_topic = LIFTS
    output_topic = ESTIMATES

    def __init__(self, silence: timedelta = timedelta(hours=1)) -> None:
        self.silence = silence

    def draft(self, state: State, event: Event, env: Environment) -> ToyDraft:
        """Count the event."""
        count = state.get("count") or Count(0, "", "")
        assert isinstance(count, Count)
        if event.data.set_id == "internal":
            raise RuntimeError("a fault of the core")
        if isinstance(event.data, SetEnded):
            if count.ended >= count.reps:
                return ToyDraft(event)
            ended = Count(count.reps, count.chain, count.last, count.reps)
            return ToyDraft(event, {"count": ended, "scratch": None}, ended)
        if isinstance(event.data, SessionStarted):
            return ToyDraft(event, {"count": None, "scratch": None})
        if isinstance(event.data, RepCompleted) and event.data.rep_number == 13:
            return ToyDraft(event, reject=Reject("unlucky", "rep 13 is refused"))
        counted = Count(count.reps + 1, link(count.chain, event), event.received.isoformat(), count.ended)
        return ToyDraft(event, {"count": counted, "scratch": counted.reps}, counted)

    def finish(self, drafts: Sequence[ToyDraft]) -> list[Step]:
        """Pass the event on, and return the count under an id of its own."""
        steps = []
        for draft in drafts:
            outputs = [draft.event]
            if draft.count is not None:
                data = RepCompleted(
                    gym_id=draft.event.data.gym_id,
                    athlete_id=draft.event.data.athlete_id,
                    set_id=draft.count.chain,
                    rep_number=max(1, min(draft.count.reps, 10_000)),
                )
                identity = derived_id("count", *draft.event.identity, draft.event.content())
                outputs.append(Event(id=identity, source="toy", time=draft.event.received, data=data))
            steps.append(Step(draft.changes, () if draft.reject else tuple(outputs), draft.reject))
        return steps

    def dump(self, name: str, value: object) -> bytes:
        """Write an entry."""
        return dump_json(value)

    def load(self, name: str, raw: bytes) -> object:
        """Read an entry."""
        value = load_json(raw)
        return Count(**value) if name == "count" else value

    def next_due(self, state: State) -> datetime | None:
        """Return the end of the silence after the last rep."""
        count = state.get("count")
        if not isinstance(count, Count) or not count.last or count.ended >= count.reps:
            return None
        return datetime.fromisoformat(count.last) + self.silence

    def due(self, state: State, key: str, now: datetime) -> list[Event]:
        """End a silent set."""
        due = self.next_due(state)
        count = state.get("count")
        if due is None or due > now or not isinstance(count, Count):
            return []
        gym_id, _, athlete_id = key.partition("/")
        data = SetEnded(gym_id=gym_id, athlete_id=athlete_id, set_id="s", reason="silence")
        return [Event(id=derived_id("silence", key, count.reps), source="toy/timer", time=due, data=data)]


if __name__ == "__main__":
    from spotter.streaming.faust import run_worker

    parser = argparse.ArgumentParser()
    parser.add_argument("--silence", type=float, default=3600.0)
    parser.add_argument("--one-by-one", action="store_true")
    options = parser.parse_args()
    configure_logging("toy", level="INFO", as_json=False)
    sys.exit(run_worker(Toy(timedelta(seconds=options.silence)), Settings(), one_by_one=options.one_by_one))
