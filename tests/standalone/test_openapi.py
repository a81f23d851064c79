"""Every operation of the OpenAPI document, and sequences of them, as a program tries them that has only read it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import httpx
import pytest

from lab.standalone_thread import Standalone
from spotter.domain.events import Role

STREAM: Final = "/v1/advice/stream"
"""It never ends: tests/gateway/test_sse.py."""
CHECKS: Final = ("not_a_server_error", "status_code_conformance", "content_type_conformance")
PHASES: Final = ("examples", "coverage", "fuzzing", "stateful")


def tried(host: Standalone, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Try the operations of a host; what goes wrong is in the output, each with the request that shows it."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{host.url}/openapi.json", "--no-color", "--seed", "1"]
    command += ["--checks", ",".join(CHECKS), "--phases", ",".join(PHASES), "--max-examples", "8"]
    command += ["--exclude-path", STREAM, "--request-timeout", "20", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=280)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", ["admin", "device", None])
def test_no_operation_breaks_or_answers_what_it_does_not_say(
    host: Standalone, http: httpx.Client, role: Role | None, tmp_path: Path
) -> None:
    """No 5xx, no undocumented status, no other content type; with a token that may do all, little, or without one."""
    data = {"athlete_id": "ada", "set_id": "s-1", "exercise": "back_squat", "mean_velocity_mps": 0.5}
    reps = [
        {"type": "spotter.rep.completed.v1", "data": {**data, "rep_number": number, "load_kg": 100}}
        for number in range(1, 4)
    ]
    assert 202 == http.post("/v1/events", json=reps).status_code
    credential = () if role is None else ("-H", f"Authorization: Bearer {host.token(role)}")

    outcome = tried(host, tmp_path, *credential)

    assert 0 == outcome.returncode, outcome.stdout[-6000:] + outcome.stderr[-2000:]
    assert "Stateful" in outcome.stdout
