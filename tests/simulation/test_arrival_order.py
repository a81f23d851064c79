"""Order of arrival is not order of happening: whatever comes first, the same workout is the same sets, costs and lessons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from lab.habits import workout_diary
from lab.habits.comparison import SeenSet, sight_of
from lab.habits.diary import Diary
from lab.habits.floor import event_of
from lab.season.gym import GYM
from spotter.domain.events import Event, encode
from spotter.domain.events.outputs import EffortEstimated
from spotter.domain.ids import athlete_key
from spotter.streaming.log import NewRecord
from spotter_advisor.state.history import History
from spotter_advisor.state.records import HISTORY
from spotter_detector.state import LiftedSet
from tests.contract.memory_harness import MemoryHarness

NAME = "ada"
KEY = athlete_key(GYM, NAME)
UPLOADED_S = 86_400.0 * 2
PARTS = ("sets", "costs", "spent", "history", "terms", "estimates")
"""What must be the same."""
PASSING = {"revision", "arrival", "newest", "fresh", "set_open", "newest_received", "set_key", "set_id", "rep_event_id"}
"""Fields of an estimate that tell how it came about, and names: of two equal reports of a rep either stands for it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a workout leaves behind, without what only tells how it arrived; sets go by the time of their first rep."""

    sets: dict[str, dict[str, Any]]
    costs: dict[str, float]
    spent: dict[str, float]
    history: History | None
    terms: dict[str, Any]
    estimates: dict[str, dict[str, Any]]


def seeds() -> st.SearchStrategy[int]:
    """Workouts that name no key: what Spotter calls a set is read back only after it was uploaded."""
    return st.integers(1, 3000).filter(lambda seed: not any(report.by_key for report in diary_of(seed).reports))


def shuffled(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Have a test try workouts, orders, chunks and timers; a smaller seed is no simpler, so nothing is shrunk."""
    phases = [Phase.explicit, Phase.reuse, Phase.generate]

    def strategies(test: Callable[..., None]) -> Callable[..., None]:
        tried = given(seed=seeds(), order=st.integers(0, 2**32), chunks=st.integers(1, 6), timers=st.booleans())(test)
        return settings(max_examples=examples, deadline=None, phases=phases)(tried)

    return strategies


@shuffled(6)
@pytest.mark.timeout(300)
def test_any_order_of_arrival_leaves_the_same(seed: int, order: int, chunks: int, timers: bool) -> None:
    """Shuffled and cut into chunks, minutes apart, with timers firing between them or not."""
    _leaves_the_same(seed, order, chunks, timers=timers)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@shuffled(100)
def test_any_order_of_arrival_leaves_the_same_of_many(seed: int, order: int, chunks: int, timers: bool) -> None:
    """The same for many workouts."""
    _leaves_the_same(seed, order, chunks, timers=timers)


def _leaves_the_same(seed: int, order: int, chunks: int, *, timers: bool) -> None:
    random = Random(order)
    events = list(events_of(seed))
    random.shuffle(events)
    cuts = sorted(random.sample(range(1, len(events)), chunks - 1))
    parts = [events[first:last] for first, last in zip([0, *cuts], [*cuts, len(events)], strict=True)]

    outcome, expected = taken(parts, diary_of(seed), timers=timers), in_order(seed)

    for part in PARTS:
        assert getattr(expected, part) == getattr(outcome, part), part


@cache
def diary_of(seed: int) -> Diary:
    """Return a workout as it is reported, by clocks that are right."""
    diary = workout_diary(seed)
    diary.clocks = {}
    return diary


@cache
def events_of(seed: int) -> tuple[Event, ...]:
    """Return the events of a workout, in the order in which they happened."""
    diary = diary_of(seed)
    reports = sorted(diary.reports, key=lambda report: report.at_s)
    return tuple({event.id: event for event in (event_of(diary, report, NAME) for report in reports)}.values())


@cache
def in_order(seed: int) -> Outcome:
    """Return what the workout leaves when it is uploaded in order, at once."""
    return taken([events_of(seed)], diary_of(seed), timers=False)


def taken(parts: Sequence[Sequence[Event]], diary: Diary, *, timers: bool) -> Outcome:
    """Have the parts uploaded one after the other."""
    host = MemoryHarness()
    for number, part in enumerate(parts):
        received = diary.visit.at(UPLOADED_S + 200 * number)
        uploaded = [replace(event, senttime=received, receivedtime=received) for event in part]
        host.write([NewRecord("lifts.v1", KEY, encode(event)) for event in uploaded])
        host.run()
        if timers:
            host.pass_time(received + timedelta(seconds=199))
    for minutes in (60, 61, 62):
        host.pass_time(diary.visit.at(UPLOADED_S + 60 * minutes))
    return outcome_of(host)


def outcome_of(host: MemoryHarness) -> Outcome:
    """Read what there is of the lifter."""
    story = host.events("estimates.v1", KEY)
    sight = sight_of(story, host.events("advice.v1", KEY))
    present = sight.present()
    names = {key: _name(seen) for key, seen in present.items()}
    exposures = {key: names.get(seen.opened.exposure_key or key) for key, seen in present.items()}
    sets = {
        names[key]: {
            "context": {
                name: value
                for name, value in seen.opened.model_dump().items()
                if name in ("exercise", "load_kg", "intent", "side", "target_rir", "is_last_set")
            },
            "began": seen.opened.opened_at,
            "ended": seen.closed and seen.closed.ended_at,
            "exposure": exposures[key],
            "reps": [
                (
                    rep.rep_time,
                    rep.rep_number,
                    rep.load_kg,
                    rep.side,
                    rep.kind,
                    rep.assisted,
                    rep.flags,
                )
                for rep in seen.counted()
            ],
        }
        for key, seen in present.items()
    }
    detector = host.host.workers["failure-detector"].stage.state(KEY)
    history = host.host.workers["advisor"].stage.state(KEY).get(HISTORY)
    terms = {
        names[entry.key]: None if entry.term is None else asdict(entry.term)
        for entry in detector.values()
        if isinstance(entry, LiftedSet) and entry.key in names
    }
    costs = {names[key]: cost for key, cost in sight.costs.items() if cost}
    spent = {week: units for week, units in sight.spent.items() if units}
    history = replace(history, notices={}) if isinstance(history, History) else None
    held = {
        (key, rep.rep_event_id): f"{names[key]} {rep.rep_time} {rep.rep_number}"
        for key, seen in present.items()
        for rep in seen.counted()
        if not rep.voided
    }
    return Outcome(sets, costs, spent, history, terms, _estimates(story, held))


def _name(seen: SeenSet) -> str:
    counted = seen.counted()
    return f"{counted[0].rep_time if counted else seen.opened.opened_at}"


def _estimates(story: Sequence[Event], held: dict[tuple[str, str], str]) -> dict[str, dict[str, Any]]:
    """Return the newest estimate of each rep that holds."""
    newest: dict[str, tuple[int, dict[str, Any]]] = {}
    for event in story:
        data = event.data
        if not isinstance(data, EffortEstimated):
            continue
        name = held.get((data.set_key, data.rep_event_id or ""))
        if name is not None and (name not in newest or newest[name][0] <= data.revision):
            fields = {field: value for field, value in data.model_dump().items() if field not in PASSING}
            newest[name] = data.revision, fields
    return {name: fields for name, (_, fields) in newest.items()}
