"""When which lifter's timers are due."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count


class Timers:
    """The next moment of each lifter that has one, soonest first."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, str]] = []
        self._due: dict[str, datetime] = {}
        self._order = count()

    def __len__(self) -> int:
        return len(self._due)

    def set(self, key: str, due: datetime | None) -> None:
        """Say when a lifter's next timer is due; None: there is none."""
        if due is None:
            self._due.pop(key, None)
        elif self._due.get(key) != due:
            self._due[key] = due
            heapq.heappush(self._heap, (due, next(self._order), key))

    def due(self, now: datetime, ready: Callable[[str], bool] = lambda key: True) -> list[str]:
        """Name the lifters whose timers are due and who are ready, soonest first."""
        found = []
        later = []
        while self._heap and self._heap[0][0] <= now:
            item = heapq.heappop(self._heap)
            due, _, key = item
            if self._due.get(key) != due:
                continue
            later.append(item)
            if ready(key):
                found.append(key)
        for item in later:
            heapq.heappush(self._heap, item)
        return found

    def clear(self) -> None:
        """Forget all."""
        self._heap.clear()
        self._due.clear()
