"""The weeks of a lifter: what is set later changes no week that is over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotter.domain.gym_config import Configuration
from spotter.domain.policies import Programme
from spotter.domain.weeks import Week, WeekStart, week_of
from spotter_dashboard.store.calendar import LifterCalendar
from spotter_dashboard.store.programme import CalendarSetting, OwnProgramme

GYM = Configuration().gym("g1", 0)
WEDNESDAY = datetime(2026, 11, 25, 12, tzinfo=UTC)
ZONES = ("Europe/Berlin", "Asia/Tokyo", "America/New_York", "Pacific/Apia", "UTC")
DAYS: tuple[WeekStart, ...] = ("monday", "wednesday", "sunday")


def calendar(
    *settings: tuple[datetime, str, WeekStart], published: tuple[tuple[Week, str], ...] = ()
) -> LifterCalendar:
    """Return a lifter's calendar after some settings."""
    calendars = tuple(CalendarSetting(*setting) for setting in settings)
    return LifterCalendar(OwnProgramme(Programme(), None, None, "UTC", "monday", calendars), GYM, published)


def test_a_week_is_the_gyms_where_nothing_was_set() -> None:
    """Named by its ISO week."""
    week = calendar().at(WEDNESDAY)

    assert ("2026-W48", date(2026, 11, 23), date(2026, 11, 29), "UTC") == (
        week.name,
        week.first_day,
        week.last_day,
        week.zone,
    )


def test_what_is_set_first_holds_from_the_beginning() -> None:
    """A history that is imported afterwards is in the lifter's own weeks."""
    week = calendar((WEDNESDAY, "Asia/Tokyo", "monday")).at(datetime(2026, 11, 15, 15, 30, tzinfo=UTC))

    assert ("2026-W47", "Asia/Tokyo") == (week.name, week.zone)


def test_a_change_holds_from_the_next_week_on() -> None:
    """Who moves from Berlin to Tokyo keeps the weeks of Berlin, the running one included."""
    lived = calendar((WEDNESDAY - timedelta(days=90), "Europe/Berlin", "monday"), (WEDNESDAY, "Asia/Tokyo", "monday"))
    sunday_night = datetime(2026, 11, 15, 22, 30, tzinfo=UTC)

    assert ("2026-W46", "Europe/Berlin") == (lived.at(sunday_night).name, lived.at(sunday_night).zone)
    assert ["Europe/Berlin", "Europe/Berlin", "Asia/Tokyo"] == [
        lived.named(name).zone for name in ("2026-W46", "2026-W48", "2026-W49")
    ]


def test_a_week_with_a_budget_is_what_the_budget_says() -> None:
    """The advisor has the last word, whatever the settings look like from here."""
    week = week_of(WEDNESDAY, "America/New_York", "sunday")
    lived = calendar(
        (WEDNESDAY - timedelta(days=90), "Europe/Berlin", "monday"), published=((week, "America/New_York"),)
    )

    assert week == lived.at(WEDNESDAY).span == lived.named("2026-W48").span
    assert "Europe/Berlin" == lived.named("2026-W47").zone


def test_two_weeks_of_one_name_are_shown_as_one() -> None:
    """Where the first weekday changed, the days of both belong to it."""
    before, after = week_of(WEDNESDAY, "UTC", "monday"), week_of(WEDNESDAY + timedelta(days=5), "UTC", "wednesday")
    week = calendar(published=((after, "UTC"), (before, "UTC"))).named("2026-W48")

    assert (date(2026, 11, 23), date(2026, 12, 1)) == (week.first_day, week.last_day)


@pytest.mark.parametrize("name", ["november", "2025-W53", "2026-W00", "2026-W54"])
def test_a_name_that_no_week_has_is_refused(name: str) -> None:
    """With a ValueError."""
    with pytest.raises(ValueError, match="week"):
        calendar().named(name)


@given(
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from(ZONES), st.sampled_from(DAYS)), max_size=4),
    st.integers(0, 400),
    st.integers(0, 500),
)
def test_a_later_setting_changes_no_week_that_is_over(
    settings: list[tuple[int, str, WeekStart]], later_days: int, asked_days: int
) -> None:
    """Whatever was set before, and whatever is set now."""
    start = datetime(2026, 1, 1, 9, tzinfo=UTC)
    before = [(start + timedelta(days=days), zone, first) for days, zone, first in sorted(settings)]
    at = max([start + timedelta(days=later_days), *(moment for moment, _, _ in before)])
    old, new = calendar(*before), calendar(*before, (at, "Pacific/Kiritimati", "friday"))
    asked = start + timedelta(days=asked_days)

    if before and asked < old.at(at).span.end:
        assert old.at(asked) == new.at(asked)
