from __future__ import annotations

from datetime import UTC, datetime, timedelta

from spotter.streaming.runtime import Timers

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def later(seconds: float) -> datetime:
    """Give a moment after noon."""
    return NOON + timedelta(seconds=seconds)


def test_timers_are_due_from_their_moment_on() -> None:
    """A timer is due from its moment on, until it is set anew."""
    timers = Timers()
    timers.set("ada", later(2))
    timers.set("bob", later(1))

    assert [] == timers.due(NOON)
    assert ["bob"] == timers.due(later(1))
    assert ["ada", "bob"] == timers.due(later(2))
    timers.set("bob", later(5))
    assert ["ada"] == timers.due(later(2))


def test_a_timer_that_is_set_again_or_taken_away_leaves_nothing_behind() -> None:
    """Only a lifter's latest moment counts."""
    timers = Timers()
    for seconds in (1, 2, 3):
        timers.set("ada", later(seconds))
    timers.set("bob", later(1))
    timers.set("bob", None)

    assert [] == timers.due(later(2))
    assert ["ada"] == timers.due(later(3))
    assert 1 == len(timers)
    timers.clear()
    assert [] == timers.due(later(9))
