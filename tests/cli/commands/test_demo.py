"""`spotter demo`: a gym to look at."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections import Counter

import httpx
import pytest

from spotter_standalone.server import listen
from tests.processes import COMMAND, environment, here


def test_the_demo_ends_by_itself_and_every_event_is_a_line(tmp_path: object) -> None:
    """Advice falls within seconds; everything else is on standard error."""
    ended = here("demo", "--for", "8s", "--json", "--port", "0")

    assert 0 == ended.returncode, ended.stderr
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    kinds = Counter(event["type"] for event in events)
    advice = [event["data"] for event in events if event["type"] == "spotter.advice.given.v1"]
    assert len(events) == len({(event["type"], event["source"], event["id"]) for event in events})
    assert 12 == kinds["spotter.athlete.updated.v1"]
    assert kinds["spotter.rep.completed.v1"] == kinds["spotter.effort.estimated.v1"] > 40
    assert any(advice["action"] == "stop" and not advice["late"] for advice in advice)
    assert re.search(r"A simulated gym at http://127\.0\.0\.1:\d+/", ended.stderr)
    assert "■ stop" in ended.stderr


def test_the_demo_works_without_a_terminal() -> None:
    """Address, a coach's token, and a line per stop."""
    ended = here("demo", "--for", "3s", "--port", "0", "--seed", "3")

    assert (0, "") == (ended.returncode, ended.stderr)
    lines = ended.stdout.splitlines()
    assert lines[0].startswith("A simulated gym at http://127.0.0.1:")
    assert 3 == len(lines[1].split("."))
    assert "reps" in lines[-1] and "estimates" in lines[-1]
    assert "refused" not in lines[-1]


def test_the_demo_draws_racks_in_a_terminal() -> None:
    """A row per rack with bars; what is drawn fits the terminal's width."""
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "demo", "--for", "4s", "--port", "0"],
        env=environment({"TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}),
        stdin=follower,
        stdout=follower,
        stderr=follower,
        close_fds=True,
    )
    os.close(follower)
    drawn = b""
    try:
        while chunk := os.read(leader, 65536):
            drawn += chunk
    except OSError:
        pass  # the other end is closed
    finally:
        os.close(leader)
        code = process.wait(30)

    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn.decode("utf-8", "replace"))
    assert 0 == code
    assert all(f"rack-{number}" in text for number in range(1, 9))
    assert "▇" in text and "ends in" in text


def test_the_demo_ends_in_order_on_a_signal() -> None:
    """While it runs its address answers, and its page opens."""
    process = subprocess.Popen(
        [*COMMAND, "demo", "--port", "0"],
        env=environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    match = re.search(r"http://\S+?/", process.stdout.readline())
    assert match is not None
    assert 200 == httpx.get(match[0], trust_env=False).status_code
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)

    assert (0, "") == (process.returncode, errors)


def test_the_demo_takes_a_free_port_where_none_was_requested() -> None:
    """The usual one may be a gym at work."""
    try:
        taken = listen("127.0.0.1", 8700)
    except Exception:  # noqa: BLE001  # another program has the port, which is just what the test needs
        taken = None
    ended = here("demo", "--for", "1s")
    if taken is not None:
        taken.close()

    assert 0 == ended.returncode, ended.stderr
    assert "127.0.0.1:8700" not in ended.stdout


def test_a_port_that_was_asked_for_and_is_taken_is_reported_in_one_line() -> None:
    """No other is taken instead."""
    taken = listen("127.0.0.1", 0)
    port = taken.getsockname()[1]
    ended = here("demo", "--for", "1s", "--port", str(port))
    taken.close()

    assert 1 == ended.returncode
    assert f"spotter: Port {port} of 127.0.0.1 is in use" in ended.stderr


@pytest.mark.parametrize("span", ["soon", "-3s", "0"])
def test_an_invalid_duration_is_reported_with_an_example(span: str) -> None:
    """Exit code 2, as for every option that can't be understood."""
    ended = here("demo", f"--for={span}")

    assert 2 == ended.returncode
    assert "30s" in ended.stderr


def test_a_reader_that_has_seen_enough_ends_the_demo() -> None:
    """As `| head` does."""
    process = subprocess.Popen(
        [*COMMAND, "demo", "--for", "60s", "--json", "--port", "0"],
        env=environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stderr is not None
    assert json.loads(process.stdout.readline())
    process.stdout.close()
    process.wait(30)

    assert "Traceback" not in process.stderr.read()
    assert 0 == process.returncode
    process.stderr.close()
