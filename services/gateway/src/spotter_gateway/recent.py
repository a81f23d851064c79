"""The newest items in memory, so that a short break is made good without asking the log."""

from __future__ import annotations

from collections import deque
from typing import Final

from spotter.domain.topics import ADVICE, ESTIMATES
from spotter_gateway.cursor import Place
from spotter_gateway.filters import Wanted
from spotter_gateway.frames import Item

RECENT_MAX: Final = 8192


class Recent:
    """Items in the order in which they came, and from where on they are complete."""

    def __init__(self, most: int = RECENT_MAX) -> None:
        self._most = most
        self._items: deque[Item] = deque()
        self._floor = Place()

    def begin(self, place: Place) -> None:
        """Say from where on items will come."""
        self._floor = place.copy()

    def put(self, item: Item) -> None:
        """Remember an item; the oldest goes where there are too many."""
        self._items.append(item)
        if len(self._items) > self._most:
            oldest = self._items.popleft()
            self._floor.pass_by(oldest.topic, oldest.partition, oldest.offset)

    def after(self, place: Place, wanted: Wanted) -> list[Item] | None:
        """Give all that came after `place` and is wanted; None where memory doesn't go back so far."""
        topics = (ADVICE, ESTIMATES) if wanted.estimates else (ADVICE,)
        if not place.reaches({topic: self._floor.offsets.get(topic, {}) for topic in topics}):
            return None
        return [
            item
            for item in self._items
            if wanted.concerns(item.key)
            and wanted.takes(item)
            and not place.passed(item.topic, item.partition, item.offset)
        ]
