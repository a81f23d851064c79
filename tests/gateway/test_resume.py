from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from typing import Any

import httpx
import pytest

from spotter.domain.topics import ADVICE, ESTIMATES
from spotter.streaming.log import LogUnavailable, Record, Start
from spotter.streaming.memory.log import MemoryLog, MemoryReader
from spotter_gateway.cursor import Cursor
from spotter_gateway.hub import RESUMING_MAX, Intervals
from tests.gateway.outputs import advice, estimate, summary
from tests.gateway.support import Clock, RunningGateway, Stream, ids, serving


async def last(stream: Stream, event_id: str) -> list[str]:
    """Return the ids of all events up to one."""
    event_ids = [(await stream.next())["id"]]
    while event_ids[-1] != event_id:
        event_ids.append((await stream.next())["id"])
    return event_ids


@pytest.mark.parametrize("by_query", [False, True])
async def test_a_client_resumes_from_its_cursor(gateway: RunningGateway, by_query: bool) -> None:
    """Everything after its last id, once, and then new items; not the current state."""
    written = [advice(after_rep=rep) for rep in range(1, 8)]
    await gateway.write_and_wait(written[0])
    async with gateway.stream() as stream:
        await stream.next()
        gateway.write(written[1])
        await stream.next()
        cursor = stream.last_id
    await gateway.write_and_wait(*written[2:5], advice("bob"), summary())
    where: dict[str, Any] = (
        {"query": f"?last_event_id={cursor}&athlete_id=ada"}
        if by_query
        else {"after": cursor, "query": "?athlete_id=ada"}
    )
    async with gateway.stream(**where) as stream:
        missed = await stream.some(3)
        gateway.write(*written[5:])
        rest = await stream.some(2)

    assert [event.id for event in written[2:5]] == ids(missed)
    assert [event.id for event in written[5:]] == ids(rest)


async def test_advice_resumed_after_it_expired_is_late() -> None:
    """A stop written while the phone was offline is shown, but never played or repeated."""
    clock = Clock()
    async with serving(clock=clock) as gateway:
        await gateway.write_and_wait(advice())
        async with gateway.stream() as stream:
            await stream.next()
            cursor = stream.last_id
        await gateway.write_and_wait(advice(action="stop", after_rep=2))
        clock.move(seconds=20)
        async with gateway.stream(after=cursor) as stream:
            data = (await stream.next())["data"]
            quiet = await stream.nothing(0.4)

    assert (2, True, 0, 0) == (data["after_rep"], data["late"], data["ttl_ms"], data["sound_ms"])
    assert quiet


async def test_advice_resumed_in_time_sounds() -> None:
    """A short break only shortens its remaining time."""
    async with serving() as gateway:
        await gateway.write_and_wait(advice())
        async with gateway.stream() as stream:
            await stream.next()
            cursor = stream.last_id
        await gateway.write_and_wait(advice(action="stop", after_rep=2, sound_ms=5000))
        async with gateway.stream(after=cursor) as stream:
            resumed = [event["data"] for event in await stream.some(3)]

    assert [False] * 3 == [data["late"] for data in resumed]
    assert [2, 1, 0] == [data["repeat"] for data in resumed]


@pytest.mark.parametrize("recent_max", [1, 3, 100])
async def test_items_older_than_memory_are_read_from_the_log(recent_max: int) -> None:
    """Estimates and advice of all partitions, each once, wherever memory begins."""
    names = [f"athlete-{number}" for number in range(10)]
    async with serving(MemoryLog(partitions=5), recent_max=recent_max) as gateway:
        await gateway.write_and_wait(advice("ada"))
        async with gateway.stream("?estimates=1") as stream:
            await stream.next()
            cursor = stream.last_id
        missed = [make(name) for name in names for make in (estimate, advice)]
        await gateway.write_and_wait(*missed)
        async with gateway.stream("?estimates=1", after=cursor) as stream:
            resumed = await stream.some(len(missed))
            newer = advice("zoe")
            gateway.write(newer)
            newest = await stream.next()

    assert {event.id for event in missed} == set(ids(resumed))
    assert newer.id == newest["id"]


