"""The frames of one connection in order: the current state or what was missed, then everything new."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass

from spotter.domain.events import Unreadable
from spotter.domain.time import epoch_ms
from spotter.domain.topics import ADVICE, ESTIMATES
from spotter.http.metrics import ADVICE_SENT
from spotter.streaming.log import LogUnavailable, Reader, Record, Start
from spotter_gateway.bounded_map import BoundedMap
from spotter_gateway.clients import TRY_LATER, Client, CloseReason, QueuedHeartbeat
from spotter_gateway.cursor import Cursor, StreamOffsets
from spotter_gateway.frames import Advice, Estimate, StreamItem, TimeLeft, advice_frame, read, time_left
from spotter_gateway.hub import FETCH_S, SEEN_IDS_MAX, YIELD_EVERY, Hub
from spotter_gateway.sets import OpenSets


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, and the client's cursor once it has it."""

    body: bytes
    cursor: Cursor
    """Valid until the next frame is requested."""


class Delivery:
    """The frames of one connection."""

    def __init__(self, hub: Hub, client: Client) -> None:
        self._hub = hub
        self._client = client
        self._offsets = StreamOffsets()
        self._missed_ids = BoundedMap[str, None](SEEN_IDS_MAX)
        self._missed_sets = OpenSets()

    async def frames(self, resumed: Cursor | None = None) -> AsyncGenerator[Frame, None]:
        """Yield each frame when it is due; requesting the next one confirms that it was sent."""
        if resumed is None:
            newest, self._offsets = self._hub.follow(self._client)
            for frame in self._newest_frames(newest, last_is_whole=True):
                yield frame
        else:
            self._offsets = StreamOffsets.of(resumed.offsets)
            async with aclosing(self._missed(resumed.partial)) as missed:
                async for frame in missed:
                    yield frame
        async with aclosing(self._live()) as live:
            async for frame in live:
                yield frame

    def _newest_frames(self, newest: list[StreamItem], *, last_is_whole: bool) -> Iterable[Frame]:
        for number, item in enumerate(newest, 1):
            whole = last_is_whole and number == len(newest)
            yield from self._item_frames(item, Cursor(self._offsets.by_topic, partial=not whole))

    async def _missed(self, partial: bool) -> AsyncGenerator[Frame, None]:
        """Yield everything after the client's offsets, from the log as far as memory does not go back."""
        advice_filter = self._client.filter
        if partial:  # it was cut off while it received the state at that time: send what of it is still current
            current = [item for item in self._hub.sets.newest(advice_filter) if self._has_passed(item)]
            for frame in self._newest_frames(current, last_is_whole=False):
                yield frame
        if self._hub.follow_from(self._client, self._offsets):
            return
        while not await self._may_read():
            for frame in self._heartbeats():
                yield frame
        try:
            reader = await self._open()
            try:
                while not self._hub.follow_from(self._client, self._offsets):
                    async with aclosing(self._from_log(reader)) as chunk:
                        async for frame in chunk:
                            yield frame
            finally:
                await reader.close()
        except LogUnavailable:
            self._client.close(CloseReason(TRY_LATER, "the log doesn't answer: connect again"))
        finally:
            self._hub.resuming.release()

    async def _may_read(self) -> bool:
        """Wait for permission to read old records; the caller sends heartbeats between two tries."""
        try:
            async with asyncio.timeout(FETCH_S):
                return await self._hub.resuming.acquire()
        except TimeoutError:
            return False

    async def _open(self) -> Reader:
        topics = (ESTIMATES, ADVICE) if self._client.filter.estimates else (ADVICE,)
        return await self._hub.log.reader(topics, Start(position={topic: self._all_offsets(topic) for topic in topics}))

    async def _from_log(self, reader: Reader) -> AsyncGenerator[Frame, None]:
        for count, record in enumerate(await reader.fetch(FETCH_S), 1):
            if count % YIELD_EVERY == 0:
                await asyncio.sleep(0)
            item = self._missed_item(record) if self._client.filter.concerns(record.key) else None
            self._offsets.advance_past(record.topic, record.partition, record.offset)
            if item is not None:
                for frame in self._item_frames(item, self._cursor()):
                    yield frame
            for frame in self._heartbeats():
                yield frame
        self._offsets.advance_to(reader.position())
        for frame in self._heartbeats():
            yield frame

    def _heartbeats(self) -> Iterable[Frame]:
        """Yield the heartbeats in the queue; nothing else is queued while the client isn't live."""
        while self._client.waiting:
            heartbeat = self._client.waiting.popleft()
            if isinstance(heartbeat, QueuedHeartbeat):
                yield Frame(heartbeat.body, self._cursor())

    def _missed_item(self, record: Record) -> StreamItem | None:
        try:
            message = read(record, lambda key: self._missed_sets.station_of(key) or self._hub.sets.station_of(key))
        except Unreadable:
            return None  # the hub has logged it
        if isinstance(message, Advice | Estimate):
            if message.id in self._missed_ids or not self._client.filter.accepts(message):
                return None
            self._missed_ids.put(message.id, None)
            return message
        if message is not None:
            self._missed_sets.add_event(message)
        return None

    async def _live(self) -> AsyncGenerator[Frame, None]:
        client = self._client
        while True:
            while client.waiting:
                item = client.waiting.popleft()
                if isinstance(item, QueuedHeartbeat):
                    if item.offsets is not None:
                        self._offsets.advance_to(item.offsets.by_topic)
                    yield Frame(item.body, self._cursor())
                elif not self._has_passed(item):
                    self._offsets.advance_past(item.topic, item.partition, item.offset)
                    for frame in self._item_frames(item, self._cursor()):
                        yield frame
            for repeat in client.redelivery.due(epoch_ms(self._hub.clock())):
                yield self._advice(repeat.advice, repeat.remaining, self._cursor(), repeat.repeated)
            client.wake.clear()
            if not client.waiting:
                await self._wait()

    async def _wait(self) -> None:
        next_ms = self._client.redelivery.next_ms()
        wait_s = None if next_ms is None else max(0, next_ms - epoch_ms(self._hub.clock())) / 1000
        try:
            async with asyncio.timeout(wait_s):
                await self._client.wake.wait()
        except TimeoutError:
            pass  # a repeat is due

    def _item_frames(self, item: StreamItem, cursor: Cursor) -> Iterable[Frame]:
        if isinstance(item, Estimate):
            yield Frame(item.body, cursor)
            return
        now_ms = epoch_ms(self._hub.clock())
        item = self._hub.sets.as_now(item)
        remaining = time_left(item, now_ms)
        yield self._advice(item, remaining, cursor)
        self._client.redelivery.sent(item, remaining, now_ms)

    def _advice(self, advice: Advice, remaining: TimeLeft, cursor: Cursor, repeated: int = 0) -> Frame:
        ADVICE_SENT.labels(advice.action, "yes" if remaining.late else "no").inc()
        return Frame(advice_frame(advice, remaining, repeated), cursor)

    def _cursor(self) -> Cursor:
        return Cursor(self._offsets.by_topic)

    def _has_passed(self, item: StreamItem) -> bool:
        return self._offsets.has_passed(item.topic, item.partition, item.offset)

    def _all_offsets(self, topic: str) -> dict[int, int]:
        """Return the offsets of every partition: one that the cursor doesn't contain is newer and read from its beginning."""
        return {
            partition: self._offsets.next(topic, partition) for partition in self._hub.offsets.by_topic.get(topic, {})
        }
