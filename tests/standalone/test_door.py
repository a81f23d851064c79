"""What comes in as apps and trackers send it, seen from outside: what the sets are afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from spotter.domain.time import format_time, utc_now


def event(
    name: str, athlete_id: str, at: str | None = None, senttime: str | None = None, /, **data: object
) -> dict[str, Any]:
    """Return an event of a lifter."""
    times = {key: value for key, value in (("time", at), ("senttime", senttime)) if value is not None}
    return {"type": f"spotter.{name}.v1", "source": "/app", "data": {"athlete_id": athlete_id, **data}, **times}


def ago(seconds: float) -> str:
    """Format a time in the past."""
    return format_time(utc_now() - timedelta(seconds=seconds))


def until(read: Callable[[], Any]) -> Any:
    """Return what is read as soon as it is something."""
    end_s = time.monotonic() + 10
    while not (value := read()):
        assert time.monotonic() < end_s, "it took too long"
        time.sleep(0.05)
    return value


def send(http: httpx.Client, *events: dict[str, Any]) -> list[dict[str, Any]]:
    """Send events that are all taken; return their results."""
    response = http.post("/v1/events", json=list(events))
    assert 202 == response.status_code, response.text
    results: list[dict[str, Any]] = response.json()["results"]
    return results


def sets_of(http: httpx.Client, athlete_id: str, reps: int) -> list[dict[str, Any]]:
    """Return the sets of a lifter, whole, once they have so many reps in all."""

    def read() -> list[dict[str, Any]]:
        listed = http.get("/v1/sets", params={"athlete_id": athlete_id}).json()["sets"]
        whole = [
            http.get(
                f"/v1/sets/{lifted['set_id']}", params={"athlete_id": athlete_id, "opened_at": lifted["opened_at"]}
            ).json()
            for lifted in listed
        ]
        return whole if reps == sum(len(lifted["reps"]) for lifted in whole) else []

    whole: list[dict[str, Any]] = until(read)
    return whole


def test_a_set_is_of_the_exercise_that_its_name_means(http: httpx.Client) -> None:
    """Its side and its load in pounds included; a search says the same."""
    (result,) = send(
        http,
        event("set.started", "names", ago(30), ago(0), set_id="s", exercise="Single Leg Curl (Right)", load_lb=100),
    )
    send(
        http,
        *[event("rep.completed", "names", ago(20 - n), ago(0), set_id="s", mean_velocity_mps=0.5) for n in range(2)],
    )
    (lifted,) = sets_of(http, "names", 2)
    asked = http.get("/v1/exercises", params={"q": "Single Leg Curl (Right)"}).json()

    assert ("leg_curl", 45.359237) == (lifted["exercise"], lifted["load_kg"])
    assert "exercise: taken for leg_curl " in result["warning"] and "side: taken for right" in result["warning"]
    assert "leg_curl" == asked["would_import"]["exercise"]


def test_reps_of_a_clock_without_a_date_lie_where_they_happened(http: httpx.Client) -> None:
    """Their times, those of the set and of a check-in are told by our clock."""
    start = utc_now()
    boot = datetime(1970, 1, 1, tzinfo=UTC)

    def undated(seconds: float) -> str:
        return format_time(boot + timedelta(seconds=seconds))

    send(
        http,
        event(
            "rep.completed",
            "esp",
            undated(300),
            undated(310),
            exercise="bench_press",
            started_at=undated(299),
            mean_velocity_mps=0.5,
        ),
        event("rep.completed", "esp", undated(303), undated(310), exercise="bench_press", mean_velocity_mps=0.5),
        event("wellness.reported", "esp", undated(100), undated(310), sleep=4),
    )
    (lifted,) = sets_of(http, "esp", 2)
    (felt,) = until(lambda: http.get("/v1/athletes/esp/wellness").json()["reports"])
    happened = [datetime.fromisoformat(rep["time"]) for rep in lifted["reps"]]

    assert all(abs(moment - start) < timedelta(seconds=30) for moment in happened)
    assert timedelta(seconds=3) == happened[1] - happened[0]
    assert abs(start - timedelta(seconds=210) - datetime.fromisoformat(felt["time"])) < timedelta(seconds=20)


@pytest.mark.parametrize(
    "about",
    [
        event("set.voided", "eve"),
        event("set.amended", "eve", load_kg=1),
        event("rep.voided", "eve", rep_number=1),
        event("effort.reported", "eve", rir=0),
        event("set.ended", "eve"),
    ],
)
def test_the_key_of_another_lifters_set_changes_nothing(http: httpx.Client, about: dict[str, Any]) -> None:
    """Neither theirs nor one's own: the event waits, or is rejected."""
    owner, other = f"owner-{about['type']}", f"other-{about['type']}"
    for athlete_id in (owner, other):
        send(http, event("set.started", athlete_id, ago(40), ago(0), set_id="s", exercise="back_squat", load_kg=100))
        send(http, event("rep.completed", athlete_id, ago(30), ago(0), set_id="s", mean_velocity_mps=0.5))
    (before,) = sets_of(http, owner, 1)
    (mine,) = sets_of(http, other, 1)
    send(
        http,
        {
            **about,
            "time": ago(20),
            "senttime": ago(0),
            "data": {**about["data"], "athlete_id": other, "set_key": before["set_key"]},
        },
    )
    send(http, event("rep.completed", other, ago(10), ago(0), set_id="s", mean_velocity_mps=0.5))
    (own,) = sets_of(http, other, 2)

    assert [before] == sets_of(http, owner, 1)
    assert (mine["state"], mine["load_kg"], mine["set_key"]) == (own["state"], own["load_kg"], own["set_key"])
    assert not any(rep.get("voided") for rep in own["reps"])


def test_a_set_is_voided_by_its_key(http: httpx.Client) -> None:
    """By an app of its lifter: it is in no list any more."""
    send(http, event("set.started", "void", ago(40), ago(0), set_id="s", exercise="back_squat", load_kg=100))
    send(http, event("rep.completed", "void", ago(30), ago(0), set_id="s", mean_velocity_mps=0.5))
    (lifted,) = sets_of(http, "void", 1)
    (result,) = send(http, event("set.voided", "void", ago(0), ago(0), set_key=lifted["set_key"]))

    assert "warning" not in result
    until(lambda: not http.get("/v1/sets", params={"athlete_id": "void"}).json()["sets"])
