"""Limits of what ingest accepts: events per second, connections, bytes in memory."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from starlette.requests import Request

from spotter.http import Problem
from spotter.http.request_body import BodyTooLarge, read_body
from spotter.http.token_bucket import TokenBucket
from spotter.settings import Limits

_BUCKETS_MAX: Final = 10_000


class EventQuotas:
    """A token bucket of events for each credential."""

    def __init__(self, events_per_s: float, burst: int, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._events_per_s = events_per_s
        self._burst = burst
        self._clock_s = clock_s
        self._buckets: dict[str, TokenBucket] = {}

    def take(self, token_id: str, count: int) -> int:
        """Return how many of `count` events may pass now, and deduct them."""
        bucket = self._buckets.pop(token_id, None) or TokenBucket(self._events_per_s, self._burst)
        self._buckets[token_id] = bucket  # the order of the dict is the order of use
        if len(self._buckets) > _BUCKETS_MAX:
            del self._buckets[next(iter(self._buckets))]
        return bucket.take(count, self._clock_s())

    def refusal(self, token_id: str) -> Problem:
        """Return the problem of an event that came too soon, with when to send it again."""
        bucket = self._buckets.get(token_id)
        wait_s = 1 if bucket is None else max(1, math.ceil(bucket.wait_s(self._clock_s())))
        return Problem(
            429,
            "Too many events",
            f"The token sends more than {self._events_per_s:g} events a second.",
            mend=f"Send this event again after {wait_s} s.",
            headers={"Retry-After": str(wait_s)},
        )


class Occupancy:
    """The current requests and sockets by credential, and the bytes that they keep in memory."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._by_token: dict[tuple[str, str], int] = {}
        self._open = 0
        self._reserved_bytes = 0

    def request(self, token_id: str) -> AbstractContextManager[None]:
        """Count a request while entered; raises Problem 429 or 503 if there are too many."""
        return self._counted("requests", token_id, self._limits.requests_per_token)

    def socket(self, token_id: str) -> AbstractContextManager[None]:
        """Count a socket while entered; raises Problem 429 or 503 if there are too many."""
        return self._counted("sockets", token_id, self._limits.connections_per_token)

    @contextmanager
    def _counted(self, kind: str, token_id: str, most: int) -> Iterator[None]:
        key = (kind, token_id)
        by_token = self._by_token.get(key, 0)
        if by_token >= most:
            raise _later(429, "Too many connections", f"The token has {by_token} {kind} open; no more are let in.")
        if self._open >= self._limits.connections:
            raise _later(503, "Full house", f"{self._open} connections are open; no more are let in.")
        self._by_token[key] = by_token + 1
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1
            self._by_token[key] -= 1
            if not self._by_token[key]:
                del self._by_token[key]

    def reserve(self, size_bytes: int) -> None:
        """Count bytes that stay in memory until `release`; raises Problem 503 if there are too many."""
        if self._reserved_bytes + size_bytes > self._limits.held_bytes:
            raise _later(503, "Full house", "Too much is being received at the moment.")
        self._reserved_bytes += size_bytes

    def release(self, size_bytes: int) -> None:
        """Release bytes."""
        self._reserved_bytes -= size_bytes

    @contextmanager
    def body(self) -> Iterator[RequestBody]:
        """Receive a request's body, whose bytes are counted until this exits."""
        body = RequestBody(self, self._limits)
        try:
            yield body
        finally:
            self.release(body.size_bytes)


class RequestBody:
    """A request's body, counted as it arrives, whatever its Content-Length says."""

    def __init__(self, occupancy: Occupancy, limits: Limits) -> None:
        self._occupancy = occupancy
        self._limits = limits
        self.size_bytes = 0

    async def read(self, request: Request) -> bytes:
        """Read all of it; raises BodyTooLarge, or Problem 408 if it takes too long, 503 if memory is full."""
        try:
            return await read_body(
                request.stream(),
                request.headers.get("content-length"),
                bytes_max=self._limits.body_bytes,
                seconds_max=self._limits.body_s,
                reserve=self._reserve,
            )
        except BodyTooLarge:
            refusal = BodyTooLarge(self._limits.body_bytes, "Send the events in several requests.")
            refusal.members["results"] = []
            raise refusal from None

    def _reserve(self, size_bytes: int) -> None:
        self._occupancy.reserve(size_bytes)
        self.size_bytes += size_bytes


def _later(status: int, title: str, detail: str) -> Problem:
    return Problem(status, title, detail, mend="Try again in a second.", headers={"Retry-After": "1"})
