"""What is remembered for the signs: days of training in numbers, bests by week, check-ins, and what was told of it.

Sums are whole numbers, so that what a correction takes out is exactly what was put in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

SignName = Literal["soreness", "joint", "sleep", "irritability", "fatigue", "dread", "slow_first_reps", "plateau"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What one set says: to be taken out again when the set is corrected."""

    day: str
    """Its local day, ISO."""
    exercise: str
    counted: bool = False
    """It is a work set that ended at a known number of reps in reserve."""
    hard: bool = False
    """It ended at one rep in reserve or less."""
    easy: bool = False
    """It ended far from failure."""
    offset: int | None = None
    """First velocity less the lifter's own at this load, 0.1 mm/s."""
    spread: int | None = None
    """The same in thousandths of the usual sd."""
    strength: float | None = None
    """What its load and its fastest rep are worth."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of training in numbers."""

    day: str
    sets: int = 0
    hard: int = 0
    easy: int = 0
    offsets: int = 0
    """Sets with a known offset; `offset` is the sum of them."""
    offset: int = 0
    spreads: int = 0
    spread: int = 0


@dataclass(frozen=True, slots=True)
class Checkin:
    """How a lifter said to feel."""

    at: datetime
    id: str
    scores: Mapping[str, int] = field(default_factory=dict)
    """1 (bad) to 5 (good), by what was asked."""
    pain: Mapping[str, int] | None = None
    """0 to 10 by joint, in the lifter's words; empty: none anywhere; None: nothing was said of it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was told last of one thing."""

    revision: int
    sentence: str
    withdrawn: bool
    until: datetime
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """All that the signs of a lifter are computed from."""

    days: tuple[Day, ...] = ()
    """Ascending, of the last eight weeks."""
    progress: Mapping[str, tuple[tuple[int, float], ...]] = field(default_factory=dict)
    """Of each exercise the best of each week, by the week's ordinal, ascending."""
    checkins: tuple[Checkin, ...] = ()
    """By time."""
    notices: Mapping[str, Told] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sign:
    """A warning sign that holds."""

    name: SignName
    rule: Literal["R15", "R16"]
    sentence: str
    since: datetime
    until: datetime
    """When it ends by itself."""
