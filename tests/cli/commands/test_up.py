"""`spotter up`: the first start, the next ones, stopping, and being killed."""

from __future__ import annotations

import random
import signal
import socket
import time
from pathlib import Path
from typing import Final

import httpx
import jwt
import pytest

from spotter_standalone.data_dir import DataDir
from tests.processes import Up, client, here, spotter

KILLS: Final = 5
SEED: Final = 20261123


def test_the_first_start_makes_database_and_keys_and_prints_an_admin_token(tmp_path: Path) -> None:
    """And the address of the page; later starts print no token."""
    data = tmp_path / "data"
    with Up(data) as first:
        assert {"spotter.db", "keys.json"} <= {path.name for path in data.iterdir()}
        assert 200 == httpx.get(f"{first.url}/", trust_env=False).status_code
        assert f"  coach's page  {first.url}/" in first.output
        assert first.url == DataDir(data).address()
        assert 0 == first.stop()
        printed = first.rest()
    assert DataDir(data).address() is None
    with Up(data) as second:
        assert 0 == second.stop(signal.SIGINT)
        again = second.rest()

    claims = jwt.decode(printed[-1], options={"verify_signature": False})
    assert ("g1", "admin", []) == (claims["gym"], claims["role"], claims["athletes"])
    assert [] == again


def test_the_printed_token_is_accepted(tmp_path: Path) -> None:
    """A rep is one request away."""
    with Up(tmp_path / "data") as running:
        assert running.process.stdout is not None
        running.process.stdout.readline()
        token = running.process.stdout.readline().strip()
        with client(running.url, token) as http:
            answer = http.post("/v1/events", json={"type": "spotter.rep.completed.v1", "data": {"athlete_id": "ada"}})

    assert 202 == answer.status_code


def test_a_port_in_use_is_one_line_on_standard_error(tmp_path: Path) -> None:
    """Exit code 1, and no traceback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = spotter("up", "--data", str(tmp_path), "--port", str(port))

    assert (1, "") == (ended.returncode, ended.stdout)
    assert [
        f"spotter: Port {port} of 127.0.0.1 is in use: stop the program that listens there, or choose another with --port."
    ] == (ended.stderr.splitlines())


def test_a_folder_in_use_is_one_line_on_standard_error(tmp_path: Path) -> None:
    """Exit code 1, and the running one goes on."""
    data = tmp_path / "data"
    with Up(data) as running:
        ended = here("up", "--data", str(data), "--port", "0")
        assert {"status": "ok"} == httpx.get(f"{running.url}/healthz", trust_env=False).json()

    assert 1 == ended.returncode
    assert 1 == len(ended.stderr.splitlines())
    assert "is in use by another Spotter: stop it, or choose another folder with --data" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--port", "70000"), "65535"),
        (("--host", "nowhere.invalid"), "is not an address"),
        (("--host", "203.0.113.7"), "can't be listened on"),
    ],
)
def test_an_address_that_cannot_be_is_reported(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    """Without a traceback."""
    ended = here("up", "--data", str(tmp_path), *arguments)

    assert ended.returncode in (1, 2)
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_data_folder_that_is_a_file_is_reported(tmp_path: Path) -> None:
    """Without a traceback."""
    (tmp_path / "file").write_text("")

    ended = here("up", "--data", str(tmp_path / "file"))

    assert 1 == ended.returncode
    assert "can't be created" in ended.stderr and 1 == len(ended.stderr.splitlines())


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_nothing_accepted_is_lost_however_often_it_is_killed(tmp_path: Path) -> None:
    """SIGKILL at any moment: every rep that was accepted has its estimate and its advice, once."""
    chance = random.Random(SEED)
    data = tmp_path / "data"
    token = here("token", "create", "--data", str(data), "--role", "admin").stdout.strip()
    accepted: dict[str, set[int]] = {f"s-{number}": set() for number in range(4)}
    number = 0
    for _ in range(KILLS):
        with Up(data) as running, client(running.url, token) as http:
            until_s = time.monotonic() + chance.uniform(0.3, 1.2)
            while time.monotonic() < until_s:
                number += 1
                _send(http, number, accepted)
            running.process.kill()
            running.process.wait()
    with Up(data) as running, client(running.url, token) as http:
        for set_id, numbers in accepted.items():
            _wait_for(http, set_id, numbers)
        assert 0 == running.stop()
    assert sum(map(len, accepted.values())) > 50


def _send(http: httpx.Client, number: int, accepted: dict[str, set[int]]) -> None:
    events = [
        {
            "id": f"{set_id}-{number}",
            "type": "spotter.rep.completed.v1",
            "data": {
                "athlete_id": f"lifter-{set_id}",
                "set_id": set_id,
                "rep_number": number,
                "mean_velocity_mps": 0.5,
                "exercise": "deadlift",
            },
        }
        for set_id in accepted
    ]
    answer = http.post("/v1/events", json=events)
    for set_id, result in zip(accepted, answer.json()["results"], strict=True):
        if result["status"] == "accepted":
            accepted[set_id].add(number)


def _wait_for(http: httpx.Client, set_id: str, numbers: set[int]) -> None:
    deadline_s = time.monotonic() + 20
    while True:
        view = http.get(f"/v1/sets/{set_id}").json()
        views = [
            sorted(item["rep_number"] for item in view.get("reps", [])),
            sorted(item["rep_number"] for item in view.get("estimates", [])),
            sorted(item["after_rep"] for item in view.get("advice", []) if item["after_rep"]),
        ]
        # A rep that was written and not answered any more may be there too; none may be there twice.
        if all(numbers <= set(each) and len(set(each)) == len(each) for each in views):
            return
        assert time.monotonic() < deadline_s, (set_id, len(numbers), [len(each) for each in views])
        time.sleep(0.1)
