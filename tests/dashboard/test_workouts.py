"""What is shown of whole workouts, as detector and advisor tell of them: it agrees with itself, and nothing vanishes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.pool import StaticPool

from spotter.domain import topics
from spotter.domain.events import Event, decode
from spotter.domain.events.lifting import RepCompleted, SetMoved
from spotter.domain.gym_config import Configuration
from spotter.domain.weeks import Week
from spotter.streaming.log import NewRecord, Record
from spotter_dashboard.projection.projector import apply
from spotter_dashboard.reports.queries import weeks_back
from spotter_dashboard.store import tables
from spotter_dashboard.store.budgets import charges
from spotter_dashboard.store.calendar import margin
from spotter_dashboard.store.rejections import rejections
from spotter_dashboard.store.rows import read
from spotter_dashboard.store.sets import SetQueries
from tests.contract.habits import habitual_workout
from tests.contract.memory_harness import MemoryHarness

ALL = 1_000
OUTPUTS = (topics.ESTIMATES, topics.ADVICE, topics.LIFTS_DEAD, topics.ESTIMATES_DEAD)
GYM = Configuration().gym("g1", 0)


@dataclass
class Workout:
    """A workout of an app with habits: what it sent, and all that came of it."""

    sent: list[Event]
    records: list[Record]

    @property
    def span(self) -> Week:
        """From before the first event to the day after the last."""
        times = [event.received for event in self.sent]
        return Week(min(times) - timedelta(days=1), max(times) + timedelta(days=1))


@pytest.fixture(scope="module", params=range(8))
def workout(request: pytest.FixtureRequest) -> Workout:
    """Have a generated workout processed."""
    host = MemoryHarness()
    generated = habitual_workout(host, request.param, "ada", 60)
    sent = []
    for step in generated.steps:
        if isinstance(step, NewRecord):
            sent.append(decode(step.value))
            host.write([step])
            host.run()
        else:
            host.pass_time(generated.base + timedelta(seconds=step))
    host.run()
    return Workout(sent, [record for topic in OUTPUTS for record in host.log.records(topic)])


@contextmanager
def projected(records: Sequence[Record]) -> Iterator[Engine]:
    """Write records into a new database."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    tables.METADATA.create_all(engine)
    apply(engine, [(record, read(record)) for record in records])
    yield engine
    engine.dispose()


def views(engine: Engine) -> list[dict[str, Any]]:
    """Return all sets of the lifter that are in lists, with all that is in them."""
    queries = SetQueries(engine)
    rows = queries.sets("g1", athletes=["ada"], state=None, after=None, limit=ALL)
    return [queries.set_view("g1", row) for row in rows]


def test_a_rep_is_in_one_set_and_what_is_said_is_about_reps_that_there_are(workout: Workout) -> None:
    """Whatever was renumbered, withdrawn, merged or voided on the way."""
    with projected(workout.records) as engine:
        shown = views(engine)

    reps = Counter(rep["id"] for view in shown for rep in view["reps"])
    assert {1} == set(reps.values())
    for view in shown:
        numbers = {rep["rep_number"] for rep in view["reps"]}
        assert {item["rep_number"] for item in view["estimates"]} <= numbers
        assert {item["after_rep"] for item in view["advice"]} <= numbers | {0}


def test_no_rep_that_was_accepted_vanishes(workout: Workout) -> None:
    """It is in a set, perhaps one that was voided, or among the rejected events."""
    if any(isinstance(event.data, SetMoved) for event in workout.sent):
        pytest.skip("what is sent of a moved set is the other lifter's")
    with projected(workout.records) as engine:
        page, _ = rejections(engine, "g1", "ada", after=None, limit=ALL)
        with engine.connect() as connection:
            counted = set(connection.scalars(select(tables.REPS.c.rep_event_id)))

    sent = {event.id for event in workout.sent if isinstance(event.data, RepCompleted)}
    assert set() == sent - counted - {item["id"] for item in page}


def test_the_weeks_have_each_set_and_each_cost_once(workout: Workout) -> None:
    """They agree with the sets' summaries, and with the entries of the ledger."""
    with projected(workout.records) as engine:
        numbers, more = weeks_back(engine, "g1", "ada", GYM, workout.span.end, None, ALL)
        done = [view for view in views(engine) if view["intent"] not in ("warmup", "technique")]
        with engine.connect() as connection:
            entries = charges(connection, "g1", "ada", margin(workout.span))

    summaries = [view["summary"] for view in done if view["state"] == "ended" and view["summary"]["reps"]]
    assert not more
    assert (len(summaries), sum(summary["reps"] for summary in summaries)) == (
        sum(week["sets"] for week in numbers),
        sum(week["reps"] for week in numbers),
    )
    costs = sum(change.entry.cost for change in entries if change.entry is not None)
    assert costs == pytest.approx(sum(week["spent"] for week in numbers))
    assert [] == [week for week in numbers if week["spent"] and not week["sets"]]


def test_the_view_is_the_same_in_whatever_order_the_outputs_are_read(workout: Workout) -> None:
    """Topics have no order between them, and partitions are read one after the other."""
    mixed = list(workout.records)
    random.Random(1).shuffle(mixed)
    with projected(workout.records) as engine, projected(mixed) as other:
        assert views(engine) == views(other)