async def test_a_cursor_works_on_every_replica() -> None:
    """Even on one that has just started, or that reads partitions in another order."""
    log = MemoryLog(partitions=5)
    async with serving(log) as replica:
        await replica.write_and_wait(*(advice(f"a{number}") for number in range(20)))
        async with replica.stream() as stream:
            seen = ids(await stream.some(20))
            cursor = stream.last_id
    missed = [advice(f"b{number}") for number in range(20)]
    async with serving(log) as other:
        await other.write_and_wait(*missed)
        async with other.stream(after=cursor) as stream:
            resumed = ids(await stream.some(20))

    assert 20 == len(set(seen))
    assert {event.id for event in missed} == set(resumed)


async def test_a_replica_that_is_behind_catches_up_first() -> None:
    """A client from a faster replica is neither refused nor sent anything twice."""
    log = MemoryLog()
    async with serving(log) as fast, serving(log) as slow:
        await fast.write_and_wait(advice())
        async with fast.stream() as stream:
            await stream.next()
            cursor = stream.last_id
        slow.hub.offsets.by_topic[ADVICE][0] = 0

        async def catch_up() -> None:
            await asyncio.sleep(0.2)
            slow.hub.offsets.by_topic[ADVICE][0] = 1

        catching_up = asyncio.create_task(catch_up())
        async with slow.stream(after=cursor) as stream:
            assert await stream.nothing()
        await catching_up


async def test_a_client_cut_off_during_the_current_state_receives_it_again(gateway: RunningGateway) -> None:
    """A client that received part of it is sent the rest as it is now, and what is new, each once."""
    names = {f"a{number}" for number in range(6)}
    await gateway.write_and_wait(*(advice(name) for name in names))
    async with gateway.stream() as stream:
        received = {(await stream.next())["data"]["athlete_id"] for _ in range(2)}
        cursor = stream.last_id
    goes_on, ends, *_ = untold = sorted(names - received)
    newer = advice(goes_on, after_rep=2)
    await gateway.write_and_wait(newer, summary(ends))
    async with gateway.stream(after=cursor) as stream:
        rest = await stream.some(len(names) - 1)
        quiet = await stream.nothing()

    assert 4 == len(untold)
    assert sorted(names - {ends}) == sorted(event["data"]["athlete_id"] for event in rest)
    assert [newer.id] == [event["id"] for event in rest if event["data"]["athlete_id"] == goes_on]
    assert quiet


async def test_a_heartbeat_carries_a_cursor_too() -> None:
    """A client without advice resumes from its last heartbeat, past what was sent to others."""
    async with serving(intervals=Intervals(heartbeat_s=0.1)) as gateway:
        token = gateway.token("app", "ada")
        async with gateway.stream(token=token) as stream:
            gateway.write(advice("bob"))
            beats = [await stream.next() for _ in range(3)]
            cursor = stream.last_id
        assert cursor is not None
        mine = advice("ada")
        await gateway.write_and_wait(mine)
        async with gateway.stream(token=token, after=cursor) as stream:
            delivered = await stream.next()

    assert {"heartbeat"} == {name for beat in beats for name in beat}
    assert 1 == sum(Cursor.decode(cursor).offsets[ADVICE].values())
    assert mine.id == delivered["id"]


@pytest.mark.parametrize("cursor", ["nonsense", "%20", "AQEFAawC", "1234", "x" * 5000])
async def test_a_bad_cursor_is_refused(gateway: RunningGateway, cursor: str) -> None:
    """400, naming Last-Event-ID and what to do."""
    answers = [
        await gateway.get(headers={"Last-Event-ID": cursor}),
        await gateway.get(params={"last_event_id": cursor}),
    ]

    assert [400, 400] == [answer.status_code for answer in answers]
    assert {"Last-Event-ID"} == {answer.json()["field"] for answer in answers}
    assert all("Last-Event-ID" in answer.json()["mend"] for answer in answers)


async def test_a_cursor_of_another_log_is_refused(gateway: RunningGateway) -> None:
    """One ahead of everything written here: waiting for it would mean silence."""
    cursor = Cursor({ADVICE: {0: 99, 1: 0, 2: 0}, ESTIMATES: {0: 0, 1: 0, 2: 0}}).encode()
    answer = await gateway.get(headers={"Last-Event-ID": cursor})

    assert (400, "Last-Event-ID") == (answer.status_code, answer.json()["field"])


