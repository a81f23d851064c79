from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from spotter_cli.cluster.kafka_install import KafkaUnavailable, java_command, kafka_libs
from tests.kafka.cluster import STOP_LIMIT_S, WORKS_AGAIN_LIMIT_S, Cluster, running, wait_until
from tests.support import missing

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(240)]

PARTS: Final = ["kafka", "failure-detector", "advisor", "ingest", "gateway", "dashboard", "nginx"]


@pytest.fixture(scope="module")
def folder(nginx: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for clusters, on a machine that has all they need."""
    assert nginx
    try:
        java_command()
        kafka_libs()
    except KafkaUnavailable as unavailable:
        missing(f"No Apache Kafka. {unavailable}", "SPOTTER_REQUIRE_KAFKA")
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def cluster(folder: Path) -> Iterator[Cluster]:
    """Return a running cluster; the last test but one ends it."""
    with running(folder) as cluster:
        yield cluster


def test_every_process_is_announced_before_the_cluster_is_ready(cluster: Cluster) -> None:
    """A line for each part with its own process and port, then the address and a token, and nothing else."""
    *parts, ready = cluster.lines

    assert PARTS == [line["name"] for line in parts]
    assert all({"name", "pid", "port"} == set(line) for line in parts)
    assert {"ready", "url", "token"} == set(ready)
    assert (True, cluster.url, cluster.port) == (ready["ready"], ready["url"], parts[-1]["port"])
    programs = {"kafka": "java", "nginx": "nginx"}
    for line in parts:
        executable = os.readlink(f"/proc/{line['pid']}/exe")
        assert programs.get(str(line["name"]), "python") in Path(executable).name
        assert cluster.process.pid == parent(int(str(line["pid"])))


def test_a_rep_comes_out_as_advice(cluster: Cluster) -> None:
    """Through nginx in, through nginx out: on a WebSocket and on a stream of server-sent events, and in the history."""
    with listening(cluster, "ana") as socket, stream(cluster, "ana") as events:
        for rep in (1, 2, 3):
            cluster.send("ana", rep)
            on_socket, on_stream = advice(socket_frames(socket), rep), advice(events, rep)
            assert on_socket["alert_id"] == on_stream["alert_id"]
            assert "continue" == on_socket["action"]
    wait_until(lambda: history(cluster, "ana") == [1, 2, 3], 10, "the dashboard does not follow")


@pytest.mark.parametrize("name", ["failure-detector", "ingest", "gateway", "nginx", "advisor", "dashboard"])
def test_a_killed_part_comes_back(cluster: Cluster, name: str) -> None:
    """SIGKILL of any process: a new line with the new process at once, and reps become advice again."""
    lifter = f"lifter-{name}"
    cluster.send(lifter, 1)
    cluster.kill(name)
    cluster.send(lifter, 2)
    limit_s = time.monotonic() + WORKS_AGAIN_LIMIT_S
    while True:
        try:
            with listening(cluster, lifter) as socket:
                assert 2 == advice(socket_frames(socket), 2)["after_rep"]
                break
        except (OSError, WebSocketException) as error:  # TimeoutError is an OSError
            assert time.monotonic() < limit_s, f"{name} does not work again: {error!r}"
            time.sleep(0.5)
    wait_until(lambda: httpx.get(f"{cluster.url}/readyz").status_code == 200, WORKS_AGAIN_LIMIT_S, "not ready again")
    wait_until(lambda: history(cluster, lifter) == [1, 2], 10, "the dashboard does not follow")


def test_a_killed_broker_comes_back(cluster: Cluster) -> None:
    """What was accepted before is there after, what comes meanwhile is refused with "try again", then all goes on."""
    cluster.send("bea", 1)
    cluster.kill("kafka")
    cluster.send("bea", 2)
    wait_until(lambda: history(cluster, "bea") == [1, 2], WORKS_AGAIN_LIMIT_S, "reps were lost")


def test_a_second_cluster_is_kept_out(cluster: Cluster) -> None:
    """Another one in the same folder, or at the same port, is refused in a line that says what to do."""
    for options, reason in (
        (["--port", "0", "--data", str(cluster.folder / "data")], "Another cluster is running in"),
        (["--port", str(cluster.port), "--data", str(cluster.folder / "other")], f"Port {cluster.port} "),
    ):
        command = [sys.executable, "-m", "spotter_cli", "cluster", *options]
        refused = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert (1, "", 1) == (refused.returncode, refused.stdout, refused.stderr.count("\n"))
        assert reason in refused.stderr


def test_sigterm_ends_everything(cluster: Cluster) -> None:
    """All processes end in order, and nothing is left of them."""
    pids = cluster.pids()
    cluster.process.send_signal(signal.SIGTERM)

    assert 0 == cluster.process.wait(STOP_LIMIT_S)
    assert [] == [pid for pid in pids if runs(pid)]
    assert [] == living_in(cluster.folder)


def test_a_new_cluster_goes_on_and_a_killed_supervisor_leaves_nothing(folder: Path) -> None:
    """The same folder again: the same history and key. SIGKILL of the supervisor takes Kafka, nginx and all along."""
    with running(folder) as again:
        assert [1, 2, 3] == history(again, "ana")
        again.send("ana", 4)
        wait_until(lambda: history(again, "ana") == [1, 2, 3, 4], WORKS_AGAIN_LIMIT_S, "it does not go on")
        again.process.kill()
        again.process.wait(5)
        wait_until(lambda: not living_in(folder), 10, "something lives on")


@contextmanager
def listening(cluster: Cluster, athlete: str) -> Iterator[ClientConnection]:
    """Open a WebSocket for the advice to a lifter."""
    address = f"ws://127.0.0.1:{cluster.port}/v1/advice?athlete_id={athlete}"
    with connect(address, additional_headers=cluster.headers, open_timeout=5, proxy=None) as socket:
        yield socket


def socket_frames(socket: ClientConnection) -> Iterator[dict[str, object]]:
    """Return the frames of a socket, as long as they come."""
    while True:
        yield json.loads(socket.recv(timeout=5))


@contextmanager
def stream(cluster: Cluster, athlete: str) -> Iterator[Iterator[dict[str, object]]]:
    """Open the stream for the advice to a lifter."""
    address = f"{cluster.url}/v1/advice/stream?athlete_id={athlete}"
    with httpx.stream("GET", address, headers=cluster.headers, timeout=5) as response:
        assert 200 == response.status_code
        yield (json.loads(line[5:]) for line in response.iter_lines() if line.startswith("data:"))


def advice(frames: Iterator[dict[str, object]], after_rep: int) -> dict[str, object]:
    """Wait for the advice after a rep; heartbeats come every 2 s, so something always comes."""
    limit_s = time.monotonic() + WORKS_AGAIN_LIMIT_S
    for frame in frames:
        data = frame.get("data")
        if frame.get("type") == "spotter.advice.given.v1" and isinstance(data, dict) and data["after_rep"] == after_rep:
            return data
        if time.monotonic() > limit_s:
            break
    raise TimeoutError(f"no advice after rep {after_rep}")


def history(cluster: Cluster, athlete: str) -> list[int]:
    """Ask the dashboard for the reps of a lifter's set that have an estimate."""
    answer = httpx.get(f"{cluster.url}/v1/sets/s-1?athlete_id={athlete}", headers=cluster.headers, timeout=10)
    if answer.status_code != 200:
        assert answer.status_code in (404, 503), answer.text
        return []
    read = answer.json()
    assert [] == read["rejected"]
    return [estimate["rep_number"] for estimate in read["estimates"]]


def runs(pid: int) -> bool:
    """Return whether a process exists and is no zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


def parent(pid: int) -> int:
    """Return the process that started another one."""
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def living_in(folder: Path) -> list[str]:
    """List the processes that run in a folder, or are told about it."""
    processes = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            here = os.readlink(process / "cwd").startswith(str(folder))
            mentions_folder = str(folder).encode() in (process / "cmdline").read_bytes()
        except OSError:  # it has ended meanwhile
            continue
        if (here or mentions_folder) and runs(int(process.name)):
            processes.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return processes
