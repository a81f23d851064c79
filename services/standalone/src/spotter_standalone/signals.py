"""SIGINT and SIGTERM as a request to stop in order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager


class StopRequest:
    """Set once a signal asks the program to stop."""

    def __init__(self) -> None:
        self._requested = asyncio.Event()
        self._signal: signal.Signals | None = None

    def set(self, number: signal.Signals) -> None:
        """Record the first signal and wake those who wait."""
        self._signal = self._signal or number
        self._requested.set()

    async def wait(self) -> None:
        """Wait for a signal."""
        await self._requested.wait()

    @property
    def exit_code(self) -> int:
        """The exit code that a shell expects after this signal; 0 without one."""
        return 0 if self._signal is None else 128 + self._signal


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """Turn the first SIGINT or SIGTERM into a stop request; a second one ends the process at once."""
    stop = StopRequest()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def request_stop(number: signal.Signals) -> None:
        stop.set(number)
        for handled in signals:
            loop.remove_signal_handler(handled)

    for number in signals:
        loop.add_signal_handler(number, request_stop, number)
    try:
        yield stop
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
