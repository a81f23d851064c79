"""What the lifter reads, hears and feels: one plain sentence, a few spoken words, a haptic code.

Sentences have at most 90 characters, speech at most four words: it has to fit between two reps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from spotter.domain.reasons import REASONS
from spotter.domain.rules import RULES
from spotter_advisor.planning.decision import Decision, Form
from spotter_advisor.pricing.cost import whole_reps
from spotter_advisor.rules.inputs import PAID_BELOW
from spotter_advisor.state.terms import SetTerms

SENTENCE_LENGTH_MAX: Final = 90
SPEECH_WORDS_MAX: Final = 4


@dataclass(frozen=True, slots=True)
class AdviceMessage:
    """A sentence, and what is spoken."""

    sentence: str
    speech: str = ""


_FORM: Final[dict[Form, str]] = {"short_rom": "your range got short", "second_dip": "the bar dipped on its way up"}


def message_for(decision: Decision, terms: SetTerms, rir: float) -> AdviceMessage:
    """Return the message after a rep with `rir` reps in reserve (median)."""
    left = whole_reps(rir)
    action = decision.action
    if action == "continue" and decision.form is not None:
        return AdviceMessage(f"Mind your form: {_FORM[decision.form]}.")
    if action == "continue":
        return AdviceMessage(f"Go on: about {left} left." if left > 0 else "Go on, as long as every rep is clean.")
    if action == "one_more":
        return AdviceMessage("One more rep, then stop.", "One more")
    if action == "failing":
        return _failing(decision, terms)
    if decision.rules[0] == "R18" and decision.form is not None:
        return AdviceMessage(f"Stop: {_FORM[decision.form]}. Form ends this lift, not strength.", "Stop, form")
    if decision.rules[0] == "R15" and terms.hurts:
        return AdviceMessage("Stop here: you said that it hurts.", "Stop, pain")
    if decision.rules[0] == "R19":
        return AdviceMessage("The set is done: stop here.", "Stop")
    if terms.limit == 0:
        return AdviceMessage("Stop: that was the last rep you had.", "Stop")
    why = RULES[decision.rules[0]].stop_reason or "that was the goal"
    return AdviceMessage(f"Stop here with about {left} left: {why}." if left > 0 else f"Stop here: {why}.", "Stop")


def _failing(decision: Decision, terms: SetTerms) -> AdviceMessage:
    if decision.emergency:
        return AdviceMessage("Help now: a rep is stuck and nobody is spotting.", "Help needed")
    if terms.high_risk:
        return AdviceMessage("The rep is stuck: rack it now.", "Rack it")
    return AdviceMessage("That was failure: end the set here.", "Stop now")


def plan_message(terms: SetTerms) -> AdviceMessage:
    """Return the plan in words: how far to go, whether failure is allowed and why, and what is left of the week if it fits."""
    sentence = _plan(terms)
    left = f" {format_units(terms.left)} left this week."
    fits = terms.left > 0 and len(sentence) + len(left) <= SENTENCE_LENGTH_MAX
    return AdviceMessage(sentence + left if fits else sentence)


def format_units(number: float) -> str:
    """Return an amount of budget in words.

    >>> format_units(1.0), format_units(2.5), format_units(0.25)
    ('1 unit', '2.5 units', '0.25 units')
    """
    return f"{number:.2f}".rstrip("0").rstrip(".") + (" unit" if number == 1 else " units")


def _plan(terms: SetTerms) -> str:
    if terms.hurts:
        return "You said that it hurts: stop here."
    reason = REASONS[terms.reason].plan
    if terms.target is None and terms.pain:
        return f"{reason}: stop with {terms.floor} left, a joint that it loads hurts."
    if terms.target is None:
        end = f"stop with {terms.floor} left, never to failure." if terms.floor else "only safety speaks."
        return f"{reason}: {end}"
    if terms.target == 0:
        return reason
    if terms.target < PAID_BELOW:
        return f"You may go down to {terms.target} left, no further."
    return f"Keep {terms.target} in reserve, no failure: {reason}."
