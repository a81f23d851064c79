from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from spotter_cli.cluster import proxy
from spotter_cli.cluster.local_kafka import free_port
from spotter_standalone.errors import CliError
from tests.deploy import fakes
from tests.support import ROOT

PROBLEM = "application/problem+json"
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def services() -> Iterator[Mapping[str, fakes.Fake]]:
    """Return a fake of each service."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(fakes.running(name)) for name in fakes.NAMES}


@pytest.fixture(scope="module")
def url(nginx: str, services: Mapping[str, fakes.Fake], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a real nginx in front of the fakes."""
    servers = {name: [f"127.0.0.1:{fake.port}"] for name, fake in services.items()}
    with nginx_before(nginx, tmp_path_factory.mktemp("nginx"), servers) as address:
        yield address


@contextmanager
def nginx_before(nginx: str, folder: Path, servers: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Run nginx with the project's configuration, as the cluster does."""
    port = free_port()
    configuration = proxy.configure(folder, f"127.0.0.1:{port}", servers)
    process = subprocess.Popen(proxy.run_command(nginx, configuration), stderr=subprocess.PIPE, text=True)
    try:
        limit_s = time.monotonic() + 10
        while not listens(port):
            assert process.poll() is None, f"nginx ended: {process.stderr.read() if process.stderr else ''}"
            assert time.monotonic() < limit_s
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=10)


