"""Queries about sets and lifters; each names its gym."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    Table,
    and_,
    case,
    false,
    func,
    or_,
    select,
    tuple_,
)

from spotter.domain.events import Event, decode, format_time, short_name
from spotter.domain.running_set import Newest, Version
from spotter.domain.time import micros, moment_of
from spotter_dashboard.store.rejections import refusal_view
from spotter_dashboard.store.tables import (
    ADVICE,
    ATHLETE_FACTS,
    ATHLETES,
    CLOSED,
    CLOSINGS,
    ESTIMATES,
    HAPPENED,
    LOSSES,
    REJECTIONS,
    REPORTS,
    REPS,
    SET_NAMES,
    SETS,
    SUMMARIES,
    of_athlete,
    of_set,
)

JsonObject = dict[str, Any]
EARLY_US: Final = 10 * 60 * 1_000_000
"""A rep may have ended this long before the event that opened its set."""
_ABOUT: Final = ("set_id", "set_key", "athlete_id", "exercise", "load_kg", "intent", "side")
_MERGES_MAX: Final = 16
"""A set is merged into one that began before it, so a chain of merges is short; the limit is against a wrong log."""
_OF_SETS: Final = ("rep.", "set.", "effort.", "motion.")
_IS_OPEN: Final[ColumnElement[bool]] = and_(CLOSINGS.c.set_key.is_(None), SETS.c.history.is_(False))


@dataclass(frozen=True, slots=True)
class SetRow:
    """One set, without what is in it."""

    set_id: str
    set_key: str
    athlete_id: str
    exercise: str | None
    load_kg: float | None
    intent: str
    side: str | None
    station_id: str | None
    opened_us: int
    exposure_key: str | None
    other_ids: str | None
    ended_us: int | None
    voided: bool
    state: str

    def listed(self) -> JsonObject:
        """Return it as lists show it."""
        return {
            **{name: getattr(self, name) for name in (*_ABOUT, "station_id", "state")},
            "exposure_key": self.exposure_key or self.set_key,
            "other_ids": _ids(self.other_ids),
            "opened_at": format_time(moment_of(self.opened_us)),
            "ended_at": None if self.ended_us is None else format_time(moment_of(self.ended_us)),
        }


def _ids(other_ids: str | None) -> list[str]:
    return [] if other_ids is None else other_ids.split(" ")


def _set_rows(gym_id: str) -> Select[Any]:
    """Select the columns of `SetRow`."""
    names = (*_ABOUT, "station_id", "opened_us", "exposure_key", "other_ids")
    columns = (*(SETS.c[name] for name in names), CLOSINGS.c.ended_us, func.coalesce(CLOSINGS.c.voided, false()))
    state = case((_IS_OPEN, "open"), else_="ended")
    query = select(*columns, state).select_from(SETS.outerjoin(CLOSINGS, CLOSED))
    return query.where(SETS.c.gym_id == gym_id, CLOSINGS.c.moved_to.is_(None), CLOSINGS.c.merged_into.is_(None))


class SetQueries:
    """Queries about sets, what is in them, and who lifted."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def sets_named(self, gym_id: str, name: str) -> list[SetRow]:
        """Return the sets that a name stands for, the newest first: the one of that key, else all of that id.

        Another id of a set is as good as its first one, and a set that was merged is the one that it was merged into.
        """
        newest = (SETS.c.opened_us.desc(), SETS.c.set_key.desc())
        with self._engine.connect() as connection:
            keys = _keys_named(connection, gym_id, name)
            rows = connection.execute(_set_rows(gym_id).where(SETS.c.set_key.in_(keys)).order_by(*newest))
            return [SetRow(*row) for row in rows]

    def moved_to(self, gym_id: str, athlete_id: str, name: str) -> str | None:
        """Return the lifter to whom the newest set of that id or key was moved; None where it was not."""
        query = (
            select(CLOSINGS.c.moved_to)
            .select_from(SETS.join(CLOSINGS, CLOSED))
            .where(of_athlete(SETS, gym_id, athlete_id), or_(SETS.c.set_id == name, SETS.c.set_key == name))
            .order_by(SETS.c.opened_us.desc())
        )
        with self._engine.connect() as connection:
            moved: str | None = connection.scalar(query.limit(1))
        return moved

    def sets(
        self,
        gym_id: str,
        *,
        athletes: Sequence[str] | None,
        state: str | None,
        after: tuple[int, str] | None,
        limit: int,
    ) -> list[SetRow]:
        """Return sets, the newest first.

        `athletes` None: all lifters; `after`: only what comes after the set that opened then and has that key.
        """
        query = _set_rows(gym_id).where(HAPPENED).order_by(SETS.c.opened_us.desc(), SETS.c.set_key.desc()).limit(limit)
        if athletes is not None:
            query = query.where(SETS.c.athlete_id.in_(athletes))
        if state is not None:
            query = query.where(_IS_OPEN if state == "open" else ~_IS_OPEN)
        if after is not None:
            query = query.where(tuple_(SETS.c.opened_us, SETS.c.set_key) < after)
        with self._engine.connect() as connection:
            return [SetRow(*row) for row in connection.execute(query)]

    def set_view(self, gym_id: str, row: SetRow) -> JsonObject:
        """Return a set with all that is in it, in the order of its reps."""
        with self._engine.connect() as connection:
            reps = self._reps(connection, gym_id, row)
            order = {0: -1} | {rep["rep_number"]: index for index, rep in reversed(list(enumerate(reps)))}
            estimates, advice = Newest[int, JsonObject](), Newest[int, JsonObject]()
            numbers = {rep["id"]: rep["rep_number"] for rep in reps}
            for (revision, rank, event_id), item in _items(connection, ESTIMATES, gym_id, row.set_key):
                item["rep_number"] = numbers.get(item.get("rep_event_id"), item["rep_number"])
                estimates.put(item["rep_number"], (rank, revision, event_id), item)  # see RunningSet
            for version, item in _items(connection, ADVICE, gym_id, row.set_key):
                advice.put(item["after_rep"], version, item)

            def in_order(items: Newest[int, JsonObject], number: str) -> list[JsonObject]:
                """Return what is about the plan or about reps that there are, the plan first."""
                shown = (item for item in items.values() if item[number] in order)
                return sorted(shown, key=lambda item: (order[item[number]], item[number]))

            summary = next((item for _, item in _items(connection, SUMMARIES, gym_id, row.set_key)), None)
            return {
                **row.listed(),
                "voided": row.voided,
                "reps": [rep | {"voided": True} for rep in reps] if row.voided else reps,
                "estimates": in_order(estimates, "rep_number"),
                "advice": in_order(advice, "after_rep"),
                "rejected": self._rejected(connection, gym_id, row),
                "summary": summary,
            }

    def _reps(self, connection: Connection, gym_id: str, row: SetRow) -> list[JsonObject]:
        athlete = of_athlete(REPORTS, REPS.c.gym_id, REPS.c.athlete_id)
        same = and_(athlete, REPORTS.c.event_id == REPS.c.rep_event_id)
        rows = connection.execute(
            select(REPS.c.event, REPS.c.rep_us, REPORTS.c.time_us)
            .select_from(REPS.outerjoin(REPORTS, same))
            .where(of_set(REPS, gym_id, row.set_key), REPS.c.withdrawn.is_(False))
            .order_by(REPS.c.rep_us, REPS.c.rep_number, REPS.c.rep_event_id)
        )
        reps = []
        for event, rep_us, time_us in rows:
            data = orjson.loads(event)["data"]
            if (found_in := data.pop("found_in", None)) is not None:
                data["from"] = found_in
            reported = moment_of(rep_us if time_us is None else time_us)
            reps.append({"id": data["rep_event_id"], "time": format_time(reported), **data})
        return reps

    def _rejected(self, connection: Connection, gym_id: str, row: SetRow) -> list[JsonObject]:
        """Return the rejected events of a set: by its key, else by its id or, with neither, by its time.

        What was about a set that was merged into this one is about this one.
        """
        theirs = of_athlete(REJECTIONS, gym_id, row.athlete_id)
        if connection.scalar(select(REJECTIONS.c.dead_id).where(theirs).limit(1)) is None:
            return []  # before all sets of the lifter are read
        others = connection.execute(
            select(SETS.c.set_key, SETS.c.set_id, SETS.c.other_ids, SETS.c.opened_us, CLOSINGS.c.merged_into)
            .select_from(SETS.outerjoin(CLOSINGS, CLOSED))
            .where(of_athlete(SETS, gym_id, row.athlete_id))
            .order_by(SETS.c.opened_us.desc(), SETS.c.set_key.desc())
        ).all()
        keys = {row.set_key, *(other.set_key for other in others if other.merged_into == row.set_key)}
        ids = {row.set_id, *_ids(row.other_ids), *(other.set_id for other in others if other.set_key in keys)}
        id_or_none = or_(REJECTIONS.c.set_id.in_(ids), REJECTIONS.c.set_id.is_(None))
        about = or_(REJECTIONS.c.set_key.in_(keys), and_(REJECTIONS.c.set_key.is_(None), id_or_none))
        rows = connection.execute(
            select(REJECTIONS).where(theirs, about).order_by(REJECTIONS.c.time_us, REJECTIONS.c.dead_id)
        )
        refused: list[JsonObject] = []
        for refusal in rows:
            if refusal.set_key is None:
                kind = short_name(refusal.rejected_type or "")
                if refusal.set_id is None and not kind.startswith(_OF_SETS):
                    continue
                early_us = EARLY_US if refusal.set_id is not None else 0
                named = [other for other in others if refusal.set_id in (None, other.set_id, *_ids(other.other_ids))]
                before = (other for other in named if other.opened_us <= refusal.time_us + early_us)
                if next(before, named[-1]).set_key not in keys:
                    continue
            refused.append(refusal_view(refusal.dead_id, refusal.time_us, refusal.event))
        return refused

    def is_known(self, gym_id: str, athlete_id: str) -> bool:
        """Tell whether there is any record of a lifter."""
        query = select(ATHLETES.c.athlete_id).where(of_athlete(ATHLETES, gym_id, athlete_id))
        with self._engine.connect() as connection:
            return connection.execute(query).first() is not None

    def athletes(
        self, gym_id: str, *, only: Sequence[str] | None, after: str | None, limit: int
    ) -> list[tuple[str, str | None]]:
        """Return lifters with their names, by id; `only` None: all of the gym."""
        theirs = of_athlete(ATHLETE_FACTS, ATHLETES.c.gym_id, ATHLETES.c.athlete_id)
        name = and_(theirs, ATHLETE_FACTS.c.fact == "name")
        query = (
            select(ATHLETES.c.athlete_id, ATHLETE_FACTS.c.value)
            .select_from(ATHLETES.outerjoin(ATHLETE_FACTS, name))
            .where(ATHLETES.c.gym_id == gym_id)
            .order_by(ATHLETES.c.athlete_id)
            .limit(limit)
        )
        if only is not None:
            query = query.where(ATHLETES.c.athlete_id.in_(only))
        if after is not None:
            query = query.where(ATHLETES.c.athlete_id > after)
        with self._engine.connect() as connection:
            return [(athlete_id, value) for athlete_id, value in connection.execute(query)]


