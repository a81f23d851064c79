"""What a token may have refused: whoever sends what can't be taken over and over has to wait, on every route."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

from spotter.http.problems import Problem
from spotter.http.token_bucket import TokenBucket

ACCOUNT_KEY: Final = "spotter.refusals"
"""Where a request's scope holds the quotas that its refusal is charged to."""
PER_S: Final = 50
BURST: Final = 1_000
"""More than a client with a mistake in it needs to show it (design choice)."""
_BUCKETS_MAX: Final = 10_000


class RefusalQuotas:
    """A token bucket of refused requests for each credential."""

    def __init__(self, per_s: float = PER_S, burst: int = BURST, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._burst = burst
        self._clock_s = clock_s
        self._buckets: dict[str, TokenBucket] = {}

    def charge(self, token_id: str) -> None:
        """Count a request that was refused."""
        bucket = self._buckets.pop(token_id, None) or TokenBucket(self._per_s, self._burst)
        self._buckets[token_id] = bucket  # the order of the dict is the order of use
        if len(self._buckets) > _BUCKETS_MAX:
            del self._buckets[next(iter(self._buckets))]
        bucket.take(1, self._clock_s())

    def check(self, token_id: str) -> None:
        """Raise Problem 429 for a token that has had too much refused."""
        bucket = self._buckets.get(token_id)
        if bucket is not None and (wait_s := bucket.wait_s(self._clock_s())) > 0:
            seconds = max(1, math.ceil(wait_s))
            raise Problem(
                429,
                "Too many refusals",
                f"Over {self._per_s:g} requests a second of this token were refused.",
                mend=f"See why in their answers, and go on after {seconds} s.",
                headers={"Retry-After": str(seconds)},
            )
