"""The muscle groups that a set works, and the part of its cost that each pays."""

from __future__ import annotations

from typing import Final

from spotter.domain.exercises import Exercise
from spotter_advisor.pricing.cost import rounded

MAIN: Final = 0.5
"""Groups that do at least this part of the most worked one's work rest as long (design choice)."""


def muscle_weights(exercise: Exercise) -> dict[str, float]:
    """Return each muscle group's work as a part of the most worked one's.

    The set's own group pays the whole cost, so that a group's weekly units are sets to failure; the others pay their
    part.

    >>> from spotter.domain.exercises import builtin_catalogue
    >>> muscle_weights(builtin_catalogue().get("biceps_curl"))
    {'biceps': 1.0, 'forearms': 0.176471}
    """
    shares = exercise.shares
    most = max(shares.values())
    return {group: rounded(share / most) for group, share in shares.items()}


def cost_by_muscle(exercise: Exercise, cost: float) -> dict[str, float]:
    """Return the part of a set's cost that each muscle group pays."""
    return {group: rounded(cost * weight) for group, weight in muscle_weights(exercise).items()}


def main_groups(exercise: Exercise) -> frozenset[str]:
    """Return the groups that an exercise works most."""
    return frozenset(group for group, weight in muscle_weights(exercise).items() if weight >= MAIN)
