from __future__ import annotations

from typing import Any

from spotter.domain.events.outputs import AdviceGiven
from tests.advisor.training import Lifting, Training


def opened(**context: Any) -> Lifting:
    """Open a set with a target of two."""
    return Training().open_set("hip_thrust", **context)


def test_after_a_stop_every_further_rep_gets_stop_and_sounds() -> None:
    """A faster rep after a stall is usually a spotter's help."""
    lifting = opened()
    lifting.rep(2)
    after = [lifting.rep(rir) for rir in (6, 5, 3)]

    assert ["stop"] * 3 == [advice.action for advice in after]
    assert all(advice.sound_ms > 0 and not advice.late for advice in after)
    assert all("R19" == advice.rule_ids[0] for advice in after)


def test_failing_latches_too() -> None:
    """After a rep that failed nothing but stop is said."""
    lifting = opened()

    assert "failing" == lifting.rep(0, flags=["failed"]).action
    assert "stop" == lifting.rep(6).action
    assert "failing" == lifting.rep(0, flags=["stall"]).action


def test_a_rep_that_takes_too_long_latches_until_it_is_completed() -> None:
    """It was no failure, then: neither the alarm nor its cost stays."""
    lifting = opened()
    lifting.rep(6)
    lifting.send_overdue()
    assert "failing" == lifting.training.outputs_of(AdviceGiven)[-1].action

    assert ["continue", "continue"] == [lifting.rep(5).action, lifting.rep(4).action]
    assert (False, None) == ((summary := lifting.close()).failed, summary.advice_followed)


def test_a_rep_that_took_too_long_and_stalled_keeps_its_alarm() -> None:
    """Completed, but hardly: whatever comes after it is a spotter's help."""
    lifting = opened()
    lifting.rep(6)
    lifting.send_overdue()

    assert "failing" == lifting.rep(0, flags=["stall"]).action
    assert "stop" == lifting.rep(5).action


def test_a_ghost_takes_no_alarm_back() -> None:
    """The rep under way is still under way."""
    lifting = opened()
    lifting.rep(6)
    lifting.send_overdue()
    lifting.rep(6, flags=["ghost"])

    assert "stop" == lifting.rep(1).action


def test_a_stop_said_before_outlasts_the_alarm() -> None:
    """What it came from was not taken back."""
    lifting = opened()
    lifting.rep(2)
    lifting.send_overdue()

    assert "stop" == lifting.rep(6).action


def test_a_late_stop_latches_nothing() -> None:
    """What nobody heard binds nobody."""
    lifting = opened()

    assert "stop" == lifting.rep(2, fresh=False).action
    assert "continue" == lifting.rep(6).action


def test_one_more_is_said_once() -> None:
    """A second rep at three in reserve is met with silence."""
    lifting = opened()

    assert ["one_more", "continue", "stop"] == [lifting.rep(rir).action for rir in (3, 3, 2)]


def test_a_late_one_more_is_not_used_up() -> None:
    """It can still be said in time."""
    lifting = opened()

    assert ["one_more", "one_more"] == [lifting.rep(3, fresh=False).action, lifting.rep(3).action]


def test_only_a_correction_of_its_reps_lifts_the_latch() -> None:
    """The rep that said stop was measured wrongly: the set goes on, and the correction itself is silent."""
    lifting = opened()
    lifting.rep(8)
    lifting.rep(1)
    (advice,) = lifting.correct({2: 7})

    assert ("continue", True) == (advice.action, advice.late)
    assert "continue" == lifting.rep(6).action


def test_a_correction_that_leaves_a_reason_to_stop_lifts_nothing() -> None:
    """As long as any estimate asks for the end the latch holds."""
    lifting = opened()
    lifting.rep(2)
    lifting.rep(1)
    lifting.correct({1: 7, 2: 2})

    assert "stop" == lifting.rep(6).action


