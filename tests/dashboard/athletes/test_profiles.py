"""`GET /v1/athletes/{athlete_id}/profiles`: what is known of a lifter by exercise, never without its error."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from spotter.domain.events.outputs import ExerciseProfile, LoadVelocityLine
from spotter_dashboard.athletes import ProfilePage
from tests.dashboard.server import RunningDashboard
from tests.dashboard.story import Story

PROFILES = "/v1/athletes/ada/profiles"
LINE = LoadVelocityLine(
    load_unit="kg",
    load_min=60,
    load_max=100,
    intercept_mps=1.2,
    slope_mps=-0.008,
    intercept_sd_mps=0.08,
    slope_sd_mps=0.001,
    cov=-0.00008,
    set_sd_mps=0.03,
)


def profile(exercise: str, learned_sets: int = 3, **more: Any) -> ExerciseProfile:
    """Return a profile of reps by mean velocity."""
    fields = {"velocity_metric": "mean", "measure": "velocity", "model_version": "m1", "profile_version": "p1", **more}
    return ExerciseProfile(exercise=exercise, learned_sets=learned_sets, **fields)


def closed(story: Story, key: str, *learned: ExerciseProfile) -> Story:
    """Have a set end that has changed these profiles."""
    return story.wait(60).opens(key).wait(30).closes(key, learned=list(learned))


async def told(dashboard: RunningDashboard, *stories: Story) -> None:
    """Write stories and wait until they are in the tables."""
    for story in stories:
        story.write(dashboard.log)
    await dashboard.settled()


async def test_line_failure_velocity_and_1rm_come_with_their_errors(dashboard: RunningDashboard) -> None:
    """The line is given as a formula with its covariance, and as points."""
    bench = profile(
        "bench_press",
        devices="openbarbell",
        line=LINE,
        v_last_mps=0.17,
        v_last_sd_mps=0.02,
        one_rep_max_kg=104.5,
        one_rep_max_sd_kg=3.2,
    )
    await told(dashboard, closed(Story("ada"), "k", bench))
    answer = await dashboard.get(PROFILES, "app", "ada")
    TypeAdapter(ProfilePage).validate_json(answer.content)

    item = answer.json()["profiles"][0]
    assert "ada" == answer.json()["athlete_id"]
    assert ("bench_press", "mean", "openbarbell", "velocity", 3, "m1", "p1") == tuple(
        item[name]
        for name in (
            "exercise",
            "velocity_metric",
            "devices",
            "measure",
            "learned_sets",
            "model_version",
            "profile_version",
        )
    )
    assert (0.17, 0.02, 104.5, 3.2, None, None) == tuple(
        item[name]
        for name in (
            "v_last_mps",
            "v_last_sd_mps",
            "one_rep_max_kg",
            "one_rep_max_sd_kg",
            "one_rep_max_missing",
            "line_missing",
        )
    )
    points = item["line"].pop("points")
    assert LINE.model_dump() == item["line"]
    assert [(60, 0.72), (70, 0.64), (80, 0.56), (90, 0.48), (100, 0.4)] == [
        (point["load"], point["velocity_mps"]) for point in points
    ]
    assert [0.02, 0.0, 0.02] == [points[index]["sd_mps"] for index in (0, 2, 4)]


async def test_what_is_not_known_is_null_with_a_reason(dashboard: RunningDashboard) -> None:
    """A 1RM that is too uncertain, sets without a load, sets known by their times."""
    await told(
        dashboard,
        closed(
            Story("ada"),
            "k",
            profile("back_squat", line=LINE, v_last_mps=0.3, v_last_sd_mps=0.05, one_rep_max_missing="too_uncertain"),
            profile("bench_press", v_last_mps=0.17, v_last_sd_mps=0.03, one_rep_max_missing="no_load_in_kg"),
            profile("biceps_curl", measure="timing", one_rep_max_missing="no_velocity"),
        ),
    )

    shown = {item["exercise"]: item for item in (await dashboard.json(PROFILES))["profiles"]}
    assert {
        "back_squat": (None, "too_uncertain", None),
        "bench_press": (None, "no_load_in_kg", "no_load"),
        "biceps_curl": (None, "no_velocity", "no_velocity"),
    } == {
        name: (item["one_rep_max_kg"], item["one_rep_max_missing"], item["line_missing"])
        for name, item in shown.items()
    }
    assert (None, None, None) == (
        shown["biceps_curl"]["v_last_mps"],
        shown["biceps_curl"]["line"],
        shown["biceps_curl"]["devices"],
    )


async def test_the_newest_word_holds_and_what_was_taken_back_is_gone(dashboard: RunningDashboard) -> None:
    """A set that is voided, or is another exercise, leaves a profile of no set behind; it is not listed."""
    story = closed(Story("ada"), "k", profile("bench_press", 1), profile("deadlift", 1))
    closed(story, "l", profile("bench_press", 2), profile("bench_press", 5, devices="vitruve"))
    await told(dashboard, closed(story, "m", profile("deadlift", 0)))

    assert [("bench_press", None, 2), ("bench_press", "vitruve", 5)] == [
        (item["exercise"], item["devices"], item["learned_sets"])
        for item in (await dashboard.json(PROFILES))["profiles"]
    ]


async def test_profiles_page_by_cursor(dashboard: RunningDashboard) -> None:
    """In the order of exercises, each once."""
    names = ["back_squat", "bench_press", "biceps_curl", "deadlift", "hip_thrust"]
    await told(dashboard, closed(Story("ada"), "k", *(profile(name) for name in reversed(names))))
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await dashboard.json(PROFILES, limit=2, **cursor)
        seen += [item["exercise"] for item in page["profiles"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert names == seen
    assert 422 == (await dashboard.get(PROFILES, cursor="x")).status_code


async def test_another_gyms_and_another_lifters_profiles_are_unknown(dashboard: RunningDashboard) -> None:
    """As every route about a lifter; a device's token reads nothing."""
    await told(
        dashboard,
        closed(Story("ada"), "k", profile("bench_press")),
        closed(Story("bo"), "b", profile("deadlift")),
        closed(Story("ada", gym_id="g2"), "k", profile("back_squat")),
    )

    assert ["back_squat"] == [item["exercise"] for item in (await dashboard.json(PROFILES, gym="g2"))["profiles"]]
    assert 404 == (await dashboard.get("/v1/athletes/bo/profiles", gym="g2")).status_code
    assert 404 == (await dashboard.get("/v1/athletes/bo/profiles", "app", "ada")).status_code
    assert 404 == (await dashboard.get("/v1/athletes/nobody/profiles")).status_code
    assert 403 == (await dashboard.get(PROFILES, "device", "ada")).status_code
