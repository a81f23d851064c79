"""The projector's tables: the newest version of every event, by what it is about.

A row is one event of the log with the few columns that queries select by. Of two events about the same thing the one
with the greater (revision, rank, event_id) stays, whatever order they come in; advice and budgets can be asked why, so
of these every revision is kept. Times are whole microseconds since 1970.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    and_,
    or_,
)

METADATA: Final = MetaData()

VERSION: Final = ("revision", "rank", "event_id", "next_offset")
"""The columns, as far as a table has them, that decide which of two rows with one key is newer."""


def _versioned(name: str, *columns: Column[Any], by_athlete: bool = False, every_revision: bool = False) -> Table:
    return Table(
        name,
        METADATA,
        Column("gym_id", Text, primary_key=True),
        Column("athlete_id", Text, primary_key=by_athlete, nullable=False),
        *columns,
        Column("revision", Integer, primary_key=every_revision, autoincrement=False, nullable=False),
        Column("rank", BigInteger, nullable=False),  # offset of its input in the log, and its index among the outputs
        Column("event_id", Text, nullable=False),
        Column("event", Text, nullable=False),  # as in the log, JSON
    )


POSITIONS: Final = Table(
    "positions",
    METADATA,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", BigInteger, nullable=False),
)
"""The offsets from which the projector reads on."""

ATHLETES: Final = Table(
    "athletes",
    METADATA,
    Column("gym_id", Text, primary_key=True),
    Column("athlete_id", Text, primary_key=True),
)
"""Lifters with at least one event."""

ATHLETE_FACTS: Final = Table(
    "athlete_facts",
    METADATA,
    Column("gym_id", Text, primary_key=True),
    Column("athlete_id", Text, primary_key=True),
    Column("fact", Text, primary_key=True),  # name, time_zone, week_start, live, team, level
    Column("value", Text, nullable=False),
    Column("rank", BigInteger, nullable=False),
    Column("event_id", Text, nullable=False),
)
"""What a coach entered about a lifter, fact by fact."""

SETS: Final = _versioned(
    "sets",
    Column("set_key", Text, primary_key=True),
    Column("set_id", Text, nullable=False),
    Column("opened_us", BigInteger, nullable=False),
    Column("exercise", Text),
    Column("load_kg", Float),
    Column("intent", Text, nullable=False),
    Column("station_id", Text),
    Column("reopened", Integer, nullable=False),
    Column("history", Boolean, nullable=False),
    Column("side", Text),
    Column("exposure_key", Text),
    Column("other_ids", Text),  # separated by spaces, which no id has
)
Index("sets_by_id", SETS.c.gym_id, SETS.c.set_id)
Index("sets_by_time", SETS.c.gym_id, SETS.c.opened_us, SETS.c.set_key)
Index("sets_by_athlete", SETS.c.gym_id, SETS.c.athlete_id, SETS.c.opened_us)

SET_NAMES: Final = Table(
    "set_names",
    METADATA,
    Column("gym_id", Text, primary_key=True),
    Column("set_id", Text, primary_key=True),
    Column("set_key", Text, primary_key=True),
)
"""Further ids that sets have had; whether a set has one now is in its `other_ids`."""

CLOSINGS: Final = _versioned(
    "closings",
    Column("set_key", Text, primary_key=True),
    Column("ended_us", BigInteger, nullable=False),
    Column("moved_to", Text),  # the lifter whose set it is, where it was credited to the wrong one
    Column("merged_into", Text),  # key of the set that has its reps
    Column("voided", Boolean, nullable=False),
)
"""Ends of sets; `revision` is how often the set had gone on before: a set that went on once more is open."""

PROFILES: Final = _versioned(
    "profiles",
    Column("profile", Text, primary_key=True),  # exercise, velocity metric and devices
    Column("learned_sets", Integer, nullable=False),
    by_athlete=True,
)
"""What is known of a lifter in an exercise; the event is the end of the set that changed it last."""

REPS: Final = _versioned(
    "reps",
    Column("set_key", Text, primary_key=True),
    Column("rep_event_id", Text, primary_key=True),  # two sources may count the same rep
    Column("rep_number", Integer, nullable=False),
    Column("rep_us", BigInteger, nullable=False),
    Column("withdrawn", Boolean, nullable=False),  # it is of another set
)

REPORTS: Final = Table(
    "reports",
    METADATA,
    Column("gym_id", Text, primary_key=True),
    Column("athlete_id", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("rank", BigInteger, nullable=False),
    Column("time_us", BigInteger, nullable=False),
)
"""When reps happened by the clocks of those who reported them."""

ESTIMATES: Final = _versioned(
    "estimates",
    Column("set_key", Text, primary_key=True),
    Column("about", Text, primary_key=True),  # the event that reported the rep, else # and the rep's number
    Column("rep_number", Integer, nullable=False),
)

ADVICE: Final = _versioned(
    "advice",
    Column("set_key", Text, primary_key=True),
    Column("after_rep", Integer, primary_key=True, autoincrement=False),
    Column("alert_id", Text, nullable=False),
    every_revision=True,
)
Index("advice_by_athlete", ADVICE.c.gym_id, ADVICE.c.athlete_id, ADVICE.c.rank)
Index("advice_by_alert", ADVICE.c.gym_id, ADVICE.c.alert_id)

SUMMARIES: Final = _versioned("summaries", Column("set_key", Text, primary_key=True))

BUDGETS: Final = _versioned(
    "budgets",
    Column("week_start_us", BigInteger, primary_key=True, autoincrement=False),
    by_athlete=True,
    every_revision=True,
)
"""All revisions of a lifter's failure budget; they count on across weeks."""
Index("budgets_by_revision", BUDGETS.c.gym_id, BUDGETS.c.athlete_id, BUDGETS.c.revision)