def _keys_named(connection: Connection, gym_id: str, name: str) -> set[str]:
    """Return the keys of the sets that a name stands for, merged ones replaced."""
    further = select(SET_NAMES.c.set_key).where(SET_NAMES.c.gym_id == gym_id, SET_NAMES.c.set_id == name)
    query = select(SETS.c.set_key, SETS.c.set_id, SETS.c.other_ids).where(
        SETS.c.gym_id == gym_id,
        or_(SETS.c.set_id == name, SETS.c.set_key == name, SETS.c.set_key.in_(further)),
    )
    rows = [
        row
        for row in connection.execute(query)
        if name in (row.set_key, row.set_id, *_ids(row.other_ids))  # a name may have been taken back
    ]
    keys = {row.set_key for row in rows if row.set_key == name} or {row.set_key for row in rows}
    for _ in range(_MERGES_MAX):
        merged = connection.execute(
            select(SETS.c.set_key, CLOSINGS.c.merged_into)
            .select_from(SETS.join(CLOSINGS, CLOSED))
            .where(SETS.c.gym_id == gym_id, SETS.c.set_key.in_(keys), CLOSINGS.c.merged_into.is_not(None))
        ).all()
        if not merged:
            break
        keys = keys - {row.set_key for row in merged} | {row.merged_into for row in merged}
    return keys


