"""Runs the `spotter` command, as a process or in this one."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from unittest.mock import patch

import httpx
import pytest

from spotter_cli.cli import main

COMMAND: Final = (sys.executable, "-m", "spotter_cli")
START_S: Final = 40.0
STOP_S: Final = 20.0


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment without Spotter's settings, and with `variables`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SPOTTER_", "COLUMNS"))}
    return {**kept, **variables}


def spotter(
    *arguments: str, env: Mapping[str, str] | None = None, timeout_s: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run the command as a process until it ends."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(env or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def here(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in this process, which saves the time of imports."""
    out, err = io.StringIO(), io.StringIO()
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, environment(env or {}), clear=True))
        stack.enter_context(patch.object(sys, "argv", ["spotter", *arguments]))
        stack.enter_context(patch("spotter.logging_config.configure_logging"))  # this process's logs are pytest's
        stack.enter_context(patch("spotter.streaming.gc_tuning.tune"))  # and so is its memory
        stack.enter_context(redirect_stdout(out))
        stack.enter_context(redirect_stderr(err))
        code = stack.enter_context(pytest.raises(SystemExit))
        main()
    return subprocess.CompletedProcess(arguments, int(code.value.code or 0), out.getvalue(), err.getvalue())


class Up:
    """`spotter up` on a free port while entered."""

    def __init__(self, data: Path, port: int = 0) -> None:
        self._arguments = [*COMMAND, "up", "--data", str(data), "--port", str(port)]
        self._errors = data.parent / f"{data.name}.err"
        self.output: list[str] = []
        """Lines of its standard output until it is ready."""

    def __enter__(self) -> Self:
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                self._arguments,
                env=environment({"SPOTTER_LOG_LEVEL": "WARNING"}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self.process.stdout is not None
        deadline_s = time.monotonic() + START_S
        while not any(line.startswith("  data ") for line in self.output):
            line = self.process.stdout.readline()
            assert line and time.monotonic() < deadline_s, self._errors.read_text()
            self.output.append(line.rstrip("\n"))
        return self

    @property
    def url(self) -> str:
        """Its address."""
        return self.output[0].split()[4]

    def rest(self) -> list[str]:
        """Return the later lines of its standard output; waits until it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.read().splitlines()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(STOP_S)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(STOP_S)
        if self.process.stdout is not None:
            self.process.stdout.close()


def client(url: str, token: str) -> httpx.Client:
    """Return a client with a token, or without one if it is empty."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=10)
