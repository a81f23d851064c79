"""Which muscle groups a set works, and how much of its cost each pays."""

from __future__ import annotations

from typing import Final

from spotter.domain.exercises import Exercise
from spotter_advisor.pricing.cost import rounded

MAIN: Final = 0.5
"""Groups that do at least this part of what the most worked one does need its rest, too (design choice)."""


def weights(exercise: Exercise) -> dict[str, float]:
    """Give each muscle group's work as a part of what the most worked one does.

    The set's own group pays the whole cost, so that the week's units for a group are sets to failure, as they are said;
    the others pay by their part.

    >>> from spotter.domain.exercises import builtin_catalogue
    >>> weights(builtin_catalogue().get("biceps_curl"))
    {'biceps': 1.0, 'forearms': 0.176471}
    """
    shares = exercise.shares
    most = max(shares.values())
    return {group: rounded(share / most) for group, share in shares.items()}


def charges(exercise: Exercise, cost: float) -> dict[str, float]:
    """Share what a set costs out to its muscle groups."""
    return {group: rounded(cost * weight) for group, weight in weights(exercise).items()}


def main_groups(exercise: Exercise) -> frozenset[str]:
    """Give the groups that an exercise works most."""
    return frozenset(group for group, weight in weights(exercise).items() if weight >= MAIN)
