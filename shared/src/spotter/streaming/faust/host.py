"""The Faust application around one processor, and what joins it to the worker."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

import faust
from aiokafka import AIOKafkaProducer
from faust.transport.drivers.aiokafka import ensure_aiokafka_TP
from faust.types import TP, EventT
from mode import CrashingSupervisor

from spotter.domain.topics import CHANGELOG_BYTES_MAX
from spotter.settings import Settings
from spotter.streaming.at_least_once import AtLeastOnce
from spotter.streaming.changelog import Entry
from spotter.streaming.faust.consumer import Consumer, Producer, Transport
from spotter.streaming.faust.storage import State, Tables
from spotter.streaming.kafka.offsets import Offsets
from spotter.streaming.kafka.reader import read_between
from spotter.streaming.log import NewRecord
from spotter.streaming.micro_batch import MicroBatches
from spotter.streaming.processor import Environment, Processor
from spotter.streaming.state_versions import Input, Output
from spotter.streaming.worker import WorkerFailed

BATCH_BYTES = 256 * 1024


class WorkerApp(faust.App):
    """The Faust application around one processor."""

    def __init__(self, host: FaustHost, settings: Settings) -> None:
        self.host = host
        name = settings.topic_prefix + host.stage.name
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


class FaustHost(AtLeastOnce[EventT[Any]]):
    """Joins a worker and Faust: events in, outputs and changelog out, partitions that come and go."""

    def __init__(
        self, processor: Processor[Any], env: Environment, settings: Settings, *, one_by_one: bool = False
    ) -> None:
        super().__init__(processor, env)
        self.bootstrap = settings.kafka
        self.prefix = settings.topic_prefix
        self.offsets = Offsets(settings.kafka)
        self.input_topic = self.prefix + self.stage.input_topic
        self.acknowledging = False
        self._failure: BaseException | None = None
        self.app = WorkerApp(self, settings)
        self.batches: MicroBatches[EventT[Any]] = MicroBatches(self.take, one_by_one=one_by_one)
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
        self.app.agent(topic, name=self.stage.name)(self._collect)

    async def _collect(self, stream: Any) -> None:
        self._stream = stream.noack()
        async for event in self._stream.events():
            message = event.message
            key = (message.key or b"").decode("utf-8", "replace")
            self.batches.offer(Input(message.partition, message.offset, key, message.value or b""), event)
            del event, message  # Faust waits for messages that are held, acknowledged or not
            await self.batches.room()

    @property
    def consumer(self) -> Consumer:
        """The consumer, which Faust makes when it is first asked for."""
        return cast(Consumer, self.app.consumer)

    @property
    def producer(self) -> AIOKafkaProducer:
        """The aiokafka producer: records that are bytes already need nothing of Faust's."""
        return cast(Producer, self.app.producer).inner

    # The brokers

    async def publish(self, outputs: Sequence[Output], entries: Sequence[Entry]) -> None:
        """Write outputs and changelog and wait until the brokers have both."""
        producer, prefix = self.producer, self.prefix
        confirmed: list[Any] = [
            await producer.send(prefix + output.topic, output.value, output.key.encode(), output.partition)
            for output in outputs
        ]
        confirmed += await self._state.send(entries)
        if confirmed:
            await asyncio.gather(*confirmed)

    async def acknowledge(self, handles: Sequence[EventT[Any]]) -> None:
        """Acknowledge inputs, in the order in which they came."""
        self.acknowledging = True
        try:
            for event in handles:
                await self._stream.ack(event)
        finally:
            self.acknowledging = False

    async def commit_acknowledged(self) -> None:
        """Make durable what was acknowledged; where a commit was under way, another follows it."""
        if not await self.app.consumer.commit():
            await self.app.consumer.commit()

    async def ends(self) -> dict[int, int]:
        """Ask the brokers where the own partitions end."""
        inputs = [ensure_aiokafka_TP(tp) for tp in self.consumer.assignment() if tp.topic == self.input_topic]
        return {tp.partition: end for tp, end in (await self.offsets.end(inputs)).items()} if inputs else {}

    async def append(self, records: Sequence[NewRecord]) -> None:
        """Append events of timers, each to the partition of its lifter; returns when they are confirmed."""
        producer, partitions = self.producer, self.changelog.partitions
        sent = [
            await producer.send(self.input_topic, record.value, record.key.encode(), partitions[record.key])
            for record in records
        ]
        await asyncio.gather(*sent)

    # What Faust needs done

    def forget(self) -> None:
        """Drop what waits, unacknowledged: its partitions may go to another worker."""
        for event in self.batches.forget():
            self.app.consumer.unacked.discard(event.message)

    async def read_back(self, ranges: Mapping[TP, tuple[int, int]]) -> None:
        """Read pieces of the changelog, by their first offset and the one after the last."""
        pieces = {ensure_aiokafka_TP(tp): piece for tp, piece in ranges.items()}
        async for records in read_between(self.bootstrap, pieces):
            for record in records:
                if record.key is not None:
                    self.changelog.read(Entry(record.partition, record.key, record.value))

    def fail(self, error: BaseException) -> None:
        """End the worker at its next `check`: Faust takes no notice of what is raised in its callbacks."""
        self._failure = self._failure or error

    # What the worker asks

    @property
    def ready(self) -> bool:
        """Whether state has been read back and events come in."""
        return bool(self.app.tables.actives_ready)

    @property
    def recovering(self) -> bool:
        """Whether the changelog is being read."""
        return self.app.in_recovery

    def check(self) -> None:
        """Raise what would otherwise go unnoticed."""
        if self._failure is not None:
            raise WorkerFailed(f"{type(self._failure).__name__}: {self._failure}") from self._failure
        self.consumer.check()
        if self.app.crashed:
            raise WorkerFailed(f"Faust crashed: {self.app.crash_reason!r}") from self.app.crash_reason

    async def start(self) -> None:
        """Run Faust; returns when it has recovered."""
        await self.app.start()

    async def stop(self) -> None:
        """Finish what is on its way, commit, and disconnect."""
        self.forget()
        await self.app.stop()
        await self.offsets.close()
