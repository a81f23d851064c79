"""When which lifter's timers are due."""

from __future__ import annotations

from datetime import datetime


class Timers:
    """The next moment of each lifter that has one: those with an open set."""

    def __init__(self) -> None:
        self._due: dict[str, datetime] = {}

    def __len__(self) -> int:
        return len(self._due)

    def set(self, key: str, due: datetime | None) -> bool:
        """Set when a lifter's next timer is due (None: there is none); returns whether that is a change."""
        if self._due.get(key) == due:
            return False
        if due is None:
            del self._due[key]
        else:
            self._due[key] = due
        return True

    def due(self, now: datetime) -> list[str]:
        """Return the lifters whose timers are due."""
        return [key for key, due in self._due.items() if due <= now]

    def clear(self) -> None:
        """Forget all."""
        self._due.clear()
