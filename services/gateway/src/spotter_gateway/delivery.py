"""What goes out on one connection, in order: how things stand or what was missed, then everything as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass

from spotter.domain.events import Unreadable
from spotter.domain.topics import ADVICE, ESTIMATES
from spotter.http.metrics import ADVICE_SENT
from spotter.streaming.log import LogUnavailable, Reader, Record, Start
from spotter_gateway.clients import TRY_LATER, Beat, Client, Ending
from spotter_gateway.cursor import Cursor, Place
from spotter_gateway.frames import Advice, Estimate, Item, Left, advice_frame, epoch_ms, left, read
from spotter_gateway.hub import FETCH_S, KNOWN_MAX, TURN, Hub
from spotter_gateway.lru import Remembered
from spotter_gateway.sets import Sets


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, and where the client is once it has it."""

    body: bytes
    cursor: Cursor
    """Good until the next frame is asked for."""


class Delivery:
    """The frames of one connection."""

    def __init__(self, hub: Hub, client: Client) -> None:
        self._hub = hub
        self._client = client
        self._place = Place()
        self._missed_known = Remembered[str, None](KNOWN_MAX)
        self._missed_sets = Sets()

    async def frames(self, resumed: Cursor | None = None) -> AsyncGenerator[Frame, None]:
        """Give each frame when it is to go out; asking for the next says that it has gone."""
        if resumed is None:
            newest, self._place = self._hub.follow(self._client)
            for frame in self._standing(newest, last_is_whole=True):
                yield frame
        else:
            self._place = Place.of(resumed.offsets)
            async with aclosing(self._missed(resumed.partial)) as missed:
                async for frame in missed:
                    yield frame
        async with aclosing(self._live()) as live:
            async for frame in live:
                yield frame

    def _standing(self, newest: list[Item], *, last_is_whole: bool) -> Iterable[Frame]:
        for number, item in enumerate(newest, 1):
            whole = last_is_whole and number == len(newest)
            yield from self._told(item, Cursor(self._place.offsets, partial=not whole))

    async def _missed(self, partial: bool) -> AsyncGenerator[Frame, None]:
        """Give all that came after the client's place, from the log as far as memory does not go back."""
        wanted = self._client.wanted
        if partial:  # it was cut off while it was told how things stood then: what is still so and no later news
            standing = [item for item in self._hub.sets.newest(wanted) if self._has_passed(item)]
            for frame in self._standing(standing, last_is_whole=False):
                yield frame
        if self._hub.follow_from(self._client, self._place):
            return
        while not await self._may_read():
            for frame in self._beats():
                yield frame
        try:
            reader = await self._open()
            try:
                while not self._hub.follow_from(self._client, self._place):
                    async with aclosing(self._from_log(reader)) as chunk:
                        async for frame in chunk:
                            yield frame
            finally:
                await reader.close()
        except LogUnavailable:
            self._client.end(Ending(TRY_LATER, "the log doesn't answer: connect again"))
        finally:
            self._hub.resuming.release()

    async def _may_read(self) -> bool:
        """Wait for a turn to read old records; the caller sends heartbeats between two tries."""
        try:
            async with asyncio.timeout(FETCH_S):
                return await self._hub.resuming.acquire()
        except TimeoutError:
            return False

    async def _open(self) -> Reader:
        topics = (ESTIMATES, ADVICE) if self._client.wanted.estimates else (ADVICE,)
        return await self._hub.log.reader(topics, Start(position={topic: self._complete(topic) for topic in topics}))

    async def _from_log(self, reader: Reader) -> AsyncGenerator[Frame, None]:
        for count, record in enumerate(await reader.fetch(FETCH_S), 1):
            if count % TURN == 0:
                await asyncio.sleep(0)
            item = self._old(record) if self._client.wanted.concerns(record.key) else None
            self._place.pass_by(record.topic, record.partition, record.offset)
            if item is not None:
                for frame in self._told(item, self._cursor()):
                    yield frame
            for frame in self._beats():
                yield frame
        self._place.move_to(reader.position())
        for frame in self._beats():
            yield frame

    def _beats(self) -> Iterable[Frame]:
        """Give the heartbeats that came meanwhile; nothing else waits while the client isn't live."""
        while self._client.waiting:
            beat = self._client.waiting.popleft()
            if isinstance(beat, Beat):
                yield Frame(beat.body, self._cursor())

    def _old(self, record: Record) -> Item | None:
        try:
            said = read(record, lambda key: self._missed_sets.station_of(key) or self._hub.sets.station_of(key))
        except Unreadable:
            return None  # the hub has said so in the log when it came
        if isinstance(said, Advice | Estimate):
            if said.id in self._missed_known or not self._client.wanted.takes(said):
                return None
            self._missed_known.put(said.id, None)
            return said
        if said is not None:
            self._missed_sets.heard(said)
        return None

    async def _live(self) -> AsyncGenerator[Frame, None]:
        client = self._client
        while True:
            while client.waiting:
                said = client.waiting.popleft()
                if isinstance(said, Beat):
                    if said.place is not None:
                        self._place.move_to(said.place.offsets)
                    yield Frame(said.body, self._cursor())
                elif not self._has_passed(said):
                    self._place.pass_by(said.topic, said.partition, said.offset)
                    for frame in self._told(said, self._cursor()):
                        yield frame
            for repeat in client.repeats.due(epoch_ms(self._hub.clock())):
                yield self._advice(repeat.advice, repeat.remaining, self._cursor(), repeat.repeated)
            client.wake.clear()
            if not client.waiting:
                await self._wait()

    async def _wait(self) -> None:
        next_ms = self._client.repeats.next_ms()
        wait_s = None if next_ms is None else max(0, next_ms - epoch_ms(self._hub.clock())) / 1000
        try:
            async with asyncio.timeout(wait_s):
                await self._client.wake.wait()
        except TimeoutError:
            pass  # a repeat is due

    def _told(self, item: Item, cursor: Cursor) -> Iterable[Frame]:
        if isinstance(item, Estimate):
            yield Frame(item.body, cursor)
            return
        now_ms = epoch_ms(self._hub.clock())
        remaining = left(item, now_ms)
        yield self._advice(item, remaining, cursor)
        self._client.repeats.sent(item, remaining, now_ms)

    def _advice(self, advice: Advice, remaining: Left, cursor: Cursor, repeated: int = 0) -> Frame:
        ADVICE_SENT.labels(advice.action, "yes" if remaining.late else "no").inc()
        return Frame(advice_frame(advice, remaining, repeated), cursor)

    def _cursor(self) -> Cursor:
        return Cursor(self._place.offsets)

    def _has_passed(self, item: Item) -> bool:
        return self._place.passed(item.topic, item.partition, item.offset)

    def _complete(self, topic: str) -> dict[int, int]:
        """Name every partition: one that the cursor doesn't know is younger, and read from its beginning."""
        return {partition: self._place.next(topic, partition) for partition in self._hub.place.offsets.get(topic, {})}
