"""How many messages one client may send."""

from __future__ import annotations

from typing import Final

MESSAGES_PER_S: Final = 50.0
"""More than a gym full of lifters gives reason to acknowledge (design choice)."""
MESSAGES_BURST: Final = 200


class Rate:
    """A token bucket; times in s of any steady clock."""

    def __init__(self, per_s: float = MESSAGES_PER_S, burst: int = MESSAGES_BURST) -> None:
        self._per_s = per_s
        self._burst = float(burst)
        self._level = float(burst)
        self._at_s: float | None = None

    def allows(self, now_s: float) -> bool:
        """Tell whether one more message may pass now, and count it."""
        if self._at_s is not None:
            self._level = min(self._burst, self._level + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        if self._level < 1:
            return False
        self._level -= 1
        return True
