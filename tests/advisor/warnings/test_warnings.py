from __future__ import annotations

from datetime import timedelta

from spotter.domain.events.budgets import NoticeGiven
from spotter.domain.events.outputs import AdviceGiven
from spotter_advisor.state.terms import Eligibility
from tests.advisor.training import MONDAY, Training


def signs(training: Training) -> list[str]:
    """Return the names of the active warnings, as published last."""
    return [sign.name for sign in training.budget().signs or []]


def opened(training: Training, exercise: str = "biceps_curl") -> Eligibility:
    """Open a last set; gives how the lifter stands for it."""
    return training.set(training.open_set(exercise, is_last_set=True)).standing


def slow_session(training: Training, offset_mps: float, offset_sd: float | None = None) -> None:
    """Do a session whose first reps are off by so much, two days later."""
    training.wait(days=2)
    lifting = training.open_set("leg_curl", load_kg=40)
    lifting.rep(4)
    lifting.close(velocity_offset_mps=offset_mps, velocity_offset_sd=offset_sd)


def test_r15_one_warning_sign_changes_nothing_of_the_budget() -> None:
    """It is told with its numbers, and that is all."""
    training = Training()
    change = training.check_in(sleep=2, fatigue=4)

    assert 4.0 == change.allowed
    assert [("sleep", "R15", "Slept badly: sleep 2 of 5.")] == [
        (sign.name, sign.rule_id, sign.sentence) for sign in change.signs or []
    ]


def test_r15_two_signs_halve_the_budget() -> None:
    """Until they clear."""
    training = Training()
    change = training.check_in(sleep=1, fatigue=2)
    assert 2.0 == change.allowed
    assert "half of it while 2 warning signs hold (R15): fatigue, sleep" == change.reasons[-1]

    assert 4.0 == training.check_in(sleep=4).allowed


def test_r15_three_signs_or_more_set_it_to_zero() -> None:
    """A grant of the coach's included: the lifter's state comes first."""
    training = Training()
    training.grant(1.0, MONDAY + timedelta(days=2))
    change = training.check_in(sleep=2, fatigue=2, motivation=1)

    assert 0.0 == change.allowed
    assert "nothing while 3 warning signs hold (R15): dread, fatigue, sleep" == change.reasons[-1]
    training.open_set("biceps_curl", is_last_set=True)
    assert 2 == training.outputs_of(AdviceGiven)[-1].target_rir


def test_r15_soreness_is_a_sign_where_it_stays() -> None:
    """One sore day is training; a second one is a sign, and the worst score needs no second."""
    training = Training()
    training.check_in(soreness=2)
    assert [] == signs(training)
    training.wait(days=1)
    training.check_in(soreness=2)
    assert ["soreness"] == signs(training)

    fresh = Training()
    fresh.check_in(soreness=1)
    assert ["soreness"] == signs(fresh)


def test_r15_soreness_that_went_in_between_does_not_stay() -> None:
    """Bad, good, bad again: that is two fresh ones."""
    training = Training()
    for score in (2, 4, 2):
        training.check_in(soreness=score)
        training.wait(days=1)

    assert [] == signs(training)


def test_r15_irritability_and_mood_are_one_sign() -> None:
    """Both speak of the same thing."""
    training = Training()
    assert ["irritability"] == [sign.name for sign in training.check_in(mood=1, irritability=2).signs or []]


def test_r15_a_check_in_speaks_for_a_week() -> None:
    """The end is told in advance, and then the budget is whole again."""
    training = Training()
    change = training.check_in(sleep=1, fatigue=1)
    assert (MONDAY + timedelta(days=6, hours=14), 2.0) == (change.valid_until, change.allowed_after)

    training.wait(days=7)
    training.open_set("hip_thrust")
    assert (4.0, []) == (training.budget().allowed, signs(training))


def test_r15_a_check_in_that_comes_late_does_not_undo_a_newer_one() -> None:
    """They are taken in the order in which they were said."""
    training = Training()
    training.wait(hours=5)
    training.check_in(sleep=4)
    late = training.inputs[-1].data.model_copy(update={"sleep": 1})
    training.receive(late, id="late", time=training.now - timedelta(hours=4), senttime=training.now)

    assert [] == signs(training)


def test_r15_a_reported_pain_stops_the_exercises_failure_use_at_once() -> None:
    """A set that is open is planned anew; another joint's exercises are not touched."""
    training = Training()
    lifting = training.open_set("biceps_curl", is_last_set=True)
    assert 0 == training.outputs_of(AdviceGiven)[-1].target_rir
    training.check_in(pain={"left elbow": 3})

    plan = training.outputs_of(AdviceGiven)[-1]
    assert training.set(lifting).standing.pain
    assert (2, lifting.key, "R15") == (plan.target_rir, plan.set_key, plan.rule_ids[0])
    assert not opened(training, "leg_extension").pain
    assert opened(training, "triceps_pushdown").pain


def test_r15_a_pain_ends_when_the_lifter_says_so() -> None:
    """Of its joint, or of all."""
    for gone in ({"knee": 0}, {}):
        training = Training()
        training.check_in(pain={"knee": 5})
        assert opened(training, "leg_curl").pain
        training.check_in(pain=gone)
        assert not opened(training, "leg_curl").pain


