from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from websockets.exceptions import ConnectionClosed

from spotter.domain.topics import ADVICE
from spotter.http import Guard
from spotter.http.tokens import Revocations
from spotter.streaming.log import NewRecord, Record, Start
from spotter.streaming.memory.log import MemoryLog, MemoryReader
from spotter_gateway.hub import Hub
from tests.gateway.outputs import advice, estimate, new_record, write
from tests.gateway.support import KEYS, QUICK, Clock, frame, serving, until

GUARD = Guard(KEYS, Revocations())


class Gated(MemoryLog):
    """A log that can be read once its gate is open."""

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(3, clock or Clock())
        self.gate = asyncio.Event()
        self.broken: Exception | None = None

    async def reader(self, topics: Sequence[str], start: Start) -> GatedReader:
        """Open a reader."""
        return GatedReader(self, topics, start)


class GatedReader(MemoryReader):
    """A reader that waits for the gate."""

    _log: Gated

    async def fetch(self, wait_s: float) -> list[Record]:
        """Return nothing while the gate is closed."""
        if self._log.broken is not None:
            raise self._log.broken
        try:
            await asyncio.wait_for(self._log.gate.wait(), wait_s)
        except TimeoutError:
            return []
        return await super().fetch(min(wait_s, 0.05))


async def test_it_reads_from_ten_minutes_back() -> None:
    """A set with advice nine minutes ago is open; older advice is not read."""
    clock = Clock()
    log = MemoryLog(clock=clock)
    clock.move(minutes=-11)
    write(log, advice("old"))
    clock.move(minutes=2)
    nine_minutes_old = advice("ada")
    write(log, nine_minutes_old)
    clock.move(minutes=9)
    async with serving(log, clock=clock) as gateway, gateway.socket() as socket:
        assert nine_minutes_old.id == (await frame(socket))["id"]
        event = advice("bob")
        gateway.write(event)
        assert event.id == (await frame(socket))["id"]


async def test_no_client_is_admitted_before_it_has_caught_up() -> None:
    """503 with Retry-After, 1013 on a socket; a bad credential is reported first."""
    log = Gated()
    write(log, advice())
    async with serving(log, wait_ready=False) as gateway:
        reason = gateway.hub.not_ready()
        headers = {"Authorization": f"Bearer {gateway.app}"}
        early = await gateway.client.get("/v1/advice/stream", headers=headers)
        forged = await gateway.client.get("/v1/advice/stream", headers={"Authorization": "Bearer x"})
        async with gateway.socket() as socket:
            with pytest.raises(ConnectionClosed) as closed:
                await frame(socket)
        log.gate.set()
        await gateway.hub.wait_ready()
        async with gateway.socket() as socket:
            delivered = await frame(socket)

    assert reason is not None
    assert (503, "1") == (early.status_code, early.headers["retry-after"])
    assert 401 == forged.status_code
    assert closed.value.rcvd is not None
    assert 1013 == closed.value.rcvd.code
    assert "ada" == delivered["data"]["athlete_id"]


async def test_it_waits_for_a_log_that_is_unavailable_at_the_start() -> None:
    """It becomes ready when the log answers."""
    log = MemoryLog()
    write(log, advice())
    log.available = False
    async with serving(log, wait_ready=False) as gateway:
        await asyncio.sleep(0.2)
        reason = gateway.hub.not_ready()
        log.available = True
        await gateway.hub.wait_ready()

        assert reason is not None
        assert gateway.hub.not_ready() is None
        assert 1 == len(gateway.hub.sets)


async def test_no_new_client_is_admitted_while_the_log_is_unavailable() -> None:
    """The current state is unknown."""
    async with serving() as gateway:
        gateway.log.available = False
        gateway.write(advice())
        await until(lambda: gateway.hub.not_ready() is not None)
        early = await gateway.client.get("/v1/advice/stream", headers={"Authorization": f"Bearer {gateway.app}"})
        gateway.log.available = True
        await until(lambda: gateway.hub.not_ready() is None)

    assert 503 == early.status_code


async def test_its_failure_is_reported() -> None:
    """A reader that fails for another reason ends the hub, which is then neither ready nor alive."""
    log = Gated()
    log.broken = RuntimeError("broken")
    async with Hub(log, GUARD, intervals=QUICK) as hub:
        write(log, advice())
        with pytest.raises(RuntimeError, match="broken"):
            await asyncio.wait_for(hub.wait_ready(), 5)
        with pytest.raises(RuntimeError, match="broken"):
            hub.check()

        assert hub.not_ready() is not None
        assert hub.not_alive() is not None


async def test_an_unreadable_record_is_skipped() -> None:
    """It is logged, and nothing else is affected."""
    async with serving(MemoryLog()) as gateway, gateway.socket() as socket:
        for value in (b"", b"{", b"[]", b'{"type":"spotter.advice.given.v1","data":{}}'):
            gateway.log.write(NewRecord(ADVICE, "g1/ada", value))
        event = advice()
        gateway.write(event)

        assert event.id == (await frame(socket))["id"]


async def test_advice_is_sent_as_soon_as_it_is_written() -> None:
    """The hub is woken by the writing, not by a clock: the median is far below any polling interval."""
    async with serving(MemoryLog()) as gateway, gateway.socket() as socket:
        loop = asyncio.get_running_loop()
        took_s = []
        for rep in range(50):
            started = loop.time()
            await gateway.log.append([new_record(advice(after_rep=rep))])
            await frame(socket)
            took_s.append(loop.time() - started)

    assert sorted(took_s)[25] < 0.1


async def test_requests_are_answered_while_many_records_are_processed() -> None:
    """A request is answered while thousands of records are sent on."""
    async with serving(MemoryLog()) as gateway, gateway.socket("?athlete_id=nobody"):
        for rep in range(5000):
            gateway.write(estimate(rep_number=rep))
        answers = []
        while gateway.hub.offsets.next("estimates.v1", 0) < 5000:
            answers.append(await gateway.client.get("/nothing"))

    assert len(answers) > 1
    assert {404} == {answer.status_code for answer in answers}


async def test_two_replicas_send_the_same() -> None:
    """Each reads everything by itself."""
    log = MemoryLog(partitions=3)
    async with serving(log) as replica, serving(log) as other, replica.socket() as first, other.socket() as second:
        written = [advice(f"a{number}") for number in range(10)]
        write(log, *written)
        heard = [{(await frame(socket))["id"] for _ in written} for socket in (first, second)]

    assert [{event.id for event in written}] * 2 == heard
