"""The Faust host: one processor as a worker of a consumer group on Apache Kafka.

Faust keeps the group, the partitions and the changelog's recovery; micro-batches, versions of state and their
confirmation are ours (`flushing`, `keeping`, `stepping`). The subclasses below exist for what Faust has no setting
for, and to close the gaps through which it would lose an event; each says which.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import Any, cast

import faust
import uvloop
from aiokafka.structs import TopicPartition
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, EventT, FutureMessage, RecordMetadata
from mode import CrashingSupervisor

from spotter.bus.flushing import Flusher
from spotter.bus.keeping import Entry
from spotter.bus.stepping import Input, Output
from spotter.bus.working import SessionLost, Work, work_until_stopped
from spotter.processing import Processor
from spotter.settings import Settings
from spotter.topics import CHANGELOG_BYTES_MAX

COMMIT_INTERVAL_S = 1.0
logging.getLogger(__name__).setLevel(logging.WARNING)  # Faust logs its subclasses under the name of this module
BATCH_BYTES = 256 * 1024


class _Consumer(driver.Consumer):
    """A consumer whose partitions are the worker's: it tells the worker what comes and goes."""

    app: _App

    def _new_consumer_thread(self) -> driver.AIOKafkaConsumerThread:
        return driver.AIOKafkaConsumerThread(
            self, loop=self.loop, beacon=self.beacon, thread_loop=uvloop.new_event_loop()
        )

    @property
    def inner(self) -> Any:
        """The aiokafka consumer."""
        return self._thread._consumer

    def ack(self, message: Any) -> bool:
        """Acknowledge; what Faust skips by itself after a rebalance was not processed and must not be committed."""
        return super().ack(message) if self.app.host.acknowledging else False

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Forget what waits before Faust waits for all that was taken: it comes again, here or elsewhere."""
        self.app.host.forget()
        await super().on_partitions_revoked(revoked)

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109  # Faust's
        # Faust empties this set when it pauses partitions, and aiokafka takes an empty one for all of them.
        return await super()._getmany(None if active_partitions is None else set(active_partitions), timeout)

    async def perform_seek(self) -> None:
        """Go back to the committed offsets, and where there is none to the beginning, which Faust leaves out.

        Until the flow is resumed nothing may be fetched: Faust clears its queues then, after the seek.
        """
        self.stop_flow()
        await super().perform_seek()
        topic = self.app.host.input_topic
        inputs = {tp for tp in self.assignment() if tp.topic == topic}
        starts = {tp.partition: self._committed_offset.get(tp) or 0 for tp in inputs}
        never = [tp for tp in inputs if not starts[tp.partition]]
        if never:
            for tp, offset in (await self.earliest_offsets(*never)).items():
                await self._thread.call_thread(self.inner.seek, driver.ensure_aiokafka_TP(tp), offset)
                starts[tp.partition] = offset
        self.app.host.sought(starts)

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        done = await super()._commit(offsets)
        if done:  # Faust takes a commit for done that the group refused
            self.app.host.committed({tp.partition: offset for tp, offset in offsets.items()})
        return done

    async def pause_for_good(self, partitions: Iterable[TP]) -> None:
        """Stop fetching partitions until the next rebalance, and drop what of them is on its way."""
        await self._thread.call_thread(self._pause, [driver.ensure_aiokafka_TP(tp) for tp in partitions])

    async def _pause(self, partitions: Sequence[TopicPartition]) -> None:
        assigned = self.inner.assignment()
        for partition in partitions:
            if partition in assigned:
                self.inner.pause(partition)
                self.inner.seek(partition, 0)  # an answer for another position is dropped

    def check(self) -> None:
        """Raise SessionLost where aiokafka's own tasks ended: it would tell nobody."""
        inner = self.inner
        if inner is None:
            return
        for task in (inner._coordinator._coordination_task, inner._fetcher._fetch_task):
            if task.done():
                raise SessionLost(f"the consumer's {task.get_coro().__name__} ended: {task}")
        if inner._coordinator._pending_exception is not None:
            raise SessionLost(f"the group refuses this worker: {inner._coordinator._pending_exception!r}")


class _Producer(driver.Producer):
    """An idempotent producer, which Faust has no setting for."""

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"enable_idempotence": True}


class _Transport(driver.Transport):
    Consumer = _Consumer
    Producer = _Producer


