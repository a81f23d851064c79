"""Rules that look beyond the set, as examples in their own words: hard sets, recovery, blocks, sessions, signs, pain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from spotter.domain.events.outputs import AdviceGiven
from spotter.domain.events.people import WellnessReported
from spotter.domain.exercises import UNKNOWN, builtin_catalogue
from spotter.domain.policies import Layer, builtin_policy, effective
from spotter_advisor.planning.decision import RirEstimate, decide
from spotter_advisor.planning.messages import message_for, plan_message
from spotter_advisor.rules.inputs import RuleInputs
from spotter_advisor.rules.set_terms import apply_rules, terms_of
from spotter_advisor.state.terms import Eligibility, SetTerms
from tests.advisor.training import MONDAY, Training, chances

RESTED = Eligibility(left=4.0, muscle_left=2.0)


def case(exercise: str, **fields: Any) -> RuleInputs:
    """Return a work set of a rested lifter who is no beginner, with a whole week's budget."""
    standing = replace(RESTED, **{name: fields.pop(name) for name in list(fields) if hasattr(RESTED, name)})
    plain = RuleInputs(builtin_catalogue().get(exercise), True, "work", None, False, True, False, standing)
    return replace(plain, **fields)


def terms(exercise: str, **fields: Any) -> SetTerms:
    """Return the terms of such a set."""
    return terms_of(case(exercise, **fields), builtin_policy())


def sentence(exercise: str, **fields: Any) -> str:
    """Return the plan of such a set in words."""
    return plan_message(terms(exercise, **fields)).sentence


def test_r09_too_many_hard_sets_close_the_budget() -> None:
    """No spending until the share is back: not on the last set, not when the set itself asks for it."""
    assert (2, "R09") == target_and_rule(terms("biceps_curl", last_set=True, hard_share_over=True))
    assert (2, "R09") == target_and_rule(terms("hip_thrust", asked_rir=0, hard_share_over=True))
    assert "too many hard sets lately" in sentence("leg_press", hard_share_over=True)


def test_r09_says_nothing_of_sets_that_would_spend_nothing() -> None:
    """Most sets stop there anyway."""
    assert ("R01",) == terms("hip_thrust", hard_share_over=True).rules


@pytest.mark.parametrize("rule", ["R11", "R13"])
def test_r11_a_muscle_group_that_recovers_is_closed_to_failure(rule: str) -> None:
    """48 h after an exposure, 72 h after a compound; a week in a high-intensity block."""
    closed = {"closed_until": MONDAY, "closed_rule": rule}

    assert (2, rule) == target_and_rule(terms("biceps_curl", last_set=True, **closed))
    assert (2, rule) == target_and_rule(terms("leg_press", block="high_intensity", **closed))
    assert "this muscle still recovers" in sentence("biceps_curl", last_set=True, **closed)


def test_r11_is_kept_from_set_to_set() -> None:
    """A curl to failure closes the biceps until the day after tomorrow, and no leg."""
    training = Training()
    training.open_set("biceps_curl", is_last_set=True).do_set(1, 0)
    targets = []
    for hours in (1, 46, 2):
        training.wait(hours=hours)
        for exercise in ("biceps_curl", "leg_curl"):
            training.open_set(exercise, is_last_set=True)
            targets.append(
                (
                    training.outputs_of(AdviceGiven)[-1].target_rir,
                    "R11" in training.outputs_of(AdviceGiven)[-1].rule_ids,
                )
            )

    assert [(2, True), (0, False)] * 2 + [(0, False)] * 2 == targets


def test_r12_a_deload_week_has_no_failure() -> None:
    """Neither a finisher nor a machine set goes there."""
    deload = {"block": "deload", "left": 0.0}

    assert (2, "R12") == target_and_rule(terms("biceps_curl", last_set=True, **deload))
    assert (2, "R12") == target_and_rule(terms("leg_press", **deload))
    assert "deload week" in sentence("leg_press", **deload)


