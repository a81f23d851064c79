"""What is marked red in an alarm table: a one-line rule that is better, or knowing less."""

from __future__ import annotations

import pytest

from lab.accuracy.people.alarm_scores import AlarmScore
from lab.accuracy.people.alarm_table import AlarmRow
from lab.accuracy.people.red_rows import red_rows


def row(
    name: str = "model",
    auc: float = 0.97,
    youden: float = 0.9,
    *,
    memory: int | None = 0,
    load: bool = False,
    failing: float = 0.0,
    lifter: int | None = None,
    reports: str = "all",
) -> AlarmRow:
    """A row of 20 hard and 20 easy sets."""
    score = AlarmScore(name, 20, 20, auc, youden, youden, auc, youden, failing)
    return AlarmRow(reports, memory, load, lifter, score)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (row("MVT + .03", auc=0.98), "MVT + .03: AUC 0.980"),
        (row("loss of 20 %", youden=0.95), "loss of 20 %: J 0.95"),
        (row(auc=0.99), "no earlier sets: AUC 0.990"),
        (row(memory=3, youden=0.95), "3 earlier sets: J 0.95"),
    ],
)
def test_what_knows_less_and_is_better_is_red(other: AlarmRow, why: str) -> None:
    """A rule, or the model with fewer sets."""
    assert [why] == [red.why for red in red_rows([row(memory=8), other]) if red.memory == 8]


def test_being_told_the_load_may_not_make_it_worse() -> None:
    """The row that is told is red, and only where it has learned from as many sets."""
    rows = [row(memory=None, auc=0.99), row(memory=None, load=True), row(memory=3, load=True, auc=0.99)]
    assert [(None, True, "the load untold: AUC 0.990")] == [(red.memory, red.load, red.why) for red in red_rows(rows)]


def test_failing_in_easy_sets_is_red() -> None:
    """In more than one in a hundred."""
    assert ["*failing* in easy sets"] == [
        red.why for red in red_rows([row(failing=0.02), row(reports="clean", failing=0.01)])
    ]


@pytest.mark.parametrize(
    "other",
    [
        row("own line", auc=0.99, memory=None),
        row("oracle", auc=0.99),
        row(auc=0.99, lifter=1),
        row("MVT + .03", auc=0.99, reports="clean"),
        row("MVT + .03", auc=0.974),
    ],
)
def test_what_knows_more_or_is_of_other_sets_is_not(other: AlarmRow) -> None:
    """Nor is a rule that learned more, an oracle, one lifter's row, other reports, or a difference by chance."""
    assert [] == red_rows([row(), other])
