"""What is kept of the log, whatever order it comes in and however often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.pool import StaticPool

from spotter.domain.events import Event, decode
from spotter.domain.events.lifting import MotionSampled, RepCompleted
from spotter.domain.exercises import builtin_catalogue
from spotter.domain.time import format_time
from spotter.streaming.log import NewRecord, Record
from spotter_dashboard.live.floor import ORPHANS_MAX, Floor
from spotter_dashboard.live.tiles import tile
from spotter_dashboard.projection.projector import apply
from spotter_dashboard.store import tables
from spotter_dashboard.store.rows import read
from spotter_dashboard.store.sets import live_facts_and_events
from tests.dashboard.story import MONDAY, Story, read_back

NOW = MONDAY + timedelta(minutes=5)
CHANGES = (
    "amend", "void", "revise", "lose", "close", "refuse", "reopen",
    "renumber", "withdraw", "name", "merge", "void set",
)  # fmt: skip
Tables = dict[str, list[tuple[Any, ...]]]


def clock() -> datetime:
    """Stand still."""
    return NOW


@st.composite
def stories(draw: st.DrawFn) -> list[NewRecord]:
    """Draw one or two lifters' events, with corrections, ends, reopenings, mergers, voids and losses."""
    records: list[NewRecord] = []
    for athlete in ("ada", "bo")[: draw(st.integers(1, 2))]:
        story = Story(athlete)
        for number in range(draw(st.integers(1, 3))):
            _tell_set(draw, story, f"{athlete}-{number}")
        if draw(st.booleans()):
            story.named(draw(st.sampled_from(["Ada", "Ada O."])))
        records += story.records
    return records


def _tell_set(draw: st.DrawFn, story: Story, key: str) -> None:
    story.wait(1).opens(key, exercise="back_squat", station_id=draw(st.sampled_from([None, "rack-1", "rack-2"])))
    story.advises(key, 0, "continue")
    reps = draw(st.integers(0, 4))
    for number in range(1, reps + 1):
        velocity = draw(st.sampled_from([0.5, 0.4, None]))
        about = draw(st.sampled_from([None, f"{key}-rep-{number}"]))
        story.wait(2).rep(key, number, velocity).estimates(key, number, 8.0 - number, rep_event_id=about)
        story.advises(key, number, "continue")
    for change in draw(st.lists(st.sampled_from(CHANGES), max_size=4)):
        number = draw(st.integers(1, max(1, reps)))
        story.wait(1)
        match change:
            case "amend":
                story.opens(key, exercise="deadlift", amended=True, opened_at=MONDAY)
            case "void":
                story.counts(key, number, 0.4, revision=2, voided=True)
            case "revise":
                story.estimates(key, number, 3.0, revision=2).advises(key, number, "stop", revision=2)
            case "lose":
                story.loses(key)
            case "refuse":
                story.refuses(decode(story.records[-1].value), "id_conflict")
            case "close":
                story.closes(key, reps=reps).summarises(key, reps=reps).budgets(key, 0.5, week_start=MONDAY)
            case "reopen":
                story.closes(key, reps=reps).wait(1).opens(key, reopened=1, opened_at=MONDAY)
            case "renumber":
                story.counts(key, number + 1, 0.4, revision=3, rep_event_id=f"{key}-rep-{number}")
                story.estimates(key, number + 1, 4.0, revision=3, rep_event_id=f"{key}-rep-{number}")
            case "withdraw":
                story.withdraws(key, number, revision=draw(st.integers(2, 4)))
            case "name":
                story.opens(key, other_ids=[draw(st.sampled_from(["w-1", "w-2"]))], amended=True, opened_at=MONDAY)
            case "merge":
                story.merges(key, f"{story.athlete_id}-0")
            case "void set":
                story.voids(key, reopened=draw(st.integers(0, 1)))


@st.composite
def shuffles(draw: st.DrawFn) -> tuple[list[Record], list[list[Record]]]:
    """Draw the records of a story as they were written, and in batches of any order, some of them twice."""
    records = read_back(draw(stories()))
    again = draw(st.lists(st.sampled_from(records), max_size=6))
    mixed = draw(st.permutations(records + again))
    cut = draw(st.integers(0, len(mixed)))
    return records, [mixed[:cut], mixed[cut:]]


