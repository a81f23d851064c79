"""The comparison finds whatever is not as it happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from lab.habits.comparison import compare
from lab.habits.diary import Diary, ordinary
from lab.habits.floor import Attendance, attend
from lab.habits.workouts import draw_visit
from spotter.domain.events import Event
from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.events.outputs import RepCounted, SetClosed, SetOpened

Change = Callable[[Any], Any]


@pytest.fixture(scope="module")
def exact() -> Attendance:
    """Return a workout that came out as it was."""
    [attendance] = attend([plain()])
    assert [] == compare(attendance)
    return attendance


def plain() -> Diary:
    """Return a workout without anything particular, reported as ordinary apps do."""
    visit = next(visit for visit in map(draw_visit, range(200)) if not visit.traits and visit.bouts[0].load_kg)
    return ordinary(visit, Random(1))


def changed(attendance: Attendance, of: type, **fields: Any) -> Attendance:
    """Return the outcome with the first event of a kind changed in some fields."""
    return _with(attendance, of, lambda data: data.model_copy(update=fields))


def _with(attendance: Attendance, kind: type, change: Change | None) -> Attendance:
    lane = attendance.lane
    story, published = list(lane.story), list(lane.published)
    for events in (story, published):
        index = next((index for index, event in enumerate(events) if isinstance(event.data, kind)), None)
        if index is not None:
            if change is None:
                del events[index]
            else:
                events[index] = replace(events[index], data=change(events[index].data))
    other = Attendance(attendance.diary, attendance.name)
    other.sent = attendance.sent
    other.lane.story, other.lane.published = story, published
    return other


def kinds(attendance: Attendance) -> set[str]:
    """Return the kinds of differences."""
    return {deviation.kind for deviation in compare(attendance)}


def test_a_lost_rep(exact: Attendance) -> None:
    """It happened and does not count."""
    assert {"rep lost"} == kinds(changed(exact, RepCounted, voided=True))


def test_a_rep_that_never_was(exact: Attendance) -> None:
    """It counts and did not happen."""
    assert {"rep lost", "rep that never was"} == kinds(changed(exact, RepCounted, rep_event_id="nobody"))


def test_a_doubled_rep(exact: Attendance) -> None:
    """Two sets have it: one stands as two, too."""
    lane = exact.lane
    last = [event for event in lane.story if isinstance(event.data, RepCounted)][-1]
    first = next(event.data for event in lane.story if isinstance(event.data, SetOpened))
    copied = replace(last, data=last.data.model_copy(update={"set_key": first.set_key}))
    other = _with(exact, RepCounted, lambda data: data)
    other.lane.story.append(copied)
    assert {"rep doubled", "set split", "sets joined"} <= kinds(other)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"exercise": "juggling"}, "exercise"),
        ({"load_kg": 1.25}, "load"),
        ({"side": "left"}, "side"),
        ({"intent": "technique"}, "intent"),
    ],
)
def test_what_is_said_of_a_set(exact: Attendance, fields: dict[str, Any], kind: str) -> None:
    """Exercise, load, side, intent."""
    assert {kind} == kinds(changed(exact, SetOpened, **fields))


@pytest.mark.parametrize(
    ("fields", "kind"),
    [({"kind": "calibration"}, "kind of a rep"), ({"assisted": True}, "assisted"), ({"load_kg": 1.25}, "load")],
)
def test_what_is_said_of_a_rep(exact: Attendance, fields: dict[str, Any], kind: str) -> None:
    """Its kind, help with it, its own load."""
    assert {kind} == kinds(changed(exact, RepCounted, **fields))


def test_the_time_of_a_rep(exact: Attendance) -> None:
    """More off than two recorders may be."""
    first = next(event.data for event in exact.lane.story if isinstance(event.data, RepCounted))
    assert {"time of a rep"} == kinds(changed(exact, RepCounted, rep_time=exact.diary.visit.at(99_999)))
    assert set() == kinds(changed(exact, RepCounted, rep_time=first.rep_time))


def test_a_set_that_never_ends(exact: Attendance) -> None:
    """Every set does."""
    assert {"open set"} == kinds(_with(exact, SetClosed, None))


def test_a_set_that_is_not_there(exact: Attendance) -> None:
    """Its reps are missed."""
    assert "rep lost" in kinds(changed(exact, SetClosed, voided=True))


def test_an_exposure_of_two_sets(exact: Attendance) -> None:
    """They have nothing to do with each other."""
    opened = [event.data.set_key for event in exact.lane.story if isinstance(event.data, SetOpened)]
    assert "exposures joined" in kinds(changed(exact, SetOpened, exposure_key=opened[-1]))


def test_a_wrong_cost(exact: Attendance) -> None:
    """Of a set, and so of the week, whose budget says otherwise."""

    def dearer(data: BudgetChanged) -> BudgetChanged:
        assert data.entry is not None
        return data.model_copy(update={"entry": data.entry.model_copy(update={"cost": data.entry.cost + 7})})

    entries: list[Event] = [
        event
        for event in exact.lane.published
        if isinstance(event.data, BudgetChanged) and event.data.entry is not None
    ]
    other = _with(exact, RepCounted, lambda data: data)
    last = entries[-1]
    assert isinstance(last.data, BudgetChanged)
    other.lane.published.append(replace(last, data=dearer(last.data)))
    assert {"cost too high", "cost of the week", "budget"} == kinds(other)
