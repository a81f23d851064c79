"""How a processor meets an at-least-once log: versions of state by input offset, outputs with derived ids.

A worker publishes outputs and state before it acknowledges an input, so after a crash its state may be ahead of
the input it gets again. Every entry therefore keeps the versions that inputs not known to be acknowledged wrote,
and the input at an offset always sees the versions older than that offset: a replay computes what it computed the
first time, and publishes it again under the same ids.
"""

from __future__ import annotations

import base64
import dataclasses
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from spotter.domain.events import Event, Unreadable, decode, encode, to_json
from spotter.domain.events.envelope import with_sequence
from spotter.domain.events.outputs import EventRejected, Origin
from spotter.domain.fast_dataclass import record, replace
from spotter.domain.gym_config import ConfigPending
from spotter.domain.ids import athlete_key, derived_id, fingerprint
from spotter.domain.topics import dead_topic
from spotter.streaming.processor import Environment, Processor, State, Step

log = logging.getLogger(__name__)

SEEN = "$seen"
"""The host's own entry: the sequence of the last input, by which inputs that are published again are known."""


@record(frozen=True, slots=True)
class Input:
    """A record to be processed; `event` is what `value` decodes to, where the host has it already."""

    partition: int
    offset: int
    key: str
    value: bytes
    event: Event | None = None


@record(frozen=True, slots=True)
class Output:
    """A record to be published."""

    topic: str
    partition: int | None
    """That of its input; None, for what is about another lifter: the one that its key belongs to."""
    key: str
    value: bytes
    event: Event


@dataclasses.dataclass(slots=True)
class Batch:
    """The result of a run of inputs: records to publish, in order, and the entries of state that changed."""

    outputs: list[Output] = dataclasses.field(default_factory=list)
    changed: dict[tuple[str, str], None] = dataclasses.field(default_factory=dict)
    """(key, entry) in the order of first change."""
    rejected: Counter[str] = dataclasses.field(default_factory=Counter)
    """Inputs that could not be used, by reason."""


def _position(sequence: str) -> tuple[int, int] | None:
    """Parse a sequence: the offset of an output's input, and its index among that input's outputs; None: it is neither."""
    offset, _, number = sequence.partition("-")
    return (int(offset), int(number)) if offset.isdecimal() and number.isdecimal() else None


class View(Mapping[str, object]):
    """One lifter's state as it stood before an offset."""

    __slots__ = ("_chains", "_offset")

    def __init__(self, chains: Mapping[str, list[tuple[int, object | None]]], offset: int) -> None:
        self._chains = chains
        self._offset = offset

    def __getitem__(self, name: str) -> object:
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """Return an entry's value; without the exception that `Mapping` makes and catches, for it is asked often."""
        chain = self._chains.get(name)
        if chain:
            offset, value = chain[-1]
            if offset >= self._offset:
                value = next((value for offset, value in reversed(chain) if offset < self._offset), None)
            if value is not None:
                return value
        return default

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._chains if name != SEEN and self.get(name) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Table:
    """The state of many lifters, each entry with its versions by input offset, oldest first."""

    def __init__(self) -> None:
        self._chains: dict[str, dict[str, list[tuple[int, object | None]]]] = {}

    def view(self, key: str, before: int) -> View:
        """Show a lifter's state as it stood before the input at offset `before`."""
        return View(self._chains.get(key, {}), before)

    def put(self, key: str, name: str, offset: int, value: object | None) -> None:
        """Write an entry as of an input; versions that are not older were written by a life that ended."""
        chain = self._chains.setdefault(key, {}).setdefault(name, [])
        while chain and chain[-1][0] >= offset:
            chain.pop()
        chain.append((offset, value))

    def prune(self, key: str, name: str, acknowledged: int) -> None:
        """Forget versions that no replay can ask for: inputs below `acknowledged` never come again."""
        chain = self._chains[key][name]
        keep = len(chain) - 1
        while keep > 0 and chain[keep][0] >= acknowledged:
            keep -= 1
        if keep > 0:
            del chain[:keep]

    def versions(self, key: str, name: str) -> Sequence[tuple[int, object | None]]:
        """Return an entry's versions, oldest first."""
        return self._chains[key][name]

    def replace(self, key: str, name: str, versions: Iterable[tuple[int, object | None]]) -> None:
        """Take an entry's versions from storage."""
        self._chains.setdefault(key, {})[name] = list(versions)

    def forget(self, key: str, name: str) -> None:
        """Forget an entry."""
        self._chains.get(key, {}).pop(name, None)

    def drop(self, key: str) -> None:
        """Forget a lifter."""
        self._chains.pop(key, None)

    def keys(self) -> list[str]:
        """Return the lifters."""
        return list(self._chains)


