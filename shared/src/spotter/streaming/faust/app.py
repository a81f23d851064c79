"""The Faust application around one processor, and what joins it to the worker."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import faust
from faust.transport.drivers.aiokafka import ensure_aiokafka_TP
from faust.types import TP, EventT
from mode import CrashingSupervisor

from spotter.domain.topics import CHANGELOG_BYTES_MAX
from spotter.settings import Settings
from spotter.streaming.changelog import Entry
from spotter.streaming.faust.consumer import Consumer, Producer, Transport
from spotter.streaming.faust.state import State, Tables
from spotter.streaming.kafka.offsets import Offsets
from spotter.streaming.kafka.reader import read_between
from spotter.streaming.micro_batch import Flusher
from spotter.streaming.state_versions import Input, Output
from spotter.streaming.worker import Work

BATCH_BYTES = 256 * 1024


class WorkerApp(faust.App):
    """The Faust application around one processor."""

    def __init__(self, host: FaustHost, settings: Settings) -> None:
        self.host = host
        name = settings.topic_prefix + host.work.processor.name
        super().__init__(
            name,
            broker=[f"kafka://{address.strip()}" for address in settings.kafka.split(",")],
            canonical_url=f"http://{settings.instance or name}",  # the group remembers it by instance
            consumer_group_instance_id=settings.instance,
            broker_session_timeout=6.0,
            broker_heartbeat_interval=2.0,
            broker_commit_interval=1.0,
            processing_guarantee="at_least_once",
            producer_acks=-1,
            producer_request_timeout=30.0,
            producer_max_batch_size=BATCH_BYTES,
            producer_max_request_size=CHANGELOG_BYTES_MAX,
            agent_supervisor=CrashingSupervisor,
            store="memory://",
            table_standby_replicas=0,
            topic_disable_leader=True,
            topic_allow_declare=False,
            stream_wait_empty=True,
            web_enabled=False,
            TableManager=Tables,
        )

    def _create_directories(self) -> None:
        """Make none: nothing is kept in files."""

    def _new_transport(self) -> Transport:
        return Transport(self.conf.broker_consumer, self)


class FaustHost:
    """Joins a worker and Faust: events in, outputs and changelog out, partitions that come and go."""

    def __init__(self, work: Work, settings: Settings) -> None:
        self.work = work
        self.keeper = work.keeper
        self.bootstrap = settings.kafka
        self.prefix = settings.topic_prefix
        self.offsets = Offsets(settings.kafka)
        self.input_topic = self.prefix + work.processor.input_topic
        self.acknowledging = False
        self.app = WorkerApp(self, settings)
        self.flusher: Flusher[EventT[Any]] = Flusher(
            work.stepper, work.keeper, self, work.done, one_by_one=work.one_by_one
        )
        self._state = State(self.app)
        self.app.tables.add(self._state)
        topic = self.app.topic(
            self.input_topic,
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
            allow_empty=True,
        )
        self.app.agent(topic, name=work.processor.name)(self._collect)

    async def _collect(self, stream: Any) -> None:
        self._stream = stream.noack()
        async for event in self._stream.events():
            message = event.message
            key = (message.key or b"").decode("utf-8", "replace")
            self.flusher.offer(Input(message.partition, message.offset, key, message.value or b""), event)
            del event, message  # Faust waits for messages that are held, acknowledged or not
            await self.flusher.room()

    @property
    def consumer(self) -> Consumer:
        """The consumer, which Faust makes when it is first asked for."""
        return cast(Consumer, self.app.consumer)

    @property
    def producer(self) -> Producer:
        """The producer, likewise."""
        return cast(Producer, self.app.producer)

    # What the flusher does

    async def publish(self, outputs: Sequence[Output], entries: Sequence[Entry]) -> None:
        """Write outputs and changelog and wait until the brokers have both."""
        producer = self.producer.inner
        confirmed: list[Any] = [
            await producer.send(self.prefix + output.topic, output.value, output.key.encode(), output.partition)
            for output in outputs
        ]
        confirmed += await self._state.send(entries)
        if confirmed:
            await asyncio.gather(*confirmed)

    async def acknowledge(self, handles: Sequence[EventT[Any]]) -> None:
        """Say that inputs are done, in the order in which they came."""
        self.acknowledging = True
        try:
            for event in handles:
                await self._stream.ack(event)
        finally:
            self.acknowledging = False

    async def commit(self) -> None:
        """Make durable what was acknowledged; where a commit was under way, another follows it."""
        if not await self.app.consumer.commit():
            await self.app.consumer.commit()

    # What Faust tells

    def forget(self) -> None:
        """Give back what waits: partitions may go to another worker."""
        for event in self.flusher.forget():
            self.app.consumer.unacked.discard(event.message)

    def sought(self, committed: Mapping[int, int]) -> None:
        """Take note of where the partitions are read from."""
        self.work.begin(committed)

    def committed(self, offsets: Mapping[int, int]) -> None:
        """Take note of what will not come again."""
        self.keeper.committed.update(offsets)

    def dropped(self, partitions: Iterable[int]) -> None:
        """Forget partitions that are another worker's."""
        self.work.drop(partitions)

    def recovered(self) -> None:
        """Make state of the changelog that was read."""
        self.work.recovered()

    def failed(self, error: BaseException) -> None:
        """End the worker."""
        self.work.fail(error)

    # What the worker asks

    @property
    def ready(self) -> bool:
        """Whether state has been read back and events come in."""
        return bool(self.app.tables.actives_ready)

    @property
    def recovering(self) -> bool:
        """Whether the changelog is being read."""
        return self.app.in_recovery

    @property
    def crashed(self) -> BaseException | None:
        """What ended Faust, if anything did."""
        return self.app.crash_reason if self.app.crashed else None

    def check(self) -> None:
        """Raise what would otherwise go unnoticed."""
        self.consumer.check()

    async def ends(self) -> dict[int, int]:
        """Ask the brokers where the own partitions end."""
        inputs = [ensure_aiokafka_TP(tp) for tp in self.consumer.assignment() if tp.topic == self.input_topic]
        return {tp.partition: end for tp, end in (await self.offsets.end(inputs)).items()} if inputs else {}

    async def read_back(self, ranges: Mapping[TP, tuple[int, int]]) -> None:
        """Read pieces of the changelog, by their first offset and the one after the last."""
        pieces = {ensure_aiokafka_TP(tp): piece for tp, piece in ranges.items()}
        async for records in read_between(self.bootstrap, pieces):
            for record in records:
                if record.key is not None:
                    self.keeper.read(record.partition, record.key, record.value)

    async def write(self, records: Sequence[tuple[int, str, bytes]]) -> None:
        """Append events of timers, by partition and key, to the input; returns when they are confirmed."""
        producer = self.producer.inner
        sent = [await producer.send(self.input_topic, value, key.encode(), number) for number, key, value in records]
        await asyncio.gather(*sent)

    async def start(self) -> None:
        """Run Faust; returns when it has recovered."""
        await self.app.start()

    async def stop(self) -> None:
        """Finish what is on its way, commit, and let go."""
        self.forget()
        await self.app.stop()
        await self.offsets.close()