def tables_of(batches: Sequence[Sequence[Record]]) -> Tables:
    """Write batches into a new database; gives all rows but the positions."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    tables.METADATA.create_all(engine)
    try:
        for batch in batches:
            apply(engine, [(record, read(record)) for record in batch])
        with engine.connect() as connection:
            return {
                table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                for table in tables.METADATA.sorted_tables
                if table is not tables.POSITIONS
            }
    finally:
        engine.dispose()


def tiles_of(floor: Floor) -> list[dict[str, Any]]:
    """Draw all tiles of a floor."""
    shown = (
        tile(running, floor.athlete("g1", running.athlete_id), builtin_catalogue()) for running in floor.shown("g1")
    )
    return [asdict(drawn) for drawn in sorted(shown, key=lambda drawn: drawn.order)]


def folded(records: Sequence[Record]) -> Floor:
    """Fold records into a floor."""
    floor = Floor(clock)
    for record in records:
        floor.apply(decode(record.value))
    return floor


@given(shuffles())
@settings(max_examples=60, deadline=None)
def test_tables_are_the_same_in_whatever_order_and_however_often_records_come(
    shuffled: tuple[list[Record], list[list[Record]]],
) -> None:
    """Applying records in another order, in other batches, some of them twice, gives the same rows."""
    records, batches = shuffled

    assert tables_of([records]) == tables_of(batches)


@given(shuffles())
@settings(max_examples=60, deadline=None)
def test_the_floor_is_the_same_in_whatever_order_and_however_often_records_come(
    shuffled: tuple[list[Record], list[list[Record]]],
) -> None:
    """Folding records in another order, some of them twice, gives the same tiles."""
    records, batches = shuffled

    assert tiles_of(folded(records)) == tiles_of(folded([*batches[0], *batches[1]]))


@given(stories())
@settings(max_examples=60, deadline=None)
def test_the_floor_that_is_built_from_the_tables_is_the_one_that_was_folded(written: list[NewRecord]) -> None:
    """After a restart the tiles are those of before it."""
    records = read_back(written)
    engine = create_engine("sqlite://", poolclass=StaticPool)
    tables.METADATA.create_all(engine)
    apply(engine, [(record, read(record)) for record in records])
    facts, events = live_facts_and_events(engine, NOW - timedelta(minutes=12))
    engine.dispose()
    floor = Floor(clock)
    for fact in facts:
        floor.athlete(fact.gym_id, fact.athlete_id).learn(fact.fact, fact.value, (fact.rank, fact.event_id))
    for event in events:
        floor.restore(event)

    assert tiles_of(folded(records)) == tiles_of(floor)


def test_the_higher_revision_stays() -> None:
    """Of two estimates after one rep the revised one is kept, also where it is read first."""
    story = Story("ada").estimates("s", 1, 5.0, revision=2).estimates("s", 1, 9.0)
    rows = tables_of([read_back(story.records)])["estimates"]

    assert ["ada-1"] == [row[tables.ESTIMATES.c.keys().index("event_id")] for row in rows]


def test_raw_motion_is_passed_over_unread() -> None:
    """Chunks of samples are long, and nothing of them is kept."""
    story = Story("ada")
    samples: list[float | None] = [0.1] * 400
    story.tell(MotionSampled(t0=MONDAY, rate_hz=100, signal="bar_velocity", samples=samples))

    assert read(read_back(story.records)[0]) is None


def test_an_event_that_only_mentions_motion_is_read() -> None:
    """The type is looked for where it stands, not anywhere in the record."""
    story = Story("ada")
    story.tell(RepCompleted(), identity='"type":"spotter.motion.sampled.v1"')
    event = read(read_back(story.records)[0])

    assert isinstance(event, Event) and isinstance(event.data, RepCompleted)


def test_what_is_said_about_old_sets_does_not_fill_the_memory() -> None:
    """Advice about sets that nobody saw begin is dropped, the oldest first."""
    floor = Floor(clock)
    story = Story("ada")
    for number in range(ORPHANS_MAX + 10):
        story.advises(f"s-{number}", 1, "continue")
    for record in story.records:
        floor.apply(decode(record.value))

    assert ORPHANS_MAX == len(floor._gyms["g1"])


@pytest.mark.parametrize("time", [None, "yesterday", format_time(MONDAY)])
def test_a_refused_event_stands_at_its_own_time_where_it_has_one(time: str | None) -> None:
    """A dead letter keeps when the refused event says that it happened, else when it was refused."""
    story = Story("ada")
    refused = story.tell(RepCompleted())
    story.wait(60).refuses(refused, "rep_conflict")
    letter = story.records.pop()
    value = letter.value.replace(format_time(MONDAY).encode(), (time or "").encode())
    rows = tables_of([read_back([NewRecord(letter.topic, letter.key, value)])])["rejections"]
    at = MONDAY if time == format_time(MONDAY) else story.now

    assert [int(at.timestamp() * 1_000_000)] == [row[tables.REJECTIONS.c.keys().index("time_us")] for row in rows]
