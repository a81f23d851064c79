"""Reps that later ones show to be none: what was advised on them is no longer held against the set."""

from __future__ import annotations

from spotter.domain.events.outputs import SetSummarised
from tests.advisor.training import Lifting, Training

MILD_RIR, NEAR_RIR, SURE_RIR = 9.0, 3.0, 0.4


def begun() -> Lifting:
    """A set of curls of a lifter who is no beginner."""
    training = Training()
    training.update_athlete(level="intermediate")
    return training.open_set("biceps_curl")


def test_a_stop_given_on_what_was_no_rep_is_taken_back() -> None:
    """The estimate of the movement is revised before that of the rep which shows it: that rep may go on."""
    lifting = begun()
    assert "stop" == lifting.rep(SURE_RIR).action
    movement = lifting.reps[0]
    assert [] == lifting.send_estimate(movement, MILD_RIR, flags=["rerack"], newest=False)
    assert "continue" == lifting.rep(MILD_RIR).action
    lifting.close()
    [summary] = lifting.training.last_outputs_of(SetSummarised)
    assert (1, None) == (summary.reps, summary.advice_followed)


def test_a_stop_that_another_rep_asks_for_holds() -> None:
    """Only what the movements caused is taken back."""
    lifting = begun()
    lifting.rep(SURE_RIR)
    lifting.rep(SURE_RIR)
    lifting.send_estimate(lifting.reps[0], MILD_RIR, flags=["rerack"], newest=False)
    assert "stop" == lifting.rep(MILD_RIR).action


def test_a_milder_estimate_alone_takes_no_stop_back() -> None:
    """The movement stays a rep: a latch holds."""
    lifting = begun()
    lifting.rep(SURE_RIR)
    lifting.send_estimate(lifting.reps[0], MILD_RIR, newest=False)
    assert "stop" == lifting.rep(MILD_RIR).action


def test_one_more_said_on_what_was_no_rep_is_not_used_up() -> None:
    """It may be said again."""
    lifting = begun()
    assert ["one_more", "continue"] == [lifting.rep(NEAR_RIR).action for _ in range(2)]
    lifting.send_estimate(lifting.reps[0], MILD_RIR, flags=["rerack"], newest=False)
    assert "one_more" == lifting.rep(NEAR_RIR).action
