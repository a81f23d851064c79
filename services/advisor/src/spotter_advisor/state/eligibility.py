"""How a lifter stands when a set opens: all that the rules look at beside the set itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

RecoveryRule = Literal["R11", "R13"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of the week, and what speaks against failure, or for it; the default is: nothing left, nothing else."""

    left: float = 0.0
    """Of the week's budget, in units."""
    muscle_left: float = 0.0
    """Of what the week allows the exercise's muscle groups: units that a set on it may cost."""
    planned_left: float = 0.0
    """In a deload week: units that are left for planned isolation sets (R12)."""
    signs: tuple[str, ...] = ()
    """Names of the warning signs that hold (R15, R16)."""
    pain: bool = False
    """A joint that the exercise loads hurts: no failure on it (R15)."""
    hard_share: float | None = None
    """Of the last 28 days' work sets those that ended at one rep in reserve or less; None: too few sets (R09)."""
    hard_share_over: bool = False
    """It is too high: no spending until it is back."""
    closed_until: datetime | None = None
    """When the exercise's muscle groups have recovered (R11, R13); None: they have."""
    closed_rule: RecoveryRule | None = None
    plateau: bool = False
    """No gain on this exercise for three weeks (R17)."""
