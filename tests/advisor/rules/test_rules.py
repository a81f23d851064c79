"""Each rule as an example in its own words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from spotter.domain.events import Event
from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.events.outputs import AdviceGiven
from spotter.domain.events.people import ExerciseAdded
from tests.advisor.training import MONDAY, Lifting, Training


def plan(training: Training) -> AdviceGiven:
    """Return the newest plan."""
    return next(advice for advice in reversed(training.outputs_of(AdviceGiven)) if advice.after_rep == 0)


def planned(exercise: str | None, *, level: str | None = "intermediate", **context: Any) -> AdviceGiven:
    """Return the plan of a first set."""
    training = Training(level=level)
    training.open_set(exercise, **context)
    return plan(training)


def spends(training: Training, exercise: str, units: float) -> None:
    """Do sets to failure until so much is spent."""
    for _ in range(round(units)):
        training.open_set(exercise).do_set(1, 0)


def test_r01_work_sets_stop_with_two_reps_in_reserve() -> None:
    """Hip thrusts may go on at three left, and stop at two."""
    training = Training()
    lifting = training.open_set("hip_thrust")

    assert 2 == plan(training).target_rir
    assert ["R01"] == plan(training).rule_ids
    assert "continue" == lifting.rep(4).action
    assert "stop" == lifting.rep(2).action


def test_r01_a_set_may_aim_lower_when_the_budget_pays_for_it() -> None:
    """One rep in reserve costs half a unit, none a whole one."""
    assert 1 == planned("hip_thrust", target_rir=1).target_rir
    assert 0 == planned("hip_thrust", target_rir=0).target_rir
    assert ["R01", "R10"] == planned("hip_thrust", target_rir=0).rule_ids


def test_r01_a_set_that_aims_higher_stops_earlier() -> None:
    """Four in reserve are four in reserve, and cost nothing."""
    assert 4 == planned("hip_thrust", target_rir=4).target_rir
    assert 4 == planned("leg_curl", target_rir=4, is_last_set=True).target_rir


def test_r02_high_risk_lifts_never_go_to_failure_however_much_is_left() -> None:
    """Not by the set's own target, not by policy, not by grant."""
    training = Training()
    training.update_policy(target_rir=0, target_rir_by_exercise={"back_squat": 0}, weekly_units=50.0)
    training.grant(20.0, MONDAY + timedelta(days=3))
    training.open_set("back_squat", spotter_present=True, target_rir=0, is_last_set=True)

    assert 2 == plan(training).target_rir
    assert "R02" == plan(training).rule_ids[0]
    assert "never on this lift" in plan(training).sentence


@pytest.mark.parametrize("intent", ["warmup", "technique", "amrap", "test"])
def test_r02_the_floor_of_one_holds_for_every_intent(intent: str) -> None:
    """Sets that are not stopped for reps in reserve end at the floor of a high-risk lift."""
    training = Training()
    lifting = training.open_set("deadlift", intent=intent)

    assert "continue" == lifting.rep(2).action
    assert "stop" == lifting.rep(1).action
    assert "R02" == lifting.rep(1).rule_ids[1]


def test_r02_a_policy_that_asks_for_more_certainty_does_not_lower_the_floor() -> None:
    """At the floor an even chance is enough."""
    training = Training()
    training.update_policy(stop_probability=1.0)
    lifting = training.open_set("deadlift")

    assert "stop" != lifting.rep(2).action
    assert "stop" == lifting.rep(1).action


def test_r03_without_a_spotter_it_is_one_more() -> None:
    """Target three and floor two on bench press and squat when nobody is known to spot."""
    for spotter in (None, False):
        advice = planned("bench_press", spotter_present=spotter)
        assert 3 == advice.target_rir
        assert ["R03", "R02"] == advice.rule_ids
    assert 2 == planned("bench_press", spotter_present=True).target_rir
    assert 2 == planned("deadlift").target_rir
    assert 2 == planned("bench_press", intent="amrap").target_rir


