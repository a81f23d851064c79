"""Accepted means written: what `POST /v1/events` answers while the log is slow, unavailable or broken."""

from __future__ import annotations

import asyncio

import orjson

from spotter.streaming.memory.log import MemoryLog
from tests.ingest.support import PROBLEM, CountingLog, RunningIngest, rep, serving, until


class TestALogThatDoesNotAnswer:
    """Accepted means written."""

    async def test_nothing_is_lost_or_doubled(self) -> None:
        """503 with Retry-After; the client sends again, and each event is in the log once."""
        log = MemoryLog()
        async with serving(log) as ingest:
            sent = [{**rep(rep_number=n), "id": f"r{n}"} for n in range(1, 4)]
            await ingest.post(sent[0])
            log.available = False
            single, several = await ingest.post(sent[1]), await ingest.post(sent)
            mixed = await ingest.post([sent[1], rep(mean_velocity_mps=-1)])
            log.available = True
            again = await ingest.post(sent)
            for answer in (single, several, mixed):
                assert (503, PROBLEM, "1") == (
                    answer.status_code, answer.headers["content-type"], answer.headers["retry-after"],
                )  # fmt: skip
                assert 503 == answer.json()["results"][0]["problem"]["status"]
            assert 422 == mixed.json()["results"][1]["problem"]["status"]
            assert ["duplicate", "accepted", "accepted"] == [result["status"] for result in again.json()["results"]]
            assert 3 == len(ingest.written())

    async def test_all_queued_events_fail_together(self) -> None:
        """A request waits once for an unavailable log, not once for each request before it."""
        log = CountingLog(delay_s=0.3)
        async with serving(log) as ingest:
            log.available = False
            # One after the other it would take nine seconds.
            answers = await asyncio.wait_for(asyncio.gather(*(ingest.post(rep()) for _ in range(30))), 6)
        assert {503} == {answer.status_code for answer in answers}

    async def test_not_ready_before_the_configuration_has_been_read(self) -> None:
        """Until configuration and revocations have been read no event is accepted, and readiness says so."""
        log = MemoryLog()
        log.available = False
        async with serving(log, wait_ready=False) as ingest:
            ready, alive = await ingest.client.get("/readyz"), await ingest.client.get("/healthz")
            early = await ingest.post(rep())
            log.available = True
            await until(ingest.is_ready)
            assert 202 == (await ingest.post(rep())).status_code
        assert (503, 200, 503) == (ready.status_code, alive.status_code, early.status_code)
        assert "1" == early.headers["retry-after"]

    async def test_a_broken_log_is_an_internal_error(self) -> None:
        """An unexpected error is not disguised as one to retry."""

        class Broken(MemoryLog):
            async def append(self, records: object) -> list[bool]:
                raise RuntimeError("bug")

        async with serving(Broken()) as ingest:
            assert (500, PROBLEM) == (
                (answer := await ingest.post(rep())).status_code, answer.headers["content-type"],
            )  # fmt: skip


async def test_queued_requests_are_written_together() -> None:
    """One write to the log contains all that has arrived meanwhile, in order."""
    log = CountingLog(delay_s=0.5)
    async with serving(log) as ingest:
        await asyncio.gather(*(ingest.post({**rep(), "id": f"r{n}"}) for n in range(50)))
    assert 50 == sum(log.groups)
    assert len(log.groups) < 10


async def test_answered_only_after_the_write() -> None:
    """No answer before the log has it."""
    log = CountingLog(delay_s=0.2)
    async with serving(log) as ingest:
        waiting = asyncio.create_task(ingest.post(rep()))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        assert 202 == (await waiting).status_code
        assert 1 == len(ingest.written())


async def test_other_requests_are_served_during_a_large_batch(ingest: RunningIngest) -> None:
    """A single rep is answered while ten thousand events are validated."""
    lines = b"\n".join(orjson.dumps({**rep(f"a{n % 400}"), "id": str(n)}) for n in range(10_000))
    batch = asyncio.create_task(ingest.post(content=lines))
    await until(lambda: len(ingest.written()) > 0)
    single = await ingest.post(rep("solo"))
    assert 202 == single.status_code
    assert not batch.done()
    answer = await batch
    assert (202, 10_000) == (answer.status_code, len(answer.json()["results"]))
    lifter = [
        int(record.event.id) for record in ingest.log.records("lifts.v1") if record.event and record.key == "g1/a7"
    ]
    assert sorted(lifter) == lifter
