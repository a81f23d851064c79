"""Numbers as people read them."""

from __future__ import annotations

from collections.abc import Sequence


def percent(share: float) -> str:
    """Write a share.

    >>> percent(0.456), percent(0.004)
    ('46 %', 'under 1 %')
    """
    if 0 < share < 0.005:
        return "under 1 %"
    return f"{100 * share:.0f} %"


def units(number: float) -> str:
    """Write an amount of budget.

    >>> units(1.0), units(2.5), units(0.25), units(0)
    ('1 unit', '2.5 units', '0.25 units', '0 units')
    """
    return f"{number:.2f}".rstrip("0").rstrip(".") + (" unit" if number == 1 else " units")


def reps(number: float) -> str:
    """Write a number of reps.

    >>> reps(1), reps(3)
    ('1 rep', '3 reps')
    """
    return f"{number:g} rep" + ("" if number == 1 else "s")


def plain_list(words: Sequence[str]) -> str:
    """Write words one after the other.

    >>> plain_list(["sleep"]), plain_list(["sleep", "mood", "pain"])
    ('sleep', 'sleep, mood and pain')
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
