"""R16 and R17: no gain in velocity at load for three weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from spotter.domain.policies import Policy
from spotter.domain.weeks import start_of_day
from spotter_advisor.state.history import ActiveWarning, History
from spotter_advisor.warnings.daily_stats import week_number

PROGRESS_WEEKS: Final = 8
"""Weeks of bests that an exercise is compared over."""
GAIN: Final = 0.01
"""A best that is this much better is a gain: two hundredths of a metre per second are two parts in a hundred."""


@dataclass(frozen=True, slots=True)
class Plateau:
    """An exercise without a gain."""

    exercise: str
    weeks: int


def plateau_of(history: History, exercise: str, today: str, policy: Policy) -> Plateau | None:
    """Return the plateau of an exercise that has not improved for the policy's weeks, this one included.

    It must have been done before them, and in at least two of them: one week without a gain is no plateau.
    """
    last = week_number(today)
    first = last - policy.plateau_weeks + 1
    rows = history.progress.get(exercise, ())
    now = [best for week, best in rows if first <= week <= last]
    before = [best for week, best in rows if last - PROGRESS_WEEKS < week < first]
    if len(now) < min(2, policy.plateau_weeks) or not before or max(now) > max(before) * (1 + GAIN):
        return None
    return Plateau(exercise, policy.plateau_weeks)


def plateau_warning(
    history: History, today: str, zone: str, policy: Policy, spent: float, allowed: float
) -> ActiveWarning | None:
    """Return the warning of a plateau, if as many units of failure as `allowed` were `spent` in its weeks."""
    if allowed <= 0 or spent < allowed:
        return None
    plateaus = [exercise for exercise in sorted(history.progress) if plateau_of(history, exercise, today, policy)]
    if not plateaus:
        return None
    names = ", ".join(map(exercise_words, plateaus[:3]))
    day = date.fromisoformat(today)
    return ActiveWarning(
        name="plateau",
        rule="R16",
        sentence=f"No gain in {policy.plateau_weeks} weeks on {names}, with {spent:g} units of failure spent in them.",
        since=_monday(day - timedelta(weeks=policy.plateau_weeks - 1), zone),
        until=_monday(day + timedelta(weeks=1), zone),
    )


def exercise_words(exercise: str) -> str:
    """Return an exercise's id as words."""
    return exercise.replace("_", " ")


def _monday(day: date, zone: str) -> datetime:
    return start_of_day(day - timedelta(days=day.weekday()), zone)
