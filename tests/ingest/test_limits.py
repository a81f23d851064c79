"""Limits of `POST /v1/events`: size, count, rate and connections."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from spotter.settings import Limits
from tests.ingest.support import PROBLEM, CountingLog, RunningIngest, event, rep, serving


async def test_a_large_body_is_413_without_being_read() -> None:
    """By its Content-Length or, sent in chunks, by counting; and the next request is served."""

    async def chunks() -> Any:
        for _ in range(200):
            yield b" " * 65_536

    limits = Limits(body_bytes=100_000)
    async with serving(limits=limits) as ingest:
        whole = await ingest.post(content=b" " * 3_000_000)
        chunked = await ingest.post(content=chunks())
        exact = await ingest.post(content=orjson.dumps(rep()).ljust(100_000))
        over = await ingest.post(content=orjson.dumps(rep()).ljust(100_001))
    for answer in (whole, chunked, over):
        assert (413, PROBLEM) == (answer.status_code, answer.headers["content-type"])
    assert 202 == exact.status_code


async def test_too_many_events_are_413() -> None:
    """In a batch and in lines; the largest number passes."""
    async with serving(limits=Limits(batch_events=3)) as ingest:
        many = [rep(rep_number=n) for n in range(1, 5)]
        assert 413 == (await ingest.post(many)).status_code
        assert 413 == (await ingest.post(content=b"\n".join(map(orjson.dumps, many)))).status_code
        assert 202 == (await ingest.post(many[:3])).status_code


async def test_an_event_too_large_for_the_log_is_413(ingest: RunningIngest, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event may be as large as the log can take, not as a batch may be."""
    monkeypatch.setattr("spotter_ingest.validation.EVENT_BYTES_MAX", 4096)
    pain = {f"joint {n}": 3 for n in range(400)}
    answer = await ingest.post([event("wellness.reported", athlete_id="ada", pain=pain), rep()])
    assert [413] == [result["problem"]["status"] for result in answer.json()["results"] if "problem" in result]


async def test_a_flood_is_429_by_token() -> None:
    """Beyond the burst events are refused, each to be sent again; another token is not affected."""
    async with serving(limits=Limits(events_per_s=1, events_burst=5)) as ingest:
        token, other = ingest.token(), ingest.token()
        flood = await ingest.post([{**rep(), "id": str(n)} for n in range(8)], token=token)
        more = await ingest.post(rep(), token=token)
        assert 202 == (await ingest.post(rep(), token=other)).status_code
    assert ["accepted"] * 5 + ["refused"] * 3 == [result["status"] for result in flood.json()["results"]]
    assert (207, 429) == (flood.status_code, flood.json()["results"][5]["problem"]["status"])
    assert (429, "1") == (more.status_code, more.headers["retry-after"])
    assert "1" == flood.headers["retry-after"]


async def test_requests_at_a_time_are_counted_by_token() -> None:
    """Too many at once are 429; later requests are served."""
    log = CountingLog(delay_s=0.2)
    async with serving(log, Limits(requests_per_token=2)) as ingest:
        token = ingest.token()
        answers = await asyncio.gather(*(ingest.post(rep(), token=token) for _ in range(4)))
        assert [202, 202, 429, 429] == sorted(answer.status_code for answer in answers)
        assert 202 == (await ingest.post(rep(), token=token)).status_code


async def test_bytes_in_memory_are_limited() -> None:
    """A body that does not fit into memory is 503, to be sent again."""
    async with serving(limits=Limits(held_bytes=10_000)) as ingest:
        full = await ingest.post(content=b" " * 20_000)
        assert (503, "1") == (full.status_code, full.headers["retry-after"])
        assert 202 == (await ingest.post(rep())).status_code


async def test_a_body_that_does_not_arrive_is_408() -> None:
    """A slow connection is not waited for."""
    async with serving(limits=Limits(body_s=0.2)) as ingest:
        reader, writer = await asyncio.open_connection("127.0.0.1", ingest.port)
        writer.write(
            f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ingest.token()}\r\n"
            "Content-Length: 100\r\n\r\n{".encode()
        )
        head = await asyncio.wait_for(reader.readline(), 3)
        writer.close()
        assert b"408" in head
        assert 202 == (await ingest.post(rep())).status_code
