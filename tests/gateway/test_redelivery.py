from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from spotter.domain.time import epoch_ms
from spotter_gateway.frames import Advice, time_left
from spotter_gateway.redelivery import Redelivery
from tests.gateway.outputs import advice, read_advice

AT = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
NOW_MS = epoch_ms(AT)


def loud(action: str = "stop", after_rep: int = 5, **more: Any) -> Advice:
    """Return an advice that may sound for 8 s."""
    return read_advice(advice(action=action, after_rep=after_rep, at=AT, **{"sound_ms": 8000, **more}))


class Connection:
    """A connection on which an advice goes out at once."""

    def __init__(self) -> None:
        self.open = {"ada-s1"}
        self.redelivery = Redelivery(lambda given: given.set_key in self.open)

    def send(self, given: Advice, after_ms: int = 0) -> None:
        """Send an advice."""
        self.redelivery.sent(given, time_left(given, NOW_MS + after_ms), NOW_MS + after_ms)

    def repeated(self, until_ms: int = 10_000) -> list[tuple[int, str]]:
        """Advance the clock in steps of 10 ms; return the repeats and their times."""
        return [
            (at_ms, repeat.advice.alert_id)
            for at_ms in range(0, until_ms, 10)
            for repeat in self.redelivery.due(NOW_MS + at_ms)
        ]


@pytest.mark.parametrize("action", ["stop", "failing"])
def test_a_loud_advice_repeats_twice_a_second_apart(action: str) -> None:
    """And no third time."""
    connection, given = Connection(), loud(action)
    connection.send(given)

    assert [(1000, given.alert_id), (2000, given.alert_id)] == connection.repeated()
    assert connection.redelivery.next_ms() is None


@pytest.mark.parametrize("action", ["continue", "one_more"])
def test_quiet_advice_is_sent_once(action: str) -> None:
    """Neither continue nor one_more is loud."""
    connection = Connection()
    connection.send(loud(action))

    assert [] == connection.repeated()


def test_late_advice_is_sent_once() -> None:
    """Advice that may not sound is not repeated."""
    connection = Connection()
    connection.send(loud(late=True))
    connection.send(loud(), after_ms=8000)

    assert [] == connection.repeated(20_000)


@pytest.mark.parametrize(("sound_ms", "times"), [(900, 0), (1500, 1), (2500, 2)])
def test_repeats_stay_within_the_time_to_sound(sound_ms: int, times: int) -> None:
    """They end when the lifter is likely in the next rep."""
    connection = Connection()
    connection.send(loud(sound_ms=sound_ms))

    assert times == len(connection.repeated())


def test_an_acknowledgement_ends_repeats() -> None:
    """Before the first repeat, or between the two."""
    at_once, between = Connection(), Connection()
    given = loud()
    for connection in (at_once, between):
        connection.send(given)
    at_once.redelivery.shown(given.alert_id)
    assert 1 == len(between.repeated(1500))
    between.redelivery.shown(given.alert_id)

    assert [] == at_once.repeated()
    assert [] == between.repeated()


def test_an_acknowledgement_may_arrive_before_the_frame_is_recorded() -> None:
    """An acknowledgement that comes while the frame is still on its way counts."""
    connection, given = Connection(), loud()
    connection.redelivery.shown(given.alert_id)
    connection.send(given)

    assert [] == connection.repeated()


def test_an_acknowledgement_of_another_alert_ends_nothing() -> None:
    """Each is acknowledged for itself."""
    connection = Connection()
    connection.send(loud())
    connection.redelivery.shown("another")

    assert 2 == len(connection.repeated())


def test_a_stop_after_the_next_rep_replaces_the_first() -> None:
    """The stop after rep 6 is repeated instead of that after rep 5."""
    connection, newer = Connection(), loud(after_rep=6)
    connection.send(loud(after_rep=5))
    connection.send(newer, after_ms=500)

    assert [(1500, newer.alert_id), (2500, newer.alert_id)] == connection.repeated()


def test_a_correction_that_lifts_the_stop_ends_it() -> None:
    """No stop is repeated for a voided rep."""
    connection = Connection()
    connection.send(loud())
    connection.send(loud("continue", late=True, revision=2))

    assert [] == connection.repeated()


def test_a_correction_that_keeps_the_stop_keeps_it_sounding() -> None:
    """The corrected advice is late and silent; the lifter still has to hear the first."""
    connection, first = Connection(), loud()
    connection.send(first)
    connection.send(loud(late=True, revision=2))

    assert [first.alert_id] * 2 == [alert for _, alert in connection.repeated()]


def test_late_advice_on_an_earlier_rep_ends_nothing() -> None:
    """Advice on rep 3 that arrives after rep 5 does not affect the stop after rep 5."""
    connection = Connection()
    connection.send(loud(after_rep=5))
    connection.send(replace(loud("continue", after_rep=3, late=True), newest=False))

    assert 2 == len(connection.repeated())


def test_the_end_of_the_set_ends_it() -> None:
    """Advice sounds only in an open set."""
    connection = Connection()
    connection.send(loud())
    connection.open.clear()

    assert [] == connection.repeated()


def test_a_withdrawn_alert_is_not_repeated() -> None:
    """Its set was voided, or is a second recording of another one."""
    connection, given = Connection(), loud()
    connection.send(given)
    connection.send(replace(given, withdrawn=True, late=True))

    assert [] == connection.repeated()


def test_sets_repeat_side_by_side() -> None:
    """A coach receives repeats for both lifters."""
    connection = Connection()
    connection.open.add("bob-s1")
    connection.send(loud())
    connection.send(read_advice(advice("bob", action="stop", at=AT, sound_ms=8000)), after_ms=100)

    assert [1000, 1100, 2000, 2100] == [at_ms for at_ms, _ in connection.repeated()]


def test_repeats_are_never_less_than_a_second_apart() -> None:
    """However late the first one was sent."""
    connection = Connection()
    connection.send(loud())
    assert 1 == len(connection.redelivery.due(NOW_MS + 1700))

    assert [] == connection.redelivery.due(NOW_MS + 2600)
    assert 1 == len(connection.redelivery.due(NOW_MS + 2700))
