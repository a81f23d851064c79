"""What the lifter reads, hears and feels: one plain sentence, a few words between reps, a haptic code.

Sentences have at most 90 characters, speech at most four words: it has to fit between two reps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from spotter.domain.events.derived import Action
from spotter_advisor.planning.decision import Decision, Form
from spotter_advisor.pricing.cost import whole_reps
from spotter_advisor.rules import PAID_BELOW, Reason, Terms

SENTENCE_LENGTH_MAX: Final = 90
SPEECH_WORDS_MAX: Final = 4

Haptic = Literal["none", "tick", "double", "long"]
HAPTICS: Final[dict[Action, Haptic]] = {"continue": "none", "one_more": "tick", "stop": "double", "failing": "long"}


@dataclass(frozen=True, slots=True)
class Words:
    """What is said."""

    sentence: str
    speech: str = ""


_WHY_STOP: Final[dict[str, str]] = {
    "R03": "nobody is spotting you",
    "R02": "never to failure on this lift",
    "R08": "learn the lift first",
    "R10": "the week has no room for more",
    "R09": "too many hard sets lately",
    "R11": "this muscle still recovers",
    "R13": "this muscle still recovers",
}
_FORM: Final[dict[Form, str]] = {"short_rom": "your range got short", "second_dip": "the bar dipped on its way up"}


def words_for(decision: Decision, terms: Terms, rir: float) -> Words:
    """Word what is said after a rep with `rir` reps in reserve (median)."""
    left = whole_reps(rir)
    action = decision.action
    if action == "continue" and decision.form is not None:
        return Words(f"Mind your form: {_FORM[decision.form]}.")
    if action == "continue":
        return Words(f"Go on: about {left} left." if left > 0 else "Go on, as long as every rep is clean.")
    if action == "one_more":
        return Words("One more rep, then stop.", "One more")
    if action == "failing":
        return _failing(decision, terms)
    if decision.rules[0] == "R18" and decision.form is not None:
        return Words(f"Stop: {_FORM[decision.form]}. Form ends this lift, not strength.", "Stop, form")
    if decision.rules[0] == "R15" and terms.hurts:
        return Words("Stop here: you said that it hurts.", "Stop, pain")
    if decision.rules[0] == "R19":
        return Words("The set is done: stop here.", "Stop")
    if terms.limit == 0:
        return Words("Stop: that was the last rep you had.", "Stop")
    why = _WHY_STOP.get(decision.rules[0], "that was the goal")
    return Words(f"Stop here with about {left} left: {why}." if left > 0 else f"Stop here: {why}.", "Stop")


def _failing(decision: Decision, terms: Terms) -> Words:
    if decision.emergency:
        return Words("Help now: a rep is stuck and nobody is spotting.", "Help needed")
    if terms.high_risk:
        return Words("The rep is stuck: rack it now.", "Rack it")
    return Words("That was failure: end the set here.", "Stop now")


def words_for_plan(terms: Terms) -> Words:
    """Word the plan: how far to go, whether failure is allowed and why, and what is left of the week where it fits."""
    said = _plan(terms)
    left = f" {units(terms.left)} left this week."
    fits = terms.left > 0 and len(said) + len(left) <= SENTENCE_LENGTH_MAX
    return Words(said + left if fits else said)


def units(number: float) -> str:
    """Write an amount of budget.

    >>> units(1.0), units(2.5), units(0.25)
    ('1 unit', '2.5 units', '0.25 units')
    """
    return f"{number:.2f}".rstrip("0").rstrip(".") + (" unit" if number == 1 else " units")


_OPEN_ENDED: Final[dict[Reason, str]] = {
    "as_many": "As many clean reps as you can",
    "test": "Test set",
    "warmup": "Warm-up",
    "technique": "Technique",
}
_TO_FAILURE: Final[dict[Reason, str]] = {
    "last_set": "Last set: you may go to failure.",
    "machine": "Safe machine: you may go to failure.",
    "all_out": "All-out block: you may go to failure.",
    "time_pressed": "Short of time: one all-out set, you may go to failure.",
    "plateau": "Against the plateau: you may go to failure.",
    "block_end": "Last week of the block: you may go to failure.",
    "planned": "Planned in the deload: you may go to failure.",
}
_NO_FAILURE: Final[dict[Reason, str]] = {
    "unknown": "unknown exercise, nobody knows the risk",
    "unspotted": "nobody is spotting you",
    "high_risk": "never on this lift",
    "pain": "a joint that it loads hurts",
    "beginner": "learn the lift first",
    "hard_share": "too many hard sets lately",
    "recovering": "this muscle still recovers",
    "deload": "this is a deload week",
    "signs": "signs of too much, so less room",
    "block": "the block's last week is for that",
    "budget_spent": "too little budget left",
    "muscle_spent": "this muscle had enough this week",
    "not_last": "only on the last set",
    "asked": "as planned",
    "plain": "most sets stop there",
}


def _plan(terms: Terms) -> str:
    if terms.hurts:
        return "You said that it hurts: stop here."
    if terms.target is None and terms.pain:
        return f"{_OPEN_ENDED[terms.reason]}: stop with {terms.floor} left, a joint that it loads hurts."
    if terms.target is None:
        end = f"stop with {terms.floor} left, never to failure." if terms.floor else "only safety speaks."
        return f"{_OPEN_ENDED[terms.reason]}: {end}"
    if terms.target == 0:
        return _TO_FAILURE.get(terms.reason, "You may go to failure, as you asked.")
    if terms.target < PAID_BELOW:
        return f"You may go down to {terms.target} left, no further."
    return f"Keep {terms.target} in reserve, no failure: {_NO_FAILURE[terms.reason]}."
