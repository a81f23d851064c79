"""The log in one SQLite file."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from spotter.streaming.log import LogUnavailable, NewRecord, Start
from spotter.streaming.sqlite.log import SqliteLog
from spotter.streaming.sqlite.storage import LogInUse


def record(value: bytes, topic: str = "lifts.v1", dedupe: bytes | None = None) -> NewRecord:
    """Make a record."""
    return NewRecord(topic, "g1/ada", value, dedupe)


async def test_what_is_appended_is_there_after_a_restart(tmp_path: Path) -> None:
    """Records, their order and their numbers survive."""
    log = await SqliteLog.open(tmp_path / "x.db")
    assert [True, True] == await log.append([record(b"1"), record(b"2")])
    await log.close()
    log = await SqliteLog.open(tmp_path / "x.db")
    await log.append([record(b"3")])
    reader = await log.reader(["lifts.v1"], Start(beginning=True))
    assert [(0, b"1"), (1, b"2"), (2, b"3")] == [(record.offset, record.value) for record in await reader.fetch(1)]
    await log.close()


async def test_the_same_record_is_written_once(tmp_path: Path) -> None:
    """A record that says what it duplicates is written once, also after a restart."""
    log = await SqliteLog.open(tmp_path / "x.db")
    assert [True, False] == await log.append([record(b"1", dedupe=b"d" * 16), record(b"1", dedupe=b"d" * 16)])
    await log.close()
    log = await SqliteLog.open(tmp_path / "x.db")
    assert [False] == await log.append([record(b"1", dedupe=b"d" * 16)])
    await log.close()


async def test_a_reader_wakes_at_once(tmp_path: Path) -> None:
    """A reader that waits has a new record long before its waiting time is over."""
    log = await SqliteLog.open(tmp_path / "x.db")
    reader = await log.reader(["lifts.v1"], Start(end=True))
    waiting = asyncio.create_task(reader.fetch(30))
    await asyncio.sleep(0)
    await log.append([record(b"1")])
    async with asyncio.timeout(5):
        assert [b"1"] == [record.value for record in await waiting]
    assert [] == await reader.fetch(0.01)
    await log.close()


async def test_a_sender_is_answered_before_readers_begin(tmp_path: Path) -> None:
    """A commit is told to whoever wrote, and its answer is on its way, before anybody works on what was written."""
    log = await SqliteLog.open(tmp_path / "x.db")
    reader = await log.reader(["lifts.v1"], Start(end=True))
    written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    order: list[str] = []

    async def work() -> None:
        await reader.fetch(5)
        order.append("work")

    async def write() -> None:
        await log.append([record(b"1")])
        written.set_result(None)

    async def answer() -> None:
        await written
        order.append("answer")

    await asyncio.gather(work(), answer(), write())
    assert ["answer", "work"] == order
    await log.close()


async def test_a_reader_starts_where_it_is_told(tmp_path: Path) -> None:
    """Beginning, end, a time, a position; a position beyond the end is the end."""
    log = await SqliteLog.open(tmp_path / "x.db")
    await log.append([record(b"1")])
    await asyncio.sleep(0.02)
    between = datetime.now(UTC)
    await asyncio.sleep(0.02)
    await log.append([record(b"2")])

    async def found(start: Start) -> list[bytes]:
        reader = await log.reader(["lifts.v1"], start)
        return [record.value for record in await reader.fetch(0)]

    assert [b"1", b"2"] == await found(Start(beginning=True))
    assert [] == await found(Start(end=True))
    assert [b"2"] == await found(Start(since=between))
    assert [] == await found(Start(since=between + timedelta(hours=1)))
    assert [b"2"] == await found(Start(position={"lifts.v1": {0: 1}}))
    assert [] == await found(Start(position={"lifts.v1": {0: 99}}))
    await log.close()


async def test_one_process_holds_the_file(tmp_path: Path) -> None:
    """A second one is told, and the first goes on."""
    log = await SqliteLog.open(tmp_path / "x.db")
    with pytest.raises(LogInUse, match="another Spotter"):
        await SqliteLog.open(tmp_path / "x.db")
    assert [True] == await log.append([record(b"1")])
    await log.close()


async def test_nobody_knows_what_is_unfinished_without_a_host(tmp_path: Path) -> None:
    """A heartbeat is not told when nobody processes the log."""
    log = await SqliteLog.open(tmp_path / "x.db")
    with pytest.raises(LogUnavailable):
        await log.oldest_unfinished_ms()
    await log.close()
