from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotter.domain.weeks import WeekStart, day_of, week_of

ZONES = sorted(available_timezones())
DAYS: tuple[WeekStart, ...] = get_args(WeekStart)
moments = st.datetimes(datetime(2000, 1, 10), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds are naive by its interface
zones = st.sampled_from(ZONES)
starts = st.sampled_from(DAYS)


def utc(text: str) -> datetime:
    """Read a time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@settings(deadline=None)
@given(moments, zones, starts)
def test_every_moment_lies_in_its_week(moment: datetime, zone: str, start: WeekStart) -> None:
    """A week holds the moment that it was asked for."""
    assert moment in week_of(moment, zone, start)


@settings(deadline=None)
@given(moments, zones, starts)
def test_weeks_follow_each_other_without_gap_or_overlap(moment: datetime, zone: str, start: WeekStart) -> None:
    """The moment a week ends is the first of the next, and the one before it is the last of this week."""
    week = week_of(moment, zone, start)

    assert week == week_of(week.start, zone, start)
    assert week == week_of(week.end - timedelta(microseconds=1), zone, start)
    assert week.end == week_of(week.end, zone, start).start


@settings(deadline=None)
@given(moments, zones, starts)
def test_a_week_is_seven_days_long_give_or_take_a_day_line(moment: datetime, zone: str, start: WeekStart) -> None:
    """Clocks change a week by hours, the date line by a day at most."""
    week = week_of(moment, zone, start)

    assert timedelta(days=6) <= week.end - week.start <= timedelta(days=8)


@settings(deadline=None)
@given(moments, st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"]), starts)
def test_a_week_starts_at_midnight_of_its_first_weekday(moment: datetime, zone: str, start: WeekStart) -> None:
    """Where clocks are not changed at midnight a week starts when the day does."""
    local = week_of(moment, zone, start).start.astimezone(ZoneInfo(zone))

    assert DAYS.index(start) == local.weekday()
    assert (0, 0, 0, 0) == (local.hour, local.minute, local.second, local.microsecond)


@settings(deadline=None)
@given(moments)
def test_weeks_from_monday_are_those_of_iso_8601(moment: datetime) -> None:
    """Two moments share a week where they share the ISO year and week."""
    week = week_of(moment, "UTC", "monday")

    assert moment.isocalendar()[:2] == week.start.isocalendar()[:2]
    assert moment.isocalendar()[:2] != week.end.isocalendar()[:2]


def test_a_year_may_end_in_week_53() -> None:
    """The last days of 2026 and the first of 2027 are one week."""
    week = week_of(utc("2026-12-31T12:00"), "Europe/Berlin", "monday")

    assert 53 == week.start.astimezone(ZoneInfo("Europe/Berlin")).isocalendar().week
    assert week == week_of(utc("2027-01-03T12:00"), "Europe/Berlin", "monday")
    assert week.end == week_of(utc("2027-01-04T12:00"), "Europe/Berlin", "monday").start


@pytest.mark.parametrize(("day", "hours"), [("2026-03-25", 167), ("2026-10-21", 169), ("2026-07-01", 168)])
def test_a_week_in_which_clocks_change_is_an_hour_shorter_or_longer(day: str, hours: int) -> None:
    """Seven calendar days are a week, whatever they sum up to."""
    week = week_of(utc(f"{day}T12:00"), "Europe/Berlin", "monday")

    assert timedelta(hours=hours) == week.end - week.start


def test_a_week_starts_where_clocks_skip_midnight() -> None:
    """In Cairo Friday 28 April 2023 began at one o'clock."""
    week = week_of(utc("2023-04-28T12:00"), "Africa/Cairo", "friday")

    assert utc("2023-04-27T22:00") == week.start
    assert 1 == week.start.astimezone(ZoneInfo("Africa/Cairo")).hour


def test_a_day_that_is_shown_twice_belongs_to_the_week_that_began() -> None:
    """In St John's, until 2011, clocks went back from one minute past midnight on Sunday to Saturday."""
    again = utc("2010-11-07T03:00")  # Saturday 23:30 for the second time

    assert 6 == again.astimezone(ZoneInfo("America/St_Johns")).day
    assert utc("2010-11-07T02:30") == week_of(again, "America/St_Johns", "sunday").start


def test_samoa_skipped_a_friday() -> None:
    """A week that would start on a day that never was starts with the day after."""
    week = week_of(utc("2012-01-01T12:00"), "Pacific/Apia", "friday")

    assert utc("2011-12-30T10:00") == week.start
    assert "2011-12-31" == day_of(week.start, "Pacific/Apia").isoformat()


def test_the_same_moment_lies_on_different_days_of_different_zones() -> None:
    """The day is that of the lifter's own calendar."""
    late = utc("2026-01-04T23:30")

    assert "2026-01-04" == day_of(late, "UTC").isoformat()
    assert "2026-01-05" == day_of(late, "Asia/Tokyo").isoformat()
