"""Devices whose connection is lost while a set is running."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from spotter.domain.events import Event
from spotter.domain.events.lifting import RepCompleted, RepStarted, SetEnded
from spotter.domain.events.outputs import DeviceLost
from spotter.domain.fast_dataclass import record
from spotter.domain.ids import derived_id

SOURCE: Final = "spotter/ingest"
RUNNING: Final = timedelta(seconds=90)
"""A set whose last rep was received longer ago has ended by silence."""


@record(frozen=True, slots=True)
class _LastEvent:
    """The last event about one lifter from one source."""

    event: Event
    device_id: str | None


class RunningSets:
    """The running sets by the reps that arrive over one socket."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], _LastEvent] = {}

    def add(self, event: Event) -> None:
        """Update with an event that was accepted."""
        data = event.data
        athlete_id = data.athlete_id
        if athlete_id is None:
            return
        if isinstance(data, SetEnded):
            for key in [key for key in self._last if key[0] == athlete_id]:
                del self._last[key]
        elif isinstance(data, RepCompleted | RepStarted):
            key = athlete_id, event.source
            previous = self._last.get(key)
            device_id = previous.device_id if previous is not None else None
            if isinstance(data, RepCompleted) and data.device is not None:
                device_id = data.device.id
            self._last[key] = _LastEvent(event, device_id)

    def lost(self, at: datetime, configversion: int, *, cleanly: bool) -> list[Event]:
        """Return an event for each device whose set is still running when the socket closes.

        A client that closes it in order between two reps is not lost: it may open a socket for each rep.
        """
        return [
            _lost(last, at, configversion)
            for last in self._last.values()
            if at - last.event.received <= RUNNING and not (cleanly and isinstance(last.event.data, RepCompleted))
        ]


def _lost(last: _LastEvent, at: datetime, configversion: int) -> Event:
    event = last.event
    data = DeviceLost(
        gym_id=event.data.gym_id,
        athlete_id=event.data.athlete_id,
        set_id=event.data.set_id,
        device_id=last.device_id,
        reported_by=event.source,
    )
    identity = derived_id("device.lost", *event.identity, at.isoformat())
    return Event(identity, SOURCE, at, data, receivedtime=at, configversion=configversion)
