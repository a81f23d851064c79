"""Events that arrive before their set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from spotter.domain.events.lifting import EffortReported
from spotter.domain.events.outputs import EffortCounted
from tests.contract.lifter import Lifter
from tests.contract.memory_harness import MemoryHarness

BASE = datetime(2026, 1, 7, 18, tzinfo=UTC)


def test_what_is_about_a_set_that_never_comes_says_so() -> None:
    """It waits for its set for as long as sets are kept, and is dead-lettered then, under its own id."""
    host = MemoryHarness()
    lifter = Lifter(host, BASE)
    lifter.send(lifter.event(EffortReported(set_id="never", rir=1), 0, source="app", id="call"))
    host.pass_time(BASE + timedelta(days=27))
    assert [] == lifter.rejected
    host.pass_time(BASE + timedelta(days=28, seconds=1))
    assert [("unknown_set", "call")] == [(rejection.reason, rejection.rejected_id) for rejection in lifter.rejected]


def test_a_call_that_comes_before_its_set_counts() -> None:
    """As if it had come in order."""
    host = MemoryHarness()
    lifter = Lifter(host, BASE)
    lifter.send(lifter.event(EffortReported(set_id="s1", rir=0), 30, source="app"))
    lifter.send(lifter.start(0), *lifter.reps(4, 3), lifter.end(20))
    assert [] == lifter.rejected
    assert [0.0] == [effort.rir for effort in lifter.told(EffortCounted, "estimates.v1")]
