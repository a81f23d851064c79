"""Processes of a bench: each with a log, stopped when its context is left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from spotter_cli.cluster.processes import responds_ok

READY_S: Final = 60.0
STOP_S: Final = 15.0
_POLL_S: Final = 0.02
_LOG_TAIL: Final = 600
_TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class ProcessEnded(RuntimeError):
    """A process ended, or was not ready in time; the message ends with the end of its log."""


class Child:
    """A started process."""

    def __init__(self, name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._out = folder / f"{name}.out"
        with self.log.open("ab") as log, self._out.open("wb") as out:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=os.environ | {"PYTHONUNBUFFERED": "1"} | dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches only the bench, which stops its processes
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    def output(self) -> str:
        """Return everything it printed on standard output."""
        return self._out.read_text(encoding="utf-8", errors="replace")

    def until_line(self, pattern: str, within_s: float = READY_S) -> re.Match[str]:
        """Wait for a line; raises ProcessEnded if it does not come."""
        until_s = time.monotonic() + within_s
        while not (match := re.search(pattern, self.output(), re.MULTILINE)):
            self.check(until_s)
            time.sleep(_POLL_S)
        return match

    def until_ready(self, port: int, within_s: float = READY_S) -> None:
        """Wait until `/readyz` is answered with 200; raises ProcessEnded."""
        until_s = time.monotonic() + within_s
        while not responds_ok(port, "/readyz"):
            self.check(until_s)
            time.sleep(_POLL_S)

    def finished(self, within_s: float) -> str:
        """Wait for an orderly end and return the output; raises ProcessEnded."""
        try:
            code = self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.check(0.0)
            raise
        if code:
            self.check()
        return self.output()

    def check(self, until_s: float | None = None) -> None:
        """Raise ProcessEnded if the process has ended, or time is up."""
        code = self.process.poll()
        if code is not None or (until_s is not None and time.monotonic() > until_s):
            what = "took too long" if code is None else f"ended with {code}"
            tail = self.log.read_text(encoding="utf-8", errors="replace")[-_LOG_TAIL:].strip()
            raise ProcessEnded(f"{self.name} {what}: {tail or '(its log is empty)'}")

    def cpu_s(self) -> float:
        """Return the processor time used so far; 0 on systems without /proc."""
        try:
            text = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8")
        except OSError:
            return 0.0
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / _TICKS_PER_S

    def kill(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Stop it in order; kill it if that takes too long."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()


@contextmanager
def python(
    name: str, folder: Path, *arguments: str, environment: Mapping[str, str] | None = None, interpreter: str = ""
) -> Iterator[Child]:
    """Run Python with arguments, and stop it on leaving."""
    with Child(name, [interpreter or sys.executable, *arguments], folder, environment or {}) as child:
        yield child
