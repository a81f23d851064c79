"""One SQLite file as the store of a log and of processors' state: tables, locking, transactions. Not asynchronous."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from spotter.domain.fast_dataclass import record
from spotter.domain.topics import TOPICS
from spotter.files import make_private
from spotter.streaming.log import NewRecord, Record

SCHEMA_VERSION = 1
ROWS_AT_ONCE = 256
"""Rows of a statement, a power of two. Each statement releases the interpreter once, and every time a busy
thread may keep it for as long as a whole batch takes."""
STATEMENTS_KEPT = 256
CHECKPOINT_EVERY_S = 1.0
"""How often what was written ahead is copied into the file, beside the writing: a commit that does it takes 30 ms."""
CHECKPOINT_PAGES_MAX = 32_000
"""Pages of 4 kB in the write-ahead log before a commit does it itself: what is left when the other falls behind."""


class LogInUse(Exception):
    """The file is open in another process."""


@record(frozen=True, slots=True)
class StateRow:
    """An entry of a processor's state; value None removes it."""

    processor: str
    key: str
    name: str
    value: bytes | None


@dataclass(slots=True)
class Write:
    """What is to be committed together."""

    records: Sequence[NewRecord] = ()
    states: Sequence[StateRow] = ()
    cursors: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By processor, the next offset of its input: before and after the commit."""
    timers: dict[tuple[str, str], int | None] = field(default_factory=dict)
    """By processor and key, when a timer is due (microseconds since 1970); None: no more."""
    versions: dict[str, str] = field(default_factory=dict)
    """By processor, the version that its state is made by."""


def _table(topic: str) -> str:
    if topic not in TOPICS:
        raise ValueError(f"{topic} is not in the catalogue of topics")
    return f'"log {topic}"'


class SqliteFile:
    """The file, held by one process; writing, reading and checkpoints have a connection each, for three threads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise LogInUse(
                f"{path} is in use by another Spotter: stop it, or choose another folder with --data"
            ) from None
        make_private(path)
        self._writer = _connect(path)
        _make_tables(self._writer)
        self._reader = _connect(path)
        self._checkpointer = _connect(path)
        self.next_offset = {topic: self._end(topic) for topic in TOPICS}

    def _end(self, topic: str) -> int:
        row = self._reader.execute(f"SELECT max(offset) FROM {_table(topic)}").fetchone()
        return 0 if row[0] is None else int(row[0]) + 1

    def close(self) -> None:
        """Close the file."""
        self._checkpointer.close()
        self._reader.close()
        self._writer.close()
        os.close(self._lock)

    def commit(self, writes: Iterable[Write]) -> list[list[Record | None]]:
        """Write all in one durable transaction; returns each record as written, None for one that was there already.

        Raises sqlite3.Error, and then nothing of it is written.
        """
        at_ms = time.time_ns() // 1_000_000
        ends = dict(self.next_offset)
        db = self._writer
        db.execute("BEGIN IMMEDIATE")
        try:
            done = [self._write(db, write, at_ms, ends) for write in writes]
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        self.next_offset = ends
        return done

    def checkpoint(self) -> None:
        """Copy what was written ahead into the file, blocking nothing; raises sqlite3.Error."""
        self._checkpointer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    def _write(self, db: sqlite3.Connection, write: Write, at_ms: int, ends: dict[str, int]) -> list[Record | None]:
        existing = _existing(db, [new.dedupe for new in write.records if new.dedupe is not None])
        done: list[Record | None] = []
        rows: dict[str, list[tuple[int, str, bytes, int]]] = {}
        fresh: list[tuple[bytes]] = []
        for new in write.records:
            if new.dedupe is not None:
                if new.dedupe in existing:
                    done.append(None)
                    continue
                existing.add(new.dedupe)
                fresh.append((new.dedupe,))
            offset = ends[new.topic]
            ends[new.topic] = offset + 1
            rows.setdefault(new.topic, []).append((offset, new.key, new.value, at_ms))
            done.append(Record(new.topic, 0, offset, new.key, new.value, at_ms, new.event))
        _insert(db, "INSERT INTO known (dedupe)", fresh)
        for topic, new_rows in rows.items():
            _insert(db, f"INSERT INTO {_table(topic)} (offset, key, value, at_ms)", new_rows)
        kept = [(row.processor, row.key, row.name, row.value) for row in write.states if row.value is not None]
        gone = [(row.processor, row.key, row.name) for row in write.states if row.value is None]
        _insert(db, "INSERT INTO state (processor, key, name, value)", kept, "value = excluded.value")
        db.executemany("DELETE FROM state WHERE processor = ? AND key = ? AND name = ?", gone)
        for processor, (before, after) in write.cursors.items():
            moved = db.execute(
                "INSERT INTO cursors (processor, offset) VALUES (?1, ?2) "
                "ON CONFLICT (processor) DO UPDATE SET offset = ?2 WHERE offset = ?3",
                (processor, after, before),
            )
            if moved.rowcount != 1:
                raise sqlite3.IntegrityError(f"the cursor of {processor} is not at {before} any more")
        _insert(
            db, "INSERT INTO versions (processor, version)", [*write.versions.items()], "version = excluded.version"
        )
        due = [(*timer, at) for timer, at in write.timers.items() if at is not None]
        over = [timer for timer, at in write.timers.items() if at is None]
        _insert(db, "INSERT INTO timers (processor, key, due_us)", due, "due_us = excluded.due_us")
        db.executemany("DELETE FROM timers WHERE processor = ? AND key = ?", over)
        return done

    def read(self, topic: str, first: int, limit: int) -> list[Record]:
        """Return records from an offset on."""
        rows = self._reader.execute(
            f"SELECT offset, key, value, at_ms FROM {_table(topic)} WHERE offset >= ? ORDER BY offset LIMIT ?",
            (first, limit),
        )
        return [Record(topic, 0, offset, key, value, at_ms) for offset, key, value, at_ms in rows]

    def first_since(self, topic: str, since_ms: int) -> int:
        """Return the offset of the first record that was taken at `since_ms` or later (times never go back far)."""
        low, high = 0, self.next_offset[topic]
        while low < high:
            middle = (low + high) // 2
            records = self.read(topic, middle, 1)
            if records and records[0].timestamp_ms < since_ms:
                low = records[0].offset + 1
            else:
                high = middle
        return low

    def states(self, processor: str, keys: Iterable[str]) -> dict[str, list[tuple[str, bytes]]]:
        """Return the entries of several lifters."""
        query = "SELECT name, value FROM state WHERE processor = ? AND key = ?"
        return {key: self._reader.execute(query, (processor, key)).fetchall() for key in keys}

    def cursor(self, processor: str) -> int:
        """Return the next offset of a processor's input."""
        row = self._reader.execute("SELECT offset FROM cursors WHERE processor = ?", (processor,)).fetchone()
        return 0 if row is None else int(row[0])

    def version(self, processor: str) -> str | None:
        """Return the version that a processor's state is made by; None where that is not on record."""
        row = self._reader.execute("SELECT version FROM versions WHERE processor = ?", (processor,)).fetchone()
        return None if row is None else str(row[0])

    def replace_state(
        self, processor: str, version: str, offset: int, states: Iterable[StateRow], timers: Mapping[str, int]
    ) -> None:
        """Put another version's state in place of a processor's, in one transaction.

        Raises sqlite3.IntegrityError where the processor is not at `offset`, the input that the state goes on with.
        """
        db = self._writer
        db.execute("BEGIN IMMEDIATE")
        try:
            for table in ("state", "timers"):
                db.execute(f"DELETE FROM {table} WHERE processor = ?", (processor,))
            due = {(processor, key): at for key, at in timers.items()}
            write = Write((), [*states], {processor: (offset, offset)}, {**due}, {processor: version})
            self._write(db, write, 0, {})
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    def timers(self, processor: str) -> dict[str, int]:
        """Return the timers that run, by key (microseconds since 1970)."""
        return dict(self._reader.execute("SELECT key, due_us FROM timers WHERE processor = ?", (processor,)).fetchall())

    def forget_before(self, now_ms: int) -> None:
        """Delete records that were kept long enough."""
        for topic in TOPICS.values():
            if topic.retention_ms is not None:
                # The newest stays: offsets go on from it.
                self._writer.execute(
                    f"DELETE FROM {_table(topic.name)} WHERE at_ms < ? AND offset < ?",
                    (now_ms - topic.retention_ms, self.next_offset[topic.name] - 1),
                )


