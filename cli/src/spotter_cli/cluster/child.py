"""Starting a process that can't outlive the one that started it."""

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


def _tie() -> Callable[[], None] | None:
    """Make what a child does between fork and exec so that the kernel ends it when the supervisor is gone.

    The library is loaded and everything looked up here, before the fork: the child itself only makes two calls. The
    tie is to the *thread* that forks, so it has to be one that lives as long as the supervisor: the main thread. It
    survives exec. Other systems than Linux have nothing like it, there a killed supervisor leaves its processes.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong)
    parent, kill, end, parent_now = os.getpid(), int(signal.SIGKILL), os._exit, os.getppid

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, kill, 0, 0, 0)
        if parent_now() != parent:  # it died before the tie was made
            end(_LOST_PARENT)

    return tie


def start(part: ClusterProcess, directory: Path) -> subprocess.Popen[bytes]:
    """Start a part of the cluster; only the main thread may."""
    with part.log.open("ab") as log:
        return subprocess.Popen(
            part.command,
            cwd=directory,
            env=os.environ | {"PYTHONUNBUFFERED": "1"} | dict(part.environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in a terminal is for the supervisor, which stops the parts in their order
            preexec_fn=_tie(),
        )