BUDGET_ENTRIES: Final = _versioned(
    "budget_entries",
    Column("set_key", Text, primary_key=True),
    Column("counted_us", BigInteger, nullable=False),
    Column("cost", Float, nullable=False),
    by_athlete=True,
)
"""What sets cost; the week that `counted_us` lies in pays."""

REJECTIONS: Final = _versioned(
    "rejections",
    Column("dead_id", Text, primary_key=True),
    Column("set_id", Text),
    Column("set_key", Text),
    Column("rejected_type", Text),
    Column("time_us", BigInteger, nullable=False),
)
"""Dead letters; `time_us` is the time of the refused event."""
Index("rejections_by_athlete", REJECTIONS.c.gym_id, REJECTIONS.c.athlete_id, REJECTIONS.c.time_us)

LOSSES: Final = _versioned(
    "losses",
    Column("set_id", Text, primary_key=True),  # empty: whichever set was running
    by_athlete=True,
)
"""When a lifter's device was last lost."""

SETTINGS: Final = _versioned(
    "settings",
    Column("said_id", Text, primary_key=True),  # source and id of the event
    Column("said_us", BigInteger, nullable=False),
    by_athlete=True,
)
"""What shapes a lifter's training: own policy layers, blocks, sessions; `said_us` is when it was received."""

WELLNESS: Final = _versioned(
    "wellness",
    Column("said_id", Text, primary_key=True),
    Column("reported_us", BigInteger, nullable=False),
    by_athlete=True,
)
"""Check-ins, one by one."""
Index("wellness_by_time", WELLNESS.c.gym_id, WELLNESS.c.athlete_id, WELLNESS.c.reported_us, WELLNESS.c.said_id)

NOTICES: Final = _versioned(
    "notices",
    Column("notice_id", Text, primary_key=True),
    Column("given_us", BigInteger, nullable=False),
    by_athlete=True,
)
"""Notices after sessions."""
Index("notices_by_time", NOTICES.c.gym_id, NOTICES.c.athlete_id, NOTICES.c.given_us, NOTICES.c.notice_id)


def of_athlete(table: Table, gym_id: object, athlete_id: object) -> ColumnElement[bool]:
    """Return the condition for a lifter's rows; the ids are values, or columns to join with."""
    return and_(table.c.gym_id == gym_id, table.c.athlete_id == athlete_id)


def of_set(table: Table, gym_id: object, set_key: object) -> ColumnElement[bool]:
    """Return the condition for a set's rows; the ids are values, or columns to join with."""
    return and_(table.c.gym_id == gym_id, table.c.set_key == set_key)


CLOSED: Final = and_(of_set(CLOSINGS, SETS.c.gym_id, SETS.c.set_key), CLOSINGS.c.revision >= SETS.c.reopened)
"""A set and its end, unless it went on."""

HAPPENED: Final = and_(
    CLOSINGS.c.moved_to.is_(None),
    CLOSINGS.c.merged_into.is_(None),
    or_(CLOSINGS.c.set_key.is_(None), CLOSINGS.c.voided.is_(False)),
)
"""A set that is its lifter's, no other name of another set, and was not declared void; joined by `CLOSED`."""


def version_of(table: Table) -> list[str]:
    """Return the columns that decide which of two rows with one key is newer; none: the first row stays."""
    return [name for name in VERSION if name in table.c and not table.c[name].primary_key]
