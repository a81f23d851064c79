from __future__ import annotations

from datetime import timedelta

import pytest

from spotter.domain.events.outputs import AdviceGiven
from spotter_advisor.planning.timeliness import pause_s, sound_ms, ttl_ms
from spotter_advisor.state.records import AdvisedRep
from tests.advisor.training import MONDAY, Lifting, Training


def silent(advice: AdviceGiven) -> bool:
    """Return whether there is nothing to play."""
    return (0, 0, "", "none") == (advice.sound_ms, advice.repeat, advice.speech, advice.haptic)


def opened() -> Lifting:
    """Open a set with a target of two."""
    return Training().open_set("hip_thrust")


def test_advice_for_the_newest_rep_of_an_open_set_is_in_time() -> None:
    """It may sound."""
    advice = opened().rep(2)

    assert not advice.late
    assert 0 < advice.sound_ms <= advice.ttl_ms


@pytest.mark.parametrize("why", ["stale", "old rep", "closed"])
def test_advice_is_late_and_silent_for_stale_and_old_reps_and_closed_sets(why: str) -> None:
    """It is written, and never played."""
    lifting = opened()
    lifting.rep(5)
    lifting.is_open = why != "closed"
    if why == "old rep":
        advice = lifting.rep(1, newest=False)
    else:
        advice = lifting.rep(1, fresh=why != "stale")

    assert ("stop", True) == (advice.action, advice.late)
    assert silent(advice)


def test_whatever_comes_of_a_correction_is_late() -> None:
    """Also for the newest rep of an open set."""
    lifting = opened()
    lifting.rep(5)
    (advice,) = lifting.correct({1: 1})

    assert ("stop", True, 2) == (advice.action, advice.late, advice.revision)
    assert silent(advice)


def test_a_late_emergency_calls_nobody() -> None:
    """Help that comes an hour later is none."""
    lifting = Training().open_set("bench_press")

    assert lifting.rep(0, flags=["failed"]).emergency
    assert not lifting.rep(0, flags=["failed"], fresh=False).emergency


def test_an_overdue_rep_is_exempt() -> None:
    """Events of timers are never late."""
    lifting = opened()
    lifting.rep(5, fresh=False)
    (advice,) = lifting.send_overdue()

    assert ("failing", False) == (advice.action, advice.late)
    assert advice.expires_at == lifting.training.now + timedelta(seconds=8)


def test_an_overdue_rep_of_a_set_that_has_ended_is_nothing() -> None:
    """The timer was overtaken."""
    lifting = opened()
    lifting.do_set(5)

    assert [] == lifting.send_overdue()


def test_advice_expires_eight_seconds_after_the_newest_rep_was_received() -> None:
    """And carries what is left when it is written."""
    lifting = opened()
    received = lifting.training.now + timedelta(seconds=3)
    advice = lifting.rep(6)

    assert (received + timedelta(seconds=8), 8000) == (advice.expires_at, advice.ttl_ms)


def test_time_left_is_never_negative_and_never_more_than_all() -> None:
    """Whatever clocks say."""
    assert [0, 0, 2500, 8000] == [ttl_ms(MONDAY + timedelta(seconds=s), MONDAY) for s in (-5, 0, 2.5, 60)]


def test_sound_may_start_until_the_next_rep_is_likely_under_way() -> None:
    """Reps every four seconds with one second of lifting leave three."""
    lifting = opened()
    lifting.rep(8, after_s=4)
    lifting.rep(7, after_s=4)

    assert 3000 == lifting.rep(2, after_s=4).sound_ms


def test_what_the_network_took_is_taken_off() -> None:
    """The pause began when the rep ended, not when it was received."""
    lifting = opened()
    lifting.rep(8, after_s=4)
    lifting.rep(7, after_s=4)
    ended = lifting.training.now + timedelta(seconds=4)

    assert 2000 == lifting.rep(2, after_s=5, ended=ended).sound_ms
    assert 250 == lifting.rep(2, after_s=8, ended=lifting.training.now + timedelta(seconds=4)).sound_ms


def reps(*ends_s: float, lasting_s: float = 1.0) -> list[AdvisedRep]:
    """Return reps that end at these seconds."""
    ends = [MONDAY + timedelta(seconds=end_s) for end_s in ends_s]
    return [AdvisedRep(at, str(at), end - timedelta(seconds=lasting_s), end) for at, end in enumerate(ends, 1)]


def test_the_pause_is_that_of_the_set_itself() -> None:
    """Median time between ends less median time of lifting; before it is known a second and a half."""
    assert [1.5, 1.5] == [pause_s(reps()), pause_s(reps(3))]
    assert 2.0 == pause_s(reps(3, 6))
    assert 2.0 == pause_s(reps(3, 6, 9, 40, 43))
    assert 0.0 == pause_s(reps(1, 2, 3, lasting_s=1.4))


def test_the_sound_window_never_outlasts_the_advice() -> None:
    """Singles a minute apart leave all of its time."""
    assert 8000 == sound_ms(reps(60, 120), MONDAY, MONDAY, 8000)
    assert 250 == sound_ms(reps(1, 2, 3), MONDAY, MONDAY, 8000)
    assert 100 == sound_ms(reps(1, 2, 3), MONDAY, MONDAY, 100)