def test_r12_a_deload_week_may_have_a_planned_isolation_set() -> None:
    """As far as its own units go; a planned compound set is none."""
    deload = {"block": "deload", "left": 0.0, "asked_rir": 0}

    assert (0, "R12") == target_and_rule(terms("biceps_curl", planned_left=1.0, **deload))
    assert "Planned in the deload: you may go to failure." == sentence("biceps_curl", planned_left=1.0, **deload)
    assert 1 == terms("biceps_curl", planned_left=0.5, **deload).target
    assert 2 == terms("biceps_curl", planned_left=0.0, **deload).target
    assert 2 == terms("hip_thrust", planned_left=1.0, **deload).target
    assert 2 == terms("biceps_curl", planned_left=1.0, closed_until=MONDAY, closed_rule="R11", **deload).target


def test_r12_an_accumulation_keeps_failure_for_finishers_and_its_last_week() -> None:
    """A machine set that is not the last one waits for the last week, in which earlier isolation sets may go, too."""
    early, late = {"block": "accumulate"}, {"block": "accumulate", "last_week": True}

    assert (0, "R04") == target_and_rule(terms("biceps_curl", last_set=True, **early))
    assert (2, "R12") == target_and_rule(terms("leg_press", **early))
    assert "the block's last week is for that" in sentence("leg_press", **early)
    assert (0, "R05") == target_and_rule(terms("leg_press", **late))
    assert (0, "R12") == target_and_rule(terms("biceps_curl", **late))
    assert sentence("biceps_curl", **late).startswith("Last week of the block: you may go to failure.")


def test_r12_a_calendar_places_failure_day_by_day() -> None:
    """By the lifter's own days, as the coach planned the block."""
    training = Training()
    day = date(2026, 1, 5)
    training.update_policy(
        block={"name": "b", "kind": "accumulate", "first_day": day.isoformat(), "last_day": "2026-01-18"},
    )
    training.open_set("leg_press")
    training.wait(days=7)
    training.open_set("leg_press")

    assert [2, 0] == [advice.target_rir for advice in training.outputs_of(AdviceGiven)]


@pytest.mark.parametrize("exercise", ["biceps_curl", "leg_press", "push_up", "band_pull_apart"])
def test_r13_in_a_high_intensity_block_every_working_set_may_go_to_failure(exercise: str) -> None:
    """On isolation, machines, bodyweight and bands, as long as the budget pays."""
    assert (0, "R13") == target_and_rule(terms(exercise, block="high_intensity"))
    assert 2 == terms(exercise, block="high_intensity", left=0.0).target
    assert 2 == terms(exercise, block="high_intensity", muscle_left=0.0).target


@pytest.mark.parametrize("exercise", ["back_squat", "bench_press", "hip_thrust"])
def test_r13_no_compound_with_free_weights_is_offered_to_failure(exercise: str) -> None:
    """Whatever the block."""
    assert 2 == terms(exercise, block="high_intensity", last_set=True).target


def test_r14_short_of_time_one_all_out_set_stands_for_several() -> None:
    """An isolation set, within the budget; then its muscle recovers."""
    assert (0, "R14") == target_and_rule(terms("biceps_curl", time_pressed=True))
    assert 2 == terms("biceps_curl", time_pressed=True, left=0.0).target
    assert 2 == terms("hip_thrust", time_pressed=True).target

    training = Training()
    training.start_session(mode="time_pressed")
    training.open_set("biceps_curl").do_set(1, 0)
    training.wait(minutes=3)
    training.open_set("biceps_curl")
    plans = [advice for advice in training.outputs_of(AdviceGiven) if advice.after_rep == 0]
    assert [0, 2] == [plan.target_rir for plan in plans]


def test_r15_signs_that_shrink_the_budget_are_named() -> None:
    """Two halve it; where nothing is left of it then, the plan says why."""
    result = terms("biceps_curl", last_set=True, left=0.0, signs=("sleep", "soreness"))

    assert (2, ("R10", "R15", "R01")) == (result.target, result.rules)
    assert "signs of too much" in sentence("biceps_curl", last_set=True, left=0.0, signs=("sleep", "soreness"))


def test_r15_a_joint_that_hurts_ends_the_exercises_failure_use() -> None:
    """Failure needs a healthy joint, whatever the budget, the block, or the set's own target."""
    for fields in ({"last_set": True}, {"asked_rir": 0}, {"block": "high_intensity"}, {"time_pressed": True}):
        assert (2, "R15") == target_and_rule(terms("biceps_curl", pain=True, **fields))
    assert "a joint that it loads hurts" in sentence("biceps_curl", pain=True)
    assert 4 == terms("biceps_curl", pain=True, asked_rir=4).target


