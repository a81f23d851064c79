"""The calendar that a lifter's weeks are counted by, and when a change of it takes effect."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from spotter.domain.gym_config import GymConfig
from spotter.domain.weeks import Week, start_of_day, week_of
from spotter_advisor.state.records import AthleteState, Calendar

_NOON: Final = timedelta(hours=12)


def configured_calendar(athlete: AthleteState, gym: GymConfig) -> Calendar:
    """Return the calendar of the lifter's settings, with the gym's for what they leave out."""
    return Calendar(athlete.zone or gym.time_zone, athlete.week_start or gym.week_start)


def calendar_at(athlete: AthleteState, gym: GymConfig, moment: datetime) -> Calendar:
    """Return the calendar in force at `moment`; a changed one takes effect with the next week.

    The next week is counted from when the lifter's own settings changed. A change of the gym's comes with the next
    set, so there it is counted from the set before: no week that a set was counted in changes.
    """
    past = next((past.calendar for past in athlete.past_calendars if moment < past.until), None)
    if past is not None:
        return past
    new, current = configured_calendar(athlete, gym), athlete.calendar
    if current is None or current == new:
        return new
    return new if moment >= calendar_end(athlete, moment) else current


def calendar_end(athlete: AthleteState, moment: datetime) -> datetime:
    """Return when the calendar in force gives way to another one, at the earliest; `moment` if nothing holds it."""
    ends = [athlete.calendar_until] if athlete.calendar_until is not None else []
    if athlete.newest_set_at is not None and athlete.calendar is not None:
        ends.append(week_in(athlete.calendar, athlete.newest_set_at).end)
    return max(ends, default=moment)


def week_of_day(calendar: Calendar, day: str) -> Week:
    """Return the week of `calendar` that a local day, ISO, lies in."""
    return week_in(calendar, start_of_day(date.fromisoformat(day), calendar.zone) + _NOON)


def week_in(calendar: Calendar, moment: datetime) -> Week:
    """Return the week of `calendar` that a moment lies in."""
    return week_of(moment, calendar.zone, calendar.week_start)
