"""Shares of hard and easy sets: too many near failure (R09), or too many far from it (R20)."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from spotter.domain.policies import Policy
from spotter_advisor.state.history import DayStats, History

HARD_DAYS: Final = 28
"""Days whose sets count, today included."""
SANDBAGGING_SETS_MIN: Final = 5
"""Least sets of a week for its share of easy ones to count."""


@dataclass(frozen=True, slots=True)
class HardShare:
    """How many of the last work sets ended at one rep in reserve or less."""

    sets: int
    hard: int
    enough: bool
    """There are enough sets for a share."""
    over: bool

    @property
    def share(self) -> float:
        """Share of hard sets, 0 to 1."""
        return round(self.hard / self.sets, 4) if self.sets else 0.0


@dataclass(frozen=True, slots=True)
class EasyShare:
    """How many of a week's work sets ended far from failure, of those that are expected not to."""

    sets: int
    easy: int
    over: bool


def hard_share(history: History, today: str, policy: Policy) -> HardShare:
    """Count the hard sets of the last 28 days; over is more than the policy's share of at least its number of sets."""
    first = (date.fromisoformat(today) - timedelta(days=HARD_DAYS - 1)).isoformat()
    days = between(history, first, today)
    sets, hard = sum(day.sets for day in days), sum(day.hard for day in days)
    enough = sets >= policy.hard_share_sets
    return HardShare(sets, hard, enough, enough and hard > policy.hard_share_max * sets + 1e-9)


def easy_share(history: History, first: str, last: str, policy: Policy) -> EasyShare:
    """Count the easy sets of the days from `first` to `last`; over is more than the policy's share of them.

    Those of a deload, and those that ended where their plan said, are left out.
    """
    days = between(history, first, last)
    sets, easy = sum(day.sets - day.excused for day in days), sum(day.easy for day in days)
    return EasyShare(sets, easy, sets >= SANDBAGGING_SETS_MIN and easy > policy.early_share_max * sets + 1e-9)


def between(history: History, first: str, last: str) -> tuple[DayStats, ...]:
    """Return the days from `first` to `last`, both included."""
    days = history.days
    start = bisect_left(days, first, key=lambda day: day.day)
    return tuple(day for day in days[start:] if day.day <= last)