def test_r15_goes_before_r07() -> None:
    """A set for as many reps as possible on a joint that hurts ends two before failure."""
    result = terms("push_up", intent="amrap", pain=True)

    assert (None, 2, ("R15", "R07", "R06")) == (result.target, result.limit, result.rules)
    assert "a joint that it loads hurts" in plan_message(result).sentence
    assert "stop" == action_at(result, 2.0)
    assert "continue" == action_at(result, 5.0)


def test_r15_a_pain_told_within_a_set_ends_it_at_once() -> None:
    """With the next rep, loudly, and only where the exercise loads the joint."""
    for exercise, action in (("triceps_pushdown", "stop"), ("leg_extension", "continue")):
        training = Training()
        lifting = training.open_set(exercise, intent="amrap")
        lifting.rep(8)
        training.receive(WellnessReported(pain={"right elbow": 7}), source="app")
        advice = lifting.rep(7)

        assert action == advice.action
        assert ("R15" == advice.rule_ids[0]) == (action == "stop")
    assert "continue" == Training().open_set("triceps_pushdown", intent="amrap").rep(7).action


def test_r15_a_pain_told_within_a_set_gives_a_new_plan() -> None:
    """Before the first rep it is the plan that changes, and the set may be done."""
    training = Training()
    lifting = training.open_set("triceps_pushdown", is_last_set=True)
    training.receive(WellnessReported(pain={"elbow": 7}), source="app")
    plans = [advice for advice in training.outputs_of(AdviceGiven) if advice.after_rep == 0]

    assert [(1, 0, False), (2, 2, False)] == [(plan.revision, plan.target_rir, plan.late) for plan in plans]
    assert "continue" == lifting.rep(8).action


def test_r17_a_plateau_on_an_isolation_exercise_is_met_with_one_failure_set() -> None:
    """With no warning sign and budget left; the exposure closes the muscle group by itself."""
    assert (0, "R17") == target_and_rule(terms("biceps_curl", plateau=True))
    assert sentence("biceps_curl", plateau=True).startswith("Against the plateau: you may go to failure.")
    assert 2 == terms("biceps_curl", plateau=True, signs=("sleep",)).target
    assert 2 == terms("biceps_curl", plateau=True, left=0.0).target
    assert 2 == terms("hip_thrust", plateau=True).target


@pytest.mark.parametrize("intent", ["work", "amrap", "test", "warmup", "technique"])
@pytest.mark.parametrize("form", ["short_rom", "second_dip"])
def test_r18_a_breakdown_of_form_stops_high_risk_lifts(intent: Any, form: Any) -> None:
    """However far from failure, in every set, and in words of its own."""
    result = terms("back_squat", intent=intent)
    decision = decide(result, replace(estimate_of(9.0), form=form), latched=False, one_more_left=True)
    words = message_for(decision, result, 9.0)

    assert ("stop", "R18", True) == (decision.action, decision.rules[0], decision.ends)
    assert ("range" if form == "short_rom" else "dipped") in words.sentence
    assert "Stop, form" == words.speech


def test_r18_is_reported_on_other_lifts_apart_from_slowing() -> None:
    """They go on, and are told to mind their form; when they stop it is named beside what stopped them."""
    result = terms("biceps_curl")
    fresh, tired = (replace(estimate_of(rir), form="short_rom") for rir in (9.0, 1.0))
    go_on = decide(result, fresh, latched=False, one_more_left=True)
    stop = decide(result, tired, latched=False, one_more_left=True)

    assert ("continue", "R01") == (go_on.action, go_on.rules[0])
    assert "R18" in go_on.rules
    assert "Mind your form: your range got short." == message_for(go_on, result, 9.0).sentence
    assert ("stop", "R01") == (stop.action, stop.rules[0])
    assert "R18" in stop.rules


def test_r18_a_stop_for_form_is_lifted_by_a_correction_of_the_rep() -> None:
    """The travel was measured wrongly."""
    lifting = Training().open_set("deadlift")
    lifting.rep(9)
    assert "stop" == lifting.rep(8, flags=["short_rom"]).action
    (advice,) = lifting.correct({2: 8})

    assert "continue" == advice.action
    assert "continue" == lifting.rep(7).action


