"""Queries about sets and lifters; each names its gym."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, Table, and_, case, or_, select, tuple_

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
    LOSSES,
    REJECTIONS,
    REPORTS,
    REPS,
    SETS,
    SUMMARIES,
    of_athlete,
    of_set,
)

JsonObject = dict[str, Any]
EARLY_US: Final = 10 * 60 * 1_000_000
"""A rep may have ended this long before the event that opened its set."""
_ABOUT: Final = ("set_id", "set_key", "athlete_id", "exercise", "load_kg", "intent")
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
    station_id: str | None
    opened_us: int
    ended_us: int | None
    state: str

    def listed(self) -> JsonObject:
        """Return it as lists show it."""
        return {
            **{name: getattr(self, name) for name in (*_ABOUT, "station_id", "state")},
            "opened_at": format_time(moment_of(self.opened_us)),
            "ended_at": None if self.ended_us is None else format_time(moment_of(self.ended_us)),
        }


def _set_rows(gym_id: str) -> Select[Any]:
    """Select the columns of `SetRow`."""
    columns = (*(SETS.c[name] for name in (*_ABOUT, "station_id", "opened_us")), CLOSINGS.c.ended_us)
    stayed = and_(SETS.c.gym_id == gym_id, CLOSINGS.c.moved_to.is_(None))
    state = case((_IS_OPEN, "open"), else_="ended")
    return select(*columns, state).select_from(SETS.outerjoin(CLOSINGS, CLOSED)).where(stayed)


class SetQueries:
    """Queries about sets, what is in them, and who lifted."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def sets_named(self, gym_id: str, set_id: str) -> list[SetRow]:
        """Return all sets of that id, the newest first."""
        newest = (SETS.c.opened_us.desc(), SETS.c.set_key.desc())
        with self._engine.connect() as connection:
            rows = connection.execute(_set_rows(gym_id).where(SETS.c.set_id == set_id).order_by(*newest))
            return [SetRow(*row) for row in rows]

    def moved_to(self, gym_id: str, athlete_id: str, set_id: str) -> str | None:
        """Return the lifter to whom the newest set of that id was moved; None where it was not."""
        query = (
            select(CLOSINGS.c.moved_to)
            .select_from(SETS.join(CLOSINGS, CLOSED))
            .where(of_athlete(SETS, gym_id, athlete_id), SETS.c.set_id == set_id)
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
        query = _set_rows(gym_id).order_by(SETS.c.opened_us.desc(), SETS.c.set_key.desc()).limit(limit)
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
            order = {rep["rep_number"]: index for index, rep in reversed(list(enumerate(reps)))}

            def items(table: Table, number: str) -> list[JsonObject]:
                newest = Newest[int, JsonObject]()
                for version, item in _items(connection, table, gym_id, row.set_key):
                    newest.put(item[number], version, item)
                return sorted(newest.values(), key=lambda item: _position(item[number], order))

            summary = next((item for _, item in _items(connection, SUMMARIES, gym_id, row.set_key)), None)
            return {
                **{name: getattr(row, name) for name in (*_ABOUT, "state")},
                "reps": reps,
                "estimates": items(ESTIMATES, "rep_number"),
                "advice": items(ADVICE, "after_rep"),
                "rejected": self._rejected(connection, gym_id, row),
                "summary": summary,
            }

    def _reps(self, connection: Connection, gym_id: str, row: SetRow) -> list[JsonObject]:
        athlete = of_athlete(REPORTS, REPS.c.gym_id, REPS.c.athlete_id)
        same = and_(athlete, REPORTS.c.event_id == REPS.c.rep_event_id)
        rows = connection.execute(
            select(REPS.c.event, REPS.c.rep_us, REPORTS.c.time_us)
            .select_from(REPS.outerjoin(REPORTS, same))
            .where(of_set(REPS, gym_id, row.set_key))
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
        """Return the rejected events of a set: by its key, else by its id or, with neither, by its time."""
        others = connection.execute(
            select(SETS.c.set_key, SETS.c.set_id, SETS.c.opened_us)
            .where(of_athlete(SETS, gym_id, row.athlete_id))
            .order_by(SETS.c.opened_us.desc(), SETS.c.set_key.desc())
        ).all()
        id_or_none = or_(REJECTIONS.c.set_id == row.set_id, REJECTIONS.c.set_id.is_(None))
        about = or_(REJECTIONS.c.set_key == row.set_key, and_(REJECTIONS.c.set_key.is_(None), id_or_none))
        rows = connection.execute(
            select(REJECTIONS)
            .where(of_athlete(REJECTIONS, gym_id, row.athlete_id), about)
            .order_by(REJECTIONS.c.time_us, REJECTIONS.c.dead_id)
        )
        refused: list[JsonObject] = []
        for refusal in rows:
            if refusal.set_key is None:
                kind = short_name(refusal.rejected_type or "")
                if refusal.set_id is None and not kind.startswith(_OF_SETS):
                    continue
                early_us = EARLY_US if refusal.set_id is not None else 0
                named = [other for other in others if refusal.set_id in (None, other.set_id)]
                before = (other for other in named if other.opened_us <= refusal.time_us + early_us)
                if next(before, named[-1]).set_key != row.set_key:
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


def _position(number: int, order: dict[int, int]) -> tuple[int, int]:
    """Return a sort key for what belongs to a rep: the plan first, then in the order of the reps."""
    return (-1 if number == 0 else order.get(number, len(order)), number)


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
