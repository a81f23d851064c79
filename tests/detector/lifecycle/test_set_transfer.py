"""A set that moves to another lifter: what is written there, and what is kept here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from spotter.domain.events import Event, decode, encode
from spotter.domain.events.lifting import EffortReported, RepStarted
from spotter.domain.events.outputs import DeviceLost, RepOverdue, SetClosed
from spotter.domain.fast_dataclass import replace
from spotter.domain.gym_config import Configuration
from spotter.domain.ids import athlete_key
from spotter.streaming.processor import Step
from spotter_detector.processor import FailureDetector
from tests.contract.cases_motion import PEAKS_MPS, bar, chunks
from tests.contract.cases_set_transfer import moved
from tests.contract.lifter import NEAR_FAILURE, Lifter
from tests.contract.memory_harness import MemoryHarness

BASE = datetime(2026, 1, 7, 18, tzinfo=UTC)


@pytest.fixture
def host() -> MemoryHarness:
    """Give a host."""
    return MemoryHarness()


@pytest.fixture
def ada(host: MemoryHarness) -> Lifter:
    """Give the lifter to whom the set is credited."""
    return Lifter(host, BASE, "ada")


@pytest.fixture
def bob(host: MemoryHarness) -> Lifter:
    """Give the lifter who did it."""
    return Lifter(host, BASE, "bob")


def written(host: MemoryHarness, name: str = "bob") -> list[Event]:
    """Return the events in the log under a lifter's key."""
    return host.events("lifts.v1", athlete_key("g1", name))


def steps(events: Sequence[Event]) -> tuple[dict[str, object], Step]:
    """Process events in order; return the state and the last step."""
    detector, state, step = FailureDetector(), dict[str, object](), Step()
    for event in events:
        step = detector.step(state, event, Configuration())
        for name, value in step.changes.items():
            state.pop(name, None) if value is None else state.update({name: value})
    return state, step


def test_a_step_gives_the_same_events_twice(ada: Lifter, bob: Lifter) -> None:
    """They follow from the move alone, so that a worker that crashed writes them again under the same ids."""
    events = [ada.start(0), *ada.reps(3, 3), ada.end(20), moved(ada, bob, 60)]
    first, again = steps(events)[1], steps([decode(encode(event)) for event in events])[1]
    assert first.elsewhere == again.elsewhere
    assert 5 == len({event.id for event in first.elsewhere})
    assert {"bob"} == {event.data.athlete_id for event in first.elsewhere}
    assert ["bob"] == [event.data.moved_to for event in first.outputs if isinstance(event.data, SetClosed)]


def test_reps_keep_who_counted_them_and_when(host: MemoryHarness, ada: Lifter, bob: Lifter) -> None:
    """Source, device, number and corrected time: the sender's clock is corrected once."""
    wrong = ada.rep(1, 3600 + 3, sent_s=3600 + 3.2, received_s=3.2, device={"id": "d1", "model": "OpenBarbell V3"})
    restarted = ada.rep(1, 3600 + 6, 0.4, sent_s=3600 + 6.2, received_s=6.2, device={"id": "d1"})
    ada.send(ada.start(0), wrong, restarted, moved(ada, bob, 9))
    _, first, second = written(host)
    assert ("tracker", BASE + timedelta(seconds=3)) == (first.source, first.time)
    assert [fact.rep_time for fact in ada.counted] == [fact.rep_time for fact in bob.counted]
    assert [(1, "d1"), (2, "d1")] == [(fact.rep_number, fact.device and fact.device.id) for fact in bob.counted]
    assert ["renumbered"] == bob.counted[1].flags
    assert second.movedfrom is not None and second.movedfrom.startswith(ada.opened[0].set_key)


def test_of_two_reps_with_one_number_the_voided_one_is_voided(ada: Lifter, bob: Lifter) -> None:
    """Two devices that count for themselves use the same numbers: the last one until then is meant, there too."""
    first, second = ada.rep(1, 3, device={"id": "d1"}), ada.rep(1, 6, 0.4, device={"id": "d2"})
    for early, late in ((first, second), (second, first)):
        source, target = Lifter(ada.host, BASE), Lifter(ada.host, BASE)
        mine = [source.event(event.data, (event.time - BASE).total_seconds()) for event in (early, late)]
        source.send(source.start(0), mine[0], source.void(1, 8), mine[1], moved(source, target, 20))
        newest = [{rep.rep_event_id: rep for rep in lifter.counted} for lifter in (source, target)]
        gone = [[rep.rep_time for rep in reps.values() if rep.voided] for reps in newest]
        assert [[second.time], [second.time]] == gone


def test_the_configuration_stays_the_one_that_the_set_opened_under(ada: Lifter, bob: Lifter) -> None:
    """Whatever the gym has changed since."""
    move = replace(moved(ada, bob, 60), configversion=5)
    _, step = steps([ada.start(0), *ada.reps(2, 3), move])
    assert [0, 5, 5] == [event.configversion for event in step.elsewhere]


