"""`GET /v1/athletes/{athlete_id}/policy`, `…/wellness` and `…/notices`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from spotter.domain import topics
from spotter.domain.events import Event
from spotter.domain.events.budgets import NoticeGiven
from spotter.domain.events.people import AthleteUpdated, PolicyUpdated, SessionStarted, WellnessReported
from spotter.domain.policies import BlockSaid, PolicyFields, SessionFields
from spotter_dashboard.athletes import NoticePage, PolicyView, WellnessPage
from tests.dashboard.server import RunningDashboard, run_dashboard
from tests.dashboard.story import MONDAY, Story

DELOAD = BlockSaid(name="rest", kind="deload", first_day="2026-01-05", last_day="2026-01-11")


def clock() -> datetime:
    """Show Monday morning."""
    return MONDAY


@pytest.fixture
async def dashboard(tmp_path: Path) -> AsyncIterator[RunningDashboard]:
    """Run a dashboard by that clock."""
    async with run_dashboard(tmp_path, clock=clock) as running:
        yield running


def configure(dashboard: RunningDashboard, number: int, **values: Any) -> None:
    """Configure the gym or a team."""
    dashboard.configuration.apply(Event(f"c{number}", "test", MONDAY, PolicyUpdated(gym_id="g1", **values)))


async def policy(dashboard: RunningDashboard, story: Story, **asked: str) -> Any:
    """Return a lifter's policy."""
    story.write(dashboard.log)
    await dashboard.settled()
    answer = await dashboard.get("/v1/athletes/ada/policy", "app", "ada", **asked)
    assert 200 == answer.status_code, answer.text
    TypeAdapter(PolicyView).validate_json(answer.content)
    return answer.json()


def origin(seen: Any, field: str) -> tuple[Any, str, str | None]:
    """Return a value with the layer that it comes from."""
    shown = next(value for value in seen["values"] if value["field"] == field)
    return (shown["value"], shown["layer"], shown["called"])


async def test_each_value_names_the_layer_that_it_comes_from(dashboard: RunningDashboard) -> None:
    """What ships, gym, team, lifter, block, session: the highest that says something has it."""
    configure(dashboard, 1, weekly_units=6.0, frequent_days=5, signs_to_halve=3)
    configure(dashboard, 2, team="sprint", frequent_days=6, signs_to_halve=4)
    story = Story("ada").named("Ada", team="sprint")
    story.tell(PolicyUpdated(signs_to_halve=1, late_cost={"machine": 3.0}))
    story.tell(PolicyUpdated(block=DELOAD, one_more_probability=0.7))
    story.tell(SessionStarted(mode="time_pressed", policy=SessionFields(target_rir=3)))
    seen = await policy(dashboard, story)

    assert {
        "plateau_weeks": (3, "built-in", None),
        "weekly_units": (6.0, "gym", None),
        "frequent_days": (6, "team", "sprint"),
        "signs_to_halve": (1, "lifter", None),
        "one_more_probability": (0.7, "block", "rest"),
        "target_rir": (3, "session", None),
    } == {
        name: origin(seen, name)
        for name in (
            "plateau_weeks", "weekly_units", "frequent_days", "signs_to_halve", "one_more_probability", "target_rir",
        )
    }  # fmt: skip
    costs = next(value for value in seen["values"] if value["field"] == "late_cost")
    assert ("lifter", "built-in") == (costs["origins"]["machine"], costs["origins"]["band"])
    assert ("deload", True, "time_pressed", "sprint") == (
        seen["block"]["kind"], seen["block"]["last_week"], seen["mode"], seen["team"],
    )  # fmt: skip
    assert all(value["title"] and value["why"] and value["rule_ids"] for value in seen["values"])
    assert set(PolicyFields.model_fields) == {value["field"] for value in seen["values"]}


