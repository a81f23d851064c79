"""The one-process host is killed again and again while reps come in."""

from __future__ import annotations

import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from spotter.domain.events import encode
from spotter.http.tokens import Keyring
from tests.crash.workload import OUTPUTS, check, workload

KILLS = 20
REPS = int(os.environ.get("SPOTTER_CRASH_REPS", "20000"))


class Host:
    """A `spotter up` that can be killed."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        command = [sys.executable, "-m", "spotter_cli", "up", "--data", str(self.data), "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        """Kill it without a word."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_twenty_kills_lose_nothing(tmp_path: Path) -> None:
    """Whenever the process is killed, all that was accepted comes out once, as if nothing had happened."""
    seed = int(os.environ.get("SPOTTER_SEED", random.SystemRandom().randrange(2**32)))
    print(f"SPOTTER_SEED={seed}")
    rng = random.Random(seed)
    sent = workload(seed, lifters=400, reps=REPS)
    token = Keyring.load(tmp_path / "keys.json").issue("g1", "admin")
    host = Host(tmp_path)
    host.start()
    done = threading.Event()
    kills = 0

    def send() -> None:
        lines = [encode(event) for event in sent.events]
        batches = [b"\n".join(lines[index : index + 100]) for index in range(0, len(lines), 100)]
        with httpx.Client(base_url=f"http://127.0.0.1:{host.port}", timeout=10) as client:
            for batch in batches:
                while True:
                    try:
                        answer = client.post("/v1/events", content=batch, headers={"Authorization": f"Bearer {token}"})
                    except httpx.HTTPError:
                        time.sleep(0.1)
                        continue
                    if answer.status_code == 202:
                        break
                    assert answer.status_code in (429, 503), answer.text[:500]
                    time.sleep(0.2)
        done.set()

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    try:
        while not (done.is_set() and kills >= KILLS):
            time.sleep(rng.uniform(1.0, 3.0) if kills < KILLS else 0.2)
            if kills < KILLS:
                host.kill()
                kills += 1
                host.start()
        sender.join()
        wait_until_processed(tmp_path / "spotter.db")
    finally:
        host.kill()
    database = sqlite3.connect(tmp_path / "spotter.db")
    logs = {
        topic: database.execute(f'SELECT key, value FROM "log {topic}" ORDER BY offset').fetchall()
        for topic in ("lifts.v1", *OUTPUTS)
    }
    database.close()
    print(f"{kills} kills: {check(sent, logs)}")


def wait_until_processed(path: Path, patience_s: float = 120) -> None:
    """Wait until detector and advisor have read all there is."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
        try:
            cursors = dict(database.execute("SELECT processor, offset FROM cursors"))
            ends = [
                database.execute(f'SELECT coalesce(max(offset) + 1, 0) FROM "log {topic}"').fetchone()[0]
                for topic in ("lifts.v1", "estimates.v1")
            ]
        finally:
            database.close()
        if ends == [cursors.get("failure-detector"), cursors.get("advisor")]:
            return
        time.sleep(0.5)
    raise AssertionError("the host did not get through what it had accepted")
