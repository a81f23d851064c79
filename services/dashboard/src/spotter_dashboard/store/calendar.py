"""The weeks of a lifter as they were lived: a later change of zone or first weekday changes no week that is over.

A week that the advisor has published a budget for is what the budget says. Another one follows from the settings as the
advisor pins them: what is set first holds from the beginning, what is set later from the end of the week it is set in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from spotter.domain.gym_config import GymConfig
from spotter.domain.weeks import Week, WeekStart, week_of
from spotter_dashboard.store.programme import CalendarSetting, OwnProgramme
from spotter_dashboard.store.week_names import first_day, last_day, name_of, noon_of, week_named


@dataclass(frozen=True, slots=True)
class LivedWeek:
    """A week by its name, with the zone that its days are counted in."""

    name: str
    span: Week
    zone: str

    @property
    def first_day(self) -> date:
        """The first local day."""
        return first_day(self.span, self.zone)

    @property
    def last_day(self) -> date:
        """The last local day."""
        return last_day(self.span, self.zone)


class LifterCalendar:
    """All weeks of a lifter; `published` are weeks with their zones, those that hold now first."""

    def __init__(self, own: OwnProgramme, config: GymConfig, published: Iterable[tuple[Week, str]] = ()) -> None:
        self._published = [LivedWeek(name_of(week, zone), week, zone) for week, zone in published]
        gyms = CalendarSetting(datetime.min.replace(tzinfo=UTC), config.time_zone, config.week_start)
        self._periods = [own.calendars[0] if own.calendars else gyms]
        self._since: list[datetime] = []
        for setting in own.calendars[1:]:
            zone, week_start = self._in_force(setting.at)
            self._periods.append(setting)
            self._since.append(week_of(setting.at, zone, week_start).end)

    def at(self, moment: datetime) -> LivedWeek:
        """Return the week that a moment lies in."""
        published = next((week for week in self._published if moment in week.span), None)
        if published is not None:
            return published
        zone, week_start = self._in_force(moment)
        week = week_of(moment, zone, week_start)
        return LivedWeek(name_of(week, zone), week, zone)

    def named(self, name: str) -> LivedWeek:
        """Return the week of a name; raises ValueError for a name that no week has.

        Where the first weekday changed, two published weeks may have one name: together they are the week.
        """
        noon = noon_of(name)
        published = [week for week in self._published if week.name == name]
        if published:
            spans = [week.span for week in published]
            whole = Week(min(span.start for span in spans), max(span.end for span in spans))
            return LivedWeek(name, whole, published[0].zone)
        zone, week_start = self._in_force(noon)
        return LivedWeek(name, week_named(name, zone, week_start), zone)

    def _in_force(self, moment: datetime) -> tuple[str, WeekStart]:
        held = max((index for index, since in enumerate(self._since, 1) if since <= moment), default=0)
        return self._periods[held].zone, self._periods[held].week_start


def margin(span: Week) -> Week:
    """Return a span with room for weeks of other zones and first weekdays on both sides."""
    return Week(span.start - timedelta(days=8), span.end + timedelta(days=8))