def test_r03_no_policy_takes_the_one_more_away() -> None:
    """The extra rep is at least one, and a target of the set's own doesn't go below."""
    training = Training()
    training.update_policy(unspotted_extra_rir=0, target_rir=1)
    training.open_set("back_squat", target_rir=1)

    assert 3 == plan(training).target_rir


def test_r03_a_coach_may_ask_for_more() -> None:
    """Target and floor rise together."""
    training = Training()
    training.update_policy(unspotted_extra_rir=2)
    training.open_set("back_squat")
    lifting = training.open_set("back_squat", intent="amrap")

    assert 3 == plan(training).target_rir
    assert "stop" == lifting.rep(3).action


def test_r03_a_rep_that_outlasts_every_grind_is_an_emergency() -> None:
    """Failing, loud for all of its time, and for coach and room."""
    lifting = Training().open_set("bench_press")
    lifting.rep(5)
    (advice,) = lifting.send_overdue()

    assert ("failing", True, False) == (advice.action, advice.emergency, advice.late)
    assert (8000, 8000) == (advice.sound_ms, advice.ttl_ms)
    assert (1, 2) == (advice.after_rep, advice.revision)
    assert "R03" == advice.rule_ids[0]


@pytest.mark.parametrize("context", [{"exercise": "bench_press", "spotter_present": True}, {"exercise": "deadlift"}])
def test_r03_an_overdue_rep_is_no_emergency_where_none_needs_a_spotter(context: dict[str, Any]) -> None:
    """Failing all the same."""
    lifting = Training().open_set(**context)
    lifting.rep(5)
    (advice,) = lifting.send_overdue()

    assert ("failing", False) == (advice.action, advice.emergency)
    assert "R03" not in advice.rule_ids
    assert 0 < advice.sound_ms < advice.ttl_ms


def test_r03_an_unknown_exercise_is_handled_as_the_strictest() -> None:
    """Neither a missing nor an unheard-of exercise goes near failure."""
    for exercise in (None, "juggling"):
        advice = planned(exercise, target_rir=0, is_last_set=True)
        assert 3 == advice.target_rir
        assert "nknown exercise" in advice.sentence


def test_r04_isolation_may_go_to_failure_on_its_last_set() -> None:
    """The finisher, as long as the week has room for it."""
    last, earlier = planned("biceps_curl", is_last_set=True), planned("biceps_curl")

    assert (0, ["R04", "R10"]) == (last.target_rir, last.rule_ids)
    assert "Last set: you may go to failure. 4 units left this week." == last.sentence
    assert (2, ["R01", "R04"]) == (earlier.target_rir, earlier.rule_ids)
    assert "only on the last set" in earlier.sentence


def test_r04_only_as_far_as_the_budget_pays() -> None:
    """With half a unit left of the week one rep stays in reserve, with nothing two."""
    training = Training()
    training.update_policy(weekly_units=1.5)
    spends(training, "leg_curl", 1)
    training.open_set("biceps_curl", is_last_set=True)
    assert 1 == plan(training).target_rir

    training.open_set("leg_extension").do_set(1)
    training.open_set("biceps_curl", is_last_set=True)
    assert (2, 0.0) == (plan(training).target_rir, plan(training).budget_left)
    assert ["R10", "R01"] == plan(training).rule_ids


def test_r04_only_as_far_as_the_muscle_group_allows() -> None:
    """Two units a week for one muscle group, whatever the week has left."""
    training = Training()
    spends(training, "biceps_curl", 2)
    training.wait(hours=49)  # it has recovered
    training.open_set("biceps_curl", is_last_set=True)
    assert (2, 2.0) == (plan(training).target_rir, plan(training).budget_left)
    assert "this muscle had enough this week" in plan(training).sentence

    training.open_set("triceps_pushdown", is_last_set=True)
    assert 0 == plan(training).target_rir


def test_r04_a_coach_who_names_a_target_for_the_exercise_is_heard() -> None:
    """No finisher where three in reserve were asked for."""
    training = Training()
    training.update_policy(target_rir_by_exercise={"biceps_curl": 3})
    training.open_set("biceps_curl", is_last_set=True)

    assert 3 == plan(training).target_rir


