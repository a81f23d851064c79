"""Daily sums and weekly bests: what a set adds to them, and what its correction removes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from spotter_advisor.state.history import DayStats, History, SetFacts
from spotter_advisor.state.records import HISTORY_KEPT

KEPT_WEEKS: Final = HISTORY_KEPT // timedelta(weeks=1)
_BAR_MPS: Final = 0.25
_SPAN_MPS: Final = 1.2
_HEAVIEST: Final = 1.1


def strength_of(load_kg: float | None, velocity_mps: float | None) -> float | None:
    """Return the maximum that a load moved at a velocity implies, kg: the load over its share of the maximum.

    One straight line for all exercises (about 0.25 m/s at the maximum and 1.2 m/s over the whole range; González-Badillo
    and Sánchez-Medina 2010) is enough here, where an exercise is only compared with itself. None without a load.

    >>> strength_of(100, 0.25), strength_of(80, 0.49), strength_of(None, 0.5)
    (100.0, 100.0, None)
    """
    if velocity_mps is None or not load_kg:
        return None
    share = min(_HEAVIEST, max(0.1, 1 - (velocity_mps - _BAR_MPS) / _SPAN_MPS))
    return round(load_kg / share, 2)


def week_number(day: str) -> int:
    """Return the ordinal of the week, from Monday, that a local day lies in."""
    return (date.fromisoformat(day).toordinal() - 1) // 7


def with_facts(
    history: History, before: SetFacts | None, after: SetFacts | None, others: Iterable[SetFacts]
) -> History:
    """Return the history with a set's facts replaced; those of `others` still stored count where a best is taken back."""
    if before == after:
        return history
    days = {day.day: day for day in history.days}
    for facts, sign in ((before, -1), (after, 1)):
        if facts is not None:
            days[facts.day] = _added(days.get(facts.day, DayStats(facts.day)), facts, sign)
    bests = {exercise: dict(rows) for exercise, rows in history.progress.items()}
    if before is not None and before.strength is not None:
        _take_back(bests, before, others)
    if after is not None and after.strength is not None:
        rows, week = bests.setdefault(after.exercise, {}), week_number(after.day)
        rows[week] = max(rows.get(week, 0.0), after.strength)
    kept = (day for day in days.values() if day != DayStats(day.day))
    return replace(
        history,
        days=tuple(sorted(kept, key=lambda day: day.day)),
        progress={name: tuple(sorted(rows.items())) for name, rows in bests.items() if rows},
    )


def without_old(history: History, today: str) -> History:
    """Return the history without days, bests and notices that are no longer used."""
    first = (date.fromisoformat(today) - timedelta(weeks=KEPT_WEEKS)).isoformat()
    week = week_number(today) - KEPT_WEEKS
    rows = {name: tuple(row for row in bests if row[0] > week) for name, bests in history.progress.items()}
    days = tuple(day for day in history.days if day.day >= first)
    notices = {key: notice for key, notice in history.notices.items() if notice.until.date().isoformat() >= first}
    return replace(history, days=days, progress={name: kept for name, kept in rows.items() if kept}, notices=notices)


def _added(day: DayStats, facts: SetFacts, sign: int) -> DayStats:
    return replace(
        day,
        sets=day.sets + sign * facts.counted,
        hard=day.hard + sign * facts.hard,
        easy=day.easy + sign * facts.easy,
        excused=day.excused + sign * facts.excused,
        offsets=day.offsets + sign * (facts.offset is not None),
        offset=day.offset + sign * (facts.offset or 0),
        spreads=day.spreads + sign * (facts.spread is not None),
        spread=day.spread + sign * (facts.spread or 0),
    )


def _take_back(bests: dict[str, dict[int, float]], before: SetFacts, others: Iterable[SetFacts]) -> None:
    rows, week = bests.get(before.exercise, {}), week_number(before.day)
    if rows.get(week) != before.strength:
        return
    others_of_week = [
        facts.strength
        for facts in others
        if facts.exercise == before.exercise and facts.strength is not None and week_number(facts.day) == week
    ]
    if others_of_week:
        rows[week] = max(others_of_week)
    else:
        rows.pop(week, None)
