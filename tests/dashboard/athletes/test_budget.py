"""`GET /v1/athletes/{athlete_id}/budget`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from spotter.domain.events import Event
from spotter.domain.events.budgets import AllowedFrom
from spotter.domain.events.people import PolicyUpdated
from spotter.domain.time import format_time
from spotter_dashboard.athletes import BudgetView
from tests.dashboard.server import RunningDashboard, run_dashboard
from tests.dashboard.story import MONDAY, Story

WEEK = datetime(2026, 1, 5, tzinfo=UTC)
NEXT_WEEK = WEEK + timedelta(days=7)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return a clock that shows Monday morning."""
    return Clock()


@pytest.fixture
async def dashboard(tmp_path: Path, clock: Clock) -> AsyncIterator[RunningDashboard]:
    """Run a dashboard by that clock."""
    async with run_dashboard(tmp_path, clock=clock) as running:
        yield running


async def test_entries_that_cost_something_are_listed_in_their_highest_revision(dashboard: RunningDashboard) -> None:
    """A set that was charged, then forgiven, is not in the list; spent is the sum of what is."""
    story = Story("ada").budgets("s1", 1.0, week_start=WEEK).budgets("s2", 0.5, week_start=WEEK, revision=2)
    story.budgets("s3", 0.0, week_start=WEEK, revision=3)
    story.budgets("s1", 0.5, week_start=WEEK, revision=4, entry_revision=2, allowed=3.0).write(dashboard.log)
    await dashboard.settled()
    seen = await dashboard.json("/v1/athletes/ada/budget")

    assert ("ada", format_time(WEEK), "UTC", 3.0, 1.0, 2.0) == tuple(
        seen[name] for name in ("athlete_id", "week_start", "time_zone", "allowed", "spent", "left")
    )
    assert {"s1": 0.5, "s2": 0.5} == {entry["set_id"]: entry["cost"] for entry in seen["entries"]}
    assert {"set_id", "set_key", "exercise", "ended_by", "cost", "rule_ids"} == set(seen["entries"][0])
    TypeAdapter(BudgetView).validate_json((await dashboard.get("/v1/athletes/ada/budget")).content)


async def test_a_new_week_begins_with_nothing_spent(dashboard: RunningDashboard, clock: Clock) -> None:
    """What the advisor foresaw for after the week holds until it says more."""
    Story("ada").budgets("s1", 1.0, week_start=WEEK, allowed=6.0, allowed_after=4.0).write(dashboard.log)
    await dashboard.settled()
    clock.now = NEXT_WEEK + timedelta(hours=1)
    seen = await dashboard.json("/v1/athletes/ada/budget")

    assert (format_time(NEXT_WEEK), 4.0, 0.0, 4.0, []) == tuple(
        seen[name] for name in ("week_start", "allowed", "spent", "left", "entries")
    )


async def test_what_ends_one_after_the_other_is_taken_off_in_its_time(
    dashboard: RunningDashboard, clock: Clock
) -> None:
    """The advisor speaks once; of two grants the second one ends by the same word."""
    hours = timedelta(hours=1)
    later = [AllowedFrom(at=MONDAY + 2 * hours, allowed=4.0), AllowedFrom(at=NEXT_WEEK, allowed=3.0)]
    fields: dict[str, Any] = {
        "allowed": 7.0,
        "valid_until": MONDAY + hours,
        "allowed_after": 6.0,
        "allowed_later": later,
    }
    Story("ada").budgets("s1", 1.0, week_start=WEEK, **fields).write(dashboard.log)
    await dashboard.settled()
    seen = []
    for waited in (timedelta(), hours, 2 * hours, NEXT_WEEK - MONDAY):
        clock.now = MONDAY + waited
        seen.append((await dashboard.json("/v1/athletes/ada/budget"))["allowed"])

    assert [7.0, 6.0, 4.0, 3.0] == seen


async def test_a_correction_after_the_weeks_end_is_charged_to_its_week(
    dashboard: RunningDashboard, clock: Clock
) -> None:
    """It changes nothing in the week that runs."""
    story = Story("ada").budgets("s1", 1.0, week_start=WEEK)
    story.budgets("s2", 0.5, week_start=NEXT_WEEK, revision=2, allowed=3.0)
    story.budgets("s1", 0.0, week_start=WEEK, revision=3, entry_revision=2, allowed=2.0).write(dashboard.log)
    await dashboard.settled()
    clock.now = NEXT_WEEK + timedelta(days=1)
    seen = await dashboard.json("/v1/athletes/ada/budget")

    assert (3.0, 0.5, ["s2"]) == (seen["allowed"], seen["spent"], [entry["set_id"] for entry in seen["entries"]])


async def test_the_week_is_the_lifters_own(dashboard: RunningDashboard, clock: Clock) -> None:
    """In Auckland Sunday begins while it is Saturday in Greenwich, also where a clock is changed in that week."""
    Story("ada").named("Ada", time_zone="Pacific/Auckland", week_start="sunday").write(dashboard.log)
    clock.now = datetime(2026, 4, 4, 12, tzinfo=UTC)  # Sunday 1 am; summer time ends two hours later
    await dashboard.settled()
    seen = await dashboard.json("/v1/athletes/ada/budget")

    assert ("2026-04-04T11:00:00Z", "Pacific/Auckland") == (seen["week_start"], seen["time_zone"])


async def test_without_settings_of_its_own_a_lifter_has_the_gyms_week(dashboard: RunningDashboard) -> None:
    """The gym's zone and first day come with its policy."""
    policy = PolicyUpdated(gym_id="g1", time_zone="Asia/Tokyo", week_start="saturday")
    dashboard.configuration.apply(Event("p", "test", MONDAY, policy))
    Story("ada").opens("s").write(dashboard.log)
    await dashboard.settled()
    seen = await dashboard.json("/v1/athletes/ada/budget")

    assert ("2026-01-02T15:00:00Z", "Asia/Tokyo") == (seen["week_start"], seen["time_zone"])


async def test_a_lifter_without_entries_has_what_the_last_advice_left(dashboard: RunningDashboard) -> None:
    """Before there is a ledger, the plan says what may be spent; before there is a plan, nothing."""
    Story("ada").opens("s").advises("s", 0, "continue", budget_left=4.0).write(dashboard.log)
    Story("bo").opens("s").write(dashboard.log)
    await dashboard.settled()

    assert 4.0 == (await dashboard.json("/v1/athletes/ada/budget"))["allowed"]
    seen = await dashboard.json("/v1/athletes/bo/budget")
    assert (0.0, 0.0) == (seen["allowed"], seen["left"])


async def test_more_spent_than_allowed_leaves_nothing(dashboard: RunningDashboard) -> None:
    """What is left is never negative."""
    Story("ada").budgets("s1", 2.0, week_start=WEEK, allowed=1.0).write(dashboard.log)
    await dashboard.settled()

    assert 0.0 == (await dashboard.json("/v1/athletes/ada/budget"))["left"]


@pytest.mark.parametrize("athlete_id", ["nobody", "a%00b", "x" * 70])
async def test_a_lifter_nobody_has_heard_of_is_unknown(dashboard: RunningDashboard, athlete_id: str) -> None:
    """404 as a problem document."""
    refused = await dashboard.get(f"/v1/athletes/{athlete_id}/budget")

    assert (404, "application/problem+json") == (refused.status_code, refused.headers["content-type"])
