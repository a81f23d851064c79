"""Starts a process that can't outlive its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from spotter_cli.cluster.processes import ClusterProcess

_PR_SET_PDEATHSIG: Final = 1
_LOST_PARENT: Final = 70


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


def start(part: ClusterProcess, directory: Path) -> subprocess.Popen[bytes]:
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
