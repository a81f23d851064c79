"""Who sees what: roles, gyms, lifters."""

from __future__ import annotations

import pytest

from spotter.domain.events import Event
from spotter.domain.events.people import ExerciseAdded
from spotter.domain.events.registry import Role
from tests.dashboard.server import KEYS, RunningDashboard
from tests.dashboard.story import MONDAY, Story

PATHS = ["/v1/sets", "/v1/sets/ada-1", "/v1/athletes", "/v1/athletes/ada/budget", "/v1/exercises"]


async def tell(dashboard: RunningDashboard) -> None:
    """Write sets of two lifters of one gym, and of one of another gym with the same names."""
    Story("ada").named("Ada").opens("ada-1").rep("ada-1", 1, 0.5).write(dashboard.log)
    Story("bo").opens("bo-1").write(dashboard.log)
    Story("ada", gym_id="g2").named("Other Ada").opens("ada-1", exercise="deadlift").opens("ada-2").write(dashboard.log)
    await dashboard.settled()


@pytest.mark.parametrize(("role", "status"), [("device", 403), ("app", 200), ("coach", 200), ("admin", 200)])
async def test_apps_and_above_may_read(dashboard: RunningDashboard, role: Role, status: int) -> None:
    """A device sends and does not read."""
    await tell(dashboard)

    assert dict.fromkeys(PATHS, status) == {path: (await dashboard.get(path, role)).status_code for path in PATHS}


async def test_another_gyms_sets_are_unknown(dashboard: RunningDashboard) -> None:
    """Equal ids of two gyms never meet."""
    await tell(dashboard)

    assert None is (await dashboard.json("/v1/sets/ada-1"))["exercise"]
    assert "deadlift" == (await dashboard.json("/v1/sets/ada-1", gym="g2"))["exercise"]
    assert [] == (await dashboard.json("/v1/sets/ada-1", gym="g2"))["reps"]
    assert 404 == (await dashboard.get("/v1/sets/ada-2")).status_code
    assert 404 == (await dashboard.get("/v1/athletes/bo/budget", gym="g2")).status_code
    assert {"ada-1", "bo-1"} == {entry["set_id"] for entry in (await dashboard.json("/v1/sets"))["sets"]}
    assert [] == (await dashboard.json("/v1/sets", gym="g3"))["sets"]


async def test_a_token_for_some_lifters_sees_these_alone(dashboard: RunningDashboard) -> None:
    """Another's set is as unknown as one that is not there."""
    await tell(dashboard)

    assert 200 == (await dashboard.get("/v1/sets/ada-1", "app", "ada")).status_code
    assert 404 == (await dashboard.get("/v1/sets/bo-1", "app", "ada")).status_code
    assert 404 == (await dashboard.get("/v1/athletes/bo/budget", "app", "ada")).status_code
    assert ["ada-1"] == [entry["set_id"] for entry in (await dashboard.json("/v1/sets", "app", "ada"))["sets"]]
    assert [] == (await dashboard.json("/v1/sets", "app", "ada", athlete_id="bo"))["sets"]
    assert ["ada"] == [
        athlete["athlete_id"] for athlete in (await dashboard.json("/v1/athletes", "app", "ada", "zoe"))["athletes"]
    ]


async def test_lifters_are_listed_with_their_names_by_cursor(dashboard: RunningDashboard) -> None:
    """Everybody of whom something was heard, by id."""
    await tell(dashboard)
    first = await dashboard.json("/v1/athletes", limit="1")
    second = await dashboard.json("/v1/athletes", limit="1", cursor=first["next_cursor"])

    assert [{"athlete_id": "ada", "name": "Ada"}] == first["athletes"]
    assert ([{"athlete_id": "bo", "name": None}], None) == (second["athletes"], second["next_cursor"])


async def test_a_gyms_own_exercises_are_in_its_catalogue_only(dashboard: RunningDashboard) -> None:
    """What ships is in every gym's."""
    dashboard.configuration.apply(
        Event("e", "test", MONDAY, ExerciseAdded(gym_id="g1", exercise="sled_push", name="Sled push", risk="machine"))
    )
    ours = {entry["exercise"] for entry in (await dashboard.json("/v1/exercises"))["exercises"]}
    theirs = {entry["exercise"] for entry in (await dashboard.json("/v1/exercises", gym="g2"))["exercises"]}

    assert {"sled_push"} == ours - theirs
    assert "back_squat" in theirs


async def test_a_coachs_cookie_reads_too(dashboard: RunningDashboard) -> None:
    """Pages ask with the cookie they were signed in by."""
    await tell(dashboard)
    answer = await dashboard.client.get("/v1/sets", headers={"Cookie": f"spotter_token={KEYS.issue('g1', 'coach')}"})

    assert 2 == len(answer.json()["sets"])