def test_r15_a_joint_nags_when_its_pain_stays_or_is_strong() -> None:
    """A light pain of one day stops its exercises, and is no sign yet."""
    training = Training()
    training.check_in(pain={"knee": 2})
    assert [] == signs(training)
    training.wait(days=1)
    training.check_in(pain={"knee": 2})
    assert ["joint"] == signs(training)

    strong = Training()
    assert ["A joint hurts: knee 6 of 10."] == [sign.sentence for sign in strong.check_in(pain={"knee": 6}).signs or []]


def test_r15_signs_are_told_and_taken_back() -> None:
    """One notice a sign, which is withdrawn when the sign clears."""
    training = Training()
    training.check_in(sleep=2)
    training.check_in(sleep=2)
    training.check_in(sleep=1)
    training.check_in(sleep=5)
    notices = training.outputs_of(NoticeGiven)

    assert [("signs", 1, False), ("signs", 2, False), ("signs", 3, True)] == [
        (notice.kind, notice.revision, notice.withdrawn) for notice in notices
    ]
    assert 1 == len({notice.notice_id for notice in notices})


def test_r16_slow_first_reps_on_two_sessions_running_are_one_sign() -> None:
    """By more than 0.06 m/s, or by more than two of the lifter's own standard deviations."""
    for offset_mps, offset_sd in ((-0.07, None), (-0.07, -1.2), (-0.04, -2.4)):
        training = Training()
        slow_session(training, offset_mps, offset_sd)
        assert [] == signs(training)
        slow_session(training, offset_mps, offset_sd)
        assert ["slow_first_reps"] == signs(training)


def test_r16_one_slow_session_is_no_sign() -> None:
    """Nor are two with a usual one between them."""
    training = Training()
    for offset in (-0.08, 0.01, -0.08):
        slow_session(training, offset)

    assert [] == signs(training)


def test_r16_a_usual_session_clears_the_sign() -> None:
    """And with it the notice."""
    training = Training()
    for offset in (-0.08, -0.08, 0.0):
        slow_session(training, offset)

    assert [] == signs(training)
    assert [False, True] == [notice.withdrawn for notice in training.outputs_of(NoticeGiven)]


def test_r16_a_set_that_is_voided_takes_its_velocity_with_it() -> None:
    """What is computed from it is as if it had never been."""
    training = Training()
    slow_session(training, -0.08)
    training.wait(days=2)
    lifting = training.open_set("leg_curl", load_kg=40)
    lifting.rep(4)
    lifting.close(velocity_offset_mps=-0.09)
    assert ["slow_first_reps"] == signs(training)
    lifting.void(1)

    assert [] == signs(training)
    assert ["2026-01-07"] == [day.day for day in training.history.days]


def test_r16_and_r15_count_together() -> None:
    """One that is measured and one that is said are two."""
    training = Training()
    for _ in range(2):
        slow_session(training, -0.08)

    assert 2.0 == training.check_in(sleep=1).allowed


def test_r16_a_plateau_while_exposures_are_at_budget_is_a_sign() -> None:
    """Four weeks on one load at one velocity, each with all of its units spent; a gain clears it."""
    training = Training()
    training.update_policy(weekly_units=1.0)
    for _ in range(4):
        training.open_set("biceps_curl", load_kg=20).do_set(1, 0, fastest_mps=0.5)
        training.wait(days=7)
    training.open_set("biceps_curl", load_kg=20).do_set(1, 0, fastest_mps=0.5)
    assert ["plateau"] == signs(training)

    training.wait(hours=1)
    training.open_set("biceps_curl", load_kg=20).do_set(3, fastest_mps=0.56)
    assert [] == signs(training)


def test_a_load_that_is_not_told_is_no_plateau() -> None:
    """A velocity says nothing without its load, neither beside others like it nor beside loads told before."""
    training = Training()
    training.update_policy(weekly_units=1.0)
    for load_kg in (20, 20, None, None, None):
        training.open_set("biceps_curl", load_kg=load_kg).do_set(1, 0, fastest_mps=0.5)
        training.wait(days=7)
    training.open_set("biceps_curl").do_set(1, 0, fastest_mps=0.5)
    assert [] == signs(training)


def test_readiness_is_one_number_whose_parts_explain_it() -> None:
    """What was said, first reps, recovery; what is not known is left out."""
    training = Training()
    fresh = training.check_in(sleep=5, fatigue=5, soreness=5).readiness
    assert fresh is not None
    assert (100, ["wellness", "recovery"]) == (fresh.score, [part.name for part in fresh.parts])

    training.open_set("biceps_curl").do_set(1, 0)
    slow_session(training, -0.05)
    worn = training.check_in(sleep=2, fatigue=2, pain={"knee": 4}).readiness
    assert worn is not None
    assert ["wellness", "velocity", "recovery", "pain"] == [part.name for part in worn.parts]
    assert worn.score == round(100 * sum(part.points for part in worn.parts) / sum(part.of for part in worn.parts))
    assert worn.score < 60
    assert "You said (of 5): soreness 5, sleep 2, fatigue 2." == worn.parts[0].sentence
    assert "First reps in the last session (2026-01-07): 0.05 m/s slower than usual." == worn.parts[1].sentence


def test_nothing_known_is_no_readiness() -> None:
    """A number out of nothing helps nobody."""
    assert Training().check_in(pain={}).readiness is None
