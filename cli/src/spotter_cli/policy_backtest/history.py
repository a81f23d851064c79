"""Reads the advisor's input and output from a data folder or from Kafka; writes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spotter.domain.events import Event, Unreadable, decode
from spotter.domain.topics import ADVICE, CONFIG, ESTIMATES
from spotter.streaming.kafka import KafkaLog
from spotter.streaming.log import LogUnavailable, Record, Start
from spotter_standalone.errors import CliError

_TOPICS: Final = (CONFIG, ESTIMATES, ADVICE)
_WAIT_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class LogHistory:
    """The log's events in order, of all lifters or of one."""

    config: tuple[Event, ...]
    """Every version of every gym's configuration."""
    estimates: tuple[Record, ...]
    """The advisor's input."""
    advice: tuple[Event, ...]
    """The advisor's output."""

    def events(self) -> list[Event]:
        """Return the readable events of the advisor's input."""
        return [event for record in self.estimates for event in _readable(record)]


def read_database(database: Path, athlete_id: str | None) -> LogHistory:
    """Read a data folder's database, even while a host writes to it; raises CliError."""
    if not database.exists():
        raise CliError(f"There is no database {database}: choose the data folder with --data.")
    uri = f"{database.absolute().as_uri()}?mode=ro"
    records: list[Record] = []
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=5, isolation_level=None)) as db:
            db.execute("BEGIN")  # one snapshot for all topics
            for topic in _TOPICS:
                rows = db.execute(f'SELECT offset, key, value, at_ms FROM "log {topic}" ORDER BY offset')
                records += (Record(topic, 0, offset, key, value, at_ms) for offset, key, value, at_ms in rows)
    except sqlite3.Error as error:
        raise CliError(f"The database {database} can't be read ({error}).") from None
    return _history(records, athlete_id)


async def read_kafka(bootstrap: str, prefix: str, athlete_id: str | None) -> LogHistory:
    """Read the topics from the beginning to their current end; raises CliError."""
    log = KafkaLog(bootstrap, prefix)
    records: list[Record] = []
    try:
        reader = await log.reader(_TOPICS, Start(beginning=True))
        try:
            while await reader.lag():
                records += await reader.fetch(_WAIT_S)
        finally:
            await reader.close()
    except LogUnavailable as error:
        raise CliError(f"Kafka at {bootstrap} can't be read ({error}): correct SPOTTER_KAFKA.") from None
    return _history(records, athlete_id)


def _history(records: Iterable[Record], athlete_id: str | None) -> LogHistory:
    config: list[Event] = []
    estimates: list[Record] = []
    advice: dict[tuple[str, str], Event] = {}
    for record in records:
        if record.topic == CONFIG:
            config += _readable(record)
        elif athlete_id is not None and record.key.partition("/")[2] != athlete_id:
            continue
        elif record.topic == ESTIMATES:
            estimates.append(record)
        else:
            for event in _readable(record):
                advice.setdefault((event.source, event.id), event)
    return LogHistory(tuple(config), tuple(estimates), tuple(advice.values()))


def _readable(record: Record) -> list[Event]:
    try:
        return [decode(record.value)]
    except Unreadable:
        return []
