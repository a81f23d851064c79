"""Latency from a sent rep to its advice on a WebSocket, from the first second after a start."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from lab.bench.batches import up
from lab.bench.broker import Broker, settings_of
from lab.bench.paced_load import PATIENCE_S
from lab.bench.plan import BenchPlan
from lab.bench.processes import ProcessEnded, python
from lab.bench.rows import BenchRow, BenchTarget, measured, not_measured, percentiles
from lab.bench.workload import LIFTERS, prepared
from spotter.domain.topics import ADVICE, LIFTS
from spotter_cli.cluster.local_kafka import free_port
from spotter_cli.cluster.proxy import nginx_command
from spotter_standalone.errors import CliError

GROUP: Final = "latency"
STANDALONE_RATE: Final = 100
KAFKA_RATE: Final = 200
_CLUSTER_READY_S: Final = 120.0
_SPARE_S: Final = 40.0
HOPS: Final = 3
SENT_LATE_MS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """All services, behind nginx."""

    url: str
    token: str


def standalone_latency(plan: BenchPlan) -> Iterator[BenchRow]:
    """Measure the one-process host."""
    plan.say(f"latency of the one-process host: {STANDALONE_RATE} reps/s for {plan.latency_s:.0f} s")
    with up("latency", plan) as host:
        figures, note = _paced(plan, host.url, host.token, STANDALONE_RATE)
    name = f"one process, {STANDALONE_RATE} reps/s: rep sent → advice"
    yield measured(GROUP, name, [figures], target=BenchTarget("p99_ms", 10), note=note)


def kafka_latency(plan: BenchPlan, kafka: Broker) -> Iterator[BenchRow]:
    """Measure the distributed host, and a bare pipe with as many hops on the same broker."""
    try:
        nginx_command()
    except CliError as error:
        yield not_measured(GROUP, "Kafka, all services", str(error))
        return
    plan.say(f"a bare aiokafka pipe of {HOPS} hops: {KAFKA_RATE} records/s for {plan.pipe_s:.0f} s")
    pipe = measured(
        GROUP, f"bare aiokafka pipe of {HOPS} hops, {KAFKA_RATE}/s", [_piped(plan, kafka)], note="no step, no HTTP"
    )
    plan.say(f"latency of the distributed host: {KAFKA_RATE} reps/s for {plan.latency_s:.0f} s")
    with cluster(plan, kafka) as whole:
        figures, note = _paced(plan, whole.url, whole.token, KAFKA_RATE)
    name = f"Kafka, all services, {KAFKA_RATE} reps/s: rep sent → advice"
    yield measured(GROUP, name, [figures], against=pipe, than="the pipe", target=BenchTarget("p99_ms", 50), note=note)
    yield pipe


def _paced(plan: BenchPlan, url: str, token: str, rate: int) -> tuple[dict[str, float], str]:
    """Run the paced load in its own process."""
    options = ("--url", url, "--token", token, "--rate", str(rate), "--seconds", str(plan.latency_s))
    with python("pacing", plan.folder, "-m", "lab.bench.paced_load", *options) as child:
        measured_ms = json.loads(child.finished(plan.latency_s + _SPARE_S))
    if measured_ms["refused"]:
        raise ProcessEnded(f"reps were refused: {measured_ms['refused'][0]}")
    heard, unheard = measured_ms["latencies_ms"], int(measured_ms["unheard"])
    if not heard:
        raise ProcessEnded(f"none of {unheard} reps got advice")
    # A rep without advice counts as slower than all others.
    figures = percentiles([*heard, *[max(*heard, PATIENCE_S * 1000)] * unheard])
    notes = [f"open loop, {len(heard) + unheard:,} reps from the first second on, slowest {max(heard):.0f} ms"]
    if unheard:
        notes.append(f"{unheard} without advice")
    if measured_ms["sent_late_ms"] > SENT_LATE_MS:
        notes.append(f"the sender itself was up to {measured_ms['sent_late_ms']:.0f} ms late, which counts")
    return figures, "; ".join(notes)


@contextmanager
def cluster(plan: BenchPlan, kafka: Broker) -> Iterator[Cluster]:
    """Run the distributed host on the broker."""
    with TemporaryDirectory(dir=plan.folder) as data:
        environment = {
            "KAFKA_BOOTSTRAP": kafka.bootstrap,
            "SPOTTER_TOPIC_PREFIX": kafka.topics(),
            "SPOTTER_LOG_LEVEL": "WARNING",
        }
        arguments = ("-m", "spotter_cli", "cluster", "--data", data, "--port", "0")
        with python("cluster", plan.folder, *arguments, environment=environment) as child:
            ready = json.loads(child.until_line(r'^\{"ready": true.*\}$', _CLUSTER_READY_S)[0])
            yield Cluster(ready["url"], ready["token"])


def _piped(plan: BenchPlan, kafka: Broker) -> dict[str, float]:
    prefix = kafka.topics()
    environment = settings_of(kafka.bootstrap, prefix, free_port(), "pipe")
    with python("pipe", plan.folder, "-m", "lab.bench.peers.pipe", environment=environment) as child:
        child.until_line(f"forwarding to {ADVICE}")
        return percentiles(asyncio.run(_send_through(plan, kafka.bootstrap, prefix)))


async def _send_through(plan: BenchPlan, bootstrap: str, prefix: str) -> list[float]:
    """Send events on a fixed schedule, receive them at the other end; return the latencies in ms."""
    events = prepared(LIFTERS, LIFTERS)
    count = int(KAFKA_RATE * plan.pipe_s)
    due: dict[int, float] = {}
    heard_ms: list[float] = []
    consumer = AIOKafkaConsumer(prefix + ADVICE, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    await consumer.start()

    async def hear() -> None:
        while len(heard_ms) < count:
            for records in (await consumer.getmany(timeout_ms=1_000)).values():
                now_s = time.perf_counter()
                heard_ms.extend(
                    (now_s - due.pop(int(record.value[:8] if record.value else b"-1"))) * 1000 for record in records
                )

    hearing = asyncio.create_task(hear())
    try:
        began_s = time.perf_counter() + 0.1
        for number in range(count):
            at_s = began_s + number / KAFKA_RATE
            if (pause_s := at_s - time.perf_counter()) > 0:
                await asyncio.sleep(pause_s)
            due[number] = at_s
            event = events[number % len(events)]
            await producer.send(prefix + LIFTS, b"%08d%s" % (number, event.value), event.key.encode())
        async with asyncio.timeout(_SPARE_S):
            await hearing
    finally:
        hearing.cancel()
        await consumer.stop()
        await producer.stop()
    return heard_ms