def test_r05_machines_may_go_to_failure_before_the_last_set() -> None:
    """Guided motion and safeties: any set, at the same budget."""
    assert (0, ["R05", "R10"]) == (planned("leg_press").target_rir, planned("leg_press").rule_ids)
    assert "R04" == planned("leg_press", is_last_set=True).rule_ids[0]
    assert 3 == planned("leg_press", level=None).target_rir


@pytest.mark.parametrize(("exercise", "cost"), [("push_up", 0.25), ("band_pull_apart", 0.25), ("biceps_curl", 1.0)])
def test_r06_sets_of_bodyweight_and_bands_to_the_end_cost_a_quarter(exercise: str, cost: float) -> None:
    """Cheap in risk: but only as many reps as possible, not a work set to failure."""
    training = Training()
    training.open_set(exercise, intent="amrap").do_set(1, 0)
    assert cost == training.budget().spent

    training.open_set("pull_up").do_set(1, 0)
    assert cost + 1 == training.budget().spent


@pytest.mark.parametrize("intent", ["amrap", "test"])
def test_r07_sets_for_as_many_as_possible_are_not_stopped_for_reps_in_reserve(intent: str) -> None:
    """Only safety speaks: a stall."""
    training = Training()
    lifting = training.open_set("push_up", intent=intent)

    assert plan(training).target_rir is None
    assert ["continue"] * 4 == [lifting.rep(rir).action for rir in (3, 2, 1, 0)]
    assert "failing" == lifting.rep(0, flags=["stall"]).action


def test_r08_beginners_keep_three_in_reserve_and_have_no_budget() -> None:
    """Nothing known is a beginner."""
    advice = planned("biceps_curl", level=None, is_last_set=True)

    assert (3, ["R08"], 0.0) == (advice.target_rir, advice.rule_ids, advice.budget_left)
    assert 3 == planned("back_squat", level=None, spotter_present=True).target_rir
    assert ["R08", "R02"] == planned("back_squat", level=None, spotter_present=True).rule_ids
    assert 3 == planned("hip_thrust", level="beginner", target_rir=0).target_rir


def test_r08_ends_when_a_coach_says_so() -> None:
    """From the next set on: what is running keeps its target."""
    training = Training(level=None)
    lifting = training.open_set("hip_thrust")
    assert 0.0 == training.budget().allowed
    training.update_athlete(level="advanced")
    assert 4.0 == training.budget().allowed

    assert "stop" == lifting.rep(3).action
    training.open_set("hip_thrust")
    assert 2 == plan(training).target_rir


def logs(training: Training, sessions: int, every_days: float) -> None:
    """Do an easy set in each of some sessions."""
    for _ in range(sessions):
        training.open_set("hip_thrust").do_set(5, 4)
        training.wait(days=every_days)


def test_r08_ends_with_twenty_sessions_over_three_months() -> None:
    """Neither many sessions in a month nor few in a year are enough."""
    hasty, rare, steady = Training(level=None), Training(level=None), Training(level=None)
    logs(hasty, 25, 1.2)
    logs(rare, 19, 12)
    logs(steady, 20, 5)

    assert [0.0, 0.0, 4.0] == [training.budget().allowed for training in (hasty, rare, steady)]


def test_r08_a_day_is_one_session_however_many_sets_it_has() -> None:
    """And a day of warm-ups is none."""
    training = Training(level=None)
    for _ in range(10):
        logs(training, 3, 0.1)
        training.open_set("hip_thrust", intent="warmup").do_set(8)
        training.wait(days=9.7)
        training.open_set("hip_thrust", intent="warmup").do_set(8)

    assert 10 == len(training.lifter.days)
    assert 0.0 == training.budget().allowed


def test_r08_a_coach_may_make_a_lifter_a_beginner_again() -> None:
    """Sessions count anew from then on."""
    training = Training(level=None)
    logs(training, 20, 5)
    training.update_athlete(level="beginner")
    assert 0.0 == training.budget().allowed

    logs(training, 20, 5)
    assert 4.0 == training.budget().allowed