class _State(faust.Table[bytes, bytes]):
    """A table whose entries are the worker's: Faust writes and reads its changelog, in bytes."""

    app: _App
    partition = 0
    """That of the entry which is written: outside of a stream Faust does not know it."""

    def __init__(self, app: _App) -> None:
        super().__init__(app, name="state", store="memory://", key_type=bytes, value_type=bytes)
        self._unsent: list[FutureMessage] = []

    def partition_for_key(self, key: Any) -> int | None:
        """Give the partition of the input at hand."""
        return self.partition

    def send_changelog(
        self,
        partition: int | None,
        key: Any,
        value: Any,
        key_serializer: Any = None,
        value_serializer: Any = None,
    ) -> FutureMessage:
        """Keep the record for `send`: Faust would send it some time later and not wait for it."""
        record: FutureMessage = self.changelog_topic.as_future_message(
            key=key, value=value, partition=partition, key_serializer="raw", value_serializer="raw"
        )
        self._unsent.append(record)
        return record

    async def send(self, entries: Sequence[Entry]) -> list[Awaitable[RecordMetadata]]:
        """Write entries; gives the futures of their confirmation."""
        for entry in entries:
            self.partition = entry.partition
            if entry.value is None:
                self.on_key_del(entry.key)
            else:
                self.on_key_set(entry.key, entry.value)
        unsent, self._unsent = self._unsent, []
        topic = self.changelog_topic.get_topic_name()
        send = self.app.producer.send
        return [
            await send(topic, cast(bytes, one.key), cast(bytes | None, one.value), one.partition, None, None)
            for one in (record.message for record in unsent)
        ]

    def apply_changelog_batch(self, batch: Iterable[EventT[Any]]) -> None:
        """Read back what was written, by this worker or another."""
        for event in batch:
            message = event.message
            if message.key is not None:
                self.app.host.keeper.read(message.partition, message.key, message.value)

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Forget lifters that are another worker's now."""
        self.app.host.dropped({tp.partition for tp in revoked if tp.topic == self.app.host.input_topic})
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """Make state of what was read, and leave the changelog alone from here on.

        Faust takes no notice of what is raised here, so it is kept for the worker.
        """
        try:
            self.app.host.recovered()
            await self.app.host.consumer.pause_for_good(active_tps)
        except Exception as error:  # noqa: BLE001  # the worker raises it
            self.app.host.failed(error)


class _App(faust.App):
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
            broker_commit_interval=COMMIT_INTERVAL_S,
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
            datadir=tempfile.mkdtemp(prefix="spotter-"),  # Faust makes it, and nothing is kept in it
        )

    def _new_transport(self) -> _Transport:
        return _Transport(self.conf.broker_consumer, self)


class FaustHost:
    """Joins a worker and Faust: events in, outputs and changelog out, partitions that come and go."""

    def __init__(self, work: Work, settings: Settings) -> None:
        self.work = work
        self.keeper = work.keeper
        self.prefix = settings.topic_prefix
        self.input_topic = self.prefix + work.processor.input_topic
        self.acknowledging = False
        self.app = _App(self, settings)
        self.flusher: Flusher[EventT[Any]] = Flusher(
            work.stepper, work.keeper, self, work.done, one_by_one=work.one_by_one
        )
        self._state = _State(self.app)
        self.app.tables.add(self._state)
        topic = self.app.topic(self.input_topic, key_type=bytes, value_type=bytes, allow_empty=True)
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
    def consumer(self) -> _Consumer:
        """The consumer, which Faust makes when it is first asked for."""
        return cast(_Consumer, self.app.consumer)

    # What the flusher does

    async def publish(self, outputs: Sequence[Output], entries: Sequence[Entry]) -> None:
        """Write outputs and changelog and wait until the brokers have both."""
        confirmed: list[Any] = [
            await self.app.producer.send(
                self.prefix + output.topic, output.key.encode(), output.value, output.partition, None, None
            )
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
        partitions = [tp for tp in self.app.consumer.assignment() if tp.topic == self.input_topic]
        found = await self.app.consumer.highwaters(*partitions) if partitions else {}
        return {tp.partition: end for tp, end in found.items()}

    async def write(self, records: Sequence[tuple[int, str, bytes]]) -> None:
        """Append events of timers, by partition and key, to the input; returns when they are confirmed."""
        send = self.app.producer.send
        sent = [await send(self.input_topic, key.encode(), value, number, None, None) for number, key, value in records]
        await asyncio.gather(*sent)

    async def start(self) -> None:
        """Run Faust; returns when it has recovered."""
        await self.app.start()

    async def stop(self) -> None:
        """Finish what is on its way, commit, and let go."""
        self.forget()
        await self.app.stop()


def run_worker(processor: Processor[Any], settings: Settings, *, one_by_one: bool = False) -> int:
    """Run a processor as a worker until SIGTERM or SIGINT; gives the exit code, not 0 after a failure."""
    work = Work(processor, settings, one_by_one=one_by_one)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work_until_stopped(work, lambda: FaustHost(work, settings)))