class Stepper:
    """Runs a processor over inputs against a table of versions."""

    def __init__(self, processor: Processor[Any], env: Environment, table: Table | None = None) -> None:
        self.processor = processor
        self.env = env
        self.table = table if table is not None else Table()

    def state(self, key: str) -> State:
        """Return a lifter's newest state."""
        return self.table.view(key, 1 << 62)

    def run(self, inputs: Sequence[Input]) -> Batch:
        """Process inputs in order; state changes at once, outputs are returned to be published.

        Raises ConfigPending when an input needs configuration that was not read yet: nothing was changed by it or
        by what follows, and running the inputs again later has the same results.
        """
        batch = Batch()
        drafts: list[Any] = []
        outcomes: list[tuple[Input, Event] | tuple[Input, Unreadable]] = []
        draft_of, reads, env, table = self.processor.draft, self.processor.reads, self.env, self.table
        for item in inputs:
            try:
                event = item.event or decode(item.value)
            except Unreadable as error:
                outcomes.append((item, error))
                continue
            if reads is not None and type(event.data) not in reads:
                continue
            view = table.view(item.key, item.offset)
            if event.sequence is not None:
                position = _position(event.sequence)
                if position is None:
                    outcomes.append((item, Unreadable(f"sequence {event.sequence!r} is no place in a log")))
                    continue
                if self._seen(item, position, view, batch):
                    continue
            try:
                draft = draft_of(view, event, env)
            except ConfigPending:
                raise
            except Exception as error:
                log.exception("%s failed on event %s of %s", self.processor.name, event.id, item.key)
                outcomes.append((item, Unreadable(f"internal_error: {type(error).__name__}: {error}")))
                continue
            for name, value in draft.changes.items():
                self._put(item, name, value, batch)
            drafts.append(draft)
            outcomes.append((item, event))
        steps = iter(self._finish(drafts))
        for item, outcome in outcomes:
            step = outcome if isinstance(outcome, Unreadable) else next(steps)
            if isinstance(step, Unreadable):
                self._publish_dead(item, self._poison(item, step), batch)
            elif isinstance(outcome, Event):
                self._publish(item, outcome, step, batch)
        return batch

    def _finish(self, drafts: Sequence[Any]) -> Sequence[Step | Unreadable]:
        """Finish all drafts together; where that fails each by itself, so that one spoils no other."""
        try:
            return self.processor.finish(drafts)
        except Exception:
            log.exception("%s failed to finish %d events together", self.processor.name, len(drafts))
        steps: list[Step | Unreadable] = []
        for draft in drafts:
            try:
                steps += self.processor.finish([draft])
            except Exception as error:
                log.exception("%s failed to finish an event", self.processor.name)
                steps.append(Unreadable(f"internal_error: {type(error).__name__}: {error}"))
        return steps

    def _seen(self, item: Input, position: tuple[int, int], view: View, batch: Batch) -> bool:
        last = view.get(SEEN)
        if last is not None and position <= last:
            return True
        self._put(item, SEEN, position, batch)
        return False

    def _put(self, item: Input, name: str, value: object | None, batch: Batch) -> None:
        self.table.put(item.key, name, item.offset, value)
        batch.changed[item.key, name] = None

    def _publish(self, item: Input, event: Event, step: Step, batch: Batch) -> None:
        topic, partition, key, offset = self.processor.output_topic, item.partition, item.key, item.offset
        for index, output in enumerate(step.outputs):
            sequence = f"{offset}-{index}"
            out = replace(output, sequence=sequence)
            # What is passed through as it came need not be written again.
            value = with_sequence(item.value, sequence) if output is event else encode(out)
            batch.outputs.append(Output(topic, partition, key, value, out))
        for other in step.elsewhere:
            other_key = athlete_key(other.data.gym_id or "", other.data.athlete_id or "")
            batch.outputs.append(Output(self.processor.input_topic, None, other_key, encode(other), other))
        if step.reject is not None:
            topic = self.processor.input_topic
            event = step.reject.event or event
            data = EventRejected(
                gym_id=event.data.gym_id,
                athlete_id=event.data.athlete_id,
                set_id=event.data.set_id,
                set_key=step.reject.set_key or event.data.set_key,
                rejected_id=event.id,
                rejected_type=event.type,
                reason=step.reject.reason,
                detail=step.reject.detail,
                reader=self.processor.name,
                origin=Origin(topic=topic, partition=item.partition, offset=item.offset),
                event=to_json(event),
            )
            dead = Event(
                id=derived_id("rejected", self.processor.name, *event.identity, event.content(), event.received),
                source=f"spotter/{self.processor.name}",
                time=event.received,
                data=data,
                receivedtime=event.received,
            )
            self._publish_dead(item, dead, batch)

    def _poison(self, item: Input, error: Unreadable) -> Event:
        gym_id, _, athlete_id = item.key.partition("/")
        internal = str(error).startswith("internal_error: ")
        moment = datetime.fromisoformat("2000-01-01T00:00:00Z") if item.event is None else item.event.received
        data = EventRejected.model_construct(
            gym_id=gym_id or None,
            athlete_id=athlete_id or None,
            set_id=item.event.data.set_id if item.event else None,
            rejected_id=item.event.id if item.event else None,
            reason="internal_error" if internal else "unreadable",
            detail=str(error).removeprefix("internal_error: "),
            reader=self.processor.name,
            origin=Origin(topic=self.processor.input_topic, partition=item.partition, offset=item.offset),
            raw_base64=base64.b64encode(item.value).decode(),
        )
        identity = derived_id("rejected", self.processor.name, item.key, fingerprint(item.value), item.offset)
        return Event(id=identity, source=f"spotter/{self.processor.name}", time=moment, data=data)

    def _publish_dead(self, item: Input, dead: Event, batch: Batch) -> None:
        topic = dead_topic(self.processor.input_topic)
        assert isinstance(dead.data, EventRejected)
        batch.rejected[dead.data.reason] += 1
        batch.outputs.append(Output(topic, item.partition, item.key, encode(dead), dead))

    def dump(self, key: str, name: str) -> bytes:
        """Write an entry with its versions for storage."""
        parts = [
            [offset, None if value is None else orjson.Fragment(self.dump_value(name, value))]
            for offset, value in self.table.versions(key, name)
        ]
        return orjson.dumps({"v": 1, "versions": parts})

    def restore(self, key: str, name: str, raw: bytes) -> None:
        """Read what `dump` wrote; of two values for one entry the one that saw the later input counts."""
        stored = orjson.loads(raw)["versions"]
        newer = self.table.versions(key, name) if name in self.table.view(key, 0)._chains else ()
        if newer and stored and newer[-1][0] > stored[-1][0]:
            return
        versions = [
            (int(offset), None if value is None else self.load_value(name, orjson.dumps(value)))
            for offset, value in stored
        ]
        self.table.replace(key, name, versions)

    def dump_value(self, name: str, value: object) -> bytes:
        """Write one version of an entry."""
        if name == SEEN:
            assert isinstance(value, tuple)
            return b"[%d,%d]" % value
        return self.processor.dump(name, value)

    def load_value(self, name: str, raw: bytes) -> object:
        """Read one version of an entry."""
        return tuple(orjson.loads(raw)) if name == SEEN else self.processor.load(name, raw)
