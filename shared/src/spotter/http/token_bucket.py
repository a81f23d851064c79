"""A token bucket: how much one sender may send."""

from __future__ import annotations


class TokenBucket:
    """Lets `per_s` a second pass on average and `burst` at once; times in s of any steady clock.

    >>> bucket = TokenBucket(per_s=2, burst=3)
    >>> bucket.take(5, now_s=0), bucket.take(5, now_s=1), bucket.wait_s(now_s=1)
    (3, 2, 0.5)
    """

    def __init__(self, per_s: float, burst: int) -> None:
        self._per_s = per_s
        self._burst = float(burst)
        self._level = float(burst)
        self._filled_s: float | None = None

    def take(self, count: int, now_s: float) -> int:
        """Return how many of `count` may pass now, and deduct them."""
        level = self._level_at(now_s)
        granted = min(count, int(level))
        self._level, self._filled_s = level - granted, now_s
        return granted

    def wait_s(self, now_s: float) -> float:
        """Return in how many seconds the next one may pass."""
        return max(0.0, (1 - self._level_at(now_s)) / self._per_s)

    def _level_at(self, now_s: float) -> float:
        passed_s = 0.0 if self._filled_s is None else now_s - self._filled_s
        return min(self._burst, self._level + passed_s * self._per_s)
