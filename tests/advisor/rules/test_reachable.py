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
class Said:
    """An advice, with what it answers."""

    advice: AdviceGiven
    opened: SetOpened
    exercise: Exercise
    estimate: EffortEstimated | None
    overdue: bool


def told(training: Training) -> list[Said]:
    """Bring a training to a new advisor, and give each advice with what it answers."""
    other = Training(gym=training.gym, athlete=training.athlete, level=None, env=training.env)
    opened: dict[str, SetOpened] = {}
    found = []
    for event in training.inputs:
        data = event.data
        if isinstance(data, SetOpened):
            opened[data.set_key] = data
        for output in other.takes(event):
            if isinstance(output.data, AdviceGiven):
                about = opened[output.data.set_key]
                exercise = builtin_catalogue().get(about.exercise)
                estimate = data if isinstance(data, EffortEstimated) else None
                found.append(Said(output.data, about, exercise, estimate, isinstance(data, RepOverdue)))
    return found


@settings(deadline=None, max_examples=50)
@given(acts)
def test_no_advice_leads_a_high_risk_lift_to_failure(story: list[Act]) -> None:
    """No policy, block, session, grant, intent, level or correction: the floor holds, and at it stop is said."""
    for said in told(trains(Training(), story)):
        if said.exercise.risk != "high_risk":
            continue
        floor = 2 if said.exercise.needs_spotter and not said.opened.spotter_present else 1
        assert said.advice.target_rir is not None
        assert said.advice.target_rir >= floor
        assert "may go to failure" not in said.advice.sentence
        if said.estimate is not None and said.estimate.p_rir_le[floor] >= 0.5:
            assert said.advice.action in ("stop", "failing")
        if said.estimate is not None and {"short_rom", "second_dip"} & set(said.estimate.flags):
            assert said.advice.action in ("stop", "failing")


@settings(deadline=None, max_examples=50)
@given(acts)
def test_sets_for_as_many_as_possible_are_silent_but_for_safety(story: list[Act]) -> None:
    """A stall, a rep that outlasts every grind, a pain; nothing else, and never one more."""
    for said in told(trains(Training(), story)):
        if said.opened.intent not in ("amrap", "test", "warmup", "technique") or said.exercise.risk == "high_risk":
            continue
        if said.advice.action in ("continue", "failing"):
            continue
        assert "stop" == said.advice.action
        assert said.advice.rule_ids[0] in ("R15", "R19") or "R15" in said.advice.rule_ids


@settings(deadline=None, max_examples=50)
@given(acts)
def test_a_beginner_has_no_budget_and_is_led_nowhere_near_failure(story: list[Act]) -> None:
    """Whatever is said of blocks and sessions: what a coach grants is the coach's own word."""
    story = [act for act in story if act[0] not in ("level", "grant")]
    training = Training(level="beginner")
    trains(training, story)

    assert all(change.allowed == 0 for change in training.told(BudgetChanged))
    for said in told(training):
        if said.advice.target_rir is not None and said.opened.intent in (None, "work", "drop"):
            assert said.advice.target_rir >= 3


@settings(deadline=None, max_examples=50)
@given(acts)
def test_words_are_short_enough_in_every_state(story: list[Act]) -> None:
    """A sentence of at most 90 characters, four words to be heard, and nothing to be heard that is silent."""
    for said in told(trains(Training(), story)):
        assert 0 < len(said.advice.sentence) <= 90
        assert len(said.advice.speech.split()) <= 4
        assert bool(said.advice.speech) == (said.advice.sound_ms > 0) == (said.advice.haptic != "none")


@settings(deadline=None, max_examples=30)
@given(acts)
def test_every_plan_says_why(story: list[Act]) -> None:
    """Its terms are those that are advised by, every rule that it names has its part, every value its layer."""
    for said in told(trains(Training(), story)):
        because = said.advice.because
        if said.advice.after_rep > 0 or said.overdue:
            continue
        assert because is not None
        assert because.terms is not None
        assert because.bounds is not None
        assert said.advice.target_rir in (because.terms.target, because.terms.floor)
        assert {bound.rule for bound in because.bounds} - {"R01"} <= set(said.advice.rule_ids)
        assert "built-in" in (because.origins or {}).values()


def test_a_level_is_no_budget_of_anothers() -> None:
    """What a coach says of one lifter leaves the next one a beginner."""
    ada, bob = Training(), Training(athlete="bob", level=None)
    bob.hears(AthleteUpdated(name="Bob"))

    assert (4.0, 0.0) == (ada.budget().allowed, bob.budget().allowed)