async def test_blocks_and_sessions_hold_on_their_days_alone(dashboard: RunningDashboard) -> None:
    """For another day, the policy of that day is returned."""
    story = Story("ada")
    story.tell(PolicyUpdated(block=DELOAD, one_more_probability=0.7))
    story.tell(SessionStarted(mode="time_pressed", policy=SessionFields(target_rir=3)))
    seen = await policy(dashboard, story, day="2026-01-12")

    assert (None, "normal", (2, "built-in", None)) == (seen["block"], seen["mode"], origin(seen, "target_rir"))


async def test_a_layer_over_a_layer_is_folded_in_the_order_of_receipt(dashboard: RunningDashboard) -> None:
    """What is left out stays."""
    story = Story("ada")
    story.tell(PolicyUpdated(weekly_units=2.0, target_rir=3))
    story.wait(1).tell(PolicyUpdated(weekly_units=1.0))
    seen = await policy(dashboard, story)

    assert [{"layer": "lifter", "called": None, "says": {"weekly_units": 1.0, "target_rir": 3}}] == seen["layers"]


async def test_check_ins_are_listed_the_newest_first_by_cursor(dashboard: RunningDashboard) -> None:
    """What was left out is null, and where it hurt stands beside it."""
    story = Story("ada")
    for day in range(3):
        story.tell(WellnessReported(sleep=day + 1, pain={"knee": day}))
        story.wait(86_400)
    story.write(dashboard.log)
    await dashboard.settled()
    first = await dashboard.json("/v1/athletes/ada/wellness", limit="2")
    second = await dashboard.json("/v1/athletes/ada/wellness", limit="2", cursor=first["next_cursor"])
    TypeAdapter(WellnessPage).validate_python(first)

    assert [3, 2, 1] == [report["sleep"] for report in (*first["reports"], *second["reports"])]
    assert (None, {"knee": 2}, None) == (
        first["reports"][0]["mood"],
        first["reports"][0]["pain"],
        second["next_cursor"],
    )


async def test_a_notice_is_told_in_its_highest_revision_and_says_whether_it_holds(dashboard: RunningDashboard) -> None:
    """Withdrawn, or past its time, it holds no more and is still told."""
    story = Story("ada")

    def notice(name: str, revision: int = 1, days: int = 7, **more: Any) -> None:
        until = MONDAY + timedelta(days=days)
        fields = {
            "kind": "hard_share",
            "rule_ids": ["R09"],
            "sentence": f"{name} {revision}",
            "valid_until": until,
            **more,
        }
        story.tell(NoticeGiven(notice_id=name, revision=revision, **fields), topic=topics.ADVICE)

    notice("a")
    notice("a", revision=2)
    notice("b", withdrawn=True)
    notice("c", days=-1)
    story.write(dashboard.log)
    await dashboard.settled()
    seen = await dashboard.json("/v1/athletes/ada/notices")
    TypeAdapter(NoticePage).validate_python(seen)

    assert {"a 2": True, "b 1": False, "c 1": False} == {
        notice["sentence"]: notice["holds"] for notice in seen["notices"]
    }


@pytest.mark.parametrize("what", ["policy", "wellness", "notices", "weeks", "weeks/2026-W02/report"])
async def test_another_lifter_and_another_gym_are_unknown(dashboard: RunningDashboard, what: str) -> None:
    """404, as for a lifter who never was."""
    story = Story("ada")
    story.tell(AthleteUpdated(name="Ada"))
    story.write(dashboard.log)
    await dashboard.settled()

    assert [200, 404, 404, 404, 403] == [
        (await dashboard.get(f"/v1/athletes/ada/{what}", "app", "ada")).status_code,
        (await dashboard.get(f"/v1/athletes/ada/{what}", "app", "bo")).status_code,
        (await dashboard.get(f"/v1/athletes/ada/{what}", gym="g2")).status_code,
        (await dashboard.get(f"/v1/athletes/zoe/{what}")).status_code,
        (await dashboard.get(f"/v1/athletes/ada/{what}", "device")).status_code,
    ]
