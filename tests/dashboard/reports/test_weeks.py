"""The weeks agree with themselves: a set and its cost are in one week, the report says what the budget says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from spotter.domain.events.budgets import AllowedFrom
from spotter.domain.weeks import Week, week_of
from spotter_dashboard.reports.schemas import WeekPage
from tests.dashboard.server import RunningDashboard, run_dashboard
from tests.dashboard.story import Story

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
WEEKS = "/v1/athletes/ada/weeks"


def clock() -> datetime:
    """Show a Tuesday morning."""
    return NOW


@pytest.fixture
async def dashboard(tmp_path: Path) -> AsyncIterator[RunningDashboard]:
    """Run a dashboard by that clock."""
    async with run_dashboard(tmp_path, clock=clock) as running:
        yield running


def lift(story: Story, key: str, at: datetime, *, reps: int = 9, zone: str | None = None, **summary: Any) -> Story:
    """Tell of a set of leg curls that began at a moment; `zone`: the one that the advisor pinned its week in."""
    story.now = at
    story.opens(key, exercise="leg_curl", exposure_key=summary.get("exposure_key")).wait(40).closes(key, reps=reps)
    if zone is not None:
        summary |= pinned(week_of(at, zone, "monday"), zone, at)
    return story.summarises(key, exercise="leg_curl", reps=reps, **{"rir_end": 0.0, **summary})


def pinned(week: Week, zone: str, at: datetime) -> dict[str, Any]:
    """Return what a summary says of its week."""
    day = at.astimezone(week.start.tzinfo).date().isoformat()
    return {"day": day, "week_start": week.start, "week_end": week.end, "time_zone": zone}


async def weeks(dashboard: RunningDashboard, story: Story, **asked: str) -> list[dict[str, Any]]:
    """Return the weeks in which anything was done or spent."""
    story.write(dashboard.log)
    await dashboard.settled()
    page = await dashboard.json(WEEKS, "app", "ada", **asked)
    TypeAdapter(WeekPage).validate_python(page)
    return [week for week in page["weeks"] if week["sets"] or week["spent"]]


async def test_a_set_across_midnight_is_in_one_week_with_its_cost(dashboard: RunningDashboard) -> None:
    """That of its beginning, though its last rep was on Monday."""
    began = datetime(2026, 11, 15, 14, 59, 40, tzinfo=UTC)  # Sunday, 23:59:40 in Tokyo
    week = week_of(began, "Asia/Tokyo", "monday")
    story = lift(Story("ada").named("Ada", time_zone="Asia/Tokyo"), "m", began, zone="Asia/Tokyo")
    entry = {"last_rep_at": began + timedelta(seconds=37), "week_start": week.start, "day": "2026-11-15"}
    story.budgets("m", 1.0, week_start=week.start, week_end=week.end, time_zone="Asia/Tokyo", entry_fields=entry)

    assert [("2026-W46", 1, 9, 1, 1.0)] == [
        (week["week"], week["sets"], week["reps"], week["hard"], week["spent"])
        for week in await weeks(dashboard, story)
    ]
    report = await dashboard.json(f"{WEEKS}/2026-W46/report.json", "app", "ada")
    assert ("2026-11-15", 1) == (report["budget"]["entries"][0]["day"], report["days"])


async def test_moving_house_rewrites_no_week(dashboard: RunningDashboard) -> None:
    """A failure on Sunday night in Berlin stays in its week when the lifter lives in Tokyo."""
    began = datetime(2026, 11, 15, 22, 30, tzinfo=UTC)
    week = week_of(began, "Europe/Berlin", "monday")
    story = Story("ada", start=began - timedelta(days=30)).named("Ada", time_zone="Europe/Berlin")
    lift(story, "s", began)  # as an advisor of before says it: without its week
    story.budgets(
        "s", 1.0, week_start=week.start, week_end=week.end, time_zone="Europe/Berlin",
        entry_fields={"last_rep_at": began + timedelta(seconds=29)},
    )  # fmt: skip
    before = await weeks(dashboard, story)
    story.now = NOW
    after = await weeks(dashboard, story.named("Ada", time_zone="Asia/Tokyo", week_start="sunday"))

    assert [("2026-W46", 1, 1.0)] == [(week["week"], week["sets"], week["spent"]) for week in before]
    assert before == after


async def test_the_pinned_week_counts_wherever_the_lifter_is_now(dashboard: RunningDashboard) -> None:
    """The advisor pinned the zone when the set opened."""
    began = datetime(2026, 11, 15, 22, 30, tzinfo=UTC)
    story = lift(Story("ada").named("Ada", time_zone="Asia/Tokyo"), "s", began, zone="Europe/Berlin")

    assert [("2026-W46", 1)] == [(week["week"], week["sets"]) for week in await weeks(dashboard, story)]


async def test_parts_of_one_exposure_are_one_hard_set_and_are_listed_as_lifted(dashboard: RunningDashboard) -> None:
    """Both arms, a drop: as hard as the hardest part."""
    story, at = Story("ada"), NOW - timedelta(hours=2)
    lift(story, "left", at, rir_end=3.0)
    lift(story, "right", at + timedelta(minutes=1), rir_end=0.0, failed=True, exposure_key="left")
    lift(story, "drop", at + timedelta(minutes=2), rir_end=1.0, exposure_key="left")
    lift(story, "alone", at + timedelta(minutes=9), rir_end=2.0)

    assert [(4, 36, 1)] == [(week["sets"], week["reps"], week["hard"]) for week in await weeks(dashboard, story)]
    report = await dashboard.json(f"{WEEKS}/2026-W49/report.json", "app", "ada")
    assert (4, 2, 0.5) == (report["sets"], report["trends"][-1]["known"], report["trends"][-1]["hard_share"])


@pytest.mark.parametrize("gone", ["no rep", "voided", "merged", "summary"])
async def test_what_is_no_set_is_in_no_week(dashboard: RunningDashboard, gone: str) -> None:
    """Sets and reps agree: neither is counted of a set without a valid rep, a voided or a merged one."""
    story = lift(Story("ada"), "is", NOW - timedelta(hours=2))
    lift(story, "is-not", NOW - timedelta(hours=1), reps=0 if gone == "no rep" else 9)
    match gone:
        case "voided":
            story.voids("is-not")
        case "merged":
            story.merges("is-not", "is")
        case "summary":
            story.summarises("is-not", revision=2, reps=9, voided=True)

    assert [(1, 9, 1)] == [(week["sets"], week["reps"], week["hard"]) for week in await weeks(dashboard, story)]


async def test_weeks_begin_with_the_first_set_that_was_one(dashboard: RunningDashboard) -> None:
    """A set of long ago that was voided makes no weeks."""
    story = lift(Story("ada"), "void", NOW - timedelta(days=90)).voids("void")
    lift(story, "is", NOW - timedelta(days=8)).write(dashboard.log)
    await dashboard.settled()

    page = await dashboard.json(WEEKS, "app", "ada")
    assert ["2026-W49", "2026-W48"] == [week["week"] for week in page["weeks"]]


async def test_the_report_says_the_allowance_that_the_budget_says(dashboard: RunningDashboard) -> None:
    """Also after it has changed by itself, as it was foreseen."""
    monday = datetime(2026, 11, 30, tzinfo=UTC)
    story = lift(Story("ada"), "s", NOW - timedelta(hours=2))
    story.budgets(
        "s", 1.0, week_start=monday, valid_until=NOW - timedelta(hours=1), allowed_after=3.0,
        allowed_later=[AllowedFrom(at=NOW + timedelta(hours=1), allowed=2.0)],
    )  # fmt: skip
    [week] = await weeks(dashboard, story)
    report = await dashboard.json(f"{WEEKS}/2026-W49/report.json", "app", "ada")
    budget = await dashboard.json("/v1/athletes/ada/budget", "app", "ada")

    assert 3.0 == week["allowed"] == report["budget"]["allowed"] == budget["allowed"]
    assert 1.0 == week["spent"] == report["budget"]["spent"] == budget["spent"]


async def test_a_week_that_is_over_allowed_what_held_at_its_end(dashboard: RunningDashboard) -> None:
    """Signs and grants end within a week."""
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    story = lift(Story("ada"), "s", monday + timedelta(days=1))
    later = [
        AllowedFrom(at=monday + timedelta(days=5), allowed=2.0),
        AllowedFrom(at=monday + timedelta(days=7), allowed=4.0),
    ]
    story.budgets(
        "s", 1.0, week_start=monday, valid_until=monday + timedelta(days=3), allowed_after=3.0, allowed_later=later
    )

    assert [2.0] == [week["allowed"] for week in await weeks(dashboard, story)]


async def test_an_entry_is_charged_by_its_day(dashboard: RunningDashboard) -> None:
    """Where first weekdays overlap, the running week pays for all its days: nothing is allowed twice in seven of them."""
    monday = datetime(2026, 11, 30, tzinfo=UTC)
    story = Story("ada")
    fields = {"last_rep_at": NOW + timedelta(days=6), "day": "2026-12-06", "week_start": monday}
    story.budgets("sunday", 1.0, week_start=monday, entry_fields=fields)
    other = {"last_rep_at": NOW, "day": "2026-11-29", "week_start": monday - timedelta(days=7)}
    story.budgets("before", 1.0, week_start=monday - timedelta(days=7), revision=2, entry_fields=other)
    story.write(dashboard.log)
    await dashboard.settled()
    budget = await dashboard.json("/v1/athletes/ada/budget", "app", "ada")

    assert (1.0, ["sunday"]) == (budget["spent"], [entry["set_key"] for entry in budget["entries"]])


async def test_a_cost_that_was_priced_anew_says_why(dashboard: RunningDashboard) -> None:
    """In the budget, in what explains its change, and in the report."""
    monday = datetime(2026, 11, 30, tzinfo=UTC)
    why = "biceps_curl was described after the set began"
    story = lift(Story("ada"), "s", NOW - timedelta(hours=2)).budgets("s", 2.0, week_start=monday)
    story.budgets("s", 1.0, week_start=monday, revision=2, entry_revision=2, entry_fields={"repriced": why})
    await weeks(dashboard, story)
    budget = await dashboard.json("/v1/athletes/ada/budget", "app", "ada")
    change = await dashboard.json("/v1/athletes/ada/budget/2/why", "app", "ada")
    page = (await dashboard.get(f"{WEEKS}/2026-W49/report.html", "app", "ada")).text

    assert [why] == [entry["repriced"] for entry in budget["entries"]]
    assert f"now costs 1 unit: {why}." in change["sentence"]
    assert f"Priced anew: {why}." in page
