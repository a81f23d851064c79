"""The rules of training in words that a lifter understands: what explanations and reports quote by id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as it is told; its numbers are the defaults that a policy may change."""

    id: str
    title: str
    sentence: str


_ROWS: Final = (
    (
        "R01",
        "Leave reps in reserve",
        "Most sets stop with one to three reps left: nearly the same growth, less fatigue.",
    ),
    ("R02", "High-risk lifts", "Squats, deadlifts, presses, rows and Olympic lifts never go to failure by advice."),
    ("R03", "Nobody is spotting", "Without a spotter or safeties one more rep stays in reserve on bench and squat."),
    ("R04", "Last set", "An isolation or machine exercise may go to failure on its last set, if the week allows."),
    ("R05", "Guided machines", "A machine with guided motion allows failure earlier, not only on the last set."),
    ("R06", "Bodyweight and bands", "As many reps as possible with bodyweight or a band cost a quarter."),
    ("R07", "As many as possible", "A set for as many reps as possible, or a test, is only stopped for safety."),
    ("R08", "Beginners", "A beginner learns the lift first: three reps stay in reserve, and there is no budget."),
    ("R09", "Hard sets", "About nine work sets of ten end with two reps left or more; over a tenth is too many."),
    ("R10", "The week's budget", "A week has room for few sets near failure, in all and for each muscle."),
    ("R11", "Recovery", "After a set at failure its muscles rest from failure for two to three days."),
    (
        "R12",
        "The calendar",
        "Failure has its place in the plan: none in a deload week, more where a block asks for it.",
    ),
    (
        "R13",
        "High-intensity block",
        "In a block of one all-out set each, sets may go to failure, then the muscle rests.",
    ),
    ("R14", "Short of time", "In a short session one all-out set of an isolation exercise stands for several."),
    ("R15", "Warning signs", "Bad sleep, soreness, pain or dread shrink the budget until they clear."),
    ("R16", "Signs in the numbers", "Slow first reps on two days, or weeks without gain, count as warning signs too."),
    ("R17", "A plateau", "Where nothing moves on for weeks and nothing hurts, one set to failure may help."),
    ("R18", "Form", "A shrinking range or a second dip is told apart from slowing, and ends a high-risk lift."),
    ("R19", "Advice, not orders", "Going on is silent, a stop says why, and once said it holds for the set."),
    ("R20", "Far from failure", "Who stops most sets with five reps left or more is told so after the session."),
)

RULES: Final = MappingProxyType({row[0]: Rule(*row) for row in _ROWS})
"""The rules by id."""


def rules_named(ids: Iterable[str]) -> list[Rule]:
    """Give rules by their ids, in the order asked for; one that is not known here is left out.

    >>> [rule.title for rule in rules_named(["R02", "R99"])]
    ['High-risk lifts']
    """
    return [RULES[one] for one in ids if one in RULES]
