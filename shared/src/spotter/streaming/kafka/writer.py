"""Appending to Apache Kafka: nothing lost, and nothing doubled when a client sends again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, ProducerClosed
from aiokafka.structs import RecordMetadata

from spotter.streaming.log import LogUnavailable, NewRecord

log = logging.getLogger(__name__)

CONFIRM_S = 1.0
"""How long the brokers may confirm nothing before an append fails."""
START_S = 30.0
STOP_S = 2.0
SENT_AT_ONCE = 1_000
"""Records sent before their confirmations are waited for: time passes for each such run, not for the whole append."""
REMEMBERED = 65_536
"""Identities of written events that are remembered: about 20 MB, minutes of a busy ingest."""
LINGER_MS = 1
BATCH_BYTES = 256 * 1024
REQUEST_TIMEOUT_MS = 5_000
"""After which a request is sent again on a new connection, under the same sequence numbers."""


@dataclass(slots=True, eq=False)
class _Sending:
    """A record on its way, or written."""

    future: asyncio.Future[RecordMetadata] | None
    """None: it is written."""
    since: float
    claimed: bool = True
    """Whether an append answers for it; one that gave up does not."""


class KafkaWriter:
    """An idempotent producer that remembers what it sent.

    The producer itself never gives up a record: it sends it again under the same sequence number until a broker
    confirms it. An append that lasted too long therefore raises, but its records stay on their way, known by their
    `dedupe`; appended again they are waited for, not sent again. While any record has been on its way for too long
    no further ones are sent, so that an outage leaves few records in doubt.
    """

    def __init__(self, bootstrap: str, prefix: str) -> None:
        self._bootstrap = bootstrap
        self._prefix = prefix
        self._producer: AIOKafkaProducer | None = None
        self._connecting: asyncio.Task[AIOKafkaProducer] | None = None
        self._broken = False
        self._under_way: dict[_Sending, None] = {}
        self._known: OrderedDict[bytes, _Sending] = OrderedDict()
        self._moved = asyncio.Event()

    async def start(self) -> None:
        """Connect; waits up to 30 s for a broker, then raises LogUnavailable."""
        until = time.monotonic() + START_S
        while True:
            try:
                await self._ready()
            except LogUnavailable:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.5)
            else:
                return

    async def stop(self) -> None:
        """Disconnect; what is under way has 2 s left."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.wait({self._connecting})
        producer, self._producer = self._producer, None
        if producer is not None:
            await _close(producer)

    async def append(self, records: Sequence[NewRecord]) -> list[bool]:
        """Write records durably, in order; False for one that was there. Raises LogUnavailable."""
        first: list[bool] = []
        claimed: list[_Sending] = []
        try:
            for start in range(0, len(records), SENT_AT_ONCE):
                async with asyncio.timeout(CONFIRM_S):
                    first += await self._write(records[start : start + SENT_AT_ONCE], claimed)
        except BaseException as error:
            for sending in claimed:
                sending.claimed = False
            self._check_topics({record.topic for record in records})
            raise _meaning(error, self._bootstrap) from error
        return first

    def _check_topics(self, topics: set[str]) -> None:
        if self._producer is None:
            return
        partitions_of = self._producer.client.cluster.partitions_for_topic
        missing = sorted(self._prefix + topic for topic in topics if not partitions_of(self._prefix + topic))
        if missing:
            raise LogUnavailable(
                f"no broker at {self._bootstrap} knew of {', '.join(missing)} within {CONFIRM_S:g} s; "
                "`spotter topics apply` makes missing topics"
            )

    async def _write(self, records: Sequence[NewRecord], claimed: list[_Sending]) -> list[bool]:
        producer = await self._ready()
        first: list[bool] = []
        sendings: list[_Sending] = []
        for record in records:
            sending = None if record.dedupe is None else self._known.get(record.dedupe)
            mine = sending is None or not sending.claimed
            if sending is None:
                sending = await self._send(producer, record)
            if mine:
                sending.claimed = True
                claimed.append(sending)
            first.append(mine)
            sendings.append(sending)
        waiting = [sending.future for sending in sendings if sending.future is not None]
        if waiting:
            await asyncio.wait(waiting)
        for future in waiting:
            future.result()
        return first

    async def _send(self, producer: AIOKafkaProducer, record: NewRecord) -> _Sending:
        while self._stalled():
            self._moved.clear()
            await self._moved.wait()
        if self._broken:
            raise LogUnavailable("the connection to the brokers is being made anew")
        future = await producer.send(self._prefix + record.topic, value=record.value, key=record.key.encode())
        sending = _Sending(future, time.monotonic())
        self._under_way[sending] = None
        if record.dedupe is not None:
            self._known[record.dedupe] = sending
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        future.add_done_callback(lambda done: self._done(sending, record.dedupe, done))
        return sending

    def _stalled(self) -> bool:
        oldest = next(iter(self._under_way), None)
        return oldest is not None and time.monotonic() - oldest.since > CONFIRM_S

    def _done(self, sending: _Sending, dedupe: bytes | None, future: asyncio.Future[RecordMetadata]) -> None:
        self._under_way.pop(sending, None)
        self._moved.set()
        if future.cancelled() or future.exception() is not None:
            # Its sequence number was used up: the brokers may refuse whatever this producer sends after it.
            self._broken = True
            if dedupe is not None and self._known.get(dedupe) is sending:
                del self._known[dedupe]
        else:
            sending.future = None

    async def _ready(self) -> AIOKafkaProducer:
        if self._producer is not None and not self._broken:
            return self._producer
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._connect(), name="kafka-connect")
            self._connecting.add_done_callback(self._connected)
        return await asyncio.shield(self._connecting)  # an append that gives up does not give up connecting

    def _connected(self, task: asyncio.Task[AIOKafkaProducer]) -> None:
        self._connecting = None
        if not task.cancelled() and task.exception() is None:
            self._producer, self._broken = task.result(), False

    async def _connect(self) -> AIOKafkaProducer:
        broken, self._producer = self._producer, None
        if broken is not None:
            log.warning("the producer failed: making a new one")
            await _close(broken)
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            acks="all",
            enable_idempotence=True,
            linger_ms=LINGER_MS,
            max_batch_size=BATCH_BYTES,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
        )
        try:
            await producer.start()
        except BaseException as error:
            await _close(producer)
            raise _meaning(error, self._bootstrap) from error
        return producer


def _meaning(error: BaseException, bootstrap: str) -> BaseException:
    match error:
        case TimeoutError():
            return LogUnavailable(f"no broker at {bootstrap} confirmed a write within {CONFIRM_S:g} s")
        case MessageSizeTooLargeError():
            return error
        case KafkaError() | OSError():
            return LogUnavailable(f"the brokers at {bootstrap} did not answer: {type(error).__name__}: {error}")
    return error


async def _close(producer: AIOKafkaProducer) -> None:
    """Stop a producer within a few seconds; what it could not send by then is dropped."""
    flushing = asyncio.create_task(producer.flush())
    await asyncio.wait({flushing}, timeout=STOP_S)
    if not flushing.done():
        flushing.cancel()
        # `stop` would otherwise go on sending until a broker answers.
        producer._message_accumulator.fail_all(ProducerClosed())
    stopping = asyncio.create_task(producer.stop())
    await asyncio.wait({stopping}, timeout=STOP_S)
    if not stopping.done():
        stopping.cancel()
        await producer.client.close()
    elif not stopping.cancelled() and (error := stopping.exception()) is not None:
        log.warning("the producer did not stop in order: %r", error)