async def test_a_slow_stream_is_closed_and_resumes_later() -> None:
    """A client that reconnects with its last id misses nothing."""
    async with serving(waiting_max=20, recent_max=5) as gateway:
        written = [advice(after_rep=rep, sentence="x" * 100_000) for rep in range(200)]
        async with gateway.stream() as stream:
            gateway.write(written[0])
            received = [(await stream.next())["id"]]
            for event in written[1:]:
                gateway.write(event)
                await asyncio.sleep(0)
            await gateway.write_and_wait()
            with pytest.raises((EOFError, httpx.RemoteProtocolError)):
                while True:
                    received.append((await stream.next())["id"])
            cursor = stream.last_id
        assert len(received) < len(written)
        async with gateway.stream(after=cursor) as stream:
            received += await last(stream, written[-1].id)

    assert [event.id for event in written] == received


async def test_a_client_that_does_not_read_does_not_block_others() -> None:
    """A few clients may read old records at a time; one that doesn't read loses its turn."""
    async with serving(intervals=Intervals(heartbeat_s=0.2), recent_max=1) as gateway, AsyncExitStack() as stack:
        await gateway.write_and_wait(advice())
        async with gateway.stream() as stream:
            await stream.next()
            cursor = stream.last_id
        missed = [advice(after_rep=rep, sentence="x" * 200_000) for rep in range(2, 102)]
        await gateway.write_and_wait(*missed)
        for _ in range(RESUMING_MAX):
            await stack.enter_async_context(gateway.stream(after=cursor))
        received: list[str] = []
        while len(received) < len(missed):
            async with gateway.stream(after=cursor) as stream:
                with suppress(
                    EOFError, httpx.RemoteProtocolError
                ):  # a machine that is busy may be too slow itself: it comes again
                    while len(received) < len(missed):
                        event = await stream.next()
                        received += [event["id"]] if "id" in event else []
                cursor = stream.last_id or cursor

    assert [event.id for event in missed] == received


async def test_heartbeats_are_sent_while_catching_up() -> None:
    """Reading many old records does not look like a lost signal."""
    log = Slow()
    async with serving(log, intervals=Intervals(heartbeat_s=0.05), recent_max=1) as gateway:
        await gateway.write_and_wait(advice())
        async with gateway.stream() as stream:
            await stream.next()
            cursor = stream.last_id
        missed = [advice(after_rep=rep) for rep in range(2, 5)]
        await gateway.write_and_wait(*missed)
        log.slow = True
        async with gateway.stream(after=cursor) as stream:
            names = [(await stream.next()).get("id", "beat")]
            while names[-1] != missed[-1].id:
                names.append((await stream.next()).get("id", "beat"))

    assert names.index("beat") < names.index(missed[-1].id)
    assert [event.id for event in missed] == [name for name in names if name != "beat"]


class Slow(MemoryLog):
    """A log that returns old records slowly, one by one."""

    slow = False

    async def reader(self, topics: Sequence[str], start: Start) -> MemoryReader:
        """Open a reader."""
        return SlowReader(self, topics, start) if self.slow else await super().reader(topics, start)


class SlowReader(MemoryReader):
    """A slow reader."""

    async def fetch(self, wait_s: float) -> list[Record]:
        """Return one record."""
        await asyncio.sleep(0.15)
        records = self._take()
        for record in records[1:]:
            self._next[record.topic, record.partition] = min(self._next[record.topic, record.partition], record.offset)
        return records[:1]


class Leaving(MemoryLog):
    """A log that becomes unavailable when old records are read."""

    leaves = False

    async def reader(self, topics: Sequence[str], start: Start) -> MemoryReader:
        """Open a reader, or don't."""
        if self.leaves and start.position:
            raise LogUnavailable("gone")
        return await super().reader(topics, start)


async def test_a_log_that_does_not_answer_ends_a_stream_that_catches_up() -> None:
    """The client reconnects and receives what it missed."""
    log = Leaving()
    async with serving(log, recent_max=1) as gateway:
        await gateway.write_and_wait(advice())
        async with gateway.stream() as stream:
            await stream.next()
            cursor = stream.last_id
        missed = [advice(after_rep=rep) for rep in range(2, 8)]
        await gateway.write_and_wait(*missed)
        log.leaves = True
        async with gateway.stream(after=cursor) as stream:
            with pytest.raises(EOFError):
                await stream.next()
        log.leaves = False
        async with gateway.stream(after=cursor) as stream:
            resumed = ids(await stream.some(len(missed)))

    assert [event.id for event in missed] == resumed
