"""Bad input to a running host is refused with a reason and affects nothing else."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import jwt
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from lab.standalone_thread import Standalone
from spotter.http.tokens import Keyring
from spotter.settings import Limits
from tests.processes import client

REP = "spotter.rep.completed.v1"


@pytest.fixture(autouse=True)
def somebody_else(http: httpx.Client, host: Standalone) -> Iterator[None]:
    """After each test the host is well, and another lifter's rep is taken and answered."""
    yield
    assert {"status": "ok"} == http.get("/healthz").json() == http.get("/readyz").json()
    assert 202 == http.post("/v1/events", json=rep()).status_code


def rep(**data: object) -> dict[str, object]:
    """Return a rep."""
    return {"type": REP, "data": {"athlete_id": "ada", "set_id": "s-1", **data}}


def socket_to(host: Standalone, token: str, path: str = "/v1/events") -> ClientConnection:
    """Open a WebSocket."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return connect(f"ws{host.url[4:]}{path}", additional_headers=headers, proxy=None)


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"", 400, "empty"),
        (b"{", 400, "JSON"),
        (b"\xff\xfe", 400, "JSON"),
        (b"[1]", 400, "object"),
        (b"null", 400, "object"),
        (b"[" * 100_000, 400, "JSON"),
        (json.dumps({"data": {}}).encode(), 422, "type"),
        (json.dumps({"type": "spotter.rep.done.v1"}).encode(), 422, "rep.done"),
        (json.dumps({**rep(), "specversion": "0.3"}).encode(), 422, "specversion"),
        (json.dumps({**rep(), "time": "yesterday"}).encode(), 422, "time"),
        (json.dumps({**rep(), "time": "2199-01-01T00:00:00Z"}).encode(), 422, "ahead"),
        (json.dumps({**rep(), "id": "x" * 65}).encode(), 422, "id"),
        (json.dumps({**rep(), "data": [1]}).encode(), 422, "data"),
        (json.dumps({"type": REP, "data": {}}).encode(), 422, "athlete_id"),
        (json.dumps(rep(set_id="a/b")).encode(), 422, "data.set_id"),
        (json.dumps(rep(mean_velocity_mps="fast")).encode(), 422, "data.mean_velocity_mps"),
        (json.dumps(rep(mean_velocity_mps=True)).encode(), 422, "data.mean_velocity_mps"),
        (json.dumps(rep(mean_velocity_mps=float("nan"))).encode(), 422, "data.mean_velocity_mps"),
        (json.dumps(rep(rom_m=float("inf"))).encode(), 422, "data.rom_m"),
        (json.dumps(rep(load_kg=600.1)).encode(), 422, "data.load_kg"),
        (json.dumps(rep(rep_number=0)).encode(), 422, "data.rep_number"),
        (json.dumps(rep(colour="red")).encode(), 422, "data.colour"),
        (json.dumps(rep(gym_id="g2")).encode(), 403, "data.gym_id"),
        (json.dumps({"type": "spotter.effort.estimated.v1", "data": {}}).encode(), 403, "type"),
    ],
)
def test_a_bad_event_is_refused_with_field_and_mend(http: httpx.Client, body: bytes, status: int, message: str) -> None:
    """As a problem document, never as an error of ours."""
    answer = http.post("/v1/events", content=body)

    problem = answer.json()
    assert (status, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    assert message in json.dumps([problem["detail"], problem.get("field"), problem.get("mend")])
    assert problem.get("mend")


def test_one_bad_event_refuses_only_itself(http: httpx.Client) -> None:
    """The others of its batch are taken."""
    answer = http.post("/v1/events", json=[rep(), rep(mean_velocity_mps=391), rep()])

    assert 207 == answer.status_code
    assert ["accepted", "refused", "accepted"] == [result["status"] for result in answer.json()["results"]]


def test_what_is_too_large_is_refused(http: httpx.Client) -> None:
    """A body, and a number of events."""
    assert 413 == http.post("/v1/events", content=b" " * (4 * 1024 * 1024 + 1)).status_code
    assert 413 == http.post("/v1/events", json=[{}] * 10_001).status_code


@pytest.mark.parametrize("what", ["nothing", "forged", "expired", "another", "revoked"])
def test_a_credential_that_opens_nothing_is_401_on_every_route(host: Standalone, http: httpx.Client, what: str) -> None:
    """On HTTP and at the handshake of a WebSocket."""
    keyring = host.folder.keyring()
    valid = keyring.issue("g1", "admin")
    token = {
        "nothing": "",
        "forged": jwt.encode({"sub": "x", "gym": "g1", "role": "admin", "athletes": []}, "k" * 32, algorithm="HS256"),
        "expired": keyring.issue("g1", "admin", now=datetime.now(UTC) - timedelta(days=91)),
        "another": Keyring([("k", "s" * 32)]).issue("g1", "admin"),
        "revoked": valid,
    }[what]
    if what == "revoked":
        token_id = jwt.decode(valid, options={"verify_signature": False})["jti"]
        assert (
            202
            == http.post(
                "/v1/events", json={"type": "spotter.token.revoked.v1", "data": {"token_id": token_id}}
            ).status_code
        )
        _until_refused(host, valid)

    with client(host.url, token) as stranger:
        assert 401 == stranger.post("/v1/events", json=rep()).status_code
        assert 401 == stranger.get("/v1/sets/s-1").status_code
        assert 401 == stranger.get("/v1/advice/stream").status_code
    for path in ("/v1/events", "/v1/advice"):
        with pytest.raises(InvalidStatus) as refused, socket_to(host, token, path):
            pass
        assert 401 == refused.value.response.status_code


def _until_refused(host: Standalone, token: str) -> None:
    import time

    deadline_s = time.monotonic() + 5
    with client(host.url, token) as http:
        while http.get("/v1/exercises").status_code != 401:
            assert time.monotonic() < deadline_s
            time.sleep(0.05)


def test_a_role_sends_and_hears_what_it_may_and_no_more(host: Standalone) -> None:
    """A device starts no sets and hears nothing; an app of one lifter knows of no other."""
    with client(host.url, host.token("device")) as device:
        start = {"type": "spotter.set.started.v1", "data": {"athlete_id": "ada", "exercise": "deadlift"}}
        assert 403 == device.post("/v1/events", json=start).status_code
        assert 403 == device.get("/v1/advice/stream").status_code
    with client(host.url, host.token("app", athletes=["bo"])) as bo:
        assert 403 == bo.post("/v1/events", json=rep()).status_code
        assert 404 == bo.get("/v1/sets/s-1").status_code
    with client(host.url, host.token("admin", "g2")) as other_gym:
        assert 404 == other_gym.get("/v1/sets/s-1").status_code


def test_a_revoked_token_loses_its_open_sockets(host: Standalone, http: httpx.Client) -> None:
    """Within five seconds, with the code that says why."""
    token = host.token("app")
    token_id = jwt.decode(token, options={"verify_signature": False})["jti"]
    with socket_to(host, token) as events, socket_to(host, token, "/v1/advice") as advice:
        http.post("/v1/events", json={"type": "spotter.token.revoked.v1", "data": {"token_id": token_id}})

        codes = [_closed_with(opened) for opened in (events, advice)]

    assert [1008, 1008] == codes


def _closed_with(opened: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            opened.recv(timeout=6)
    return closed.value.rcvd.code if closed.value.rcvd else None


def test_a_bad_message_on_a_socket_is_answered_and_the_next_is_taken(host: Standalone) -> None:
    """Each message has its own answer, in order."""
    with socket_to(host, host.token("device")) as opened:
        for message in ("{", "[]", json.dumps(rep(rom_m=9001)), json.dumps(rep())):
            opened.send(message)
        statuses = [json.loads(opened.recv(timeout=5))["status"] for _ in range(4)]

    assert ["refused", "refused", "refused", "accepted"] == statuses


def test_a_message_that_is_too_large_closes_its_socket_alone(host: Standalone) -> None:
    """With the code for that."""
    with socket_to(host, host.token("device")) as opened:
        opened.send("x" * (256 * 1024 + 1))

        assert 1009 == _closed_with(opened)


def test_connections_that_never_say_anything_disturb_no_other_client(host: Standalone, http: httpx.Client) -> None:
    """Half a request, half a handshake, half a body: left as they are."""
    port = int(host.url.rpartition(":")[2])
    halves = [
        b"",
        b"POST /v1/ev",
        b"GET /v1/events HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n",
        f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {host.token()}\r\nContent-Length: 99\r\n\r\n{{".encode(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ]
    opened = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(40)]
    try:
        for index, connection in enumerate(opened):
            connection.sendall(halves[index % len(halves)])
        assert 202 == http.post("/v1/events", json=rep()).status_code
    finally:
        for connection in opened:
            connection.close()


def test_a_flood_is_held_back_and_others_are_served() -> None:
    """The flooding token has to wait; another token's rep is accepted meanwhile."""
    with (
        Standalone(limits=Limits(events_per_s=10, events_burst=20)) as host,
        client(host.url, host.token()) as flooding,
        client(host.url, host.token()) as calm,
    ):
        answers = [flooding.post("/v1/events", json=[rep()] * 10) for _ in range(5)]
        taken = calm.post("/v1/events", json=rep())

    assert [202, 202] == [answer.status_code for answer in answers[:2]]
    assert 429 == answers[-1].status_code
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert 202 == taken.status_code
