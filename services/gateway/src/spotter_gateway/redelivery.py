"""Repeats on one connection: a loud advice that nobody says was shown sounds again while it still may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from spotter.domain.actions import LOUD
from spotter_gateway.frames import Advice, Left, left
from spotter_gateway.lru import Remembered

REPEATS_MAX: Final = 2
EVERY_MS: Final = 1000
_SHOWN_MAX: Final = 1000


@dataclass(slots=True)
class _Pending:
    advice: Advice
    due_ms: int
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class Repeat:
    """An advice that is due again."""

    advice: Advice
    remaining: Left
    repeated: int
    """Which repeat this is, from 1."""


class Repeats:
    """What one connection has not said it showed; times in ms since the epoch."""

    def __init__(self, is_open: Callable[[str], bool], every_ms: int = EVERY_MS) -> None:
        self._is_open = is_open
        self._every_ms = every_ms
        self._pending: dict[str, _Pending] = {}
        self._shown = Remembered[str, None](_SHOWN_MAX)

    def sent(self, advice: Advice, remaining: Left, now_ms: int) -> None:
        """Take note of an advice that has gone out for the first time.

        One that is in time takes the place of its set's earlier one; a quieter word on the newest rep (a correction)
        ends that too. A late one that is as loud does not: the lifter still has to hear the first.
        """
        before = self._pending.get(advice.set_key)
        if before is not None and before.advice.alert_id == advice.alert_id:
            return
        if advice.action in LOUD and remaining.sound_ms > 0:
            if advice.alert_id not in self._shown:
                self._pending[advice.set_key] = _Pending(advice, now_ms + self._every_ms)
        elif before is not None and advice.newest and advice.action not in LOUD:
            del self._pending[advice.set_key]

    def shown(self, alert_id: str) -> None:
        """Take note that the client showed an alert, or that its person put it away."""
        self._shown.put(alert_id, None)
        for set_key, pending in self._pending.items():
            if pending.advice.alert_id == alert_id:
                del self._pending[set_key]
                return

    def due(self, now_ms: int) -> list[Repeat]:
        """Give what is to go out again now, and count it."""
        found: list[Repeat] = []
        for set_key, pending in list(self._pending.items()):
            if pending.due_ms > now_ms:
                continue
            remaining = left(pending.advice, now_ms)
            if remaining.sound_ms > 0 and self._is_open(set_key):
                pending.repeated += 1
                pending.due_ms = now_ms + self._every_ms
                found.append(Repeat(pending.advice, remaining, pending.repeated))
            else:
                pending.repeated = REPEATS_MAX
            if pending.repeated >= REPEATS_MAX:
                del self._pending[set_key]
        return found

    def next_ms(self) -> int | None:
        """Say when something is due next."""
        return min((pending.due_ms for pending in self._pending.values()), default=None)