@pytest.mark.parametrize(
    ("exercise", "rir", "cost"),
    [
        ("biceps_curl", 0.4, 1.0),
        ("biceps_curl", 0.5, 0.5),
        ("biceps_curl", 1.4, 0.5),
        ("biceps_curl", 1.5, 0.0),
        ("hip_thrust", 0.0, 1.0),
        ("back_squat", 1.0, 1.0),
        ("back_squat", 0.0, 2.0),
        ("back_squat", 2.0, 0.0),
    ],
)
def test_r10_a_set_costs_by_how_near_to_failure_it_ended(exercise: str, rir: float, cost: float) -> None:
    """One at failure, half a unit one rep before, nothing from two on; high-risk lifts double."""
    training = Training()
    training.open_set(exercise).do_set(5, rir)

    assert cost == training.budget().spent


def test_r10_warm_up_sets_cost_nothing_when_they_stay_easy() -> None:
    """And what they cost when they do not."""
    training = Training()
    training.open_set("biceps_curl", intent="warmup").do_set(8, 7)
    assert 0.0 == training.budget().spent

    training.open_set("biceps_curl", intent="technique").do_set(1, 0)
    assert 1.0 == training.budget().spent


def test_r10_training_four_days_a_week_lowers_the_budget() -> None:
    """As said at the start of a session, or as seen in the running week."""
    says, does = Training(), Training()
    says.start_session(days_per_week=4)
    assert 3.0 == says.budget().allowed

    for _ in range(4):
        does.open_set("hip_thrust").do_set(5)
        does.wait(days=1)
    assert 3.0 == does.budget().allowed
    does.wait(days=3)
    does.open_set("hip_thrust")
    assert 4.0 == does.budget().allowed


def test_r10_a_frequent_lifter_never_gets_more_than_others() -> None:
    """A coach who allows one unit a week means it for those, too."""
    training = Training()
    training.update_policy(weekly_units=1.0)
    training.start_session(days_per_week=6)

    assert 1.0 == training.budget().allowed


def test_r19_continue_is_silent_one_more_calm_and_stop_loud() -> None:
    """By sound, haptic code and words."""
    lifting = Training().open_set("hip_thrust")
    go_on, one_more, stop = lifting.rep(6), lifting.rep(3), lifting.rep(2)

    assert ("continue", "", "none", 0, 0) == heard(go_on)
    assert ("one_more", "One more", "tick", 2000, 0) == heard(one_more)
    assert ("stop", "Stop", "double", 2000, 2) == heard(stop)


def heard(advice: AdviceGiven) -> tuple[str, str, str, int, int]:
    """Return what is heard and felt."""
    return (advice.action, advice.speech, advice.haptic, advice.sound_ms, advice.repeat)


def test_r19_a_stop_never_ends_a_set() -> None:
    """The lifter does: the set goes on, and so does the advice."""
    lifting = Training().open_set("hip_thrust")
    lifting.rep(2)

    assert "stop" == lifting.rep(1).action
    assert lifting.training.set(lifting).is_open


def test_safety_goes_first() -> None:
    """Of rules that ask for the same the safer one is named first."""
    advice = planned("bench_press", level=None)

    assert (3, ["R03", "R02", "R08"]) == (advice.target_rir, advice.rule_ids)
    assert ["R03", "R02", "R07"] == planned("bench_press", intent="amrap").rule_ids
    assert ["R07", "R06"] == planned("push_up", intent="amrap", level=None).rule_ids


def test_an_exercise_of_the_gyms_own_is_known() -> None:
    """Its risk and its muscle group are what the coach said."""
    training = Training()
    added = ExerciseAdded(gym_id="g1", exercise="sled_push", name="Sled push", risk="machine", muscle_group="legs")
    training.env.apply(Event(id="c1", source="coach", time=MONDAY, data=added))
    training.open_set("sled_push")
    assert 3 == plan(training).target_rir  # the set is pinned to what was known before

    pinned = Lifting(training, "key9", "s9", {"exercise": "sled_push"}, training.now, pinned=1)
    pinned.send_opened()
    assert 0 == plan(training).target_rir
    pinned.do_set(0)
    (change,) = training.last_outputs_of(BudgetChanged)
    assert change.entry is not None
    assert "legs" == change.entry.muscle_group
