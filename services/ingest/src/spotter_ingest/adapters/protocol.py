"""What an adapter is: a module with these names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

DeviceFrame = Sequence[float | str]
"""One rep as a device reports it: numbers, or numbers in text."""


class BadFrame(ValueError):
    """A frame that is incomplete, damaged or of an unknown device."""


@runtime_checkable
class Adapter(Protocol):
    """Decodes the frames of one family of devices."""

    NAME: str
    """Source of the events that are made of its frames, for example `openbarbell`."""

    def recognises(self, frame: DeviceFrame) -> bool:
        """Return whether a frame is of this family, complete or not."""

    def decode_rep(self, frame: DeviceFrame) -> dict[str, object]:
        """Return a frame as the data of `spotter.rep.completed.v1`, in its units.

        Values that cannot be (391 m/s, Infinity) are returned as the device reported them: `/v1/events` refuses them
        with the reason. Raises BadFrame.
        """
