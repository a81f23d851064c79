"""A dict with a limit, which drops the value that was put in longest ago."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class BoundedMap(Generic[K, V]):
    """Values by key, at most `size_max` of them."""

    def __init__(self, size_max: int) -> None:
        self._size_max = size_max
        self._values: dict[K, V] = {}

    def put(self, key: K, value: V) -> None:
        """Store a value as the newest."""
        self._values.pop(key, None)
        self._values[key] = value
        if len(self._values) > self._size_max:
            del self._values[next(iter(self._values))]

    def get(self, key: K) -> V | None:
        """Return a value, or None."""
        return self._values.get(key)

    def pop(self, key: K) -> V | None:
        """Remove a value and return it, or None."""
        return self._values.pop(key, None)

    def __contains__(self, key: K) -> bool:
        return key in self._values

    def __len__(self) -> int:
        return len(self._values)
