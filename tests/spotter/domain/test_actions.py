"""The table of actions: one row for each, in order of severity, told apart by more than colour."""

from __future__ import annotations

from typing import get_args

from spotter.domain.actions import ACTIONS, LOUD
from spotter.domain.events.outputs import Action, AdviceGiven
from tests.support import ROOT


def test_there_is_one_row_for_each_action() -> None:
    """In order of severity."""
    assert get_args(Action) == tuple(ACTIONS)
    assert {"stop", "failing"} == LOUD


def test_no_two_actions_look_or_feel_the_same() -> None:
    """Words differ for lifter and coach; shape or word tell apart what shares a colour; haptics are those of the wire."""
    for words in ("word", "coach_word", "terminal_word", "haptic", "vibration_ms", "tones"):
        assert len(ACTIONS) == len({getattr(signs, words) for signs in ACTIONS.values()})
    assert set(get_args(AdviceGiven.model_fields["haptic"].annotation)) == {signs.haptic for signs in ACTIONS.values()}


def test_the_style_sheets_have_the_colours_of_the_table() -> None:
    """Sky, yellow and vermillion of the pages, and of a report."""
    folder = ROOT / "services/dashboard/src/spotter_dashboard"
    sheet, report = (folder / "static/spotter.css").read_text(), (folder / "templates/report.html").read_text()
    names: dict[Action, tuple[str, str]] = {
        "continue": ("sky", "lifting"),
        "one_more": ("yellow", "near"),
        "stop": ("vermillion", "stop"),
    }
    for action, (name, tone) in names.items():
        colour = ACTIONS[action].colour
        assert f"--{name}: {colour};" in sheet
        assert f"--{tone}: {colour};" in report
