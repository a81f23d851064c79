"""Where rules meet, safety first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

ORDER: Final = (
    *("R03", "R02", "R18", "R15", "R07", "R08", "R09", "R10", "R11", "R12"),
    *("R01", "R04", "R05", "R06", "R13", "R14", "R16", "R17", "R19", "R20"),
)
"""Where rules meet, safety first."""


def in_order(rules: Iterable[str]) -> tuple[str, ...]:
    """Sort rules as they go before each other.

    >>> in_order(["R10", "R01", "R02"])
    ('R02', 'R10', 'R01')
    """
    return tuple(sorted(set(rules), key=ORDER.index))


def first_of(rule: str, rules: Iterable[str]) -> tuple[str, ...]:
    """Put the rule that decided before the others.

    >>> first_of("R19", ("R02", "R19"))
    ('R19', 'R02')
    """
    return (rule, *(other for other in rules if other != rule))
