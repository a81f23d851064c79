"""Repeats on one connection: a loud advice is sent again until it is acknowledged or its time is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from spotter.domain.actions import LOUD
from spotter_gateway.bounded_map import BoundedMap
from spotter_gateway.frames import Advice, TimeLeft, time_left

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
    remaining: TimeLeft
    repeated: int
    """Which repeat this is, from 1."""


class Redelivery:
    """The unacknowledged loud advice of one connection; times in ms since the epoch."""

    def __init__(self, holds: Callable[[Advice], bool], every_ms: int = EVERY_MS) -> None:
        self._holds = holds
        self._every_ms = every_ms
        self._pending: dict[str, _Pending] = {}
        self._shown = BoundedMap[str, None](_SHOWN_MAX)

    def sent(self, advice: Advice, remaining: TimeLeft, now_ms: int) -> None:
        """Record that an advice has been sent for the first time.

        A loud one in time replaces its set's earlier one; a quiet one on the newest rep (a correction) cancels it. A
        late loud one does neither: the lifter still has to hear the first. A withdrawn one ends it.
        """
        if advice.withdrawn:
            self._pending.pop(advice.set_key, None)
            return
        before = self._pending.get(advice.set_key)
        if before is not None and before.advice.alert_id == advice.alert_id:
            return
        if advice.action in LOUD and remaining.sound_ms > 0:
            if advice.alert_id not in self._shown:
                self._pending[advice.set_key] = _Pending(advice, now_ms + self._every_ms)
        elif before is not None and advice.newest and advice.action not in LOUD:
            del self._pending[advice.set_key]

    def shown(self, alert_id: str) -> None:
        """Record that the client showed an alert, or that its user dismissed it."""
        self._shown.put(alert_id, None)
        for set_key, pending in self._pending.items():
            if pending.advice.alert_id == alert_id:
                del self._pending[set_key]
                return

    def due(self, now_ms: int) -> list[Repeat]:
        """Return what to send again now, and count it."""
        repeats: list[Repeat] = []
        for set_key, pending in list(self._pending.items()):
            if pending.due_ms > now_ms:
                continue
            remaining = time_left(pending.advice, now_ms)
            if remaining.sound_ms > 0 and self._holds(pending.advice):
                pending.repeated += 1
                pending.due_ms = now_ms + self._every_ms
                repeats.append(Repeat(pending.advice, remaining, pending.repeated))
            else:
                pending.repeated = REPEATS_MAX
            if pending.repeated >= REPEATS_MAX:
                del self._pending[set_key]
        return repeats

    def next_ms(self) -> int | None:
        """Return when the next repeat is due, or None."""
        return min((pending.due_ms for pending in self._pending.values()), default=None)