def listens(port: int) -> bool:
    """Return whether a port accepts connections."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("/v1/events", "ingest"),
        ("/v1/advice", "gateway"),
        ("/v1/advice/a-1/why", "dashboard"),
        ("/v1/sets/s-1", "dashboard"),
        ("/v1/athletes/ana/budget", "dashboard"),
        ("/v1/exercises", "dashboard"),
        ("/v1/eventsful", "dashboard"),
        ("/", "dashboard"),
        ("/lift", "dashboard"),
        ("/static/live.js", "dashboard"),
    ],
)
def test_every_address_has_one_owner(url: str, path: str, owner: str) -> None:
    """A request reaches the service that owns its address, with path and query as they were sent."""
    answer = httpx.get(f"{url}{path}?athlete_id=a%20b").json()

    assert (owner, path, "athlete_id=a%20b") == (answer["by"], answer["path"], answer["query"])


@pytest.mark.parametrize(("path", "owner"), [("/v1/events", "ingest"), ("/v1/advice", "gateway")])
def test_a_websocket_passes(url: str, path: str, owner: str) -> None:
    """A WebSocket is passed on with its subprotocols, in both directions, text of any length that a service accepts."""
    long = "x" * (256 * 1024)
    address = url.replace("http://", "ws://") + path
    with connect(address, subprotocols=["spotter.v1", "bearer.abc"], open_timeout=5, proxy=None) as ws:  # type: ignore[list-item]
        assert owner == json.loads(ws.recv(timeout=5))["by"]
        assert "spotter.v1" == ws.subprotocol
        for text in ("hello", long):
            ws.send(text)
            assert text == ws.recv(timeout=5)


def test_an_event_of_a_stream_arrives_before_the_next_one_is_written(
    url: str, services: Mapping[str, fakes.Fake]
) -> None:
    """Server-sent events are not held back until a buffer is full."""
    services["gateway"].second_event.clear()
    with httpx.stream("GET", f"{url}/v1/advice/stream", timeout=5) as response:
        lines = response.iter_lines()
        assert ["data: first", ""] == [next(lines), next(lines)]
        services["gateway"].second_event.set()
        assert 'data: {"by": "gateway"}' == next(lines)


def test_a_body_of_4_mib_arrives_whole(url: str) -> None:
    """The largest body that ingest takes reaches it, whatever nginx keeps in memory."""
    answer = httpx.post(f"{url}/v1/events", content=b"x" * 4 * MIB).json()

    assert ("ingest", 4 * MIB) == (answer["by"], answer["body"])


def test_a_larger_body_is_413(url: str) -> None:
    """A body over the limit is refused with a problem document before it is read."""
    answer = httpx.post(f"{url}/v1/events", content=b"x" * (4 * MIB + 100_000))

    assert 413 == answer.status_code
    assert PROBLEM == answer.headers["content-type"]
    assert ("Too large", 413) == (answer.json()["title"], answer.json()["status"])


def test_a_body_without_a_length_is_413_too(url: str) -> None:
    """A chunked body is counted while it comes."""
    answer = httpx.post(f"{url}/v1/events", content=(b"x" * 65_536 for _ in range(80)))

    assert (413, PROBLEM) == (answer.status_code, answer.headers["content-type"])


def test_a_dead_service_is_a_503_that_says_when_to_come_again(
    nginx: str, tmp_path: Path, services: Mapping[str, fakes.Fake]
) -> None:
    """A service that is down gives a problem document with Retry-After; the other routes keep working."""
    servers = {name: [f"127.0.0.1:{free_port()}"] for name in services}
    servers["dashboard"] = [f"127.0.0.1:{services['dashboard'].port}"]
    with nginx_before(nginx, tmp_path, servers) as address:
        for answer in (
            httpx.post(f"{address}/v1/events", json={"type": "spotter.rep.completed.v1"}),
            httpx.get(f"{address}/v1/advice/stream"),
            httpx.get(f"{address}/v1/advice", headers={"Connection": "Upgrade", "Upgrade": "websocket"}),
        ):
            assert (503, PROBLEM) == (answer.status_code, answer.headers["content-type"])
            assert "1" == answer.headers["retry-after"]
            assert 503 == answer.json()["status"]
            assert answer.headers["x-request-id"]
        assert "dashboard" == httpx.get(f"{address}/").json()["by"]


def test_what_a_service_answers_is_left_as_it_is(url: str) -> None:
    """A service's own 503 keeps its text and its Retry-After."""
    answer = httpx.get(f"{url}/v1/busy")

    assert (503, "7", "dashboard") == (answer.status_code, answer.headers["retry-after"], answer.json()["by"])


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/%6detrics", "//metrics", "/v1/../metrics"])
def test_metrics_stay_inside(url: str, path: str) -> None:
    """No spelling of /metrics reaches a service."""
    port = int(url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as raw:
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: raw.recv(65_536), b""))

    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b'"status":404' in answer


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_answers_for_all(url: str, services: Mapping[str, fakes.Fake], path: str) -> None:
    """All are ready when every service is; else the answer names one that is not, workers included."""
    assert (200, {"status": "ok"}) == ((answer := httpx.get(url + path)).status_code, answer.json())

    for name, fake in services.items():
        fake.ready = False
        answer = httpx.get(url + path)
        fake.ready = True
        if name != "dashboard":  # the last one asked answers in its own words
            assert PROBLEM == answer.headers["content-type"]
            assert (f"{name} is not ready.", name) == (answer.json()["detail"], answer.json()["part"])
            assert "1" == answer.headers["retry-after"]
        assert 503 == answer.status_code
    assert 200 == httpx.get(url + path).status_code


@pytest.mark.parametrize("dead", fakes.NAMES)
def test_health_notices_a_dead_service(
    nginx: str, tmp_path: Path, services: Mapping[str, fakes.Fake], dead: str
) -> None:
    """A service that does not answer at all is named too."""
    servers = {name: [f"127.0.0.1:{fake.port}"] for name, fake in services.items()}
    servers[dead] = [f"127.0.0.1:{free_port()}"]
    with nginx_before(nginx, tmp_path, servers) as address:
        answer = httpx.get(f"{address}/readyz")

    assert (503, f"{dead} is not ready.") == (answer.status_code, answer.json()["detail"])


