from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.events.outputs import SetSummarised
from tests.advisor.training import MONDAY, Lifting, Training


def test_a_set_that_ends_is_summarised() -> None:
    """Its reps, how near to failure it ended with its band, and who ended it."""
    training = Training()
    summary = training.open_set("hip_thrust", load_kg=80.0).do_set(6, 5, 4)

    assert (1, "hip_thrust", 80.0, "work", 3) == (
        summary.revision,
        summary.exercise,
        summary.load_kg,
        summary.intent,
        summary.reps,
    )
    assert (4.0, 3.0, 5.0) == (summary.rir_end, summary.rir_end_low, summary.rir_end_high)
    assert ("lifter", training.now, False) == (summary.ended_by, summary.ended_at, summary.failed)


def test_a_set_without_a_rep_is_summarised_too() -> None:
    """Nobody knows how near to failure it was."""
    summary = Training().open_set("hip_thrust").close("silence")

    assert (0, None, None, "silence") == (summary.reps, summary.rir_end, summary.advice_followed, summary.ended_by)


def test_ghosts_and_second_reports_are_no_reps() -> None:
    """An unracking, a re-racking, and what another device counted already."""
    lifting = Training().open_set("hip_thrust")
    for flag in ("ghost", "rerack", "second_source"):
        lifting.rep(6, flags=[flag])

    assert 0 == lifting.close().reps


def test_advice_was_followed_where_no_rep_came_after_a_stop() -> None:
    """None where no stop was said, or only too late."""
    assert Training().open_set("hip_thrust").do_set(6, 5).advice_followed is None
    assert Training().open_set("hip_thrust").do_set(6, 2, fresh=False).advice_followed is None
    assert Training().open_set("hip_thrust").do_set(6, 2).advice_followed is True
    ignored = Training().open_set("hip_thrust").do_set(6, 2, 1, 0)
    assert (False, 2) == (ignored.advice_followed, ignored.reps_after_stop)


def test_a_rep_that_was_overdue_is_none_after_the_stop() -> None:
    """The lifter was in it when failing was said."""
    lifting = Training().open_set("bench_press")
    lifting.rep(6)
    lifting.send_overdue()
    lifting.rep(0)

    assert lifting.close().advice_followed is True


def test_a_rep_that_was_overdue_and_never_came_failed() -> None:
    """As the lifter was told; one that was completed after all did not, and the lifter's own word goes before both."""
    stuck = Training().open_set("hip_thrust")
    stuck.rep(4)
    stuck.send_overdue()
    ground = Training().open_set("hip_thrust")
    ground.rep(4)
    ground.send_overdue()
    ground.rep(1)
    mistaken = Training().open_set("hip_thrust")
    mistaken.rep(4)
    mistaken.send_overdue()
    mistaken.report_effort(rir=3)

    assert [(True, 0.0), (False, 1.0), (False, 3.0)] == [
        (summary.failed, summary.rir_end) for summary in (stuck.close(), ground.close(), mistaken.close())
    ]


@pytest.mark.parametrize(("flags", "failed"), [(["failed"], True), (["stall"], True), (["slow_first"], False)])
def test_a_set_failed_when_a_rep_did(flags: list[str], failed: bool) -> None:
    """A rep that was not completed, or a last one that stalled."""
    lifting = Training().open_set("hip_thrust")
    lifting.rep(3)
    lifting.rep(1, flags=flags)
    summary = lifting.close()

    assert (failed, 0.0 if failed else 1.0) == (summary.failed, summary.rir_end)


def test_a_stall_before_the_last_rep_is_no_failure() -> None:
    """The set went on."""
    lifting = Training().open_set("hip_thrust")
    lifting.rep(2, flags=["stall"])

    lifting.rep(2)
    assert not lifting.close().failed


@pytest.mark.parametrize(
    ("report", "rir", "failed"),
    [
        ({"rir": 3.0}, 3.0, False),
        ({"rpe": 8.5}, 1.5, False),
        ({"failed": True}, 0.0, True),
        ({"failed": False}, 1.0, False),
    ],
)
def test_the_lifters_own_word_on_the_end_counts(report: dict[str, Any], rir: float, failed: bool) -> None:
    """As reps in reserve, as RPE, or as failed; told after the end it revises the summary."""
    training = Training()
    lifting = training.open_set("hip_thrust")
    lifting.do_set(3, 1)
    training.wait(20)
    lifting.report_effort(**report)
    summary = training.outputs_of(SetSummarised)[-1]

    assert (rir, failed) == (summary.rir_end, summary.failed)
    assert (1 if report == {"failed": False} else 2) == summary.revision


def test_a_report_on_an_earlier_rep_is_not_about_the_end() -> None:
    """What followed is."""
    lifting = Training().open_set("hip_thrust")
    lifting.rep(5)
    lifting.report_effort(rir=6)
    lifting.rep(4)
    lifting.report_effort(rir=9, rep_number=1)
    lifting.training.wait(1)

    assert 4.0 == lifting.close().rir_end


def test_a_correction_after_the_end_revises_the_summary() -> None:
    """A rep amended, one voided, one that arrives late: each a revision."""
    training = Training()
    lifting = training.open_set("hip_thrust")
    lifting.do_set(6, 5)
    lifting.correct({2: 4})
    lifting.void(2)
    lifting.rep(4, after_s=0, ended=lifting.reps[0].ended + timedelta(seconds=3), number=3)

    summaries = [(summary.revision, summary.reps, summary.rir_end) for summary in training.outputs_of(SetSummarised)]
    assert [(1, 2, 5.0), (2, 2, 4.0), (3, 1, 6.0), (4, 2, 4.0)] == summaries


def test_a_correction_that_changes_nothing_revises_nothing() -> None:
    """The same estimate again."""
    training = Training()
    lifting = training.open_set("hip_thrust")
    lifting.do_set(6, 5)
    lifting.correct({2: 5})

    assert 1 == len(training.outputs_of(SetSummarised))


def test_a_set_that_goes_on_and_ends_again_is_summarised_again() -> None:
    """With a revision one higher."""
    training = Training()
    lifting = training.open_set("hip_thrust")
    lifting.do_set(6)
    lifting.reopen()
    lifting.do_set(5)

    assert [(1, 1), (2, 2)] == [(summary.revision, summary.reps) for summary in training.outputs_of(SetSummarised)]


def test_history_is_summarised_as_its_reps_come() -> None:
    """It ended from the start."""
    training = Training()
    lifting = Lifting(training, "old", "s1", {"exercise": "hip_thrust"}, MONDAY, history=True)
    lifting.send_opened()
    lifting.close("history")
    for rir in (3, 1):
        lifting.rep(rir, newest=False)

    assert [0, 1, 2] == [summary.reps for summary in training.outputs_of(SetSummarised)]
    assert "history" == training.outputs_of(SetSummarised)[-1].ended_by
    assert 0.5 == training.outputs_of(BudgetChanged)[-1].spent


def test_an_amended_exercise_changes_summary_and_charge() -> None:
    """It was a squat: twice the cost, and another muscle group."""
    training = Training()
    lifting = training.open_set("hip_thrust")
    lifting.do_set(1)
    lifting.amend(exercise="back_squat")
    change = training.budget()

    assert "back_squat" == training.outputs_of(SetSummarised)[-1].exercise
    assert change.entry is not None
    assert (1.0, "quadriceps", 2) == (change.entry.cost, change.entry.muscle_group, change.entry.revision)
