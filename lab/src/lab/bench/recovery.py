"""How long estimates are missing after a detector is killed: restarted at once, or taken over by a peer."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Final

from lab.bench.broker import Broker, settings_of
from lab.bench.plan import BenchPlan
from lab.bench.processes import Child, python
from lab.bench.rows import BenchRow, BenchTarget, measured
from lab.bench.workload import GYM, document, reps
from spotter.domain.events import decode, encode, from_json
from spotter.domain.events.outputs import EffortEstimated
from spotter.domain.ids import athlete_key
from spotter.domain.topics import ESTIMATES, LIFTS, TOPICS
from spotter.streaming.kafka import KafkaLog
from spotter.streaming.log import NewRecord, Reader, Start
from spotter_cli.cluster.local_kafka import free_port

GROUP: Final = "recovery"
LIFTERS: Final = 120
"""Enough for all 12 partitions to have some."""
RATE: Final = 60
"""Reps per second, before and after the kill."""
BEFORE_S: Final = 3.0
LIMIT_S: Final = 60.0


def recovery(plan: BenchPlan, kafka: Broker) -> Iterator[BenchRow]:
    """Measure a restart and a takeover."""
    note = f"SIGKILL → an estimate for a rep sent since, in every partition; {RATE} reps/s go on"
    plan.say(f"the detector killed and restarted, {plan.recoveries} times")
    again = [{"recovered_s": kill} for kill in _kills(plan, kafka, ["one"], restart=True)]
    yield measured(GROUP, "detector killed, restarted at once", again, target=BenchTarget("recovered_s", 6), note=note)
    plan.say(f"the detector killed and taken over by a peer, {plan.recoveries} times")
    peer = [{"recovered_s": kill} for kill in _kills(plan, kafka, ["one", "two"], restart=False)]
    yield measured(GROUP, "detector killed, a peer takes over", peer, target=BenchTarget("recovered_s", 15), note=note)


def _kills(plan: BenchPlan, kafka: Broker, instances: list[str], *, restart: bool) -> list[float]:
    """Kill the last of the workers repeatedly; return the recovery times."""
    prefix = kafka.topics()
    times_s: list[float] = []
    with ExitStack() as stack:

        def start(instance: str) -> Child:
            environment = settings_of(kafka.bootstrap, prefix, free_port(), instance)
            child = stack.enter_context(
                python(f"detector-{instance}", plan.folder, "-m", "spotter_detector", environment=environment)
            )
            child.until_ready(int(environment["SPOTTER_PORT"]))
            return child

        children = [start(instance) for instance in instances]
        for _ in range(plan.recoveries):
            victim = children[-1]

            def kill(victim: Child = victim) -> None:
                victim.kill()
                if restart:
                    environment = settings_of(kafka.bootstrap, prefix, free_port(), instances[-1])
                    command = ("-m", "spotter_detector")
                    name = f"detector-{instances[-1]}"
                    children[-1] = stack.enter_context(python(name, plan.folder, *command, environment=environment))

            times_s.append(asyncio.run(_recovered(kafka.bootstrap, prefix, kill)))
            if not restart:
                children[-1] = start(instances[-1])
    return times_s


async def _recovered(bootstrap: str, prefix: str, kill: Callable[[], None]) -> float:
    """Kill in the middle of a load; return the seconds until every partition has estimates of later reps."""
    async with KafkaLog(bootstrap, prefix) as log:
        reader = await log.reader([ESTIMATES], Start(end=True))
        loading = asyncio.create_task(_load(log))
        try:
            await _served(reader, loading, datetime.now(UTC))
            await asyncio.sleep(BEFORE_S)
            killed, killed_s = datetime.now(UTC), time.perf_counter()
            await asyncio.to_thread(kill)
            await _served(reader, loading, killed)
            return time.perf_counter() - killed_s
        finally:
            loading.cancel()
            await asyncio.gather(loading, return_exceptions=True)
            await reader.close()


async def _served(reader: Reader, loading: asyncio.Task[None], since: datetime) -> None:
    """Wait until each partition has an estimate of a rep received after `since`; raises TimeoutError."""
    partitions: set[int] = set()
    async with asyncio.timeout(LIMIT_S):
        while len(partitions) < TOPICS[LIFTS].partitions:
            if loading.done():
                loading.result()
            for record in await reader.fetch(0.2):
                event = decode(record.value)
                if isinstance(event.data, EffortEstimated) and event.received > since:
                    partitions.add(record.partition)


async def _load(log: KafkaLog) -> None:
    """Write reps as ingest does, until cancelled."""
    began_s, run = time.perf_counter(), uuid.uuid4().hex
    for number, rep in enumerate(reps(1_000_000, LIFTERS)):
        if (pause_s := began_s + number / RATE - time.perf_counter()) > 0:
            await asyncio.sleep(pause_s)
        now = datetime.now(UTC)
        rep_event = document(rep, now, now)
        data = rep_event["data"]
        assert isinstance(data, dict)
        mine = {"gym_id": GYM, **data, "set_id": f"{run}-{rep.set_number}"}
        event = from_json({**rep_event, "id": f"{run}-{rep.id}", "data": mine, "receivedtime": now.isoformat()})
        await log.append([NewRecord(LIFTS, athlete_key(GYM, rep.athlete), encode(event), event=event)])
