"""`GET /v1/sets` and `GET /v1/sets/{set_id}`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from spotter.domain.events.lifting import RepCompleted, RepVoided
from spotter.domain.time import format_time
from spotter_dashboard.sets import SetPage, SetView
from tests.dashboard.server import RunningDashboard
from tests.dashboard.story import MONDAY, Story

LATER = MONDAY + timedelta(days=1)


async def test_a_set_has_all_that_was_said_about_it(dashboard: RunningDashboard) -> None:
    """Context, reps as counted under their own event's id and time, estimates, advice, summary."""
    story = Story("ada").opens("k1", set_id="1", exercise="bench_press", load_kg=60.0, station_id="rack-1")
    story.advises("k1", 0, "continue").wait(3)
    story.rep("k1", 1, 0.5, set_id="1", rep_time=story.now - timedelta(seconds=1))
    story.estimates("k1", 1, 3.0).advises("k1", 1, "stop").wait(2)
    story.closes("k1", reps=1).summarises("k1", reps=1).write(dashboard.log)
    await dashboard.settled()
    seen = await dashboard.json("/v1/sets/1")

    assert {
        "set_id": "1",
        "set_key": "k1",
        "athlete_id": "ada",
        "exercise": "bench_press",
        "load_kg": 60.0,
        "intent": "work",
        "side": None,
        "station_id": "rack-1",
        "state": "ended",
        "opened_at": format_time(MONDAY),
        "ended_at": format_time(MONDAY + timedelta(seconds=5)),
        "exposure_key": "k1",
        "voided": False,
    } == {name: value for name, value in seen.items() if not isinstance(value, list | dict)}
    assert ["advice", "estimates", "other_ids", "rejected", "reps", "summary"] == sorted(
        name for name, value in seen.items() if isinstance(value, list | dict)
    )
    rep = seen["reps"][0]
    assert ("k1-rep-1", format_time(MONDAY + timedelta(seconds=3))) == (rep["id"], rep["time"])
    assert (1, 0.5, 1, [], False) == tuple(
        rep[name] for name in ("rep_number", "mean_velocity_mps", "revision", "flags", "voided")
    )
    assert 3.0 == seen["estimates"][0]["rir"]
    assert [(0, "continue"), (1, "stop")] == [(advice["after_rep"], advice["action"]) for advice in seen["advice"]]
    assert 1 == seen["summary"]["reps"]
    TypeAdapter(SetView).validate_json((await dashboard.get("/v1/sets/1")).content)


async def test_a_running_set_has_no_summary(dashboard: RunningDashboard) -> None:
    """What is not there yet is null or empty."""
    Story("ada").opens("s", exercise="bench_press").write(dashboard.log)
    await dashboard.settled()
    seen = await dashboard.json("/v1/sets/s")

    assert ("open", None, [], [], [], [], None) == tuple(
        seen[name] for name in ("state", "load_kg", "reps", "estimates", "advice", "rejected", "summary")
    )


async def test_a_rep_that_was_found_in_motion_says_so(dashboard: RunningDashboard) -> None:
    """Reps that a device reports say nothing of it."""
    story = Story("ada").opens("s").rep("s", 1, 0.5).wait(3)
    story.counts("s", 2, 0.48, rep_event_id="of-the-chunk", found_in="motion").write(dashboard.log)
    await dashboard.settled()
    reps = (await dashboard.json("/v1/sets/s"))["reps"]

    assert [None, "motion"] == [rep.get("from") for rep in reps]
    assert not any("found_in" in rep for rep in reps)
    TypeAdapter(SetView).validate_json((await dashboard.get("/v1/sets/s")).content)


async def test_reps_stand_in_the_order_of_their_times(dashboard: RunningDashboard) -> None:
    """A rep that arrived late stands where it happened, and so do its estimate and its advice."""
    story = Story("ada").opens("s")
    for number, after_s in ((1, 1), (3, 7), (2, 4)):
        at = MONDAY + timedelta(seconds=after_s)
        story.rep("s", number, 0.5, rep_time=at).estimates("s", number, 5.0).advises("s", number, "continue")
    story.advises("s", 0, "continue").write(dashboard.log)
    await dashboard.settled()
    seen = await dashboard.json("/v1/sets/s")

    assert [1, 2, 3] == [rep["rep_number"] for rep in seen["reps"]]
    assert [1, 2, 3] == [estimate["rep_number"] for estimate in seen["estimates"]]
    assert [0, 1, 2, 3] == [advice["after_rep"] for advice in seen["advice"]]