@cache
def _places(columns: int, rows: int) -> str:
    row = f"({', '.join('?' * columns)})"
    return ", ".join([row] * rows)


def _insert(db: sqlite3.Connection, into: str, rows: Sequence[tuple[object, ...]], update: str = "") -> None:
    """Insert rows, many to a statement; `update` says what becomes of one that is there."""
    tail = f" ON CONFLICT DO UPDATE SET {update}" if update else ""
    size, first = ROWS_AT_ONCE, 0
    while first < len(rows):
        while size > len(rows) - first:
            size //= 2
        values = [value for row in rows[first : first + size] for value in row]
        db.execute(f"{into} VALUES {_places(len(rows[0]), size)}{tail}", values)
        first += size


def _existing(db: sqlite3.Connection, dedupes: Sequence[bytes]) -> set[bytes]:
    """Return those that are in the log."""
    existing: set[bytes] = set()
    size, first = ROWS_AT_ONCE, 0
    while first < len(dedupes):
        while size > len(dedupes) - first:
            size //= 2
        query = f"SELECT dedupe FROM known WHERE dedupe IN {_places(size, 1)}"
        existing.update(dedupe for (dedupe,) in db.execute(query, dedupes[first : first + size]))
        first += size
    return existing


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=5, cached_statements=STATEMENTS_KEPT
    )
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA cache_size = -32768")
    db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES_MAX}")
    return db


def _make_tables(db: sqlite3.Connection) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise ValueError(f"the database was written by a newer Spotter (schema {version}): update this one")
    db.execute("BEGIN IMMEDIATE")
    for topic in TOPICS:
        db.execute(
            f"CREATE TABLE IF NOT EXISTS {_table(topic)} "
            "(offset INTEGER PRIMARY KEY, key TEXT NOT NULL, value BLOB NOT NULL, at_ms INTEGER NOT NULL)"
        )
    for statement in (
        "CREATE TABLE IF NOT EXISTS known (dedupe BLOB PRIMARY KEY) WITHOUT ROWID",
        # With a rowid an entry of up to 4 kB is written in place, in one page; without it takes two or three.
        "CREATE TABLE IF NOT EXISTS state (processor TEXT, key TEXT, name TEXT, value BLOB NOT NULL, "
        "PRIMARY KEY (processor, key, name))",
        "CREATE TABLE IF NOT EXISTS cursors (processor TEXT PRIMARY KEY, offset INTEGER NOT NULL)",
        "CREATE TABLE IF NOT EXISTS timers (processor TEXT, key TEXT, due_us INTEGER NOT NULL, "
        "PRIMARY KEY (processor, key)) WITHOUT ROWID",
        "CREATE TABLE IF NOT EXISTS versions (processor TEXT PRIMARY KEY, version TEXT NOT NULL)",
        f"PRAGMA user_version = {SCHEMA_VERSION}",
    ):
        db.execute(statement)
    db.execute("COMMIT")
