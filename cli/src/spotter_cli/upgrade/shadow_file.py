"""The shadow's own file: state, position and facts, written together, so that a run that ends early goes on where it was."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import orjson

from spotter_cli.upgrade.facts import PublishedAdvice, PublishedEstimate, PublishedSet
from spotter_standalone.errors import CliError

Side = Literal["running", "shadow"]
SCHEMA: Final = "2"
_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS cursors (topic TEXT, partition INTEGER, offset INTEGER NOT NULL, last BLOB, "
    "PRIMARY KEY (topic, partition))",
    "CREATE TABLE IF NOT EXISTS state (processor TEXT, key TEXT, name TEXT, partition INTEGER NOT NULL, "
    "value BLOB NOT NULL, PRIMARY KEY (processor, key, name))",
    "CREATE TABLE IF NOT EXISTS facts (side TEXT, key TEXT, set_key TEXT, facts BLOB NOT NULL, "
    "PRIMARY KEY (side, key, set_key))",
)


@dataclass(frozen=True, slots=True)
class ShadowState:
    """An entry of a processor's state; value None removes it."""

    processor: str
    key: str
    name: str
    partition: int
    value: bytes | None


@dataclass(slots=True)
class ShadowWrite:
    """What is committed together."""

    cursors: dict[tuple[str, int], tuple[int, bytes | None]] = field(default_factory=dict)
    """By topic and partition, the next offset to read and a fingerprint of the record before it."""
    states: list[ShadowState] = field(default_factory=list)
    facts: dict[tuple[Side, str, str], PublishedSet] = field(default_factory=dict)
    """By side, lifter and set."""


class ShadowFile:
    """The file, held by one process; what another version or another log left in it is thrown away."""

    def __init__(self, path: Path, version: str) -> None:
        self._lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise CliError(f"Another `spotter upgrade` is at work on {path}: wait for it, or stop it.") from None
        self.path = path
        self._version = version
        self._db = _opened(path)
        if self._about() != {"schema": SCHEMA, "version": version}:
            self.clear()

    def close(self) -> None:
        """Close the file."""
        self._db.close()
        os.close(self._lock)

    def remove(self) -> None:
        """Delete the file: nothing of it is needed any more."""
        self._db.close()
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def clear(self) -> None:
        """Begin anew."""
        self.remove()
        self._db = _opened(self.path)
        with self._db:
            rows = [("schema", SCHEMA), ("version", self._version)]
            self._db.executemany("INSERT INTO about (name, value) VALUES (?, ?)", rows)

    def _about(self) -> dict[str, str]:
        return dict(self._db.execute("SELECT name, value FROM about").fetchall())

    def cursors(self, topic: str) -> dict[int, int]:
        """Return the next offset to read of each partition that was read."""
        rows = self._db.execute("SELECT partition, offset FROM cursors WHERE topic = ?", (topic,))
        return dict(rows.fetchall())

    def last_read(self, topic: str) -> dict[int, tuple[int, bytes]]:
        """Return the offset and the fingerprint of the last record that was read of each partition."""
        rows = self._db.execute("SELECT partition, offset, last FROM cursors WHERE topic = ? AND offset > 0", (topic,))
        return {partition: (offset - 1, last) for partition, offset, last in rows}

    def states(self, processor: str, key: str) -> list[tuple[str, bytes]]:
        """Return the entries of a lifter."""
        rows = self._db.execute("SELECT name, value FROM state WHERE processor = ? AND key = ?", (processor, key))
        return rows.fetchall()

    def all_states(self, processor: str) -> Iterator[ShadowState]:
        """Yield every entry, lifter by lifter."""
        rows = self._db.execute(
            "SELECT key, name, partition, value FROM state WHERE processor = ? ORDER BY key", (processor,)
        )
        for key, name, partition, value in rows:
            yield ShadowState(processor, key, name, partition, value)

    def facts(self, side: Side, key: str, set_key: str) -> PublishedSet | None:
        """Return what a side has published of a set."""
        row = self._db.execute(
            "SELECT facts FROM facts WHERE side = ? AND key = ? AND set_key = ?", (side, key, set_key)
        ).fetchone()
        return None if row is None else _facts(row[0])

    def pairs(self, key: str | None = None) -> Iterator[tuple[str, str, PublishedSet | None, PublishedSet | None]]:
        """Yield lifter, set, and what the running version and the shadow have published of it; perhaps of one lifter."""
        rows = self._db.execute(
            "SELECT key, set_key, max(CASE side WHEN 'running' THEN facts END), max(CASE side WHEN 'shadow' THEN facts END) "
            "FROM facts WHERE ?1 IS NULL OR key = ?1 GROUP BY key, set_key ORDER BY key, set_key",
            (key,),
        )
        for lifter, set_key, running, shadow in rows:
            yield (
                lifter,
                set_key,
                None if running is None else _facts(running),
                None if shadow is None else _facts(shadow),
            )

    def commit(self, write: ShadowWrite) -> None:
        """Write all in one transaction."""
        with self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO cursors (topic, partition, offset, last) VALUES (?, ?, ?, ?)",
                [(topic, partition, *at) for (topic, partition), at in write.cursors.items()],
            )
            self._states(write.states)
            self._db.executemany(
                "INSERT OR REPLACE INTO facts (side, key, set_key, facts) VALUES (?, ?, ?, ?)",
                [(*of, orjson.dumps(facts, option=orjson.OPT_NON_STR_KEYS)) for of, facts in write.facts.items()],
            )

    def _states(self, states: Iterable[ShadowState]) -> None:
        for row in states:
            if row.value is None:
                gone = (row.processor, row.key, row.name)
                self._db.execute("DELETE FROM state WHERE processor = ? AND key = ? AND name = ?", gone)
            else:
                self._db.execute(
                    "INSERT OR REPLACE INTO state (processor, key, name, partition, value) VALUES (?, ?, ?, ?, ?)",
                    (row.processor, row.key, row.name, row.partition, row.value),
                )


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")  # what a power failure takes is read again
    with db:
        for statement in _TABLES:
            db.execute(statement)
    return db


def _facts(raw: bytes) -> PublishedSet:
    body: Mapping[str, object] = orjson.loads(raw)
    facts = PublishedSet(**body)  # type: ignore[arg-type]  # written by `commit`
    facts.estimates = {rep: PublishedEstimate(**each) for rep, each in body["estimates"].items()}  # type: ignore[attr-defined]
    facts.advice = {int(rep): PublishedAdvice(**each) for rep, each in body["advice"].items()}  # type: ignore[attr-defined]
    return facts
