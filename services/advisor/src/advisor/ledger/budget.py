"""What a week allows and what is left of it (R08, R10), recomputed from lifter and ledger whenever it is asked for.

A week is charged with every set whose last rep lies in it, whichever calendar was in force then: after a change of
zone or first weekday nothing is paid twice within a week, and no week is forgotten.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from advisor.ledger.calendar import week_in
from advisor.ledger.cost import rounded
from advisor.state import Calendar, Entry, Grant, Ledger, Lifter
from spotter.policies import Policy
from spotter.weeks import Week, day_of

FREQUENT_DAYS: Final = 4
"""Training on so many days a week lowers the budget."""
_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Budget:
    """The failure budget of one week, in units."""

    week: Week
    zone: str
    allowed: float
    spent: float
    reasons: tuple[str, ...]
    valid_until: datetime
    allowed_after: float
    """From `valid_until` on, if nothing else happens."""

    @property
    def left(self) -> float:
        """What may still be spent."""
        return rounded(max(0.0, self.allowed - self.spent))


def is_beginner(lifter: Lifter) -> bool:
    """Tell whether a lifter counts as a beginner (R08): nothing known, or called one, and too few sessions logged."""
    return lifter.level in (None, "beginner") and not lifter.seasoned


def is_seasoned(lifter: Lifter, policy: Policy) -> bool:
    """Tell whether enough sessions over enough time are logged; once reached it stays."""
    if lifter.seasoned:
        return True
    days = lifter.days[bisect_left(lifter.days, lifter.beginner_since) :]
    if len(days) < policy.sessions_to_intermediate:
        return False
    return (date.fromisoformat(days[-1]) - date.fromisoformat(days[0])).days >= policy.days_to_intermediate


def budget_of(
    lifter: Lifter,
    ledger: Ledger,
    policy: Policy,
    calendar: Calendar,
    moment: datetime,
    *,
    now: datetime,
    beginner: bool,
) -> Budget:
    """Compute the budget of the week that `moment` lies in, as of `now`."""
    week = week_in(calendar, moment)
    at = min(max(now, week.start), week.end - _INSTANT)
    base, reason = _base(policy, beginner=beginner, days=days_trained(lifter, week, calendar.zone), lifter=lifter)
    next_base, _ = _base(policy, beginner=beginner, days=0, lifter=lifter)
    grants = sorted(
        (grant for grant in lifter.grants if grant.expires > at), key=lambda grant: (grant.expires, grant.id)
    )
    valid_until = min([week.end, *(grant.expires for grant in grants)])
    later = sum(grant.units for grant in grants if grant.expires > valid_until)
    return Budget(
        week=week,
        zone=calendar.zone,
        allowed=rounded(base + sum(grant.units for grant in grants)),
        spent=spent_in(ledger, week),
        reasons=(reason, *map(_granted, grants)),
        valid_until=valid_until,
        allowed_after=rounded((next_base if valid_until == week.end else base) + later),
    )


def spent_in(ledger: Ledger, week: Week, *, muscle_group: str | None = None, but: str | None = None) -> float:
    """Sum what sets of a week cost, of one muscle group where it is named, without the set whose key is `but`."""
    return rounded(
        sum(
            entry.cost
            for entry in ledger.entries
            if entry.at in week and muscle_group in (None, entry.muscle_group) and entry.set_key != but
        )
    )


def with_entry(ledger: Ledger, entry: Entry) -> Ledger:
    """Give the ledger with one set's entry made or revised; one that costs nothing is none."""
    entries = [known for known in ledger.entries if known.set_key != entry.set_key]
    if entry.cost > 0:
        entries.append(entry)
    return Ledger(tuple(sorted(entries, key=lambda known: (known.at, known.set_key))))


def kept_from(ledger: Ledger, moment: datetime) -> Ledger:
    """Give the ledger without what lies before `moment`."""
    return Ledger(tuple(entry for entry in ledger.entries if entry.at >= moment))


def days_trained(lifter: Lifter, week: Week, zone: str) -> int:
    """Count the days of a week on which a work set was done."""
    first, end = day_of(week.start, zone).isoformat(), day_of(week.end, zone).isoformat()
    return bisect_left(lifter.days, end) - bisect_left(lifter.days, first)


def _base(policy: Policy, *, beginner: bool, days: int, lifter: Lifter) -> tuple[float, str]:
    if beginner:
        return 0.0, "no units: beginner"
    if max(days, lifter.days_per_week or 0) >= FREQUENT_DAYS and policy.weekly_units_frequent < policy.weekly_units:
        return (
            policy.weekly_units_frequent,
            f"{policy.weekly_units_frequent:g} a week: training on {FREQUENT_DAYS} or more days",
        )
    return policy.weekly_units, f"{policy.weekly_units:g} a week"


def _granted(grant: Grant) -> str:
    return f"{grant.units:g} more until {grant.expires:%Y-%m-%d %H:%M} UTC: {grant.reason}"