def _items(connection: Connection, table: Table, gym_id: str, set_key: str) -> Iterator[tuple[Version, JsonObject]]:
    query = select(table.c.revision, table.c.rank, table.c.event_id, table.c.event)
    for row in connection.execute(query.where(of_set(table, gym_id, set_key))):
        event = orjson.loads(row.event)
        yield (row.revision, row.rank, row.event_id), {"id": event["id"], "time": event["time"], **event["data"]}


def live_facts_and_events(engine: Engine, since: datetime) -> tuple[list[Row[Any]], list[Event]]:
    """Return what the floor is built from: facts about lifters, and all events of sets that run or ended after `since`."""
    recent = or_(_IS_OPEN, and_(CLOSINGS.c.ended_us >= micros(since), SETS.c.history.is_(False)))
    running = (
        select(SETS.c.gym_id, SETS.c.set_key, SETS.c.athlete_id)
        .select_from(SETS.outerjoin(CLOSINGS, CLOSED))
        .where(recent)
        .subquery()
    )
    with engine.connect() as connection:
        facts = connection.execute(select(ATHLETE_FACTS)).all()
        events: list[Event] = []
        for table in (SETS, CLOSINGS, REPS, ESTIMATES, ADVICE):
            same = of_set(table, running.c.gym_id, running.c.set_key)
            query = connection.scalars(select(table.c.event).join(running, same))
            events += [decode(event.encode()) for event in query]
        theirs = of_athlete(LOSSES, running.c.gym_id, running.c.athlete_id)
        query = connection.scalars(select(LOSSES.c.event).distinct().join(running, theirs))
        return list(facts), events + [decode(event.encode()) for event in query]
