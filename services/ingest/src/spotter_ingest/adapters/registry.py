"""All adapters: every other module of this package, so that adding a file adds a device."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from spotter_ingest import adapters
from spotter_ingest.adapters.protocol import Adapter, BadFrame, DeviceFrame

_NO_ADAPTERS = frozenset({"protocol", "registry"})


@cache
def all_adapters() -> tuple[Adapter, ...]:
    """Import and return every adapter, by module name; raises TypeError for a module that is none."""
    modules = [
        import_module(f"{adapters.__name__}.{module.name}")
        for module in iter_modules(adapters.__path__)
        if module.name not in _NO_ADAPTERS
    ]
    for module in modules:
        if not isinstance(module, Adapter):
            raise TypeError(f"{module.__name__} is no adapter: see {adapters.__name__}.protocol")
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