async def test_the_highest_revision_of_everything_is_given(dashboard: RunningDashboard) -> None:
    """A corrected rep keeps the id of the event that reported it, and its estimate is the newest."""
    story = Story("ada").opens("s").rep("s", 1, 0.5).estimates("s", 1, 5.0).advises("s", 1, "continue")
    story.wait(9).counts("s", 1, 0.3, revision=2, voided=True).estimates("s", 1, 2.0, revision=2)
    story.advises("s", 1, "stop", revision=2).summarises("s", revision=2, reps=0).summarises("s").write(dashboard.log)
    await dashboard.settled()
    seen = await dashboard.json("/v1/sets/s")

    assert [("s-rep-1", format_time(MONDAY), 2, True)] == [
        (rep["id"], rep["time"], rep["revision"], rep["voided"]) for rep in seen["reps"]
    ]
    assert [2.0] == [estimate["rir"] for estimate in seen["estimates"]]
    assert [(2, "stop")] == [(advice["revision"], advice["action"]) for advice in seen["advice"]]
    assert 2 == seen["summary"]["revision"]


async def test_two_sources_of_one_rep_are_both_kept(dashboard: RunningDashboard) -> None:
    """A wrist and a bar may both count rep 1."""
    story = Story("ada").opens("s").rep("s", 1, 0.5).counts("s", 1, None, rep_event_id="wrist-1").write(dashboard.log)
    await dashboard.settled()
    seen = await dashboard.json("/v1/sets/s")

    assert {"s-rep-1", "wrist-1"} == {rep["id"] for rep in seen["reps"]}
    assert story.athlete_id == seen["athlete_id"]


async def test_a_set_that_goes_on_is_open_again(dashboard: RunningDashboard) -> None:
    """The end of before the reopening no longer counts, whatever was amended since."""
    story = Story("ada").opens("s").closes("s").wait(5).opens("s", reopened=1)
    story.opens("s", reopened=1, amended=True, load_kg=80.0).write(dashboard.log)
    await dashboard.settled()
    seen = await dashboard.json("/v1/sets/s")
    assert ("open", 80.0) == (seen["state"], seen["load_kg"])
    story.closes("s", reopened=1).write(dashboard.log)
    await dashboard.settled()
    assert "ended" == (await dashboard.json("/v1/sets/s"))["state"]


async def test_what_was_refused_is_listed_with_its_reason(dashboard: RunningDashboard) -> None:
    """By the id and time of the refused event, whether the dead letter names the set's key, its id or neither."""
    story = Story("ada").opens("old", set_id="1").wait(86_400).opens("new", set_id="1").wait(5)
    named = story.tell(RepCompleted(set_id="1", rep_number=1), identity="named")
    unnamed = story.tell(RepCompleted(rep_number=2), identity="unnamed")
    keyed = story.tell(RepVoided(rep_number=9, set_id="other"), identity="keyed")
    story.wait(5).refuses(named, "rep_conflict").refuses(unnamed, "id_conflict")
    story.refuses(keyed, "unknown_rep", set_key="new").write(dashboard.log)
    await dashboard.settled()
    seen = await dashboard.json("/v1/sets/1")

    at = format_time(LATER + timedelta(seconds=5))
    assert "new" == seen["set_key"]
    assert {("named", "rep_conflict"), ("unnamed", "id_conflict"), ("keyed", "unknown_rep")} == {
        (item["id"], item["reason"]) for item in seen["rejected"]
    }
    assert [{"id", "time", "reason", "detail", "mend"}] * 3 == [set(item) for item in seen["rejected"]]
    assert {at} == {item["time"] for item in seen["rejected"]}
    older = await dashboard.json("/v1/sets/1", opened_at=format_time(MONDAY))
    assert [] == older["rejected"]


