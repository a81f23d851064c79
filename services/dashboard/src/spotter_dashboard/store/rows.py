"""From events to rows: what of the log is kept, in which table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Final

from sqlalchemy import Table

from spotter.domain.events import Event, EventData, Unreadable, corrected_time, decode, from_json
from spotter.domain.events.budgets import BudgetChanged, NoticeGiven
from spotter.domain.events.lifting import MotionSampled, RepCompleted
from spotter.domain.events.outputs import (
    AdviceGiven,
    DeviceLost,
    EffortEstimated,
    EventRejected,
    RepCounted,
    SetClosed,
    SetOpened,
    SetSummarised,
)
from spotter.domain.events.people import AthleteUpdated, PolicyUpdated, SessionStarted, WellnessReported
from spotter.domain.events.registry import NAMES
from spotter.domain.running_set import estimate_key, rank
from spotter.domain.time import micros
from spotter.streaming.log import Record
from spotter_dashboard.store import tables
from spotter_dashboard.store.database import Row
from spotter_dashboard.store.profiles import profile_name

_TYPE: Final = re.compile(rb'"type":"([^"]+)"')
_LONG: Final = NAMES[MotionSampled].encode()


def read(record: Record) -> Event | None:
    """Decode a record; None for raw motion, which is long and of which nothing is stored here. Raises Unreadable."""
    if record.event is not None:
        return record.event
    match = _TYPE.search(record.value)
    return None if match is not None and match[1] == _LONG else decode(record.value)


_KEYS: Final = {
    table: itemgetter(*(column.name for column in table.primary_key)) for table in tables.METADATA.sorted_tables
}
_VERSIONS: Final = {
    table: itemgetter(*version) for table in tables.METADATA.sorted_tables if (version := tables.version_of(table))
}
"""The version of a row, for the newer of two; a row of another table is never replaced."""


class Changes:
    """Rows to be written, the newest for each key; the order in which they are added does not matter."""

    def __init__(self) -> None:
        self.rows: dict[Table, dict[object, Row]] = {}
        self._lifters: dict[str, Row | None] = {}

    def add(self, record: Record, event: Event | None) -> None:
        """Add the rows of a record, and of its event where it could be decoded."""
        if record.key not in self._lifters:
            self._add_athlete(record.key)
        project = None if event is None else _PROJECTIONS.get(type(event.data))
        owner = self._lifters[record.key]
        if event is None or project is None or owner is None:
            return
        row: Row = {
            **owner,
            "revision": vars(event.data).get("revision", 0),
            "rank": rank(event),
            "event_id": event.id,
            "event": record.value.decode(),
        }
        for table, written in project(event, row):
            self._put(table, written)

    def _add_athlete(self, key: str) -> None:
        gym_id, _, athlete_id = key.partition("/")
        owner: Row | None = {"gym_id": gym_id, "athlete_id": athlete_id} if gym_id and athlete_id else None
        self._lifters[key] = owner
        if owner is not None:
            self._put(tables.ATHLETES, owner)

    def _put(self, table: Table, row: Row) -> None:
        rows, version = self.rows.setdefault(table, {}), _VERSIONS.get(table)
        key = _KEYS[table](row)
        existing = rows.get(key)
        if existing is None or (version is not None and version(existing) < version(row)):
            rows[key] = row


Rows = Iterable[tuple[Table, Row]]
Projection = Callable[[Event, Row], Rows]


def _opened(event: Event, row: Row) -> Rows:
    data = event.data
    assert isinstance(data, SetOpened)
    row |= {
        "set_key": data.set_key,
        "set_id": data.set_id or data.set_key,
        "opened_us": micros(data.opened_at),
        "exercise": data.exercise,
        "load_kg": data.load_kg,
        "intent": data.intent or "work",
        "station_id": data.station_id,
        "reopened": data.reopened,
        "history": data.history,
        "side": data.side,
        "exposure_key": data.exposure_key,
        "other_ids": " ".join(data.other_ids or ()) or None,
    }
    yield tables.SETS, row
    for set_id in data.other_ids or ():
        yield tables.SET_NAMES, {"gym_id": row["gym_id"], "set_id": set_id, "set_key": data.set_key}


def _closed(event: Event, row: Row) -> Rows:
    data = event.data
    assert isinstance(data, SetClosed)
    for learned in data.learned or ():
        name = profile_name(learned.exercise, learned.velocity_metric, learned.devices)
        yield tables.PROFILES, {**row, "profile": name, "learned_sets": learned.learned_sets}
    row |= {
        "set_key": data.set_key,
        "revision": data.reopened,
        "ended_us": micros(data.ended_at),
        "moved_to": data.moved_to,
        "merged_into": data.merged_into,
        "voided": data.voided is True,
    }
    yield tables.CLOSINGS, row


def _reported(event: Event, row: Row) -> Rows:
    about = {name: row[name] for name in ("gym_id", "athlete_id", "event_id", "rank")}
    yield tables.REPORTS, {**about, "time_us": micros(corrected_time(event))}


def _counted(event: Event, row: Row) -> Rows:
    data = event.data
    assert isinstance(data, RepCounted)
    row |= {
        "set_key": data.set_key,
        "rep_number": data.rep_number,
        "rep_event_id": data.rep_event_id,
        "rep_us": micros(data.rep_time),
        "withdrawn": data.withdrawn is True,
    }
    yield tables.REPS, row


def _estimated(event: Event, row: Row) -> Rows:
    data = event.data
    assert isinstance(data, EffortEstimated)
    row |= {"set_key": data.set_key, "about": estimate_key(data), "rep_number": data.rep_number}
    yield tables.ESTIMATES, row


def _copied(table: Table, *names: str) -> Projection:
    """Return a projection that takes columns from the fields of the same names."""
    return lambda event, row: [(table, row | {name: getattr(event.data, name) for name in names})]


def _budgeted(event: Event, row: Row) -> Rows:
    data = event.data
    assert isinstance(data, BudgetChanged)
    yield tables.BUDGETS, {**row, "week_start_us": micros(data.week_start)}
    entry = data.entry
    if entry is not None:
        counted_us = micros(entry.last_rep_at or data.week_start)
        about: Row = {"set_key": entry.set_key, "revision": entry.revision, "cost": entry.cost}
        yield tables.BUDGET_ENTRIES, row | about | {"counted_us": counted_us}


def _rejected(event: Event, row: Row) -> Rows:
    data = event.data
    assert isinstance(data, EventRejected)
    row |= {
        "dead_id": event.id,
        "set_id": data.set_id,
        "set_key": data.set_key,
        "rejected_type": data.rejected_type,
        "time_us": micros(refused_at(event)),
    }
    yield tables.REJECTIONS, row


def refused_at(event: Event) -> datetime:
    """Return the corrected time of the refused event; where it has none, when it was refused."""
    data = event.data
    assert isinstance(data, EventRejected)
    try:
        return corrected_time(from_json(data.event))
    except Unreadable:
        return event.time


def _lost(event: Event, row: Row) -> Rows:
    yield tables.LOSSES, row | {"set_id": event.data.set_id or ""}


def _felt(event: Event, row: Row) -> Rows:
    yield tables.WELLNESS, row | {"said_id": _said_id(event), "reported_us": micros(corrected_time(event))}


def _noticed(event: Event, row: Row) -> Rows:
    data = event.data
    assert isinstance(data, NoticeGiven)
    yield tables.NOTICES, row | {"notice_id": data.notice_id, "given_us": micros(event.time)}


def _setting(event: Event, row: Row) -> Rows:
    yield tables.SETTINGS, row | {"said_id": _said_id(event), "said_us": micros(event.received)}


def _said_id(event: Event) -> str:
    return f"{event.source} {event.id}"


def _athlete_setting(event: Event, row: Row) -> Rows:
    yield from _setting(event, dict(row))
    data = event.data
    facts: dict[str, str | None] = {}
    if isinstance(data, AthleteUpdated | PolicyUpdated):
        facts |= {"time_zone": data.time_zone, "week_start": data.week_start}
    if isinstance(data, AthleteUpdated):
        live = data.consent.live if data.consent is not None else None
        facts |= {"name": data.name, "live": None if live is None else str(live).lower(), "level": data.level}
        facts["team"] = vars(data).get("team")
    about = {name: row[name] for name in ("gym_id", "athlete_id", "rank", "event_id")}
    for fact, value in facts.items():
        if value is not None:
            yield tables.ATHLETE_FACTS, {**about, "fact": fact, "value": value}


_PROJECTIONS: Final[Mapping[type[EventData], Projection]] = {
    SetOpened: _opened,
    SetClosed: _closed,
    RepCompleted: _reported,
    RepCounted: _counted,
    EffortEstimated: _estimated,
    AdviceGiven: _copied(tables.ADVICE, "set_key", "after_rep", "alert_id"),
    SetSummarised: _copied(tables.SUMMARIES, "set_key"),
    BudgetChanged: _budgeted,
    NoticeGiven: _noticed,
    WellnessReported: _felt,
    SessionStarted: _setting,
    EventRejected: _rejected,
    DeviceLost: _lost,
    AthleteUpdated: _athlete_setting,
    PolicyUpdated: _athlete_setting,
}
