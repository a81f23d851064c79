"""Signals as something to wait for: a request to stop, or a child that ended."""

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
    """A signal came while something was under way that only an exception ends."""


class Signals:
    """Counts requests to stop and wakes whoever waits, for signals come only to the main thread; a context manager."""

    def __init__(self) -> None:
        self.stops = 0
        """How often a stop was asked for."""
        self._raises = False
        self._wakes, self._woken = socket.socketpair()
        self._before: dict[signal.Signals, _Handler] = {}
        self._wakeup_fd_before = -1

    def __enter__(self) -> Self:
        self._wakes.setblocking(False)
        self._woken.setblocking(False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._before[number] = signal.signal(number, self._stop)
        # A child's end has to have a handler, else the system drops the signal and nobody wakes.
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
        """Return when any signal comes, at the latest after some time."""
        ready, _, _ = select.select([self._woken], [], [], max(0.0, seconds))
        if ready:
            self._woken.recv(4096)

    @contextmanager
    def raising(self) -> Iterator[None]:
        """Let a request to stop raise Stopped meanwhile, for work that can't be asked in between."""
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
