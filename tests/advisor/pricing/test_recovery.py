from __future__ import annotations

from datetime import timedelta
from typing import Any

from lab.ledger_oracle import published, recompute
from spotter.domain.events.outputs import AdviceGiven
from spotter_advisor.state.terms import Eligibility
from tests.advisor.training import MONDAY, Lifting, Training


def fails(training: Training, exercise: str, **context: Any) -> Lifting:
    """Do a set to failure."""
    lifting = training.open_set(exercise, **context)
    lifting.do_set(1, 0)
    return lifting


def eligibility(training: Training, exercise: str, **context: Any) -> Eligibility:
    """Open a set; gives how the lifter stands for it."""
    return training.set(training.open_set(exercise, **context)).standing


def block(training: Training, kind: str, first_day: str, last_day: str) -> None:
    """A coach puts a block into the lifter's calendar."""
    training.update_policy(block={"name": kind, "kind": kind, "first_day": first_day, "last_day": last_day})


def test_r11_the_same_muscle_group_is_closed_to_failure_for_48_hours() -> None:
    """Then it is open again; other groups are never closed."""
    training = Training()
    fails(training, "leg_extension")
    until = training.now + timedelta(hours=48)
    assert (until, "R11") == (
        eligibility(training, "leg_extension").closed_until,
        eligibility(training, "leg_extension").closed_rule,
    )
    assert eligibility(training, "leg_press").closed_until == until
    assert eligibility(training, "biceps_curl").closed_until is None

    training.now = until
    assert eligibility(training, "leg_press").closed_until is None


def test_r11_a_compound_closes_its_muscle_groups_for_72_hours() -> None:
    """Those that did at least half as much as the most worked one."""
    training = Training()
    fails(training, "back_squat", spotter_present=True)
    until = training.now + timedelta(hours=72)

    assert [("glutes", until, "R11"), ("quadriceps", until, "R11")] == [
        (group.muscle_group, group.until, group.rule_id) for group in training.budget().closed or []
    ]


def test_r11_one_rep_left_closes_nothing() -> None:
    """It is half an exposure: it costs, and needs no rest of its own."""
    training = Training()
    training.open_set("biceps_curl").do_set(2, 1)

    assert (0.5, None) == (training.budget().spent, eligibility(training, "biceps_curl").closed_until)


def test_r11_a_set_that_was_no_failure_after_all_opens_its_groups() -> None:
    """The lifter's word comes after the set, and the window goes."""
    training = Training()
    lifting = fails(training, "biceps_curl")
    lifting.report_effort(rir=2)

    assert (None, []) == (eligibility(training, "biceps_curl").closed_until, training.budget().closed)


def test_r11_a_plan_in_the_window_allows_no_failure() -> None:
    """And says why."""
    training = Training()
    fails(training, "biceps_curl")
    training.open_set("biceps_curl", is_last_set=True)
    plan = training.outputs_of(AdviceGiven)[-1]

    assert (2, True) == (plan.target_rir, "R11" in plan.rule_ids)


def test_r11_hours_are_the_policys() -> None:
    """A coach changes them from the next set on."""
    training = Training()
    training.update_policy(recovery_hours=24)
    fails(training, "biceps_curl")

    assert training.now + timedelta(hours=24) == eligibility(training, "biceps_curl").closed_until


def test_r13_in_a_high_intensity_block_the_muscle_group_rests_for_seven_days() -> None:
    """From the next day on: on the day itself every exercise has its all-out set."""
    training = Training()
    block(training, "high_intensity", "2026-01-05", "2026-01-25")
    fails(training, "biceps_curl")
    assert training.budget().entry is not None
    assert eligibility(training, "biceps_curl").closed_until is None

    training.wait(days=1)
    held = eligibility(training, "biceps_curl")
    assert (MONDAY + timedelta(days=7, seconds=6), "R13") == (held.closed_until, held.closed_rule)


def test_r10_a_muscle_group_pays_its_share_of_every_set() -> None:
    """The most worked one pays all of it, the others what they did beside it."""
    training = Training()
    fails(training, "lat_pulldown")
    entry = training.budget().entry

    assert entry is not None
    assert {"back": 1.0, "biceps": 0.357143, "shoulders": 0.071429} == entry.muscles
    assert 1.642857 == eligibility(training, "biceps_curl").muscle_left


def test_r10_a_deload_week_has_no_units() -> None:
    """From the block's first day to its last, by the lifter's own days; what comes after is told in advance."""
    training = Training()
    block(training, "deload", "2026-01-07", "2026-01-10")
    change = training.budget()
    assert (4.0, MONDAY.replace(day=7, hour=0), 0.0) == (change.allowed, change.valid_until, change.allowed_after)

    training.wait(days=2)
    held = eligibility(training, "biceps_curl", is_last_set=True)
    assert (0.0, 0.0, 1.0) == (training.budget().allowed, held.left, held.planned_left)
    training.wait(days=4)
    training.open_set("hip_thrust")
    assert 4.0 == training.budget().allowed


def test_r12_a_planned_set_in_a_deload_is_entered_with_its_rule() -> None:
    """It leaves nothing for a second one."""
    training = Training()
    block(training, "deload", "2026-01-05", "2026-01-11")
    fails(training, "biceps_curl", target_rir=0, is_last_set=True)
    entry = training.budget().entry

    assert entry is not None
    assert ["R10", "R12"] == entry.rule_ids
    assert 0.0 == eligibility(training, "leg_curl").planned_left


def test_r10_training_on_four_days_or_more_lowers_the_week() -> None:
    """As planned, or as done; a set that is voided takes its day back."""
    training = Training()
    training.start_session(days_per_week=4)
    assert 3.0 == training.budget().allowed

    other = Training()
    done: list[Lifting] = []
    for _ in range(4):
        done.append(other.open_set("hip_thrust"))
        done[-1].do_set(3)
        other.wait(days=1)
    assert 3.0 == other.budget().allowed
    done[-1].void(1)
    assert 4.0 == other.budget().allowed


def test_windows_and_shares_are_what_the_events_give() -> None:
    """Recomputed entries carry the same groups and hours as those that were told."""
    training = Training()
    block(training, "high_intensity", "2026-01-12", "2026-01-25")
    for exercise in ("back_squat", "leg_curl", "biceps_curl"):
        fails(training, exercise)
        training.wait(days=4)

    whole = recompute(training.inputs, training.env)
    assert whole == published(training.outputs) == {entry.set_key: entry for entry in training.ledger.entries}
    assert [72, 48, 168] == [entry.rest_h for entry in training.ledger.entries]
