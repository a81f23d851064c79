from __future__ import annotations

import pytest

from spotter.http import Problem
from spotter.settings import Limits
from spotter_ingest.quotas import EventQuotas, Occupancy


def test_a_bucket_fills_at_its_rate() -> None:
    """A burst at once, then as many a second as the rate says, never more than the burst."""
    clock = [0.0]
    quotas = EventQuotas(events_per_s=10, burst=5, clock_s=lambda: clock[0])
    assert (5, 0) == (quotas.take("t", 8), quotas.take("t", 1))
    clock[0] += 0.25
    assert 2 == quotas.take("t", 8)
    clock[0] += 100
    assert 5 == quotas.take("t", 8)
    assert 5 == quotas.take("other", 8)


def test_a_refusal_says_when_to_retry() -> None:
    """Retry-After is when one event may pass, in whole seconds."""
    quotas = EventQuotas(events_per_s=0.1, burst=1, clock_s=lambda: 0.0)
    quotas.take("t", 1)
    problem = quotas.refusal("t")
    assert (429, "10") == (problem.status, problem.headers["Retry-After"])


def test_requests_and_sockets_are_released() -> None:
    """Limits are by token, for requests and sockets separately, and in total."""
    occupancy = Occupancy(Limits(connections_per_token=1, requests_per_token=1, connections=3))
    with occupancy.socket("a"), occupancy.request("a"), occupancy.socket("b"):
        for full, status in ((occupancy.socket("a"), 429), (occupancy.request("a"), 429), (occupancy.socket("c"), 503)):
            with pytest.raises(Problem) as caught, full:
                pass
            assert (status, "1") == (caught.value.status, caught.value.headers["Retry-After"])
    with occupancy.socket("a"):
        pass


def test_bytes_are_released() -> None:
    """Reserved bytes are limited, and released bytes may be reserved again."""
    occupancy = Occupancy(Limits(held_bytes=10))
    occupancy.reserve(10)
    with pytest.raises(Problem):
        occupancy.reserve(1)
    occupancy.release(10)
    occupancy.reserve(10)
