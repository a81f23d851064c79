"""`GET /v1/athletes/{athlete_id}/rejected`: nothing that was accepted vanishes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter

from spotter.domain.events.lifting import RepCompleted, RepVoided, SetEnded
from spotter.domain.events.people import WellnessReported
from spotter.domain.time import format_time
from spotter.streaming.dead_letters import REASONS, UNKNOWN
from spotter_dashboard.athletes import RejectedPage
from tests.dashboard.server import RunningDashboard
from tests.dashboard.story import MONDAY, Story

REJECTED = "/v1/athletes/ada/rejected"


async def told(dashboard: RunningDashboard, story: Story) -> None:
    """Write a story and wait until it is in the tables."""
    story.write(dashboard.log)
    await dashboard.settled()


async def test_an_event_that_changed_nothing_is_listed_with_what_to_do(dashboard: RunningDashboard) -> None:
    """Under the id and time that it was sent with, whatever became of its set."""
    story = Story("ada").opens("k", set_id="1").wait(5)
    twice = story.tell(RepCompleted(set_id="1", rep_number=1), identity="twice")
    await told(dashboard, story.wait(60).refuses(twice, "rep_conflict", set_key="k"))
    answer = await dashboard.get(REJECTED, "app", "ada")
    TypeAdapter(RejectedPage).validate_json(answer.content)

    assert [
        {
            "id": "twice",
            "time": format_time(MONDAY + timedelta(seconds=5)),
            "type": "spotter.rep.completed.v1",
            "set_id": "1",
            "set_key": "k",
            "reason": "rep_conflict",
            "detail": "it could not be used",
            "mend": REASONS["rep_conflict"].mend,
        }
    ] == answer.json()["rejected"]


async def test_events_of_no_set_or_of_an_unknown_one_are_listed_too(dashboard: RunningDashboard) -> None:
    """They stand in no set's `rejected`, so here is where they are found."""
    story = Story("ada").opens("k", set_id="1").wait(5)
    for number, event in enumerate((RepVoided(set_id="never", rep_number=2), SetEnded(), WellnessReported(sleep=2))):
        story.wait(1).refuses(story.tell(event, identity=f"e{number}"), "unknown_set")
    await told(dashboard, story)
    listed = (await dashboard.json(REJECTED))["rejected"]

    assert [("e2", None), ("e1", None), ("e0", "never")] == [(item["id"], item["set_id"]) for item in listed]
    assert "e0" not in {item["id"] for item in (await dashboard.json("/v1/sets/1"))["rejected"]}


async def test_a_reason_of_another_version_has_a_mend_as_well(dashboard: RunningDashboard) -> None:
    """The log may hold what a newer version wrote."""
    story = Story("ada")
    await told(dashboard, story.refuses(story.tell(SetEnded()), "reason_to_come"))

    assert [UNKNOWN.mend] == [item["mend"] for item in (await dashboard.json(REJECTED))["rejected"]]


async def test_rejected_events_are_paged_newest_first(dashboard: RunningDashboard) -> None:
    """Pages have no gap and no repetition, also where events happened at the same moment."""
    story = Story("ada")
    for number in range(7):
        story.wait(number % 2).refuses(story.tell(SetEnded(), identity=f"e{number}"), "unknown_set")
    await told(dashboard, story)
    seen: list[str] = []
    times: list[str] = []
    asked: dict[str, Any] = {"limit": "3"}
    while True:
        page = await dashboard.json(REJECTED, **asked)
        seen += [item["id"] for item in page["rejected"]]
        times += [item["time"] for item in page["rejected"]]
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]

    assert {f"e{number}" for number in range(7)} == set(seen) and 7 == len(seen)
    assert sorted(times, reverse=True) == times


async def test_each_sees_the_rejected_events_of_those_it_speaks_for(dashboard: RunningDashboard) -> None:
    """Another gym's or another's lifter is as unknown as one that is not there."""
    story, other = Story("ada"), Story("bo")
    await told(dashboard, story.refuses(story.tell(SetEnded(), identity="adas"), "unknown_set"))
    await told(dashboard, other.refuses(other.tell(SetEnded(), identity="bos"), "unknown_set"))

    assert ["adas"] == [item["id"] for item in (await dashboard.json(REJECTED))["rejected"]]
    assert 404 == (await dashboard.get(REJECTED, gym="g2")).status_code
    assert 404 == (await dashboard.get(REJECTED, "app", "bo")).status_code
    assert 403 == (await dashboard.get(REJECTED, "device", "ada")).status_code
    assert 404 == (await dashboard.get("/v1/athletes/nobody/rejected")).status_code
