from __future__ import annotations

import asyncio

import pytest

from spotter.domain.events import Event, encode, parse_time
from spotter.domain.events.people import PolicyUpdated
from spotter.streaming.log import LogUnavailable, NewRecord, Record
from spotter.streaming.memory.log import MemoryLog, MemoryReader
from spotter.streaming.topic_follower import TopicFollower

TOPIC = "config.v1"


def policy(number: int) -> NewRecord:
    """Give a record of the gym's configuration."""
    data = PolicyUpdated(gym_id="g1", target_rir=number)
    return NewRecord(TOPIC, "g1", encode(Event(str(number), "s", parse_time("2026-01-05T10:00:00Z"), data)))


async def test_reading_up_waits_for_all_that_was_written() -> None:
    """What was there is applied by then, in order, what comes later as it comes."""
    log, seen = MemoryLog(), list[str]()
    await log.append([policy(1), policy(2)])
    async with TopicFollower(log, {TOPIC: lambda event: seen.append(event.id)}, poll_s=0.01) as follower:
        await follower.read_up()
        assert ["1", "2"] == seen
        await log.append([policy(3)])
        await asyncio.sleep(0.05)
    assert ["1", "2", "3"] == seen


async def test_a_log_that_goes_away_while_entering_applies_nothing_twice() -> None:
    """Versions are counted: reading goes on where it was, never from the beginning."""

    class Shaky(MemoryLog):
        async def reader(self, topics: object, start: object) -> MemoryReader:
            reader = await super().reader([TOPIC], start)  # type: ignore[arg-type]  # passed on as it came
            return ShakyReader(reader)  # type: ignore[return-value]  # has what a reader needs

    class ShakyReader:
        def __init__(self, reader: MemoryReader) -> None:
            self._reader, self._given = reader, 0

        async def fetch(self, wait_s: float) -> list[Record]:
            self._given += 1
            if self._given == 2:
                raise LogUnavailable("gone for a moment")
            return await self._reader.fetch(wait_s)

        async def lag(self) -> int:
            return 3 - self._given if self._given < 3 else await self._reader.lag()

        async def close(self) -> None:
            await self._reader.close()

    log, seen = Shaky(), list[str]()
    await log.append([policy(1), policy(2)])
    async with TopicFollower(log, {TOPIC: lambda event: seen.append(event.id)}, poll_s=0.01) as follower:
        await follower.read_up()
        assert ["1", "2"] == seen


async def test_a_log_that_does_not_answer_is_asked_again() -> None:
    """It is not read up before it has, and has not failed."""
    log = MemoryLog()
    log.available = False
    async with TopicFollower(log, {TOPIC: lambda _: None}, poll_s=0.01) as follower:
        await asyncio.sleep(0.05)
        assert (False, None) == (follower.is_read_up, follower.failure())
        log.available = True
        await follower.read_up()
        assert follower.is_read_up


async def test_an_unreadable_record_is_passed_over_and_a_bug_is_told() -> None:
    """`check` raises what ended the follower."""
    log = MemoryLog()

    def fail(_: Event) -> None:
        raise RuntimeError("bug")

    await log.append([NewRecord(TOPIC, "g1", b"rubbish")])
    async with TopicFollower(log, {TOPIC: fail}, poll_s=0.01) as follower:
        await follower.read_up()
        await log.append([policy(1)])
        await asyncio.sleep(0.05)
        with pytest.raises(RuntimeError, match="bug"):
            follower.check()
