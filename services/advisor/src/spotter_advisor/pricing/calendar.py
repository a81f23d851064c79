"""Where and how a lifter's weeks are counted, and from when a change of that holds."""

from __future__ import annotations

from datetime import datetime

from spotter.domain.gym_config import GymConfig
from spotter.domain.weeks import Week, week_of
from spotter_advisor.state.records import Calendar, Lifter


def wished(lifter: Lifter, gym: GymConfig) -> Calendar:
    """Give the calendar that the lifter's settings ask for, and where they are silent the gym's."""
    return Calendar(lifter.zone or gym.time_zone, lifter.week_start or gym.week_start)


def calendar_at(lifter: Lifter, gym: GymConfig, moment: datetime) -> Calendar:
    """Give the calendar that holds at `moment`: a changed one from the start of the next week on.

    The next week is counted from when the lifter's own settings changed. A change of the gym's comes with the next
    set, so there it is counted from the set before: no week that a set was counted in changes.
    """
    new, held = wished(lifter, gym), lifter.calendar
    if held is None or held == new:
        return new
    ends = [lifter.calendar_until] if lifter.calendar_until is not None else []
    if lifter.newest_set_at is not None:
        ends.append(week_in(held, lifter.newest_set_at).end)
    return new if all(moment >= end for end in ends) else held


def week_in(calendar: Calendar, moment: datetime) -> Week:
    """Give the week of `calendar` that a moment lies in."""
    return week_of(moment, calendar.zone, calendar.week_start)
