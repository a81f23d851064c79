"""A running `spotter cluster` for tests: Kafka, every service and nginx, as processes of this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import httpx

from spotter_cli.cluster.local_kafka import free_port

START_LIMIT_S: Final = 120.0
WORKS_AGAIN_LIMIT_S: Final = 40.0
STOP_LIMIT_S: Final = 60.0
T = TypeVar("T")


@dataclass
class Cluster:
    """A running `spotter cluster`."""

    folder: Path
    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        """The one address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def lines(self) -> list[dict[str, object]]:
        """All that it has printed; a line that is being written is left out."""
        text = (self.folder / "stdout").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    @property
    def token(self) -> str:
        """The admin token that it printed."""
        return str(next(line["token"] for line in self.lines if line.get("ready")))

    @property
    def headers(self) -> dict[str, str]:
        """The credential."""
        return {"Authorization": f"Bearer {self.token}"}

    def pid(self, name: str) -> int:
        """The process that a part has now."""
        return int(str([line["pid"] for line in self.lines if line.get("name") == name][-1]))

    def pids(self) -> set[int]:
        """All processes that there ever were."""
        return {int(str(line["pid"])) for line in self.lines if "pid" in line}

    def send(self, athlete: str, rep: int) -> None:
        """Send a rep until it is accepted."""
        data = {
            "athlete_id": athlete,
            "set_id": "s-1",
            "exercise": "back_squat",
            "rep_number": rep,
            "mean_velocity_mps": 0.62 - 0.03 * rep,
        }
        event = {"type": "spotter.rep.completed.v1", "id": f"{athlete}-{rep}", "data": data}
        limit_s = time.monotonic() + WORKS_AGAIN_LIMIT_S
        while True:
            try:
                answer = httpx.post(f"{self.url}/v1/events", json=event, headers=self.headers, timeout=10)
            except httpx.TransportError as error:  # nginx itself is away
                assert time.monotonic() < limit_s, error
            else:
                if answer.status_code == 202:
                    return
                # While another part is away nothing but "try again" may come: no 5xx of another kind.
                assert 503 == answer.status_code, answer.text
                assert "retry-after" in answer.headers
                assert time.monotonic() < limit_s, answer.text
            time.sleep(0.2)

    def kill(self, name: str) -> None:
        """End a part by SIGKILL and wait for the line of its successor."""
        before = self.pid(name)
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: self.pid(name) != before, 5, f"no new line for {name}")


@contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    """Start the cluster in a folder and wait until it says that it is ready."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SPOTTER_", "KAFKA_"))}
    port = free_port()
    command = [sys.executable, "-m", "spotter_cli", "cluster", "--port", str(port), "--data", str(folder / "data")]
    with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("ab") as stderr:
        process = subprocess.Popen(command, stdout=stdout, stderr=stderr, env=environment)
    cluster = Cluster(folder, process, port)

    def ready() -> bool:
        assert process.poll() is None, (folder / "stderr").read_text()
        return any(line.get("ready") for line in cluster.lines)

    try:
        wait_until(ready, START_LIMIT_S, f"the cluster is not ready: {folder}")
        yield cluster
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(STOP_LIMIT_S)


def wait_until(met: Callable[[], T], seconds: float, otherwise: str) -> T:
    """Wait for something to become true and give it."""
    limit_s = time.monotonic() + seconds
    while not (answer := met()):
        assert time.monotonic() < limit_s, otherwise
        time.sleep(0.1)
    return answer