async def test_the_newest_set_of_a_reused_id_is_given(dashboard: RunningDashboard) -> None:
    """Naive clients count their sets from 1 every day; an older one is asked for by its start."""
    Story("ada").opens("monday", set_id="1").wait(86_400).opens("tuesday", set_id="1").write(dashboard.log)
    await dashboard.settled()

    assert "tuesday" == (await dashboard.json("/v1/sets/1"))["set_key"]
    assert "monday" == (await dashboard.json("/v1/sets/1", opened_at=format_time(MONDAY)))["set_key"]
    assert 404 == (await dashboard.get("/v1/sets/1", opened_at="2026-01-05T10:00:01Z")).status_code


async def test_an_id_that_two_lifters_used_needs_a_name(dashboard: RunningDashboard) -> None:
    """409 lists the candidates; with the lifter's id it is clear."""
    Story("ada").opens("a-0", set_id="1").wait(60).opens("a-1", set_id="1").write(dashboard.log)
    Story("bo").opens("b-1", set_id="1").write(dashboard.log)
    await dashboard.settled()
    refused = await dashboard.get("/v1/sets/1")

    assert 409 == refused.status_code
    assert {("ada", "a-1"), ("bo", "b-1")} == {
        (candidate["athlete_id"], candidate["set_key"]) for candidate in refused.json()["candidates"]
    }
    assert "b-1" == (await dashboard.json("/v1/sets/1", athlete_id="bo"))["set_key"]
    assert "a-1" == (await dashboard.json("/v1/sets/1", "app", "ada"))["set_key"]


async def test_an_unknown_set_is_a_problem_that_says_what_to_do(dashboard: RunningDashboard) -> None:
    """404 as a problem document."""
    refused = await dashboard.get("/v1/sets/none")

    assert (404, "application/problem+json") == (refused.status_code, refused.headers["content-type"])
    assert {"title", "detail", "field", "mend"} <= set(refused.json())


async def test_sets_are_listed_newest_first_by_cursor(dashboard: RunningDashboard) -> None:
    """Pages have no gap and no repetition, also where sets start at the same moment."""
    story = Story("ada")
    for number in range(7):
        story.opens(f"s-{number}").wait(number % 2)
    story.closes("s-0").write(dashboard.log)
    await dashboard.settled()
    set_ids: list[str] = []
    cursor = None
    while True:
        page = await dashboard.json("/v1/sets", limit="3", **({"cursor": cursor} if cursor else {}))
        TypeAdapter(SetPage).validate_python(page)
        set_ids += [entry["set_id"] for entry in page["sets"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert ["s-6", "s-5", "s-4", "s-3", "s-2", "s-1", "s-0"] == set_ids
    assert ["s-0"] == [entry["set_id"] for entry in (await dashboard.json("/v1/sets", state="ended"))["sets"]]
    assert 6 == len((await dashboard.json("/v1/sets", state="open"))["sets"])


@pytest.mark.parametrize(
    "cursor", ["nonsense", "!", "W10", "WzEsMl0", "WzkyMjMzNzIwMzY4NTQ3NzU4MDcsImEiXQ", "WyJhIiwiYiJd", "eyJhIjoxfQ"]
)
async def test_a_cursor_that_is_none_is_refused(dashboard: RunningDashboard, cursor: str) -> None:
    """Whatever is sent instead of a cursor is a 422 that names the field."""
    refused = await dashboard.get("/v1/sets", cursor=cursor)

    assert (422, "cursor") == (refused.status_code, refused.json()["field"])


@pytest.mark.parametrize(
    "path", ["/v1/sets?limit=0", "/v1/sets?limit=201", "/v1/sets?state=x", "/v1/sets/1?opened_at=x"]
)
async def test_a_query_that_makes_no_sense_is_refused(dashboard: RunningDashboard, path: str) -> None:
    """422 as a problem document."""
    refused = await dashboard.get(path)

    assert (422, "application/problem+json") == (refused.status_code, refused.headers["content-type"])


@pytest.mark.parametrize("set_id", ["%00", "a%2Fb", "x" * 65, "%F0%9F%8F%8B", "a%0A"])
async def test_what_can_be_no_set_id_is_unknown(dashboard: RunningDashboard, set_id: str) -> None:
    """No id makes an answer other than 404."""
    assert 404 == (await dashboard.get(f"/v1/sets/{set_id}")).status_code
