"""Supervises the processes of a cluster: starts them, restarts those that die, stops them in order."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spotter_cli.cluster.processes import ClusterProcess, Stage, log_tail
from spotter_cli.cluster.signals import Signals, Stopped
from spotter_standalone.errors import CliError

READY_LIMIT_S: Final = 120.0
STOP_LIMIT_S: Final = 10.0
_STARTED_AFTER_S: Final = 5.0
"""A process that lives this long has started successfully (design choice)."""
_FAILED_STARTS: Final = 3
_POLL_S: Final = 0.1
_IDLE_S: Final = 5.0
_PR_SET_PDEATHSIG: Final = 1
_LOST_PARENT: Final = 70


@dataclass(slots=True)
class _Running:
    part: ClusterProcess
    process: subprocess.Popen[bytes]
    started_s: float
    short_lives: int = 0
    """Consecutive exits soon after a start."""
    due_s: float | None = None
    """When it is restarted; None while it is believed to run."""


class Supervisor:
    """Runs processes in a working directory until a signal asks for a stop.

    `announce` is called with each process and its pid at every start, `notify` with messages for people.
    """

    def __init__(
        self,
        directory: Path,
        announce: Callable[[ClusterProcess, int], None],
        notify: Callable[[str], None],
        signals: Signals,
    ) -> None:
        self._directory = directory
        self._announce = announce
        self._notify = notify
        self._signals = signals
        self._running: list[_Running] = []

    def start(self, parts: Iterable[ClusterProcess]) -> None:
        """Start processes and return when all of them are ready.

        Raises CliError, with the end of its log, for one that dies three times or is not ready within two minutes, and
        Stopped for a signal.
        """
        waiting = list(parts)
        for part in waiting:
            process = _start(part, self._directory)
            self._running.append(_Running(part, process, time.monotonic()))
            self._announce(part, process.pid)
        limit_s = time.monotonic() + READY_LIMIT_S
        while waiting := [part for part in waiting if not part.ready()]:
            if self._signals.stops:
                raise Stopped
            self._revive()
            for running in self._running:
                if running.short_lives >= _FAILED_STARTS:
                    raise _failure(running.part, f"exited {running.short_lives} times during the start")
            if time.monotonic() > limit_s:
                raise _failure(waiting[0], f"was not ready within {READY_LIMIT_S:.0f} s")
            self._signals.wait(_POLL_S)

    def watch(self) -> None:
        """Restart processes that die, until a signal asks for a stop."""
        while not self._signals.stops:
            self._revive()
            dues = [running.due_s for running in self._running if running.due_s is not None]
            self._signals.wait(min(dues) - time.monotonic() if dues else _IDLE_S)

    def stop(self) -> None:
        """Stop all processes in reverse order of their stages; kill those that take too long."""
        for stage in sorted(Stage, reverse=True):
            alive = [r for r in self._running if r.part.stage is stage and r.process.poll() is None]
            for running in alive:
                running.process.send_signal(signal.SIGTERM)
            limit_s = time.monotonic() + STOP_LIMIT_S
            stops = self._signals.stops
            while alive := [running for running in alive if running.process.poll() is None]:
                if self._signals.stops > stops or time.monotonic() > limit_s:  # a second request to stop
                    for running in alive:
                        self._notify(f"{running.part.name} does not stop: killed")
                        running.process.kill()
                        running.process.wait()
                else:
                    self._signals.wait(_POLL_S)

    def _revive(self) -> None:
        now_s = time.monotonic()
        for running in self._running:
            if running.due_s is None and (code := running.process.poll()) is not None:
                lived_s = now_s - running.started_s
                running.short_lives = running.short_lives + 1 if lived_s < _STARTED_AFTER_S else 0
                pause_s = restart_pause_s(running.short_lives)
                running.due_s = now_s + pause_s
                restart = f"restart in {pause_s:g} s" if pause_s else "restarted"
                self._notify(
                    f"{running.part.name} {_ended(code)} after {lived_s:.1f} s; {restart} (log: {running.part.log})"
                )
            if running.due_s is not None and running.due_s <= now_s:
                running.process = _start(running.part, self._directory)
                running.started_s, running.due_s = time.monotonic(), None
                self._announce(running.part, running.process.pid)


def restart_pause_s(short_lives: int) -> float:
    """Return the pause before a restart: none, unless the process keeps dying right after its start.

    Half a second from the third short life on, doubled with each further one, at most 10 s (design choice).

    >>> [restart_pause_s(n) for n in (0, 1, 2, 3, 4, 5, 100)]
    [0.0, 0.0, 0.0, 0.5, 1.0, 2.0, 10.0]
    """
    return min(10.0, 0.5 * 2.0 ** (min(short_lives, 10) - 3)) if short_lives > 2 else 0.0


def _ended(code: int) -> str:
    return f"exited with code {code}" if code >= 0 else f"was killed by {signal.Signals(-code).name}"


def _failure(part: ClusterProcess, what: str) -> CliError:
    return CliError(f"{part.name} {what}. The end of {part.log}:\n{log_tail(part) or '(nothing)'}")


def _parent_death_signal() -> Callable[[], None] | None:
    """Return a function for a child to call between fork and exec, so that the kernel kills it with the supervisor.

    The library is loaded and its names are resolved here, before the fork: the child itself makes only two calls. The
    kernel ties the child to the *thread* that forks, so that has to be the main thread. The tie survives exec. Only
    Linux has it: elsewhere a killed supervisor leaves its processes behind.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong)
    parent, kill, end, parent_now = os.getpid(), int(signal.SIGKILL), os._exit, os.getppid

    def set_signal() -> None:
        prctl(_PR_SET_PDEATHSIG, kill, 0, 0, 0)
        if parent_now() != parent:  # the parent died before the call
            end(_LOST_PARENT)

    return set_signal


def _start(part: ClusterProcess, directory: Path) -> subprocess.Popen[bytes]:
    """Start a process of the cluster; to be called from the main thread."""
    with part.log.open("ab") as log:
        return subprocess.Popen(
            part.command,
            cwd=directory,
            env=os.environ | {"PYTHONUNBUFFERED": "1"} | dict(part.environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in a terminal reaches only the supervisor, which stops the processes in order
            preexec_fn=_parent_death_signal(),
        )
