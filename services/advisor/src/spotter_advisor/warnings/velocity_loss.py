"""R16: first reps slower than the lifter's own in two sessions in a row."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from spotter.domain.policies import Policy
from spotter.domain.weeks import start_of_day
from spotter_advisor.state.history import ActiveWarning, DayStats, History

SESSIONS_APART_DAYS: Final = 14
"""Sessions further apart than this are not in a row; a velocity warning lasts no longer, either."""


def slow_reps_warning(history: History, at: datetime, today: str, zone: str, policy: Policy) -> ActiveWarning | None:
    """Return the warning of first reps that were unusually slow in the last two sessions.

    A session is a day with known offsets. Slow is by more than the policy's sds, or by more than its m/s.
    """
    sessions = [day for day in history.days if day.offsets and day.day <= today][-2:]
    if len(sessions) < 2 or not all(_is_slow(day, policy) for day in sessions):
        return None
    before, last = (date.fromisoformat(day.day) for day in sessions)
    until = start_of_day(last + timedelta(days=SESSIONS_APART_DAYS + 1), zone)
    if (last - before).days > SESSIONS_APART_DAYS or until <= at:
        return None
    slower = " and ".join(f"{-mean_offset_mps(day):.2f}" for day in sessions)
    return ActiveWarning(
        name="slow_first_reps",
        rule="R16",
        sentence=f"First reps were {slower} m/s slower than usual in the last two sessions.",
        since=start_of_day(last, zone),
        until=until,
    )


def mean_offset_mps(day: DayStats) -> float:
    """Return the day's mean first velocity less the lifter's own, m/s."""
    return day.offset / day.offsets / 10_000


def mean_offset_sds(day: DayStats) -> float | None:
    """Return the same in usual sds; None where these are unknown."""
    return day.spread / day.spreads / 1000 if day.spreads else None


def _is_slow(day: DayStats, policy: Policy) -> bool:
    sds = mean_offset_sds(day)
    return mean_offset_mps(day) < -policy.velocity_drop_mps or (sds is not None and sds < -policy.velocity_drop_sd)
