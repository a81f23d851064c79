"""What is said of a lifter: level, zone, policy, training days, grants. It holds from the next set on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from advisor.ledger.calendar import calendar_at, week_in, wished
from advisor.state import Grant
from advisor.turn import Turn
from spotter.events.people import AthleteUpdated, BudgetGranted, PolicyUpdated, SessionStarted
from spotter.policies import PolicyFields
from spotter.processing import Reject
from spotter.weeks import WeekStart, day_of

GRANTS_MAX: Final = 100
"""Grants that may run at once."""


def athlete_updated(turn: Turn, data: AthleteUpdated) -> None:
    """Take what a coach says of a lifter."""
    turn.note_config(turn.event.configversion)
    _recount_weeks(turn, data.time_zone, data.week_start)
    lifter = turn.lifter
    if data.level is not None and data.level != lifter.level:
        if data.level == "beginner":
            zone = wished(lifter, turn.gym(lifter.config)).zone
            since = day_of(turn.now, zone).isoformat() if lifter.level is not None or lifter.seasoned else ""
            lifter = replace(lifter, beginner_since=since, seasoned=False)
        turn.put_lifter(replace(lifter, level=data.level))
    turn.announce()


def policy_updated(turn: Turn, data: PolicyUpdated) -> None:
    """Lay the lifter's own layer over those before it."""
    turn.note_config(turn.event.configversion)
    _recount_weeks(turn, data.time_zone, data.week_start)
    layer = folded(turn.lifter.policy, data)
    turn.put_lifter(replace(turn.lifter, policy=layer, policy_layers=turn.lifter.policy_layers + 1))
    turn.announce()


def session_started(turn: Turn, data: SessionStarted) -> None:
    """Take how often the lifter trains."""
    turn.note_config(turn.event.configversion)
    if data.days_per_week is not None and data.days_per_week != turn.lifter.days_per_week:
        turn.put_lifter(replace(turn.lifter, days_per_week=data.days_per_week))
        turn.announce()


def budget_granted(turn: Turn, data: BudgetGranted) -> None:
    """Take what a coach gives on top; the same grant counts once, and goes when it has expired."""
    turn.note_config(turn.event.configversion)
    identity = f"{turn.event.source} {turn.event.id}"
    running = tuple(grant for grant in turn.lifter.grants if grant.expires > turn.now)
    if any(grant.id == identity for grant in running):
        return
    if len(running) >= GRANTS_MAX:
        turn.reject = Reject("too_many_grants", f"{GRANTS_MAX} grants run already: wait until one expires")
        return
    if data.expires > turn.now:
        running = (*running, Grant(identity, data.units, data.reason, data.expires))
    turn.put_lifter(replace(turn.lifter, grants=running))
    turn.announce(anyway=True)


def _recount_weeks(turn: Turn, zone: str | None, week_start: WeekStart | None) -> None:
    """Take a new zone or first weekday: the week that is running stays as it is."""
    lifter = turn.lifter
    changed = replace(lifter, zone=zone or lifter.zone, week_start=week_start or lifter.week_start)
    if changed == lifter:
        return
    if lifter.calendar is not None:
        held = calendar_at(lifter, turn.gym(lifter.config), turn.now)
        changed = replace(changed, calendar=held, calendar_until=week_in(held, turn.now).end)
    turn.put_lifter(changed)


def folded(before: Mapping[str, Any], layer: PolicyFields) -> dict[str, Any]:
    """Lay a layer over the folded ones before it."""
    said = layer.model_dump(include=set(PolicyFields.model_fields), exclude_none=True)
    by_exercise = {**before.get("target_rir_by_exercise", {}), **said.get("target_rir_by_exercise", {})}
    if by_exercise:
        said["target_rir_by_exercise"] = by_exercise
    return {**before, **said}