def test_reps_found_in_motion_say_so_there_too(host: MemoryHarness, ada: Lifter, bob: Lifter) -> None:
    """Those that were found before the move and those that are found after it."""
    signal = chunks(ada, bar(PEAKS_MPS))
    half = len(signal) // 2
    ada.send(ada.start(0), *signal[:half])
    before = len(ada.estimates)
    assert 0 < before < len(PEAKS_MPS)
    ada.send(moved(ada, bob, signal[half - 1].time.timestamp() - BASE.timestamp() + 0.1), *signal[half:])
    assert before == len(ada.estimates)
    assert [("motion", number) for number in range(1, 6)] == [
        (fact.found_in, fact.rep_number) for fact in bob.counted if fact.revision == 1
    ]
    assert [] == ada.rejected + bob.rejected
    fresh = [fact.fresh for fact in bob.estimates if fact.arrival]
    assert [False] * before + [True] * (len(PEAKS_MPS) - before) == fresh


def test_a_rep_under_way_is_watched_there(host: MemoryHarness, ada: Lifter, bob: Lifter) -> None:
    """It is overdue under the new lifter when it would have been here, and here no more."""
    ada.send(ada.start(0), *ada.reps(2, 3, velocities=NEAR_FAILURE), ada.began(8, 3), moved(ada, bob, 9))
    host.pass_time(BASE + timedelta(seconds=25))
    assert ["bob"] == [
        event.data.athlete_id
        for name in ("ada", "bob")
        for event in written(host, name)
        if isinstance(event.data, RepOverdue)
    ]
    assert ["failing"] == [fact.action for fact in bob.advice if fact.after_rep == 2 and not fact.late]


def test_a_device_that_is_gone_is_no_emergency_there_either(host: MemoryHarness, ada: Lifter, bob: Lifter) -> None:
    """The signal is lost for the lifter who has the set."""
    ada.send(ada.start(0), *ada.reps(2, 3, velocities=NEAR_FAILURE), moved(ada, bob, 7), ada.began(8, 3))
    ada.send(ada.event(DeviceLost(reported_by="tracker"), 9, source="ingest"))
    host.pass_time(BASE + timedelta(seconds=25))
    assert [] == [event for event in written(host) if isinstance(event.data, RepOverdue)]
    assert 1 == sum(isinstance(event.data, RepStarted) for event in written(host))


def test_silence_ends_it_there(host: MemoryHarness, ada: Lifter, bob: Lifter) -> None:
    """A set that ran when it was moved ends by silence under the new lifter only."""
    ada.send(ada.start(0), *ada.reps(2, 3), moved(ada, bob, 7))
    host.pass_time(BASE + timedelta(seconds=400))
    assert ["silence"] == [fact.reason for fact in bob.closed]
    assert ["bob"] == [fact.moved_to for fact in ada.closed]


def test_what_contradicts_itself_is_refused_here(ada: Lifter, bob: Lifter) -> None:
    """The set settles its numbers where its reps come in, moved or not."""
    ada.send(ada.start(0), *ada.reps(3, 3), ada.end(20), moved(ada, bob, 60))
    ada.send(ada.rep(2, 5, 0.2))
    assert ["rep_conflict"] == [fact.reason for fact in ada.rejected]
    assert [] == bob.rejected


def test_the_same_rep_under_another_id_is_not_passed_on(host: MemoryHarness, ada: Lifter, bob: Lifter) -> None:
    """It is known here, and so it is there."""
    ada.send(ada.start(0), *ada.reps(3, 3), moved(ada, bob, 10))
    before = len(written(host))
    ada.send(ada.rep(2, 6, 0.52, id="again"))
    assert before == len(written(host))


def test_unnamed_events_are_about_own_sets(ada: Lifter, bob: Lifter) -> None:
    """A correction that names no set is about the newest that the lifter still has."""
    ada.send(ada.start(0), *ada.reps(2, 3), ada.end(20))
    ada.send(ada.start(300, "s2"), *ada.reps(2, 303, "s2"), ada.end(320, "s2"), moved(ada, bob, 330, "s2"))
    ada.send(ada.event(EffortReported(rir=3), 340, source="app"))
    assert ("s1", 3.0) == (ada.summaries[-1].set_id, ada.summaries[-1].rir_end)
    assert 3.0 not in [fact.rir_end for fact in bob.summaries]


def test_a_set_of_long_ago_stays(ada: Lifter, bob: Lifter) -> None:
    """Four weeks after it came it is too old to be moved."""
    month_s = 29 * 24 * 3600.0
    ada.send(ada.start(0), *ada.reps(2, 3), ada.end(20))
    ada.send(moved(ada, bob, month_s))
    ada.send(ada.start(month_s + 60, "s2"), moved(ada, bob, month_s + 120, "s1"))
    assert ["too_old", "too_old"] == [fact.reason for fact in ada.rejected]
    assert [] == bob.opened