def test_a_voided_rep_takes_its_stop_with_it() -> None:
    """A re-racking that was taken for a rep."""
    lifting = opened()
    lifting.rep(8)
    lifting.rep(1)
    lifting.void(2)

    assert "continue" == lifting.rep(7, number=3).action


def test_a_lifter_who_feels_fresh_does_not_lift_the_latch() -> None:
    """A report makes estimates new, and is no correction of reps."""
    lifting = opened()
    lifting.rep(8)
    lifting.rep(1)
    lifting.report_effort(rir=6)
    lifting.send_estimate(lifting.rep_numbered(2), 6)

    assert "stop" == lifting.rep(6).action


def test_the_arrival_of_a_spotter_does_not_lift_the_latch() -> None:
    """The target falls, the stop stays."""
    lifting = Training().open_set("bench_press")
    lifting.rep(3)
    lifting.amend(spotter_present=True)
    lifting.send_estimate(lifting.rep_numbered(1), 5)

    assert "stop" == lifting.rep(4).action


def test_a_rep_that_arrives_late_may_correct_those_after_it() -> None:
    """What came before was missing when stop was said."""
    lifting = opened()
    lifting.rep(8)
    third = lifting.rep(1, number=3)
    assert "stop" == third.action
    assert lifting.rep(7, number=2, after_s=1, ended=lifting.reps[0].ended.replace(second=4)).late
    lifting.send_estimate(lifting.rep_numbered(3), 6)

    assert "continue" == lifting.rep(5).action


def test_the_latch_outlasts_an_end_and_a_reopening() -> None:
    """It is the same set."""
    lifting = opened()
    lifting.rep(2)
    lifting.close("silence")
    lifting.reopen()

    assert "stop" == lifting.rep(6).action


def test_a_latch_is_of_one_set() -> None:
    """The next one starts afresh."""
    training = Training()
    training.open_set("hip_thrust").do_set(2)

    assert "continue" == training.open_set("hip_thrust").rep(6).action


def test_a_rep_that_never_came_is_reason_enough_when_others_are_corrected() -> None:
    """The stop before it was wrong, the stuck bar was not."""
    lifting = opened()
    lifting.rep(8)
    lifting.rep(2)
    lifting.send_overdue()
    (advice,) = lifting.correct({2: 7})

    assert "stop" == advice.action
    assert lifting.close().failed


def test_an_overdue_rep_that_never_was_lifts_its_latch_when_voided() -> None:
    """Somebody moved the bar."""
    lifting = opened()
    lifting.rep(6)
    lifting.send_overdue(number=2)
    lifting.rep(6)
    lifting.void(2)

    assert "continue" == lifting.rep(6, number=3).action


def test_a_rep_is_advised_once_and_anew_with_a_higher_revision() -> None:
    """Corrections of older reps change nothing but the advice for the newest."""
    lifting = opened()
    for rir in (8, 7, 6):
        lifting.rep(rir)
    advice = lifting.correct({1: 8, 2: 7, 3: 6})

    assert [(3, 2)] == [(message.after_rep, message.revision) for message in advice]
    given = lifting.training.outputs_of(AdviceGiven)
    assert [(0, 1), (1, 1), (2, 1), (3, 1), (3, 2)] == [(message.after_rep, message.revision) for message in given]
    assert len(given) == len({message.alert_id for message in given})


def test_two_devices_that_use_one_number_are_told_apart() -> None:
    """Each report gets its advice, the second one with a higher revision."""
    lifting = opened()
    first = lifting.rep(6)
    second = lifting.rep(5, number=1, after_s=0.2, flags=["second_source"])

    assert [(1, 1), (1, 2)] == [(message.after_rep, message.revision) for message in (first, second)]
    assert 1 == lifting.close().reps


def test_one_more_is_said_once_though_its_rep_was_voided() -> None:
    """The next rep may bear the same number: the lifter has heard it all the same."""
    lifting = opened()
    first = lifting.rep(3)
    lifting.void(1)

    assert ["one_more", "continue"] == [first.action, lifting.rep(3).action]
