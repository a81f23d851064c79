"""`spotter policy try`: past weeks under another policy, through a real data folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from lab.standalone_thread import Standalone
from tests.processes import client, here
from tests.standalone.test_host import send, set_of


def a_set(http: httpx.Client, athlete: str, set_id: str) -> None:
    """Have a lifter do eight reps of a curl that slow down, and end the set."""
    who, began = {"athlete_id": athlete, "set_id": set_id}, datetime.now(UTC) - timedelta(seconds=9)
    started = {"type": "spotter.set.started.v1", "time": began.isoformat()}
    send(http, {**started, "data": {**who, "exercise": "biceps_curl", "load_kg": 20}})
    for number in range(1, 9):
        rep = {**who, "rep_number": number, "mean_velocity_mps": round(0.75 - 0.055 * number, 3)}
        ended = {"type": "spotter.rep.completed.v1", "time": (began + timedelta(seconds=number)).isoformat()}
        send(http, {**ended, "data": rep})
    set_of(http, set_id, 8)
    send(http, {"type": "spotter.set.ended.v1", "data": who})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a data folder with a set of each of two lifters, while its host is still running."""
    path = tmp_path_factory.mktemp("data")
    with Standalone(path) as host, client(host.url, host.token()) as http:
        send(http, {"type": "spotter.athlete.updated.v1", "data": {"athlete_id": "ada", "level": "advanced"}})
        a_set(http, "ada", "s-1")
        a_set(http, "bo", "s-2")
        yield path


def tried(folder: Path, policy: object, *options: str) -> dict[str, Any]:
    """Try a policy."""
    file = folder / "policy.json"
    file.write_text(json.dumps(policy))
    ended = here("policy", "try", str(file), "--data", str(folder), "--json", *options)
    assert 0 == ended.returncode, ended.stderr
    comparison: dict[str, Any] = json.loads(ended.stdout)
    return comparison


def test_the_same_policy_says_the_same(folder: Path) -> None:
    """With an empty layer the replay reproduces all advice, and no set differs."""
    comparison = tried(folder, {})

    assert comparison["faithful"]
    assert 18 == comparison["advice_known"] == comparison["advice_same"]
    assert [("ada", False), ("bo", False)] == [(item["athlete_id"], item["differs"]) for item in comparison["sets"]]


def test_a_stricter_target_stops_sooner(folder: Path) -> None:
    """The table compares the targets, and the reps after which stop is advised."""
    comparison = tried(folder, {"target_rir": 6, "beginner_target_rir": 6})

    for item in comparison["sets"]:
        assert item["differs"]
        assert item["then"]["target"] < 6 == item["now"]["target"]
        assert item["now"]["stop_after"] < (item["then"]["stop_after"] or 99)
    assert 2 == comparison["totals"]["stopped_earlier"]


def test_one_lifter_alone(folder: Path) -> None:
    """With --athlete the layer is that lifter's own, and only that lifter's sets are shown."""
    comparison = tried(folder, {"target_rir": 5}, "--athlete", "ada")

    assert [("ada", 5)] == [(item["athlete_id"], item["now"]["target"]) for item in comparison["sets"]]


def test_a_table_for_people(folder: Path) -> None:
    """Side by side, with the sums below, and how far the replay can be trusted above."""
    file = folder / "policy.json"
    file.write_text('{"target_rir": 5}')

    ended = here("policy", "try", str(file), "--data", str(folder))

    assert 0 == ended.returncode, ended.stderr
    assert "reproduces all 18 pieces of advice" in ended.stdout
    assert "biceps_curl" in ended.stdout
    assert "2 sets since" in ended.stdout


@pytest.mark.parametrize(
    ("policy", "sent"),
    [
        ("{", "is not JSON"),
        ("[]", "must be an object"),
        ('{"target_rir": 99}', "target_rir"),
        ('{"tarqet": 2}', "tarqet"),
    ],
)
def test_a_wrong_policy_is_named(folder: Path, policy: str, sent: str) -> None:
    """In a line: the file, and the field that is wrong."""
    file = folder / "policy.json"
    file.write_text(policy)

    ended = here("policy", "try", str(file), "--data", str(folder))

    assert 1 == ended.returncode
    assert sent in ended.stderr


def test_no_database_is_reported(tmp_path: Path) -> None:
    """A folder without a database is named, and none is made in it."""
    file = tmp_path / "policy.json"
    file.write_text("{}")

    ended = here("policy", "try", str(file), "--data", str(tmp_path / "none"))

    assert 1 == ended.returncode
    assert "There is no database" in ended.stderr
    assert not (tmp_path / "none").exists()
