"""How the projector follows the log: exactly once, through restarts, poison and silence."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from spotter.domain import topics
from spotter.streaming.log import NewRecord, Start
from spotter.streaming.memory.log import MemoryLog
from spotter_dashboard.live.floor import Floor
from spotter_dashboard.projection import projector
from spotter_dashboard.projection.projector import OtherLog, Projector
from spotter_dashboard.store.database import default_url, migrate, open_database, put
from spotter_dashboard.store.rows import read
from spotter_dashboard.store.tables import METADATA, POSITIONS, REPS, SETS
from tests.dashboard.server import now, until
from tests.dashboard.story import Story


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Return a database in a file."""
    return open_database(default_url(tmp_path))


@asynccontextmanager
async def projecting_into(engine: Engine, log: MemoryLog) -> AsyncIterator[Projector]:
    """Run a projector."""
    async with Projector(log, engine, Floor(now), lambda gyms: None, now) as running:
        yield running


def count(engine: Engine, table: object = REPS) -> int:
    """Count rows."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]  # a table


def test_the_migrations_make_the_tables_that_the_code_knows(engine: Engine) -> None:
    """Nothing is missing in the migrations, and running them again changes nothing."""
    migrate(engine)
    with engine.connect() as connection:
        assert [] == compare_metadata(MigrationContext.configure(connection), METADATA)


def test_a_database_of_another_kind_is_refused() -> None:
    """The message says what can be used."""
    with pytest.raises(ValueError, match=r"SQLite .* or PostgreSQL"):
        open_database("mysql://somewhere/else")


async def test_it_goes_on_where_it_stopped(engine: Engine) -> None:
    """What is written while it is away is read when it is back, and nothing is missing from partitions it had not used."""
    log = MemoryLog(partitions=3)
    stories = [Story(f"lifter-{number}") for number in range(9)]
    stories[0].opens("s-0").rep("s-0", 1, 0.5).write(log)
    async with projecting_into(engine, log) as first:
        await until(lambda: first.ready() is None and count(engine) == 1)
    for number, story in enumerate(stories):
        story.opens(f"s-{number}").rep(f"s-{number}", 2, 0.5).write(log)
    async with projecting_into(engine, log):
        await until(lambda: count(engine) == 10)

    assert 9 == count(engine, SETS)


async def test_what_waits_is_written_before_it_ends(engine: Engine) -> None:
    """Ending does not leave behind what was read."""
    log = MemoryLog()
    async with projecting_into(engine, log) as running:
        await until(lambda: running.ready() is None)
        Story("ada").opens("s").rep("s", 1, 0.5).write(log)
        await asyncio.sleep(0.05)

    assert 1 == count(engine)


async def test_rows_and_position_are_written_together_or_not_at_all(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the rows and the position leaves neither."""
    log = MemoryLog()
    Story("ada").opens("s").rep("s", 1, 0.5).write(log)
    batch = [(record, read(record)) for record in log.records(topics.ESTIMATES)]

    def put_but_positions(connection: object, table: object, rows: object) -> None:
        if table is POSITIONS:
            raise KeyboardInterrupt
        put(connection, table, rows)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(projector, "put", put_but_positions)
    with pytest.raises(KeyboardInterrupt):
        projector.apply(engine, batch)

    assert (0, 0) == (count(engine), count(engine, POSITIONS))


async def test_a_database_that_is_locked_is_asked_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not ready as long as nothing can be written, and loses nothing."""
    monkeypatch.setattr(projector, "RETRY_S", 0.01)
    apply, failures = projector.apply, iter(range(3))

    def apply_in_the_end(*args: object) -> None:
        if next(failures, None) is not None:
            raise OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))
        apply(*args)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(projector, "apply", apply_in_the_end)
    log = MemoryLog()
    async with projecting_into(engine, log) as running:
        await until(lambda: running.ready() is None)
        Story("ada").opens("s").rep("s", 1, 0.5).write(log)
        await until(lambda: "database" in (running.ready() or ""))
        await until(lambda: running.ready() is None)

    assert 1 == count(engine)


async def test_what_cannot_be_read_is_passed_over(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """Poison stops nothing, and is logged with its dashboard."""
    log = MemoryLog()
    log.write(NewRecord(topics.ESTIMATES, "g1/ada", b"no JSON"))
    Story("ada").opens("s").rep("s", 1, 0.5).write(log)
    async with projecting_into(engine, log):
        await until(lambda: count(engine) == 1)

    assert "estimates.v1 0/0 is unreadable" in caplog.text


async def test_a_log_that_goes_away_is_asked_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Meanwhile it can't tell how far behind it is."""
    monkeypatch.setattr(projector, "RETRY_S", 0.01)
    monkeypatch.setattr(projector, "FETCH_S", 0.05)
    log = MemoryLog()
    async with projecting_into(engine, log) as running:
        await until(lambda: running.behind_ms() == 0)
        log.available = False
        await until(lambda: running.behind_ms() is None and running.ready() is not None)
        log.available = True
        await until(lambda: running.behind_ms() == 0)


async def test_records_written_long_ago_tell_that_it_is_behind(engine: Engine) -> None:
    """The floor shows what was true then, and says so."""
    log = MemoryLog(clock=lambda: Story("ada").now)
    async with projecting_into(engine, log) as running:
        await until(lambda: running.behind_ms() == 0)
        Story("ada").opens("s").write(log)
        await until(lambda: (running.behind_ms() or 0) > 60_000)


async def test_tables_of_another_log_are_not_gone_on_with(engine: Engine) -> None:
    """A log that ends before what was read of it is another one: better to say so than to show nothing new for ever."""
    log = MemoryLog()
    Story("ada").opens("s").rep("s", 1, 0.5).write(log)
    async with projecting_into(engine, log):
        await until(lambda: count(engine) == 1)
    with engine.begin() as connection:
        connection.execute(POSITIONS.update().values(next_offset=1_000))

    class Clamping(MemoryLog):
        async def reader(self, topics: object, start: object) -> object:  # type: ignore[override]  # as real logs do
            return await super().reader(projector.TOPICS, Start(end=True))

    async with projecting_into(engine, Clamping()) as running:
        await until(lambda: "failed" in (running.ready() or ""))
        with pytest.raises(OtherLog, match="made from another log"):
            running.check()


async def test_a_long_history_is_read_before_it_is_ready(engine: Engine) -> None:
    """Thousands of records wait; the floor is built when they are in the tables."""
    log = MemoryLog()
    story = Story("ada", start=now())
    for number in range(400):
        story.opens(f"s-{number}").rep(f"s-{number}", 1, 0.5).closes(f"s-{number}", reps=1).wait(0.01)
    story.opens("running").rep("running", 1, 0.5).write(log)
    floor = Floor(now)
    gyms: list[set[str]] = []
    async with Projector(log, engine, floor, gyms.append, now) as running:
        await until(lambda: running.ready() is None)
        assert 401 == count(engine)
        assert [{"g1"}] == gyms
        assert {"running"} == {running.set_key for running in floor.shown("g1")}
