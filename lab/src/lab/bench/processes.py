"""Processes that a bench starts: each with a log, ended by its id, never left behind."""

from __future__ import annotations

import http.client
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

HOST: Final = "127.0.0.1"
READY_S: Final = 60.0
STOP_S: Final = 15.0
_POLL_S: Final = 0.02
_WORDS: Final = 600
_TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class ProcessEnded(RuntimeError):
    """A process ended, or was not ready in time; the message ends with its own last words."""


class Child:
    """A process that was started."""

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
                start_new_session=True,  # Ctrl-C is for the bench, which ends what it started
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    def said(self) -> str:
        """Return all that it printed on standard output."""
        return self._out.read_text(encoding="utf-8", errors="replace")

    def until_said(self, pattern: str, within_s: float = READY_S) -> re.Match[str]:
        """Wait for a line; raises Ended where it does not come."""
        until_s = time.monotonic() + within_s
        while not (match := re.search(pattern, self.said(), re.MULTILINE)):
            self.check(until_s)
            time.sleep(_POLL_S)
        return match

    def until_ready(self, port: int, within_s: float = READY_S) -> None:
        """Wait until `/readyz` is answered with 200; raises Ended."""
        until_s = time.monotonic() + within_s
        while not answers_ok(port, "/readyz"):
            self.check(until_s)
            time.sleep(_POLL_S)

    def finished(self, within_s: float) -> str:
        """Wait for an orderly end and give what it said; raises Ended."""
        try:
            code = self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.check(0.0)
            raise
        if code:
            self.check()
        return self.said()

    def check(self, until_s: float | None = None) -> None:
        """Raise Ended where the process has ended, or time is up."""
        code = self.process.poll()
        if code is not None or (until_s is not None and time.monotonic() > until_s):
            what = "took too long" if code is None else f"ended with {code}"
            words = self.log.read_text(encoding="utf-8", errors="replace")[-_WORDS:].strip()
            raise ProcessEnded(f"{self.name} {what}: {words or '(it said nothing)'}")

    def cpu_s(self) -> float:
        """Return the processor time that it has used; 0 where the system does not tell."""
        try:
            text = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8")
        except OSError:
            return 0.0
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / _TICKS_PER_S

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it in order; one that takes too long is killed."""
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
    """Run Python with arguments, and end it on leaving."""
    with Child(name, [interpreter or sys.executable, *arguments], folder, environment or {}) as child:
        yield child


def answers_ok(port: int, path: str) -> bool:
    """Return whether a process of this machine answers a GET with 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=1.0)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