def test_one_ready_replica_is_enough(nginx: str, tmp_path: Path, services: Mapping[str, fakes.Fake]) -> None:
    """While one replica of a worker is down another does its work: the cluster stays ready."""
    servers = {name: [f"127.0.0.1:{fake.port}"] for name, fake in services.items()}
    servers["advisor"] = [f"127.0.0.1:{free_port()} max_fails=0", *servers["advisor"]]
    with nginx_before(nginx, tmp_path, servers) as address:
        assert [200] * 6 == [httpx.get(f"{address}/readyz").status_code for _ in range(6)]


def test_the_way_in_to_a_part_is_closed(url: str) -> None:
    """The addresses that nginx asks for health are not there for anybody else."""
    answer = httpx.get(f"{url}/-/ask/ingest")

    assert (404, PROBLEM) == (answer.status_code, answer.headers["content-type"])


def test_a_request_keeps_its_id(url: str) -> None:
    """The service and the answer carry the id that came with a request; a new one where none or a bad one came."""
    sent = httpx.get(url, headers={"X-Request-ID": "rep-17"})
    none, bad = httpx.get(url), httpx.get(url, headers={"X-Request-ID": "no\tid { }"})

    assert ("rep-17", "rep-17") == (sent.json()["headers"]["x-request-id"], sent.headers["x-request-id"])
    for answer in (none, bad):
        assert 32 == len(answer.headers["x-request-id"])
        assert answer.headers["x-request-id"] == answer.json()["headers"]["x-request-id"]


def test_a_service_learns_who_asks(url: str) -> None:
    """The address, scheme and host that the client used are passed on, and so are credentials."""
    headers = httpx.get(url, headers={"Host": "gym.example:8700", "Authorization": "Bearer abc"}).json()["headers"]

    assert "127.0.0.1" == headers["x-forwarded-for"]
    assert "http" == headers["x-forwarded-proto"]
    assert ("gym.example:8700", "gym.example:8700") == (headers["host"], headers["x-forwarded-host"])
    assert "Bearer abc" == headers["authorization"]


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + "x" * 20_000, 400),
        ("GET /" + "x" * 20_000 + " HTTP/1.1\r\nHost: x", 414),
        ("GET / HTTP/1.1\r\nHost x", 400),
        ("rubbish", 400),
        ("TRACE / HTTP/1.1\r\nHost: x", 405),
    ],
)
def test_what_nginx_refuses_itself_is_a_problem_document(url: str, request_text: str, status: int) -> None:
    """Requests that are no valid HTTP, or too long, get the same kind of answer as any other mistake."""
    with socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1]))) as raw:
        raw.sendall(f"{request_text}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: raw.recv(65_536), b""))

    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert PROBLEM.encode() in answer
    assert f'"status":{status}'.encode() in answer


def test_a_connection_to_a_service_is_used_again(url: str, services: Mapping[str, fakes.Fake]) -> None:
    """Requests one after the other share a connection to the service: nginx does not ask for it to be closed."""
    answers = [httpx.post(f"{url}/v1/events", content=b"x").json()["headers"] for _ in range(3)]

    assert [None, None, None] == [headers.get("connection") for headers in answers]


def test_the_configuration_holds(nginx: str, tmp_path: Path) -> None:
    """The real nginx finds nothing wrong, and no variable is left without a value."""
    servers = {name: ["127.0.0.1:1"] for name in fakes.NAMES}
    configuration = proxy.configure(tmp_path, "127.0.0.1:2", servers)
    asked = [nginx, "-t", "-q", "-e", "stderr", "-p", str(tmp_path), "-c", str(configuration)]
    checked = subprocess.run(asked, capture_output=True, text=True, check=False)

    assert "${" not in configuration.read_text()
    assert (0, "") == (checked.returncode, checked.stderr)


def test_both_hosts_have_the_same_configuration() -> None:
    """The template that the command carries is the one that is mounted into the container."""
    assert ROOT / "deploy/nginx/spotter.conf.template" == proxy.TEMPLATE.resolve()


def test_without_nginx_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without nginx gets a sentence with the package to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(proxy, "_SBIN", os.fspath(tmp_path))

    with pytest.raises(CliError, match="apt-get install nginx-light"):
        proxy.nginx_command()
