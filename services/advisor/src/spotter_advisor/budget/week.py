"""What a week allows and what is left of it (R08, R10, R15, R16), computed anew from the state whenever it is needed.

A week is charged with every exposure that began on one of its days: the local day in the zone pinned then, whichever
calendar is in force now. So a change of zone or first weekday moves nothing, and within a week nothing is paid twice.
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
from spotter_advisor.state.history import ActiveWarning, History
from spotter_advisor.state.records import AthleteState, Calendar, Grant, Ledger, LedgerEntry
from spotter_advisor.warnings.check_in import reported_warnings
from spotter_advisor.warnings.effort_shares import hard_share
from spotter_advisor.warnings.plateau import plateau_warning
from spotter_advisor.warnings.velocity_loss import slow_reps_warning

_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class DayPolicy:
    """The policy of a day."""

    policy: Policy
    kind: BlockKind | None = None
    """Of the block that the day lies in."""


@dataclass(frozen=True, slots=True)
class BudgetInputs:
    """All that a budget is computed from."""

    athlete: AthleteState
    ledger: Ledger
    history: History
    calendar: Calendar
    policy_on: Callable[[date], DayPolicy]
    pinned_beginner: bool | None = None
    """Whether a set's lifter counted as a beginner when it opened; None: as of the day in question."""

    def beginner_on(self, day: date) -> bool:
        """Return whether the lifter counts as a beginner on a local day."""
        return is_beginner(self.athlete, day) if self.pinned_beginner is None else self.pinned_beginner


@dataclass(frozen=True, slots=True)
class Budget:
    """The failure budget of one week, in units."""

    week: Week
    calendar: Calendar
    allowed: float
    spent: float
    reasons: tuple[str, ...]
    valid_until: datetime
    allowed_after: float
    """From `valid_until` on, if nothing else happens."""
    allowed_later: tuple[tuple[datetime, float], ...] = ()
    """Further changes within the week, after `valid_until`: from when on how much."""
    signs: tuple[ActiveWarning, ...] = ()

    @property
    def left(self) -> float:
        """Units that may still be spent."""
        return rounded(max(0.0, self.allowed - self.spent))


def is_beginner(athlete: AthleteState, day: date) -> bool:
    """Return whether a lifter counts as a beginner on a day (R08): by level, with too few sessions logged by then."""
    if athlete.level not in (None, "beginner"):
        return False
    return athlete.seasoned_from is None or day.isoformat() < athlete.seasoned_from


def seasoned_from(athlete: AthleteState, policy: Policy) -> str | None:
    """Return the day on which enough sessions over enough time were logged; None: not yet."""
    days = athlete.days[bisect_left(athlete.days, athlete.beginner_since) :]
    if len(days) < policy.sessions_to_intermediate:
        return None
    first = (date.fromisoformat(days[0]) + timedelta(days=policy.days_to_intermediate)).isoformat()
    index = max(bisect_left(days, first), policy.sessions_to_intermediate - 1)
    return days[index] if index < len(days) else None


def budget_of(inputs: BudgetInputs, moment: datetime, *, now: datetime) -> Budget:
    """Compute the budget of the week that `moment` lies in, as of `now`."""
    week = week_in(inputs.calendar, moment)
    at = min(max(now, week.start), week.end - _INSTANT)
    allowed, reasons, warnings = _allowed(inputs, at)
    ends = [warning.until for warning in warnings] + [grant.expires for grant in inputs.athlete.grants]
    (valid_until, allowed_after), *later = _later_changes(inputs, at, week, ends)
    return Budget(
        week=week,
        calendar=inputs.calendar,
        allowed=allowed,
        spent=spent_in(inputs.ledger, week, inputs.calendar.zone),
        reasons=reasons,
        valid_until=valid_until,
        allowed_after=allowed_after,
        allowed_later=tuple(later),
        signs=warnings,
    )


def spent_in(
    ledger: Ledger, week: Week, zone: str, *, muscle_group: str | None = None, but: str | None = None
) -> float:
    """Sum what sets of a week cost, in all or for one muscle group, without those of the exposure `but`."""
    first, end = days_of(week, zone)
    return rounded(
        sum(
            entry.cost if muscle_group is None else entry.on(muscle_group)
            for entry in ledger.entries
            if first <= entry.day < end and entry.exposure != but
        )
    )


def with_entry(ledger: Ledger, new: LedgerEntry) -> Ledger:
    """Return the ledger with one set's entry added or revised; an entry that costs nothing is left out."""
    entries = [entry for entry in ledger.entries if entry.set_key != new.set_key]
    if new.cost > 0:
        entries.append(new)
    return Ledger(tuple(sorted(entries, key=lambda entry: (entry.at, entry.set_key))))


def without_entries_before(ledger: Ledger, moment: datetime) -> Ledger:
    """Return the ledger without the entries before `moment`."""
    return Ledger(tuple(entry for entry in ledger.entries if entry.at >= moment))


