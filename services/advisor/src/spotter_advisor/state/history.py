"""The history that warnings are computed from: daily sums, weekly bests, check-ins, and the notices sent.

Sums are whole numbers, so that a correction removes exactly what was added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

WarningName = Literal["soreness", "joint", "sleep", "irritability", "fatigue", "dread", "slow_first_reps", "plateau"]


@dataclass(frozen=True, slots=True)
class SetFacts:
    """What one set adds to the history; removed again when the set is corrected."""

    day: str
    """Local day on which its exposure began, ISO."""
    exercise: str
    counted: bool = False
    """A work set that ended at a known number of reps in reserve."""
    hard: bool = False
    """It ended at one rep in reserve or less."""
    easy: bool = False
    """It ended far from failure."""
    excused: bool = False
    """It ended far from failure as it was meant to, or belongs to a deload: it says nothing of R20."""
    offset: int | None = None
    """First velocity less the lifter's own at this load, 0.1 mm/s."""
    spread: int | None = None
    """The same in thousandths of the usual sd."""
    strength: float | None = None
    """Estimated one-rep maximum from its load and its fastest rep, kg."""


@dataclass(frozen=True, slots=True)
class DayStats:
    """Sums over the sets of one day."""

    day: str
    sets: int = 0
    hard: int = 0
    easy: int = 0
    excused: int = 0
    offsets: int = 0
    """Sets with a known offset; `offset` is the sum of them."""
    offset: int = 0
    spreads: int = 0
    spread: int = 0


@dataclass(frozen=True, slots=True)
class WellnessCheckIn:
    """One check-in of a lifter."""

    at: datetime
    id: str
    scores: Mapping[str, int] = field(default_factory=dict)
    """1 (bad) to 5 (good), by question."""
    pain: Mapping[str, int] | None = None
    """0 to 10 by joint, in the lifter's words; empty: none anywhere; None: not reported."""


@dataclass(frozen=True, slots=True)
class SentNotice:
    """The newest notice about one subject."""

    revision: int
    sentence: str
    withdrawn: bool
    until: datetime
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """All that a lifter's warnings are computed from."""

    days: tuple[DayStats, ...] = ()
    """Of the last eight weeks, ascending."""
    progress: Mapping[str, tuple[tuple[int, float], ...]] = field(default_factory=dict)
    """By exercise: ordinal and best of each week, ascending."""
    checkins: tuple[WellnessCheckIn, ...] = ()
    """By time."""
    notices: Mapping[str, SentNotice] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActiveWarning:
    """A warning sign that is active."""

    name: WarningName
    rule: Literal["R15", "R16"]
    sentence: str
    since: datetime
    until: datetime
    """When it ends by itself."""
