"""The week's budget, its signs and its forecast, as every host must tell them. Subclasses provide the fixture `host`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spotter.domain.events.budgets import BudgetChanged, NoticeGiven
from spotter.domain.events.lifting import EffortReported
from spotter.domain.events.outputs import AdviceGiven
from spotter.domain.events.people import (
    AthleteUpdated,
    BudgetGranted,
    PlannedExercise,
    SessionStarted,
    WellnessReported,
)
from tests.contract.harness import Harness
from tests.contract.lifter import Lifter


def failed(lifter: Lifter, at_s: float, set_id: str, exercise: str = "biceps_curl") -> BudgetChanged:
    """Do a set that the lifter says was failure; returns what that took."""
    lifter.send(lifter.start(at_s, set_id, exercise=exercise), *lifter.reps(3, at_s + 3, set_id))
    effort = lifter.event(EffortReported(set_id=set_id, failed=True), at_s + 12, source="app")
    lifter.send(effort, lifter.end(at_s + 13, set_id))
    return lifter.budget[-1]


def plan(lifter: Lifter, at_s: float, set_id: str, exercise: str = "biceps_curl") -> AdviceGiven:
    """Open the last set of an exercise; returns its plan."""
    lifter.send(lifter.start(at_s, set_id, exercise=exercise, is_last_set=True))
    return lifter.advice[-1]


class BudgetCases:
    """Wellness, pain, grants, recovery, forecasts, corrections."""

    @pytest.fixture
    def trainee(self, host: Harness) -> Lifter:
        """Return a lifter whom the coach knows, three weeks ago."""
        lifter = Lifter(host, host.long_ago() - timedelta(days=21))
        lifter.send(lifter.event(AthleteUpdated(level="intermediate", time_zone="Europe/Berlin"), -30, source="coach"))
        return lifter

    def test_two_bad_signs_halve_the_budget_until_they_clear(self, trainee: Lifter) -> None:
        """R15: and the change says why, and how ready the lifter is."""
        trainee.send(trainee.event(WellnessReported(sleep=1, fatigue=2), 0, source="app"))
        halved = trainee.budget[-1]
        assert (2.0, ["fatigue", "sleep"]) == (halved.allowed, [sign.name for sign in halved.signs or []])
        assert halved.readiness is not None
        trainee.send(trainee.event(WellnessReported(sleep=4, fatigue=4), 60, source="app"))
        assert 4.0 == trainee.budget[-1].allowed
        assert {"signs"} == {notice.kind for notice in trainee.told(NoticeGiven, "advice.v1")}

    def test_three_signs_leave_nothing(self, trainee: Lifter) -> None:
        """R15: no failure until they clear."""
        trainee.send(trainee.event(WellnessReported(sleep=1, fatigue=2, motivation=1), 0, source="app"))
        assert (0.0, 2) == (trainee.budget[-1].allowed, plan(trainee, 10, "s1").target_rir)

    def test_a_pain_stops_failure_use_at_once(self, host: Harness) -> None:
        """R15: a set that is open is planned anew; an exercise that spares the joint is not."""
        trainee = Lifter(host, datetime.now(UTC))
        trainee.send(
            trainee.event(AthleteUpdated(level="intermediate", time_zone="Europe/Berlin"), -30, source="coach")
        )
        assert 0 == plan(trainee, 0, "s1").target_rir
        trainee.send(trainee.event(WellnessReported(pain={"elbow": 5}), 5, source="app"))
        assert ("s1", 2, True) == (
            trainee.advice[-1].set_id,
            trainee.advice[-1].target_rir,
            "R15" in trainee.advice[-1].rule_ids,
        )
        assert 0 == plan(trainee, 60, "s2", "leg_extension").target_rir

    def test_a_muscle_group_is_closed_after_failure(self, trainee: Lifter) -> None:
        """R11: for 48 hours, then failure is offered again."""
        spent = failed(trainee, 0, "s1")
        assert [("biceps", "R11")] == [(closing.muscle_group, closing.rule_id) for closing in spent.closed or []]
        early = plan(trainee, 86_400, "s2")
        assert (2, True) == (early.target_rir, "R11" in early.rule_ids)
        assert 0 == plan(trainee, 2 * 86_400 + 60, "s3").target_rir

    def test_a_grant_adds_units_with_its_reason(self, trainee: Lifter) -> None:
        """Until it expires."""
        expires = trainee.base + timedelta(hours=1)
        grant = BudgetGranted(athlete_id=trainee.athlete_id, units=2.0, reason="peaking", expires=expires)
        trainee.send(trainee.event(grant, 0, source="coach"))
        change = trainee.budget[-1]
        assert (6.0, 4.0) == (change.allowed, change.allowed_after)
        assert "peaking" in change.reasons[-1]
        trainee.send(trainee.start(3700, "s1", exercise="hip_thrust"))
        assert 4.0 == trainee.budget[-1].allowed

    def test_a_session_with_a_plan_is_answered_by_a_forecast(self, trainee: Lifter) -> None:
        """What the plan may spend of the week; nothing is spent by asking."""
        planned = [PlannedExercise(exercise="back_squat", sets=3), PlannedExercise(exercise="leg_curl", sets=3)]
        trainee.send(trainee.event(SessionStarted(planned=planned), 0, source="app"))
        change = trainee.budget[-1]
        assert change.forecast is not None
        assert ("leg_curl", 0) == (change.forecast.sets[-1].exercise, change.forecast.sets[-1].target_rir)
        assert (0.0, change.left) == (change.spent, change.forecast.units + change.forecast.left)

    def test_a_correction_after_the_weeks_end_changes_that_week(self, trainee: Lifter) -> None:
        """And the windows and sums that follow from it."""
        entered = failed(trainee, 0, "s1")
        later = 9 * 86_400
        trainee.send(trainee.event(EffortReported(set_id="s1", rir=4), later, source="app"))
        revised = next(change for change in reversed(trainee.budget) if change.entry is not None)
        assert revised.entry is not None
        assert (entered.week_start, 0.0, None) == (revised.week_start, revised.spent, revised.entry.recovers_at)
        assert 0 == plan(trainee, later + 60, "s2").target_rir

    def test_everything_is_told_again_after_a_crash(self, trainee: Lifter, host: Harness) -> None:
        """What signs are computed from is state like any other."""
        trainee.send(trainee.event(WellnessReported(sleep=1), 0, source="app"))
        host.crash()
        trainee.send(trainee.event(WellnessReported(fatigue=1), 60, source="app"))
        assert 2.0 == trainee.budget[-1].allowed
