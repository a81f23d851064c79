"""Signals to wait for: requests to stop, and the end of a child process."""

from __future__ import annotations

import select
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

_Handler = Callable[[int, FrameType | None], object] | int | None


class Stopped(BaseException):
    """A signal interrupted work that only an exception can end."""


class Signals:
    """A context manager that counts requests to stop and wakes `wait`; for the main thread, which gets the signals."""

    def __init__(self) -> None:
        self.stops = 0
        """The number of requests to stop."""
        self._raises = False
        self._wakes, self._woken = socket.socketpair()
        self._before: dict[signal.Signals, _Handler] = {}
        self._wakeup_fd_before = -1

    def __enter__(self) -> Self:
        self._wakes.setblocking(False)
        self._woken.setblocking(False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._before[number] = signal.signal(number, self._stop)
        # SIGCHLD needs a handler, else the system drops it and `wait` does not wake.
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        self._wakeup_fd_before = signal.set_wakeup_fd(self._wakes.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.set_wakeup_fd(self._wakeup_fd_before)
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._wakes.close()
        self._woken.close()

    def wait(self, seconds: float) -> None:
        """Return at the next signal, or after some time."""
        ready, _, _ = select.select([self._woken], [], [], max(0.0, seconds))
        if ready:
            self._woken.recv(4096)

    @contextmanager
    def raising(self) -> Iterator[None]:
        """Raise Stopped on a request to stop meanwhile, for work that can't be polled."""
        if self.stops:
            raise Stopped
        self._raises = True
        try:
            yield
        finally:
            self._raises = False

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stops += 1
        if self._raises:
            self._raises = False
            raise Stopped
