"""The dashboard's database: one SQLite file by default, PostgreSQL where its address says so."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Dialect, Engine, Table, create_engine, event, make_url

from spotter.files import make_private
from spotter_dashboard.store.tables import version_of

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

__all__ = ["Connection", "Engine", "Row", "default_url", "migrate", "open_database", "put"]

Value = str | int | float | bool | None
Row = dict[str, Value]
_BUSY_TIMEOUT_MS: Final = 5_000
_CHUNKS: Final = (256, 32, 4, 1)
"""Rows in one statement: few sizes, so that statements are written and prepared once."""


def default_url(data: Path) -> str:
    """Return the address of the database in a data folder."""
    return f"sqlite:///{data / 'dashboard.db'}"


def open_database(url: str) -> Engine:
    """Connect to a database and bring its tables up to date.

    Raises ValueError for a database that is neither SQLite nor PostgreSQL.
    """
    address = make_url(url)
    name = address.get_backend_name()
    if name not in ("sqlite", "postgresql"):
        raise ValueError(f"{address!r}: the dashboard keeps its tables in SQLite (sqlite:///PATH) or PostgreSQL")
    if name == "sqlite" and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        if address.database != ":memory:":
            make_private(Path(address.database))
    engine = create_engine(address)
    if name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    migrate(engine)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")  # what a power cut takes is read from the log again
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin with the first read: by itself the driver begins with the first write, and two reads could see two states."""
    connection.exec_driver_sql("BEGIN")


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest version, from whichever they have."""
    config = Config()
    config.set_main_option("script_location", str(resources.files("spotter_dashboard.store") / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        level = logging.getLogger("alembic").level
        logging.getLogger("alembic").setLevel(logging.WARNING)
        try:
            command.upgrade(config, "head")
        finally:
            logging.getLogger("alembic").setLevel(level)


def put(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Write rows with different keys; where there is one with the same key, the newer of the two stays.

    Many rows go into one statement: SQLite lets other threads run while a statement does, and with a statement per
    row a busy event loop would make each of them wait.
    """
    columns = [column.name for column in table.c]
    foreign = connection.dialect.name != "sqlite"
    start = 0
    for size in _CHUNKS:
        statement = _upsert(table, connection.dialect, size)
        while len(rows) - start >= size:
            chunk = rows[start : start + size]
            values = (row[name] for row in chunk for name in columns)
            connection.exec_driver_sql(statement, tuple(map(_without_nul, values) if foreign else values))
            start += size


def _without_nul(value: Value) -> Value:
    """Replace NUL: ids and names may hold any character, PostgreSQL's text columns any but this one."""
    return value.replace("\x00", "\ufffd") if isinstance(value, str) else value


@lru_cache(maxsize=256)
def _upsert(table: Table, dialect: Dialect, size: int) -> str:
    quote = dialect.identifier_preparer.quote
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    columns = [column.name for column in table.c]
    keys = [column.name for column in table.primary_key]
    row = f"({', '.join([mark] * len(columns))})"
    version = version_of(table)
    if version:
        values = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in columns if name not in keys)
        existing = ", ".join(f"{quote(table.name)}.{quote(name)}" for name in version)
        new = ", ".join(f"excluded.{quote(name)}" for name in version)
        action = f"UPDATE SET {values} WHERE ({existing}) < ({new})"
    else:
        action = "NOTHING"
    return (
        f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, columns))}) VALUES {', '.join([row] * size)} "
        f"ON CONFLICT ({', '.join(map(quote, keys))}) DO {action}"
    )
