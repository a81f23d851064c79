"""Faust's consumer and producer, with the gaps closed through which they would lose or double an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import uvloop
from aiokafka import AIOKafkaProducer
from aiokafka.structs import TopicPartition
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from spotter.streaming.worker import SessionLost

if TYPE_CHECKING:
    from spotter.streaming.faust.host import WorkerApp


class Consumer(driver.Consumer):
    """A consumer whose partitions are the worker's: it notifies the worker of assignments."""

    app: WorkerApp

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
        topic = self.app.host.input_topic
        for tp in self.assignment():
            self._committed_offset.pop(tp, None)  # what it was is of another generation
        await super().perform_seek()
        inputs = {tp for tp in self.assignment() if tp.topic == topic}
        starts = {tp.partition: self._committed_offset.get(tp) or 0 for tp in inputs}
        never = [tp for tp in inputs if not starts[tp.partition]]
        if never:
            for tp, offset in (await self.earliest_offsets(*never)).items():
                await self._thread.call_thread(self.inner.seek, driver.ensure_aiokafka_TP(tp), offset)
                starts[tp.partition] = offset
        self.app.host.begin(starts)

    async def earliest_offsets(self, *partitions: TP) -> Mapping[TP, int]:
        """Return where partitions begin, asked on another connection: on the consumer's own one a fetch is waited for."""
        return cast(Mapping[TP, int], await self.app.host.offsets.begin(_plain(partitions)))

    async def highwaters(self, *partitions: TP) -> Mapping[TP, int]:
        """Return where partitions end, asked in the same way."""
        return cast(Mapping[TP, int], await self.app.host.offsets.end(_plain(partitions)))

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        done = await super()._commit(offsets)
        if done:
            self.app.host.changelog.committed.update({tp.partition: offset for tp, offset in offsets.items()})
        return done

    async def _commit_offsets(self, offsets: Mapping[TP, int], start_new_transaction: bool = True) -> bool:
        before = {tp: self._committed_offset[tp] for tp in offsets}
        done = await super()._commit_offsets(offsets, start_new_transaction)
        if not done:
            self._committed_offset.update(before)  # Faust takes a commit for done that the group refused
        return done

    async def pause_for_good(self, partitions: Iterable[TP]) -> None:
        """Stop fetching partitions until the next rebalance: own writes would be fetched, and wait to be consumed."""
        await self._thread.call_thread(self._pause, _plain(partitions))

    async def _pause(self, partitions: Sequence[TopicPartition]) -> None:
        assigned = self.inner.assignment()
        self.inner.pause(*(partition for partition in partitions if partition in assigned))

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Do nothing: the worker checks its own progress, and Faust would complain of paused partitions."""

    def verify_recovery_event_path(self, now: float, tp: TP) -> None:
        """Likewise."""

    def check(self) -> None:
        """Raise SessionLost where aiokafka's own tasks ended: it would not report it."""
        inner = self.inner
        if inner is None or inner._coordinator is None or inner._fetcher is None:
            return  # it is still starting
        for task in (inner._coordinator._coordination_task, inner._fetcher._fetch_task):
            if task.done():
                raise SessionLost(f"the consumer's {task.get_coro().__name__} ended: {task}")
        if inner._coordinator._pending_exception is not None:
            raise SessionLost(f"the group refuses this worker: {inner._coordinator._pending_exception!r}")


def _plain(partitions: Iterable[TP]) -> list[TopicPartition]:
    return [driver.ensure_aiokafka_TP(tp) for tp in partitions]


class Producer(driver.Producer):
    """An idempotent producer, which Faust has no setting for."""

    @property
    def inner(self) -> AIOKafkaProducer:
        """The aiokafka producer: records that are bytes already need nothing of Faust's."""
        return self._ensure_producer()

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"enable_idempotence": True}


class Transport(driver.Transport):
    """Faust's driver with these two."""

    Consumer = Consumer
    Producer = Producer
