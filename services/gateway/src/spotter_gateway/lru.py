"""A memory with a limit: what was put in longest ago is forgotten first."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Values by key, at most `most` of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[K, V] = {}

    def put(self, key: K, value: V) -> None:
        """Remember a value, as the newest."""
        self._values.pop(key, None)
        self._values[key] = value
        if len(self._values) > self._most:
            del self._values[next(iter(self._values))]

    def get(self, key: K) -> V | None:
        """Give a value, or None where it is not known, or no more."""
        return self._values.get(key)

    def forget(self, key: K) -> V | None:
        """Take a value out."""
        return self._values.pop(key, None)

    def __contains__(self, key: K) -> bool:
        return key in self._values

    def __len__(self) -> int:
        return len(self._values)