def test_r18_what_is_no_rep_has_no_form() -> None:
    """The short movement of a re-rack stops nobody."""
    lifting = Training().open_set("back_squat", spotter_present=True)

    assert "continue" == lifting.rep(9, flags=["ghost", "short_rom"]).action


def test_r07_a_set_for_as_many_as_possible_hears_of_safety_alone() -> None:
    """Far or near, nothing is said of reps left; a stall, and on high-risk lifts form and floor, are."""
    free, loaded = terms("push_up", intent="amrap"), terms("deadlift", intent="amrap")

    assert ["continue"] * 4 == [action_at(free, rir) for rir in (9, 3, 1, 0)]
    assert ["continue", "continue", "stop"] == [action_at(loaded, rir) for rir in (9, 2, 1)]


def test_r08_a_beginner_is_offered_nothing() -> None:
    """By no block, no session, no plateau."""
    for said_ in ({"block": "high_intensity"}, {"time_pressed": True}, {"plateau": True}, {"asked_rir": 0}):
        assert (3, "R08") == target_and_rule(terms("biceps_curl", beginner=True, **said_))


def test_an_unknown_exercise_is_offered_nothing() -> None:
    """Nobody knows what it risks."""
    unknown = replace(case("biceps_curl", block="high_intensity", last_set=True), exercise=UNKNOWN, in_catalogue=False)

    assert 2 == terms_of(unknown, builtin_policy()).target


def test_the_bounds_of_all_rules_are_told() -> None:
    """Each with the reps that it asks for, so that an explanation can say what would have been without it."""
    judged = apply_rules(case("bench_press", spotter=False, beginner=True, asked_rir=1), builtin_policy())

    assert [("R03", 3), ("R02", 2), ("R08", 3), ("R01", 2)] == [(bound.rule, bound.rir) for bound in judged.bounds]


def test_stops_follow_from_what_they_cost() -> None:
    """Where a late stop costs three times an early one a chance of a quarter is enough."""
    dear = effective([Layer("gym", {"late_cost": {"compound": 3.0}})]).policy
    result = terms_of(case("hip_thrust"), dear)
    at_a_third = RirEstimate(2.8, chances(2.8), "high")

    assert 0.25 == result.stop_probability
    assert 0.25 < at_a_third.probability(2) < 0.5
    assert "stop" == decide(result, at_a_third, latched=False, one_more_left=True).action
    assert "stop" != decide(terms("hip_thrust"), at_a_third, latched=False, one_more_left=True).action


def test_a_helped_rep_after_a_stall_keeps_the_latch() -> None:
    """The detector calls the stall when the helped rep has come: what was said stays said."""
    training = Training()
    lifting = training.open_set("bench_press")
    lifting.rep(3.2)
    lifting.rep(0, flags=["failed", "stall"])
    helped = [lifting.rep(6), lifting.rep(6)]

    assert ["stop", "stop"] == [advice.action for advice in helped]
    lifting.send_estimate(
        lifting.rep_numbered(2), 5.0, flags=[]
    )  # another look at the stalled rep is no correction of it
    assert "stop" == lifting.rep(6).action


def test_an_emergency_on_a_stall_must_be_plausible() -> None:
    """A missed report looks like a rep that came to a stand: the room is called where the end was near."""
    training = Training()
    far = training.open_set("bench_press").rep(4, flags=["failed", "stall"])
    near = training.open_set("bench_press").rep(0, flags=["failed", "stall"])

    assert [("failing", False), ("failing", True)] == [(advice.action, advice.emergency) for advice in (far, near)]
    assert "nobody is spotting" in near.sentence


def target_and_rule(result: SetTerms) -> tuple[int | None, str]:
    """Return the target and the rule that decided it."""
    return result.target, next(rule for rule in result.rules if rule != "R01") if len(
        result.rules
    ) > 1 else result.rules[0]


def estimate_of(rir: float) -> RirEstimate:
    """Return a confident estimate of so many reps left."""
    return RirEstimate(rir, chances(rir), "high")


def action_at(result: SetTerms, rir: float) -> str:
    """Return the action at so many reps left."""
    return decide(result, estimate_of(rir), latched=False, one_more_left=True).action
