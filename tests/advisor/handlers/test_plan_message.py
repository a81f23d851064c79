from __future__ import annotations

from datetime import timedelta

from spotter.domain.events.outputs import AdviceGiven
from tests.advisor.training import MONDAY, Lifting, Training


def plans(training: Training) -> list[AdviceGiven]:
    """Return all plans."""
    return [advice for advice in training.outputs_of(AdviceGiven) if advice.after_rep == 0]


def test_a_set_that_opens_has_a_silent_plan() -> None:
    """How far to go, whether failure is allowed and why, what is left of the week."""
    training = Training()
    training.open_set("biceps_curl", is_last_set=True, station_id="rack-1")
    (plan,) = plans(training)

    assert ("continue", 0, 1, False) == (plan.action, plan.after_rep, plan.revision, plan.late)
    assert (0, 4.0, "rack-1") == (plan.target_rir, plan.budget_left, plan.station_id)
    assert ("none", 0, 0, "") == (plan.haptic, plan.sound_ms, plan.repeat, plan.speech)
    assert (training.now + timedelta(seconds=8), 8000) == (plan.expires_at, plan.ttl_ms)


def test_an_amendment_that_matters_gives_a_new_plan() -> None:
    """A spotter has come: at once, with a revision one higher and an id of its own."""
    training = Training()
    lifting = training.open_set("bench_press")
    lifting.rep(6)
    lifting.amend(spotter_present=True)
    first, second = plans(training)

    assert [(1, 3, False), (2, 2, True)] == [(plan.revision, plan.target_rir, plan.late) for plan in (first, second)]
    assert first.alert_id != second.alert_id
    assert "stop" == lifting.rep(2).action


def test_an_amendment_that_changes_nothing_gives_none() -> None:
    """Another load is no other plan."""
    training = Training()
    lifting = training.open_set("bench_press")
    lifting.amend(load_kg=80.0)

    assert 1 == len(plans(training))


def test_a_plan_that_changes_before_the_first_rep_is_news() -> None:
    """Nobody has lifted by the one before."""
    training = Training()
    training.open_set("bench_press").amend(spotter_present=True)

    assert [False, False] == [plan.late for plan in plans(training)]


def test_the_plan_of_history_is_late() -> None:
    """Every set has one; like the advice on its reps it is never shown as news."""
    training = Training()
    lifting = Lifting(training, "old", "s1", {"exercise": "hip_thrust"}, MONDAY - timedelta(hours=1), history=True)
    lifting.send_opened()
    lifting.close("history")
    advice = lifting.rep(1, newest=False)

    assert [True] == [plan.late for plan in plans(training)]
    assert ("stop", True, 1) == (advice.action, advice.late, advice.revision)


def test_history_that_goes_on_keeps_its_plan() -> None:
    """It was open after all, and nothing else has changed."""
    training = Training()
    lifting = Lifting(training, "old", "s1", {"exercise": "hip_thrust"}, MONDAY, history=True)
    lifting.send_opened()
    lifting.close("history")
    lifting.reopen()

    assert [1] == [plan.revision for plan in plans(training)]


def test_a_set_that_goes_on_keeps_its_plan() -> None:
    """Nothing has changed."""
    training = Training()
    lifting = training.open_set("hip_thrust")
    lifting.do_set(6)
    lifting.reopen()

    assert 1 == len(plans(training))


def test_a_set_that_is_over_gets_no_new_plan() -> None:
    """What is put right then is for its summary."""
    training = Training()
    lifting = training.open_set("bench_press")
    lifting.do_set(6)
    lifting.amend(spotter_present=True)

    assert 1 == len(plans(training))


def test_a_plan_of_a_set_that_began_long_ago_is_late() -> None:
    """It comes with an upload of the past."""
    training = Training()
    Lifting(training, "k", "s", {"exercise": "hip_thrust"}, MONDAY - timedelta(minutes=5)).send_opened()

    assert [True] == [plan.late for plan in plans(training)]


def test_policy_and_level_are_pinned_when_the_set_opens() -> None:
    """A change holds from the next set on, also for what the running one is amended to."""
    training = Training()
    lifting = training.open_set("hip_thrust")
    training.update_policy(target_rir=4)
    training.update_athlete(level="beginner")
    lifting.amend(station_id="rack-2")
    training.open_set("hip_thrust")

    assert [2, 2, 4] == [plan.target_rir for plan in plans(training)]
    assert ["r2.g0.l0", "r2.g0.l0", "r2.g0.l1"] == [plan.policy_version for plan in plans(training)]


def test_layers_of_a_lifters_policy_lie_over_each_other() -> None:
    """What a later one leaves out stays."""
    training = Training()
    training.update_policy(target_rir=4, target_rir_by_exercise={"leg_press": 5})
    training.update_policy(weekly_units=1.0, target_rir_by_exercise={"leg_curl": 3})
    for exercise in ("hip_thrust", "leg_press", "leg_curl"):
        training.open_set(exercise)

    assert [4, 5, 3] == [plan.target_rir for plan in plans(training)]
    assert 1.0 == plans(training)[-1].budget_left


def test_a_plan_before_the_first_rep_may_become_failing() -> None:
    """The first rep itself is stuck."""
    training = Training()
    lifting = training.open_set("bench_press")
    (advice,) = lifting.send_overdue()

    assert ("failing", 0, 2) == (advice.action, advice.after_rep, advice.revision)
    lifting.amend(spotter_present=True)
    assert 3 == plans(training)[-1].revision
