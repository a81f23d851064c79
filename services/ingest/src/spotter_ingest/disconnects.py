"""What is lost with a socket: devices that were sending the reps of a running set."""

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
"""A set whose last rep was received longer ago is over by silence."""


@record(frozen=True, slots=True)
class _Heard:
    """The last that was heard of one lifter from one source."""

    event: Event
    device_id: str | None


class Lifting:
    """Whose sets run by the reps that come over one socket."""

    def __init__(self) -> None:
        self._heard: dict[tuple[str, str], _Heard] = {}

    def note(self, event: Event) -> None:
        """Take note of an event that was written."""
        data = event.data
        athlete_id = data.athlete_id
        if athlete_id is None:
            return
        if isinstance(data, SetEnded):
            for key in [key for key in self._heard if key[0] == athlete_id]:
                del self._heard[key]
        elif isinstance(data, RepCompleted | RepStarted):
            key = athlete_id, event.source
            known = self._heard.get(key)
            device_id = known.device_id if known is not None else None
            if isinstance(data, RepCompleted) and data.device is not None:
                device_id = data.device.id
            self._heard[key] = _Heard(event, device_id)

    def lost(self, at: datetime, configversion: int, *, cleanly: bool) -> list[Event]:
        """Give an event for each device whose set is still running when the socket closes.

        A client that says goodbye between two reps is not lost: it may open a socket for each.
        """
        return [
            _lost(heard, at, configversion)
            for heard in self._heard.values()
            if at - heard.event.received <= RUNNING and not (cleanly and isinstance(heard.event.data, RepCompleted))
        ]


def _lost(heard: _Heard, at: datetime, configversion: int) -> Event:
    last = heard.event
    data = DeviceLost(
        gym_id=last.data.gym_id,
        athlete_id=last.data.athlete_id,
        set_id=last.data.set_id,
        device_id=heard.device_id,
        reported_by=last.source,
    )
    identity = derived_id("device.lost", *last.identity, at.isoformat())
    return Event(identity, SOURCE, at, data, receivedtime=at, configversion=configversion)
