"""The newest items in memory, so that resuming after a short break needs no read of the log."""

from __future__ import annotations

from collections import deque
from typing import Final

from spotter.domain.topics import ADVICE, ESTIMATES
from spotter_gateway.cursor import StreamOffsets
from spotter_gateway.filters import AdviceFilter
from spotter_gateway.frames import StreamItem

RECENT_MAX: Final = 8192


class RecentItems:
    """Items in order of arrival, complete from known offsets on."""

    def __init__(self, size_max: int = RECENT_MAX) -> None:
        self._size_max = size_max
        self._items: deque[StreamItem] = deque()
        self._start = StreamOffsets()

    def begin(self, offsets: StreamOffsets) -> None:
        """Set the offsets from which on items will be added."""
        self._start = offsets.copy()

    def put(self, item: StreamItem) -> None:
        """Add an item, dropping the oldest if there are too many."""
        self._items.append(item)
        if len(self._items) > self._size_max:
            oldest = self._items.popleft()
            self._start.advance_past(oldest.topic, oldest.partition, oldest.offset)

    def after(self, offsets: StreamOffsets, advice_filter: AdviceFilter) -> list[StreamItem] | None:
        """Return the accepted items after `offsets`; None if memory doesn't go back so far."""
        topics = (ADVICE, ESTIMATES) if advice_filter.estimates else (ADVICE,)
        if not offsets.reaches({topic: self._start.by_topic.get(topic, {}) for topic in topics}):
            return None
        return [
            item
            for item in self._items
            if advice_filter.concerns(item.key)
            and advice_filter.accepts(item)
            and not offsets.has_passed(item.topic, item.partition, item.offset)
        ]
