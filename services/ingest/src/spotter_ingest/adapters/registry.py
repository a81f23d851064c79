"""What an adapter is, and all of them: every other module of this package, so that adding a file adds a device."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, runtime_checkable

from spotter_ingest import adapters

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


@cache
def all_adapters() -> tuple[Adapter, ...]:
    """Import and return every adapter, by module name; raises TypeError for a module that is none."""
    modules = [
        import_module(f"{adapters.__name__}.{module.name}")
        for module in iter_modules(adapters.__path__)
        if module.name != "registry"
    ]
    for module in modules:
        if not isinstance(module, Adapter):
            raise TypeError(f"{module.__name__} is no adapter: see {adapters.__name__}.registry")
    return tuple(module for module in modules if isinstance(module, Adapter))


def adapter_of(frame: DeviceFrame) -> Adapter:
    """Return the adapter that recognises a frame; raises BadFrame if there is none.

    >>> adapter_of(["-1234", "3", "0.5"]).NAME
    'openbarbell'
    """
    for adapter in all_adapters():
        if adapter.recognises(frame):
            return adapter
    names = ", ".join(adapter.NAME for adapter in all_adapters())
    first = frame[0] if frame else "nothing"
    raise BadFrame(f"the frame starts with {first}, which no adapter recognises (there is {names})")
