"""Ctrl-C and SIGTERM, asked for politely once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager


class Stop:
    """Set once somebody wants the program to end."""

    def __init__(self) -> None:
        self._told = asyncio.Event()
        self.signal: signal.Signals | None = None

    def tell(self, number: signal.Signals | None = None) -> None:
        """End the program."""
        self.signal = self.signal or number
        self._told.set()

    @property
    def told(self) -> bool:
        """Tell whether it is to end."""
        return self._told.is_set()

    async def wait(self) -> None:
        """Wait until it is to end."""
        await self._told.wait()

    @property
    def exit_code(self) -> int:
        """Give what a shell expects of a program that a signal has ended."""
        return 0 if self.signal is None else 128 + self.signal


@contextmanager
def until_told() -> Iterator[Stop]:
    """Take SIGINT and SIGTERM as a wish to end in order; a second one ends at once."""
    stop = Stop()
    loop = asyncio.get_running_loop()

    def take(number: signal.Signals) -> None:
        stop.tell(number)
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(each)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, take, number)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
