from __future__ import annotations

from typing import Any

from spotter.domain.events.budgets import Forecast
from tests.advisor.training import Training


def forecast(training: Training, *planned: dict[str, Any], **session: Any) -> Forecast:
    """A session begins with a plan; gives what it may spend."""
    training.start_session(planned=list(planned), **session)
    result = training.budget().forecast
    assert result is not None
    return result


def test_a_plan_is_answered_by_what_it_may_spend() -> None:
    """Finishers cost, high-risk lifts never do, and the rest stops at two left."""
    training = Training()
    result = forecast(
        training,
        {"exercise": "back_squat", "sets": 4},
        {"exercise": "biceps_curl", "sets": 3},
        {"exercise": "triceps_pushdown", "sets": 2},
    )

    assert (2.0, 2.0) == (result.units, result.left)
    assert [("biceps_curl", 3, 0, 1.0), ("triceps_pushdown", 2, 0, 1.0)] == [
        (cost.exercise, cost.set, cost.target_rir, cost.cost) for cost in result.sets
    ]
    assert all("R10" in cost.rule_ids for cost in result.sets)


def test_a_plan_never_spends_more_than_is_left() -> None:
    """However many sets ask for it: what is spent by one is not there for the next."""
    training = Training()
    training.update_policy(weekly_units=1.5)
    asked = [
        {"exercise": name, "sets": 2, "target_rir": 0}
        for name in ("biceps_curl", "triceps_pushdown", "leg_curl", "leg_extension")
    ]
    result = forecast(training, *asked)

    assert result.units <= 1.5
    assert result.left == 1.5 - result.units


def test_a_forecast_leaves_the_ledger_as_it_is() -> None:
    """It is a word about the future, and costs nothing."""
    training = Training()
    forecast(training, {"exercise": "biceps_curl", "sets": 3})

    assert () == training.ledger.entries
    assert (0.0, 4.0) == (training.budget().spent, training.budget().left)


def test_a_beginners_plan_spends_nothing() -> None:
    """Nor does one that is made with three warning signs."""
    assert 0.0 == forecast(Training(level=None), {"exercise": "biceps_curl", "sets": 3}).units
    worn = Training()
    worn.check_in(sleep=1, fatigue=1, motivation=1)
    assert 0.0 == forecast(worn, {"exercise": "biceps_curl", "sets": 3}).units


def test_an_exercise_nobody_knows_is_planned_as_the_strictest_kind() -> None:
    """It spends nothing, whatever is asked."""
    assert 0.0 == forecast(Training(), {"exercise": "juggling", "sets": 3, "target_rir": 0}).units
