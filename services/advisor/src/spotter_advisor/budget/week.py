"""What a week allows and what is left of it (R08, R10, R15, R16), recomputed from what is known whenever it is asked for.

A week is charged with every set whose last rep lies in it, whichever calendar was in force then: after a change of
zone or first weekday nothing is paid twice within a week, and no week is forgotten.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from spotter.domain.policies import BlockKind, Policy
from spotter.domain.weeks import Week, day_of, start_of_day
from spotter_advisor.pricing.calendar import week_in
from spotter_advisor.pricing.cost import rounded
from spotter_advisor.state.history import History, Sign
from spotter_advisor.state.records import Calendar, Entry, Grant, Ledger, Lifter
from spotter_advisor.warnings.active import signs_at

_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Held:
    """What holds on a day."""

    policy: Policy
    kind: BlockKind | None = None
    """Of the block that the day lies in."""


@dataclass(frozen=True, slots=True)
class Known:
    """All that a budget is computed from."""

    lifter: Lifter
    ledger: Ledger
    history: History
    calendar: Calendar
    beginner: bool
    held_on: Callable[[date], Held]


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
    allowed_later: tuple[tuple[datetime, float], ...] = ()
    """Where more than one thing ends in the week: from when on how much, after `valid_until`."""
    signs: tuple[Sign, ...] = ()
    """Warning signs that hold."""

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


def budget_of(known: Known, moment: datetime, *, now: datetime) -> Budget:
    """Compute the budget of the week that `moment` lies in, as of `now`."""
    week = week_in(known.calendar, moment)
    at = min(max(now, week.start), week.end - _INSTANT)
    allowed, reasons, signs = _allowed(known, at)
    ends = [sign.until for sign in signs] + [grant.expires for grant in known.lifter.grants]
    (valid_until, allowed_after), *later = _from_then_on(known, at, week, ends)
    return Budget(
        week=week,
        zone=known.calendar.zone,
        allowed=allowed,
        spent=spent_in(known.ledger, week),
        reasons=reasons,
        valid_until=valid_until,
        allowed_after=allowed_after,
        allowed_later=tuple(later),
        signs=signs,
    )


def spent_in(ledger: Ledger, week: Week, *, muscle_group: str | None = None, but: str | None = None) -> float:
    """Sum what sets of a week cost, of one muscle group where it is named, without the set whose key is `but`."""
    return rounded(
        sum(
            entry.cost if muscle_group is None else entry.on(muscle_group)
            for entry in ledger.entries
            if entry.at in week and entry.set_key != but
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


def _allowed(known: Known, at: datetime) -> tuple[float, tuple[str, ...], tuple[Sign, ...]]:
    """Say what is allowed at a moment, why, and which signs hold."""
    lifter, zone = known.lifter, known.calendar.zone
    held = known.held_on(day_of(at, zone))
    days = days_trained(lifter, week_in(known.calendar, at), zone)
    base, reason = _base(known, held, days)
    grants = sorted(
        (grant for grant in lifter.grants if grant.expires > at), key=lambda grant: (grant.expires, grant.id)
    )
    units, reasons = base + sum(grant.units for grant in grants), [reason, *map(_granted, grants)]
    signs = _signs(known, at, held, days)
    if len(signs) >= held.policy.signs_to_close:
        units = 0.0
    elif len(signs) >= held.policy.signs_to_halve:
        units /= 2
    else:
        return rounded(units), tuple(reasons), signs
    rules = " and ".join(sorted({sign.rule for sign in signs}))
    names = ", ".join(sign.name.replace("_", " ") for sign in signs)
    reasons.append(f"{'half of it' if units else 'nothing'} while {len(signs)} warning signs hold ({rules}): {names}")
    return rounded(units), tuple(reasons), signs


def _from_then_on(known: Known, at: datetime, week: Week, ends: Sequence[datetime]) -> Iterator[tuple[datetime, float]]:
    """Give the moments after `at` at which something ends, up to the week's end, and what is allowed from each on."""
    while at < week.end:
        at = min([week.end, _block_changes(known, at, week), *(end for end in ends if end > at)])
        yield at, _allowed(known, at)[0]


def _base(known: Known, held: Held, days: int) -> tuple[float, str]:
    policy = held.policy
    if known.beginner:
        return 0.0, "no units: beginner"
    if held.kind == "deload":
        return policy.deload_units, f"{policy.deload_units:g} in a deload week, but for planned isolation sets"
    often = max(days, known.lifter.days_per_week or 0) >= policy.frequent_days
    if often and policy.weekly_units_frequent < policy.weekly_units:
        return (
            policy.weekly_units_frequent,
            f"{policy.weekly_units_frequent:g} a week: training on {policy.frequent_days} or more days",
        )
    return policy.weekly_units, f"{policy.weekly_units:g} a week"


def _signs(known: Known, at: datetime, held: Held, days: int) -> tuple[Sign, ...]:
    policy = held.policy
    since = at - timedelta(weeks=policy.plateau_weeks)
    spent = rounded(sum(entry.cost for entry in known.ledger.entries if since < entry.at <= at))
    a_week = _base(known, Held(policy), days)[0]
    return signs_at(known.history, at, known.calendar.zone, policy, spent=spent, allowed=a_week * policy.plateau_weeks)


def _block_changes(known: Known, at: datetime, week: Week) -> datetime:
    """Give the next midnight in the week at which another kind of block begins, else the week's end."""
    zone = known.calendar.zone
    day, kind = day_of(at, zone), known.held_on(day_of(at, zone)).kind
    while (midnight := start_of_day(day := day + timedelta(days=1), zone)) < week.end:
        if known.held_on(day).kind != kind and midnight > at:
            return midnight
    return week.end


def _granted(grant: Grant) -> str:
    return f"{grant.units:g} more until {grant.expires:%Y-%m-%d %H:%M} UTC: {grant.reason}"
