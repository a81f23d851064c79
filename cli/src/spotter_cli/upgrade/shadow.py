"""The shadow: this program's detector and advisor over the log of another version, their outputs kept to themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from spotter.domain.events import Event, Unreadable, decode
from spotter.domain.gym_config import Configuration
from spotter.domain.ids import fingerprint
from spotter.domain.topics import ADVICE, CONFIG, ESTIMATES, LIFTS
from spotter.streaming.log import Record
from spotter.streaming.processor import Processor
from spotter.streaming.state_versions import Batch, Input, Output, Stepper
from spotter_advisor.processor import Advisor
from spotter_cli.upgrade.facts import PublishedSet, set_of
from spotter_cli.upgrade.running_log import RunningLog
from spotter_cli.upgrade.shadow_file import ShadowFile, ShadowState, ShadowWrite, Side
from spotter_detector.processor import FailureDetector

BATCH_MAX: Final = 512
LIFTERS_IN_MEMORY: Final = 5_000
CLOSE_ENOUGH: Final = 500
"""Records left to read with which the shadow counts as beside the running version."""
OWN_ESTIMATES: Final = "shadow estimates"
"""Where the shadow's position in its own estimates is kept: they are in no topic."""

Report = Callable[[int, int], None]


class Shadow:
    """Steps the log with state of its own, and collects what either version has published of each set."""

    def __init__(self, file: ShadowFile) -> None:
        self.file = file
        self._configuration = Configuration()
        self._config_read: dict[int, int] = {}
        self._steppers: dict[str, Stepper] = {}
        self._in_memory: dict[str, None] = {}
        self._forget()

    def _forget(self) -> None:
        processors: list[Processor[Any]] = [FailureDetector(), Advisor()]
        self._steppers = {each.name: Stepper(each, self._configuration) for each in processors}
        self._in_memory = {}

    async def catch_up(self, running: RunningLog, progress: Report = lambda done, left: None) -> dict[int, int]:
        """Read all that the running detector has finished by now; returns up to which input, by partition.

        What the file holds of another log is thrown away.
        """
        cut = await running.cut()
        await self._check_same_log(running, cut)
        await self._read_config(running)
        first = self.file.cursors(LIFTS)
        left = sum(max(0, end - first.get(number, 0)) for number, end in cut.items())
        done = 0
        async for records in running.read(LIFTS, first, cut):
            for start in range(0, len(records), BATCH_MAX):
                self._take(records[start : start + BATCH_MAX])
            done += len(records)
            progress(done, left - done)
        await self._observe(running, cut)
        return cut

    async def follow(self, running: RunningLog, progress: Report = lambda done, left: None) -> dict[int, int]:
        """Catch up until hardly anything is left: the running version goes on meanwhile."""
        before: Mapping[int, int] = self.file.cursors(LIFTS)
        while True:
            cut = await self.catch_up(running, progress)
            if sum(cut.values()) - sum(before.values()) < CLOSE_ENOUGH:
                return cut
            before = cut

    async def _check_same_log(self, running: RunningLog, cut: Mapping[int, int]) -> None:
        last = self.file.last_read(LIFTS)
        there = {number: offset for number, (offset, _) in last.items() if offset < cut.get(number, 0)}
        seen: dict[int, bytes] = {}
        async for records in running.read(LIFTS, _from(there, cut), {number: at + 1 for number, at in there.items()}):
            seen |= {record.partition: _mark_of(record) for record in records}
        if any(seen.get(number) != content for number, (_, content) in last.items()):
            self.file.clear()
            self._forget()

    async def _read_config(self, running: RunningLog) -> None:
        ends = await running.ends(CONFIG)
        async for records in running.read(CONFIG, self._config_read, ends):
            for record in records:
                if (event := _readable(record)) is not None:
                    self._configuration.apply(event)
        self._config_read = ends

    def _take(self, records: Sequence[Record]) -> None:
        """Step inputs through detector and advisor, and commit all that came of it."""
        write = ShadowWrite()
        inputs = [Input(record.partition, record.offset, record.key, record.value) for record in records]
        self._load({item.key for item in inputs})
        detector = self._steppers[FailureDetector.name].run(inputs)
        estimates = [out for out in detector.outputs if out.topic == ESTIMATES]
        advisor = self._steppers[Advisor.name].run(self._as_inputs(estimates, write))
        partitions = {item.key: item.partition for item in inputs}
        for name, batch in ((FailureDetector.name, detector), (Advisor.name, advisor)):
            write.states += self._states(name, batch, partitions)
            self._collect(
                "shadow", [(out.key, out.event) for out in batch.outputs if out.topic in (ESTIMATES, ADVICE)], write
            )
        write.cursors |= {(LIFTS, record.partition): (record.offset + 1, _mark_of(record)) for record in records}
        self.file.commit(write)
        if len(self._in_memory) > LIFTERS_IN_MEMORY:
            self._forget()

    def _as_inputs(self, outputs: Sequence[Output], write: ShadowWrite) -> list[Input]:
        first = self.file.cursors(OWN_ESTIMATES).get(0, 0)
        write.cursors[OWN_ESTIMATES, 0] = first + len(outputs), None
        return [
            Input(out.partition or 0, first + index, out.key, out.value, out.event) for index, out in enumerate(outputs)
        ]

    def _load(self, keys: Iterable[str]) -> None:
        for key in keys:
            if key not in self._in_memory:
                self._in_memory[key] = None
                for name, stepper in self._steppers.items():
                    for entry, raw in self.file.states(name, key):
                        stepper.table.replace(key, entry, [(-1, stepper.load_value(entry, raw))])

    def _states(self, processor: str, batch: Batch, partitions: Mapping[str, int]) -> Iterable[ShadowState]:
        stepper = self._steppers[processor]
        for key, entry in batch.changed:
            stepper.table.prune(key, entry, 1 << 62)
            value = stepper.table.versions(key, entry)[-1][1]
            raw = None if value is None else stepper.dump_value(entry, value)
            yield ShadowState(processor, key, entry, partitions[key], raw)

    def _collect(self, side: Side, published: Iterable[tuple[str, Event]], write: ShadowWrite) -> None:
        for key, event in published:
            set_key = set_of(event.data)
            if set_key is None:
                continue
            facts = write.facts.get((side, key, set_key))
            if facts is None:
                facts = self.file.facts(side, key, set_key) or PublishedSet()
                write.facts[side, key, set_key] = facts
            facts.take(event.data)

    async def _observe(self, running: RunningLog, cut: Mapping[int, int]) -> None:
        """Collect what the running version has published of the inputs before `cut`."""
        await self._observe_topic(running, ESTIMATES, cut)
        await self._observe_topic(running, ADVICE, self.file.cursors(ESTIMATES))

    async def _observe_topic(self, running: RunningLog, topic: str, of_inputs: Mapping[int, int]) -> None:
        beyond: set[int] = set()
        async for records in running.read(topic, self.file.cursors(topic), await running.ends(topic)):
            write = ShadowWrite()
            published: list[tuple[str, Event]] = []
            for record in records:
                event = _readable(record)
                if event is not None and _input_offset(event) >= of_inputs.get(record.partition, 0):
                    beyond.add(record.partition)
                if record.partition in beyond:
                    continue
                write.cursors[topic, record.partition] = record.offset + 1, None
                if event is not None:
                    published.append((record.key, event))
            self._collect("running", published, write)
            self.file.commit(write)


def _from(there: Mapping[int, int], cut: Mapping[int, int]) -> dict[int, int]:
    """Read nothing of the partitions of which nothing was read."""
    return {number: there.get(number, end) for number, end in cut.items()}


def _input_offset(event: Event) -> int:
    """Return the offset of the input that an output came of; −1 where it does not say."""
    offset = (event.sequence or "").partition("-")[0]
    return int(offset) if offset.isdecimal() else -1


def _mark_of(record: Record) -> bytes:
    return fingerprint(record.value).encode()


def _readable(record: Record) -> Event | None:
    try:
        return decode(record.value)
    except Unreadable:
        return None
