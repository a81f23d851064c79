"""The one-process host: all routes at one address, over one folder."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from lab.standalone_thread import Standalone
from spotter_standalone.errors import CliError
from tests.processes import client

BENCH = {"exercise": "bench_press", "load_kg": 80.0}


def rep(number: int, velocity_mps: float, athlete: str = "ada", set_id: str = "s-1") -> dict[str, object]:
    """Return a rep as a device sends it."""
    who = {"athlete_id": athlete, "set_id": set_id, "rep_number": number}
    return {"type": "spotter.rep.completed.v1", "data": {**who, "mean_velocity_mps": velocity_mps, **BENCH}}


def send(http: httpx.Client, *events: dict[str, object]) -> None:
    """Send events, all of which are taken."""
    answer = http.post("/v1/events", json=list(events))
    assert 202 == answer.status_code, answer.text


def set_of(http: httpx.Client, set_id: str, reps: int, within_s: float = 10) -> dict[str, list[dict[str, object]]]:
    """Return a set once it has this many estimates and pieces of advice."""
    deadline_s = time.monotonic() + within_s
    while True:
        answer = http.get(f"/v1/sets/{set_id}")
        if answer.status_code == 200:
            view: dict[str, list[dict[str, object]]] = answer.json()
            advised = [item for item in view["advice"] if item["after_rep"]]
            if len(view["estimates"]) == reps == len(advised):
                return view
        assert time.monotonic() < deadline_s, answer.text
        time.sleep(0.05)


def test_a_rep_goes_all_the_way(http: httpx.Client) -> None:
    """From the events route to the history: each rep has its estimate and its advice."""
    send(http, *(rep(number, 0.6 - 0.06 * number) for number in range(1, 6)))

    view = set_of(http, "s-1", 5)

    assert [1, 2, 3, 4, 5] == [item["rep_number"] for item in view["estimates"]]
    assert view["advice"][-1]["action"] in ("one_more", "stop")


def test_advice_arrives_while_the_set_runs(host: Standalone, http: httpx.Client) -> None:
    """On the socket, within a moment."""
    headers = {"Authorization": f"Bearer {host.token('app', athletes=['bo'])}"}
    with connect(f"ws{host.url[4:]}/v1/advice", additional_headers=headers, proxy=None) as socket_:
        send(http, rep(1, 0.5, "bo", "s-2"))

        frames = [socket_.recv(timeout=5), socket_.recv(timeout=5)]

    assert ["plan", "rep 1"] == ["plan" if '"after_rep":0' in str(frame) else "rep 1" for frame in frames]


def test_all_routes_are_at_one_address(host: Standalone, http: httpx.Client) -> None:
    """Health, metrics, pages and the description of all routes."""
    assert {"status": "ok"} == http.get("/healthz").json() == http.get("/readyz").json()
    assert "spotter_events_in_total" in http.get("/metrics").text
    assert "text/html; charset=utf-8" == http.get("/").headers["content-type"]
    paths = http.get("/openapi.json").json()["paths"]
    assert {"/v1/events", "/v1/advice/stream", "/v1/sets/{set_id}", "/v1/athletes/{athlete_id}/budget"} <= set(paths)


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_no_page_needs_anything_from_elsewhere(http: httpx.Client, path: str) -> None:
    """Pages that load their scripts from the network are not served: a gym may be offline."""
    assert 404 == http.get(path).status_code


def test_what_is_not_there_is_reported_as_a_problem(http: httpx.Client) -> None:
    """The same form as everywhere."""
    answer = http.get("/v1/nothing")

    assert (404, "application/problem+json") == (answer.status_code, answer.headers["content-type"])


def test_a_port_in_use_is_reported_in_one_line(tmp_path: Path) -> None:
    """With what to do; nothing is left behind."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(CliError, match=f"Port {port} of 127.0.0.1 is in use: .* --port"),
            Standalone(tmp_path, port=port),
        ):
            pass
    assert not (tmp_path / "spotter.db").exists()


def test_a_folder_in_use_is_reported_in_one_line(tmp_path: Path) -> None:
    """Two processes never share one."""
    with Standalone(tmp_path), pytest.raises(CliError, match="is in use by another Spotter"), Standalone(tmp_path):
        pass


def test_a_database_that_is_none_is_reported_in_one_line(tmp_path: Path) -> None:
    """And it is left as it is."""
    (tmp_path / "spotter.db").write_bytes(b"no database " * 1000)

    with pytest.raises(CliError, match=r"spotter\.db can't be used"), Standalone(tmp_path):
        pass
    assert (tmp_path / "spotter.db").read_bytes().startswith(b"no database")


def test_a_key_file_that_is_none_is_reported_in_one_line(tmp_path: Path) -> None:
    """It is not replaced: every token would be lost."""
    (tmp_path / "keys.json").write_text("{}")
    (tmp_path / "keys.json").chmod(0o600)

    with pytest.raises(CliError, match=r"keys\.json is no key file"), Standalone(tmp_path):
        pass
    assert "{}" == (tmp_path / "keys.json").read_text()


def test_a_restart_goes_on_where_it_was(tmp_path: Path) -> None:
    """Tokens, history and running sets are still there."""
    with Standalone(tmp_path) as first:
        token = first.token()
        with client(first.url, token) as http:
            send(http, rep(1, 0.5), rep(2, 0.48))
            set_of(http, "s-1", 2)
    with Standalone(tmp_path) as second, client(second.url, token) as http:
        send(http, rep(3, 0.46))

        view = set_of(http, "s-1", 3)

    assert [1, 2, 3] == [item["rep_number"] for item in view["reps"]]


def test_stopping_ends_open_streams_at_once() -> None:
    """Sockets and streams are closed; the host does not wait for clients to disconnect."""
    with Standalone() as running, ExitStack() as stack:
        headers = {"Authorization": f"Bearer {running.token()}"}
        address = f"ws{running.url[4:]}/v1"
        advice = stack.enter_context(connect(f"{address}/advice", additional_headers=headers, proxy=None))
        events = stack.enter_context(connect(f"{address}/events", additional_headers=headers, proxy=None))
        ended = threading.Event()

        def listen() -> None:
            with client(running.url, running.token()) as http, http.stream("GET", "/v1/advice/stream") as stream:
                try:
                    for _ in stream.iter_raw():
                        pass
                except httpx.HTTPError:
                    pass
                finally:
                    ended.set()

        listening = threading.Thread(target=listen)
        listening.start()
        time.sleep(0.3)
        began_s = time.monotonic()
        running.close()
        took_s = time.monotonic() - began_s
        for opened in (advice, events):
            with pytest.raises(ConnectionClosed):
                opened.recv(timeout=5)
        listening.join(5)

    assert took_s < 4
    assert ended.is_set()
