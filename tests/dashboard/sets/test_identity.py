"""Which set, which rep: sets with several names, merged and voided ones, reps that change their number or their set."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter

from spotter.domain.events.lifting import RepCompleted
from spotter.domain.time import format_time
from spotter_dashboard.sets import SetPage, SetView
from tests.dashboard.server import RunningDashboard
from tests.dashboard.story import MONDAY, Story


async def told(dashboard: RunningDashboard, story: Story) -> None:
    """Write a story and wait until it is in the tables."""
    story.write(dashboard.log)
    await dashboard.settled()


async def set_of(dashboard: RunningDashboard, name: str, **asked: str) -> Any:
    """Return a set by a name of it."""
    answer = await dashboard.get(f"/v1/sets/{name}", "app", **asked)
    assert 200 == answer.status_code, answer.text
    TypeAdapter(SetView).validate_json(answer.content)
    return answer.json()


async def listed(dashboard: RunningDashboard) -> list[str]:
    """Return the keys of the sets in the list."""
    page = await dashboard.json("/v1/sets", limit="200")
    TypeAdapter(SetPage).validate_python(page)
    return [entry["set_key"] for entry in page["sets"]]


# ---- names


async def test_a_set_is_found_by_its_key_by_its_id_and_by_that_of_a_second_recorder(
    dashboard: RunningDashboard,
) -> None:
    """Lists show the id that came first."""
    await told(dashboard, Story("ada").opens("k", set_id="phone-1", other_ids=["watch-7"]))

    for name in ("k", "phone-1", "watch-7"):
        seen = await set_of(dashboard, name)
        assert ("k", "phone-1", ["watch-7"]) == (seen["set_key"], seen["set_id"], seen["other_ids"])
    entry = (await dashboard.json("/v1/sets"))["sets"][0]
    assert ("phone-1", ["watch-7"]) == (entry["set_id"], entry["other_ids"])


async def test_a_name_that_was_taken_back_is_none(dashboard: RunningDashboard) -> None:
    """The newest opening holds, whole."""
    story = Story("ada").opens("k", set_id="phone-1", other_ids=["watch-7", "watch-8"]).wait(5)
    await told(dashboard, story.opens("k", set_id="phone-1", other_ids=["watch-8"], amended=True, opened_at=MONDAY))

    assert 404 == (await dashboard.get("/v1/sets/watch-7")).status_code
    assert "k" == (await set_of(dashboard, "watch-8"))["set_key"]


async def test_a_key_names_its_set_exactly(dashboard: RunningDashboard) -> None:
    """Of several sets of one id, also an older one; and where another set has the same text as its id."""
    story = Story("ada").opens("monday", set_id="1").wait(60).opens("tuesday", set_id="1").wait(60)
    await told(dashboard, story.opens("wednesday", set_id="monday"))

    assert "tuesday" == (await set_of(dashboard, "1"))["set_key"]
    assert "monday" == (await set_of(dashboard, "monday"))["set_key"]
    assert "wednesday" == (await set_of(dashboard, "wednesday"))["set_key"]


async def test_sets_of_one_id_are_told_apart_in_the_list(dashboard: RunningDashboard) -> None:
    """An app that numbers its sets within each exercise has two sets 1 a few minutes apart."""
    story = Story("ada").opens("squat-1", set_id="1", exercise="back_squat").wait(90)
    await told(dashboard, story.opens("curl-1", set_id="1", exercise="biceps_curl"))
    sets = (await dashboard.json("/v1/sets"))["sets"]

    assert [("1", "curl-1"), ("1", "squat-1")] == [(entry["set_id"], entry["set_key"]) for entry in sets]
    assert ["biceps_curl", "back_squat"] == [
        (await set_of(dashboard, "1", opened_at=entry["opened_at"]))["exercise"] for entry in sets
    ]


async def test_what_belongs_together_says_so(dashboard: RunningDashboard) -> None:
    """Both arms have the key of the first; a set by itself has its own."""
    story = Story("ada").opens("left", exercise="biceps_curl", side="left", exposure_key="left").wait(60)
    story.opens("right", exercise="biceps_curl", side="right", exposure_key="left", part_of="left").wait(300)
    await told(dashboard, story.opens("alone"))

    shown = [
        (entry["set_key"], entry["side"], entry["exposure_key"]) for entry in (await dashboard.json("/v1/sets"))["sets"]
    ]
    assert [("alone", None, "alone"), ("right", "right", "left"), ("left", "left", "left")] == shown
    assert "left" == (await set_of(dashboard, "right"))["exposure_key"]


# ---- merged sets


async def test_a_merged_set_is_the_one_that_it_was_merged_into(dashboard: RunningDashboard) -> None:
    """It is in no list, and its id and key lead on, however often it was merged."""
    story = Story("ada").opens("phone", set_id="p").wait(1).opens("watch", set_id="w").wait(1).opens("ring", set_id="r")
    story.rep("phone", 1, 0.5, set_id="p").merges("ring", "watch", set_id="r").merges("watch", "phone", set_id="w")
    await told(dashboard, story)

    assert ["phone"] == await listed(dashboard)
    for name in ("p", "w", "watch", "r", "ring"):
        seen = await set_of(dashboard, name)
        assert ("phone", "p", 1) == (seen["set_key"], seen["set_id"], len(seen["reps"]))


async def test_a_merged_set_that_goes_on_is_a_set_again(dashboard: RunningDashboard) -> None:
    """A correction may show that there were two sets after all."""
    story = Story("ada").opens("phone", set_id="p").wait(1).opens("watch", set_id="w")
    story.merges("watch", "phone", set_id="w").wait(5)
    await told(dashboard, story.opens("watch", set_id="w", reopened=1))

    assert ["watch", "phone"] == await listed(dashboard)
    assert "watch" == (await set_of(dashboard, "w"))["set_key"]


async def test_what_was_refused_of_a_merged_set_stands_in_the_one_that_there_is(dashboard: RunningDashboard) -> None:
    """By its key, and by an id of it."""
    story = Story("ada").opens("phone", set_id="p", other_ids=["w"]).wait(1).opens("watch", set_id="w").wait(5)
    keyed = story.tell(RepCompleted(set_id="w", rep_number=1), identity="keyed")
    named = story.tell(RepCompleted(set_id="w", rep_number=2), identity="named")
    story.merges("watch", "phone", set_id="w").refuses(keyed, "rep_conflict", set_key="watch")
    await told(dashboard, story.refuses(named, "id_conflict"))

    assert {"keyed", "named"} == {item["id"] for item in (await set_of(dashboard, "p"))["rejected"]}


# ---- voided sets


async def test_a_voided_set_is_in_no_list_and_still_tells_what_it_was(dashboard: RunningDashboard) -> None:
    """By id and by key: ended, void, and so are its reps."""
    story = Story("ada").opens("k", set_id="1").rep("k", 1, 0.5, set_id="1").advises("k", 1, "stop")
    await told(dashboard, story.wait(5).voids("k", set_id="1").summarises("k", reps=0, voided=True))

    assert [] == await listed(dashboard)
    for name in ("1", "k"):
        seen = await set_of(dashboard, name)
        assert ("ended", True, [True]) == (seen["state"], seen["voided"], [rep["voided"] for rep in seen["reps"]])


async def test_what_is_said_about_a_voided_set_does_not_bring_it_back(dashboard: RunningDashboard) -> None:
    """An amendment that comes later makes it run no more."""
    story = Story("ada").opens("k").voids("k").wait(5).opens("k", amended=True, load_kg=80.0, opened_at=MONDAY)
    await told(dashboard, story)
    seen = await set_of(dashboard, "k")

    assert ([], "ended", True) == (await listed(dashboard), seen["state"], seen["voided"])


async def test_a_void_that_was_about_another_set_is_taken_back(dashboard: RunningDashboard) -> None:
    """One that named no set came before its own: the set that was running ended like any other after all."""
    story = Story("ada").opens("k").rep("k", 1, 0.5).voids("k", reps=1).wait(5).closes("k", reps=1)
    await told(dashboard, story)
    seen = await set_of(dashboard, "k")

    assert (["k"], "ended", False) == (await listed(dashboard), seen["state"], seen["voided"])
    assert [False] == [rep["voided"] for rep in seen["reps"]]


# ---- reps


async def test_a_rep_has_the_number_of_its_highest_revision(dashboard: RunningDashboard) -> None:
    """A rep that came late moves those after it up; each keeps its own event, estimate and time."""
    story = Story("ada").opens("k").wait(3)
    story.rep("k", 1, 0.5).estimates("k", 1, 6.0, rep_event_id="k-rep-1", revision=5).wait(6)
    at = story.now - timedelta(seconds=8)
    story.counts("k", 2, 0.5, rep_event_id="k-rep-1", revision=2)
    story.estimates("k", 2, 5.0, rep_event_id="k-rep-1", revision=6)
    story.counts("k", 1, 0.6, rep_event_id="late", rep_time=at).estimates("k", 1, 8.0, rep_event_id="late")
    await told(dashboard, story)
    seen = await set_of(dashboard, "k")

    assert [(1, "late", 0.6), (2, "k-rep-1", 0.5)] == [
        (rep["rep_number"], rep["id"], rep["mean_velocity_mps"]) for rep in seen["reps"]
    ]
    assert [(1, 8.0), (2, 5.0)] == [(item["rep_number"], item["rir"]) for item in seen["estimates"]]


async def test_an_estimate_stands_at_the_number_that_its_rep_has_now(dashboard: RunningDashboard) -> None:
    """Also until it is revised itself."""
    story = Story("ada").opens("k").rep("k", 1, 0.5).estimates("k", 1, 6.0, rep_event_id="k-rep-1")
    await told(dashboard, story.counts("k", 4, 0.5, rep_event_id="k-rep-1", revision=2))

    assert [4] == [item["rep_number"] for item in (await set_of(dashboard, "k"))["estimates"]]


async def test_a_withdrawn_rep_is_gone_with_what_was_said_of_it(dashboard: RunningDashboard) -> None:
    """It is another set's; what was said of that number stays only where another rep has it."""
    story = Story("ada").opens("k")
    for number in (1, 2, 3):
        story.wait(3).rep("k", number, 0.5).advises("k", number, "continue")
        story.estimates("k", number, 6.0, rep_event_id=f"k-rep-{number}")
    story.opens("other").withdraws("k", 2).withdraws("k", 3)
    story.counts("k", 3, 0.4, rep_event_id="instead").estimates("k", 3, 5.0, rep_event_id="instead")
    story.counts("other", 1, 0.5, rep_event_id="k-rep-2")
    await told(dashboard, story)
    seen = await set_of(dashboard, "k")

    assert [(1, "k-rep-1"), (3, "instead")] == [(rep["rep_number"], rep["id"]) for rep in seen["reps"]]
    assert [(1, 6.0), (3, 5.0)] == [(item["rep_number"], item["rir"]) for item in seen["estimates"]]
    assert [1, 3] == [item["after_rep"] for item in seen["advice"]]
    assert ["k-rep-2"] == [rep["id"] for rep in (await set_of(dashboard, "other"))["reps"]]


async def test_a_rep_says_its_side_its_kind_and_whether_it_was_helped(dashboard: RunningDashboard) -> None:
    """As it was reported."""
    story = Story("ada").opens("k").rep("k", 1, 0.5, kind="calibration").wait(2)
    story.rep("k", 2, 0.5, side="left").wait(2).rep("k", 3, 0.5, side="right", assisted=True)
    await told(dashboard, story)
    reps = (await set_of(dashboard, "k"))["reps"]

    assert [("calibration", None, None), (None, "left", None), (None, "right", True)] == [
        (rep.get("kind"), rep.get("side"), rep.get("assisted")) for rep in reps
    ]


async def test_a_set_is_found_by_its_opening_whatever_name_is_used(dashboard: RunningDashboard) -> None:
    """`opened_at` chooses among all sets that a name stands for."""
    story = Story("ada").opens("a", set_id="x", other_ids=["1"]).wait(60).opens("b", set_id="1")
    await told(dashboard, story)

    assert "b" == (await set_of(dashboard, "1"))["set_key"]
    assert "a" == (await set_of(dashboard, "1", opened_at=format_time(MONDAY)))["set_key"]
