"""`GET /v1/exercises`: the catalogue, searched and paged."""

from __future__ import annotations

from pydantic import TypeAdapter

from spotter.domain.events import Event
from spotter.domain.events.people import ExerciseAdded
from spotter.domain.exercises import builtin_catalogue
from spotter_dashboard.exercises import ExerciseList
from tests.dashboard.server import RunningDashboard
from tests.dashboard.story import MONDAY


async def test_what_is_typed_finds_exercises_and_shows_the_name_that_matched(dashboard: RunningDashboard) -> None:
    """Best first, with how near it is."""
    seen = await dashboard.json("/v1/exercises", q="rom dea", limit="2")
    TypeAdapter(ExerciseList).validate_python(seen)

    assert ["romanian_deadlift", "dumbbell_romanian_deadlift"] == [
        exercise["exercise"] for exercise in seen["exercises"]
    ]
    assert "fuzzy" == seen["exercises"][0]["match"]["how"]
    assert seen["exercises"][0]["match"]["name"] in builtin_catalogue().get("romanian_deadlift").names
    assert 0 < seen["exercises"][0]["match"]["score"] < 1


async def test_a_misspelt_name_is_found_and_what_an_import_would_take_is_said(dashboard: RunningDashboard) -> None:
    """The same answer as an import's, with its reason."""
    seen = await dashboard.json("/v1/exercises", q="Bech Press")

    assert "bench_press" == seen["exercises"][0]["exercise"] == seen["would_import"]["exercise"]
    assert "'Bech Press' is taken for Bench press" in seen["would_import"]["sentence"]


async def test_what_is_not_clearly_one_exercise_is_not_imported(dashboard: RunningDashboard) -> None:
    """The nearest are named instead."""
    seen = await dashboard.json("/v1/exercises", q="juggling")

    assert (None, []) == (seen["would_import"]["exercise"], seen["exercises"])
    assert "add it with exercise.added" in seen["would_import"]["sentence"]


async def test_pages_follow_each_other_without_gap_while_the_catalogue_changes(dashboard: RunningDashboard) -> None:
    """A cursor goes on in the catalogue that its first page was cut from."""
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await dashboard.json("/v1/exercises", limit="70", **cursor)
        seen += [exercise["exercise"] for exercise in page["exercises"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
        added = ExerciseAdded(gym_id="g1", exercise=f"sled_{len(seen)}", name=f"Sled {len(seen)}", risk="machine")
        dashboard.configuration.apply(Event(f"e{len(seen)}", "test", MONDAY, added))

    assert [exercise.exercise for exercise in builtin_catalogue()] == seen


async def test_a_gyms_own_exercise_is_found_there_only(dashboard: RunningDashboard) -> None:
    """By its aliases, too."""
    sled = ExerciseAdded(gym_id="g1", exercise="sled_push", name="Sled push", risk="machine", aliases=["Prowler"])
    dashboard.configuration.apply(Event("e", "test", MONDAY, sled))
    ours = await dashboard.json("/v1/exercises", q="prowl")
    theirs = await dashboard.json("/v1/exercises", q="prowl", gym="g2")

    assert [("sled_push", "Prowler")] == [
        (exercise["exercise"], exercise["match"]["name"]) for exercise in ours["exercises"]
    ]
    assert [] == theirs["exercises"]


async def test_a_cursor_of_something_else_is_refused(dashboard: RunningDashboard) -> None:
    """422 says how to begin."""
    assert 422 == (await dashboard.get("/v1/exercises", cursor="x")).status_code
    assert 422 == (await dashboard.get("/v1/exercises", q="a" * 300)).status_code
