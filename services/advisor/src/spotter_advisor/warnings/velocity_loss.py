"""R16: first reps that are slower than the lifter's own, two sessions running."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from spotter.domain.policies import Policy
from spotter.domain.weeks import start_of_day
from spotter_advisor.state.history import Day, History, Sign
from spotter_advisor.warnings.thresholds import SESSIONS_APART_DAYS


def slow_first_reps(history: History, at: datetime, today: str, zone: str, policy: Policy) -> Sign | None:
    """Tell whether the first reps of the last two sessions were below the lifter's own by more than is usual.

    A session is a day with known offsets. Below is by more than the policy's sds, or by more than its m/s.
    """
    known = [day for day in history.days if day.offsets and day.day <= today][-2:]
    if len(known) < 2 or not all(_is_slow(day, policy) for day in known):
        return None
    before, last = (date.fromisoformat(day.day) for day in known)
    until = start_of_day(last + timedelta(days=SESSIONS_APART_DAYS + 1), zone)
    if (last - before).days > SESSIONS_APART_DAYS or until <= at:
        return None
    slower = " and ".join(f"{-mean_offset_mps(day):.2f}" for day in known)
    return Sign(
        name="slow_first_reps",
        rule="R16",
        sentence=f"First reps were {slower} m/s slower than usual in the last two sessions.",
        since=start_of_day(last, zone),
        until=until,
    )


def mean_offset_mps(day: Day) -> float:
    """Give the day's first reps less the lifter's own, m/s."""
    return day.offset / day.offsets / 10_000


def mean_offset_sds(day: Day) -> float | None:
    """Give the same in usual sds; None where these are not known."""
    return day.spread / day.spreads / 1000 if day.spreads else None


def _is_slow(day: Day, policy: Policy) -> bool:
    sds = mean_offset_sds(day)
    return mean_offset_mps(day) < -policy.velocity_drop_mps or (sds is not None and sds < -policy.velocity_drop_sd)