def days_trained(athlete: AthleteState, week: Week, zone: str) -> int:
    """Count the days of a week on which a work set was done."""
    first, end = days_of(week, zone)
    return bisect_left(athlete.days, end) - bisect_left(athlete.days, first)


def days_of(week: Week, zone: str) -> tuple[str, str]:
    """Return a week's first local day and that of the next one, ISO."""
    return day_of(week.start, zone).isoformat(), day_of(week.end, zone).isoformat()


def _allowed(inputs: BudgetInputs, at: datetime) -> tuple[float, tuple[str, ...], tuple[ActiveWarning, ...]]:
    """Return what is allowed at a moment, why, and the active warnings."""
    athlete, zone = inputs.athlete, inputs.calendar.zone
    on_day = inputs.policy_on(day_of(at, zone))
    days = days_trained(athlete, week_in(inputs.calendar, at), zone)
    base, reason = _base(inputs, on_day, at, days)
    grants = sorted(
        (grant for grant in athlete.grants if (grant.at or at) <= at < grant.expires),
        key=lambda grant: (grant.expires, grant.id),
    )
    units, reasons = base + sum(grant.units for grant in grants), [reason, *map(_grant_reason, grants)]
    warnings = _warnings(inputs, at, on_day, days)
    share = hard_share(inputs.history, day_of(at, zone).isoformat(), on_day.policy)
    if share.over:
        hard = f"{share.hard} of {share.sets} work sets in 28 days ended with one rep left or none"
        return 0.0, (*reasons, f"nothing while {hard} (R09)"), warnings
    if len(warnings) >= on_day.policy.signs_to_close:
        units = 0.0
    elif len(warnings) >= on_day.policy.signs_to_halve:
        units /= 2
    else:
        return rounded(units), tuple(reasons), warnings
    rules = " and ".join(sorted({warning.rule for warning in warnings}))
    names = ", ".join(warning.name.replace("_", " ") for warning in warnings)
    part = "half of it" if units else "nothing"
    reasons.append(f"{part} while {len(warnings)} warning signs hold ({rules}): {names}")
    return rounded(units), tuple(reasons), warnings


def _later_changes(
    inputs: BudgetInputs, at: datetime, week: Week, ends: Sequence[datetime]
) -> Iterator[tuple[datetime, float]]:
    """Yield each moment after `at` at which something ends, up to the week's end, with what is allowed from then on."""
    while at < week.end:
        at = min([week.end, _block_change(inputs, at, week), *(end for end in ends if end > at)])
        yield at, _allowed(inputs, at)[0]


def _base(inputs: BudgetInputs, on_day: DayPolicy, at: datetime, days: int) -> tuple[float, str]:
    """Return the week's units before grants and warnings, and the reason."""
    policy = on_day.policy
    if inputs.beginner_on(day_of(at, inputs.calendar.zone)):
        return 0.0, "no units: beginner"
    if on_day.kind == "deload":
        return policy.deload_units, f"{policy.deload_units:g} in a deload week, but for planned isolation sets"
    reported = next((report.days_per_week for report in reversed(inputs.athlete.frequency) if report.at <= at), 0)
    often = max(days, reported) >= policy.frequent_days
    if often and policy.weekly_units_frequent < policy.weekly_units:
        return (
            policy.weekly_units_frequent,
            f"{policy.weekly_units_frequent:g} a week: training on {policy.frequent_days} or more days",
        )
    return policy.weekly_units, f"{policy.weekly_units:g} a week"


def _warnings(inputs: BudgetInputs, at: datetime, on_day: DayPolicy, days: int) -> tuple[ActiveWarning, ...]:
    """Return the warnings that are active at a moment: those reported (R15), then those measured (R16)."""
    history, policy, zone = inputs.history, on_day.policy, inputs.calendar.zone
    since = at - timedelta(weeks=policy.plateau_weeks)
    spent = rounded(sum(entry.cost for entry in inputs.ledger.entries if since < entry.at <= at))
    allowed = _base(inputs, DayPolicy(policy), at, days)[0] * policy.plateau_weeks
    today = day_of(at, zone).isoformat()
    measured = (
        slow_reps_warning(history, at, today, zone, policy),
        plateau_warning(history, today, zone, policy, spent, allowed),
    )
    return (*reported_warnings(history, at), *(warning for warning in measured if warning is not None))


def _block_change(inputs: BudgetInputs, at: datetime, week: Week) -> datetime:
    """Return the next midnight in the week at which another kind of block begins, else the week's end."""
    zone = inputs.calendar.zone
    day, kind = day_of(at, zone), inputs.policy_on(day_of(at, zone)).kind
    while (midnight := start_of_day(day := day + timedelta(days=1), zone)) < week.end:
        if inputs.policy_on(day).kind != kind and midnight > at:
            return midnight
    return week.end


def _grant_reason(grant: Grant) -> str:
    return f"{grant.units:g} more until {grant.expires:%Y-%m-%d %H:%M} UTC: {grant.reason}"
