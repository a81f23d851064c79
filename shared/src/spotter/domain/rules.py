"""The training rules R01 to R20: one row for each, in order of precedence.

The advisor's order, the reasons it gives for a stop, the dashboard's explanations and docs/reference all come from here.
What a rule does is in `spotter_advisor.rules`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule in words; numbers in them are defaults that a policy may change."""

    id: str
    title: str
    sentence: str
    stop_reason: str | None = None
    """Ends the sentence *Stop here with about 2 left: …* when this rule decided; None: that was the goal."""

    def as_json(self) -> dict[str, str]:
        """Return what explanations show of it."""
        return {"id": self.id, "title": self.title, "sentence": self.sentence}


_BY_PRECEDENCE: Final = (
    Rule(
        "R03",
        "Nobody is spotting",
        "Without a spotter or safeties one more rep stays in reserve on bench and squat.",
        "nobody is spotting you",
    ),
    Rule(
        "R02",
        "High-risk lifts",
        "Squats, deadlifts, presses, rows and Olympic lifts never go to failure by advice.",
        "never to failure on this lift",
    ),
    Rule("R18", "Form", "A shrinking range or a second dip is told apart from slowing, and ends a high-risk lift."),
    Rule("R15", "Warning signs", "Bad sleep, soreness, pain or dread shrink the budget until they clear."),
    Rule("R07", "As many as possible", "A set for as many reps as possible, or a test, is only stopped for safety."),
    Rule(
        "R08",
        "Beginners",
        "A beginner learns the lift first: three reps stay in reserve, and there is no budget.",
        "learn the lift first",
    ),
    Rule(
        "R09",
        "Hard sets",
        "About nine work sets of ten end with two reps left or more; over a tenth is too many.",
        "too many hard sets lately",
    ),
    Rule(
        "R10",
        "The week's budget",
        "A week has room for few sets near failure, in all and for each muscle.",
        "the week has no room for more",
    ),
    Rule(
        "R11",
        "Recovery",
        "After a set at failure its muscles rest from failure for two to three days.",
        "this muscle still recovers",
    ),
    Rule(
        "R12",
        "The calendar",
        "Failure has its place in the plan: none in a deload week, more where a block asks for it.",
    ),
    Rule(
        "R01",
        "Leave reps in reserve",
        "Most sets stop with one to three reps left: nearly the same growth, less fatigue.",
    ),
    Rule("R04", "Last set", "An isolation or machine exercise may go to failure on its last set, if the week allows."),
    Rule("R05", "Guided machines", "A machine with guided motion allows failure earlier, not only on the last set."),
    Rule("R06", "Bodyweight and bands", "As many reps as possible with bodyweight or a band cost a quarter."),
    Rule(
        "R13",
        "High-intensity block",
        "In a block of one all-out set each, sets may go to failure, then the muscle rests.",
        "this muscle still recovers",
    ),
    Rule("R14", "Short of time", "In a short session one all-out set of an isolation exercise stands for several."),
    Rule(
        "R16", "Signs in the numbers", "Slow first reps on two days, or weeks without gain, count as warning signs too."
    ),
    Rule("R17", "A plateau", "Where nothing moves on for weeks and nothing hurts, one set to failure may help."),
    Rule("R19", "Advice, not orders", "Going on is silent, a stop says why, and once said it holds for the set."),
    Rule("R20", "Far from failure", "Who stops most sets with five reps left or more is told so after the session."),
)
"""Where rules meet, the earlier one decides: safety first."""

RULES: Final = MappingProxyType({rule.id: rule for rule in sorted(_BY_PRECEDENCE, key=lambda rule: rule.id)})
"""The rules by id, in the order of ids."""
PRECEDENCE: Final = MappingProxyType({rule.id: rank for rank, rule in enumerate(_BY_PRECEDENCE)})
"""Rank of each rule by id, 0 first."""


def rules_named(ids: Iterable[str]) -> list[Rule]:
    """Return rules by their ids, in the order asked for, without ids that do not exist.

    >>> [rule.title for rule in rules_named(["R02", "R99"])]
    ['High-risk lifts']
    """
    return [RULES[rule_id] for rule_id in ids if rule_id in RULES]


def in_order(ids: Iterable[str]) -> tuple[str, ...]:
    """Return each rule once, by precedence.

    >>> in_order(["R10", "R01", "R02"])
    ('R02', 'R10', 'R01')
    """
    return tuple(sorted(set(ids), key=PRECEDENCE.__getitem__))


def first_of(rule_id: str, ids: Iterable[str]) -> tuple[str, ...]:
    """Return the rule that decided, then the others as they are.

    >>> first_of("R19", ("R02", "R19"))
    ('R19', 'R02')
    """
    return (rule_id, *(other for other in ids if other != rule_id))
