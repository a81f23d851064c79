"""What holds in whatever state a lifter's training can get to: floors, beginners, silence, latches."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings

from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.events.outputs import AdviceGiven, EffortEstimated, RepOverdue, SetOpened
from spotter.domain.events.people import AthleteUpdated
from spotter.domain.exercises import Exercise, builtin_catalogue
from tests.advisor.test_stories import Act, acts, trains
from tests.advisor.training import Training


@dataclass(frozen=True)
class AnsweredAdvice:
    """An advice, with what it answers."""

    advice: AdviceGiven
    opened: SetOpened
    exercise: Exercise
    estimate: EffortEstimated | None
    overdue: bool


def answered(training: Training) -> list[AnsweredAdvice]:
    """Process a training with a new advisor, and return each advice with what it answers."""
    other = Training(gym=training.gym, athlete=training.athlete, level=None, env=training.env)
    opened: dict[str, SetOpened] = {}
    answers = []
    for event in training.inputs:
        data = event.data
        if isinstance(data, SetOpened):
            opened[data.set_key] = data
        for output in other.process(event):
            if isinstance(output.data, AdviceGiven):
                about = opened[output.data.set_key]
                exercise = builtin_catalogue().get(about.exercise)
                estimate = data if isinstance(data, EffortEstimated) else None
                answers.append(AnsweredAdvice(output.data, about, exercise, estimate, isinstance(data, RepOverdue)))
    return answers


@settings(deadline=None, max_examples=50)
@given(acts)
def test_no_advice_leads_a_high_risk_lift_to_failure(story: list[Act]) -> None:
    """No policy, block, session, grant, intent, level or correction: the floor holds, and at it stop is said."""
    for answer in answered(trains(Training(), story)):
        if answer.exercise.risk != "high_risk":
            continue
        floor = 2 if answer.exercise.needs_spotter and not answer.opened.spotter_present else 1
        assert answer.advice.target_rir is not None
        assert answer.advice.target_rir >= floor
        assert "may go to failure" not in answer.advice.sentence
        if answer.estimate is not None and answer.estimate.p_rir_le[floor] >= 0.5:
            assert answer.advice.action in ("stop", "failing")
        if answer.estimate is not None and {"short_rom", "second_dip"} & set(answer.estimate.flags):
            assert answer.advice.action in ("stop", "failing")


@settings(deadline=None, max_examples=50)
@given(acts)
def test_sets_for_as_many_as_possible_are_silent_but_for_safety(story: list[Act]) -> None:
    """A stall, a rep that outlasts every grind, a pain; nothing else, and never one more."""
    for answer in answered(trains(Training(), story)):
        if answer.opened.intent not in ("amrap", "test", "warmup", "technique") or answer.exercise.risk == "high_risk":
            continue
        if answer.advice.action in ("continue", "failing"):
            continue
        assert "stop" == answer.advice.action
        assert answer.advice.rule_ids[0] in ("R15", "R19") or "R15" in answer.advice.rule_ids


@settings(deadline=None, max_examples=50)
@given(acts)
def test_a_beginner_has_no_budget_and_is_led_nowhere_near_failure(story: list[Act]) -> None:
    """Whatever is said of blocks and sessions: what a coach grants is the coach's own word."""
    story = [act for act in story if act[0] not in ("level", "grant")]
    training = Training(level="beginner")
    trains(training, story)

    assert all(change.allowed == 0 for change in training.outputs_of(BudgetChanged))
    for answer in answered(training):
        if answer.advice.target_rir is not None and answer.opened.intent in (None, "work", "drop"):
            assert answer.advice.target_rir >= 3


@settings(deadline=None, max_examples=50)
@given(acts)
def test_words_are_short_enough_in_every_state(story: list[Act]) -> None:
    """A sentence of at most 90 characters, four words to be heard, and nothing to be heard that is silent."""
    for answer in answered(trains(Training(), story)):
        assert 0 < len(answer.advice.sentence) <= 90
        assert len(answer.advice.speech.split()) <= 4
        assert bool(answer.advice.speech) == (answer.advice.sound_ms > 0) == (answer.advice.haptic != "none")


@settings(deadline=None, max_examples=30)
@given(acts)
def test_every_plan_says_why(story: list[Act]) -> None:
    """Its terms are those that are advised by, every rule that it names has its part, every value its layer."""
    for answer in answered(trains(Training(), story)):
        because = answer.advice.because
        if answer.advice.after_rep > 0 or answer.overdue:
            continue
        assert because is not None
        assert because.terms is not None
        assert because.bounds is not None
        assert answer.advice.target_rir in (because.terms.target, because.terms.floor)
        assert {bound.rule for bound in because.bounds} - {"R01"} <= set(answer.advice.rule_ids)
        assert "built-in" in (because.origins or {}).values()


def test_a_level_is_no_budget_of_anothers() -> None:
    """What a coach says of one lifter leaves the next one a beginner."""
    ada, bob = Training(), Training(athlete="bob", level=None)
    bob.receive(AthleteUpdated(name="Bob"))

    assert (4.0, 0.0) == (ada.budget().allowed, bob.budget().allowed)
