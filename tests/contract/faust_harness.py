"""Faust workers on real Apache Kafka, put through the cases."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from spotter.domain.events import Event, encode
from spotter.domain.topics import PARTITIONS
from spotter.streaming.changelog import split_entry_key
from spotter.streaming.kafka import KafkaLog, apply_topics
from spotter.streaming.log import NewRecord, Reader, Start
from spotter.streaming.state_versions import SEEN
from spotter_cli.cluster.local_kafka import free_port
from tests.contract.harness import Harness
from tests.kafka.workers import until_appended

T = TypeVar("T")
READ = ("lifts.v1", "estimates.v1", "advice.v1", "lifts.dead.v1", "estimates.dead.v1")
PATIENCE_S = 180.0


class Worker:
    """A detector or an advisor in a process of its own."""

    def __init__(self, module: str, instance: str, environment: dict[str, str], folder: Path) -> None:
        self.module = module
        self.log = folder / f"{instance}.log"
        self.environment = os.environ | environment | {"SPOTTER_INSTANCE": instance, "SPOTTER_DATA": str(folder)}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and don't wait."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module, "--port", str(free_port())],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def said(self) -> str:
        """Return the end of what it logged."""
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""


class FaustHarness(Harness):
    """Detector and advisor as worker processes; cases read the log only when all of it is processed."""

    def __init__(self, bootstrap: str, folder: Path, replicas: int = 1, *, supervised: bool = False) -> None:
        self.supervised = supervised
        """Start workers again that end by themselves, as whoever runs them does; else a case fails with their words."""
        self.restarts = 0
        self.configured = 0
        """Records of the gym's configuration."""
        self.tag = uuid.uuid4().hex[:8]
        self.prefix = f"contract-{self.tag}."
        self.bootstrap = bootstrap
        environment = {"SPOTTER_KAFKA": bootstrap, "SPOTTER_TOPIC_PREFIX": self.prefix}
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self._do(apply_topics(bootstrap, self.prefix))
        self.log = KafkaLog(bootstrap, self.prefix)
        self._do(self.log.start())
        self.reader: Reader = self._do(self.log.reader(READ, Start(beginning=True)))
        self.admin, self.plain = self._do(self._askers())
        self.read_values: dict[str, list[tuple[str, bytes]]] = {topic: [] for topic in READ}
        self.settled = True
        self.workers = [
            Worker(module, f"{module}-{number}", environment, folder)
            for module in ("spotter_detector", "spotter_advisor")
            for number in range(replicas)
        ]
        for worker in self.workers:
            worker.start()

    async def _askers(self) -> tuple[AIOKafkaAdminClient, AIOKafkaConsumer]:
        admin, consumer = (
            AIOKafkaAdminClient(bootstrap_servers=self.bootstrap),
            AIOKafkaConsumer(bootstrap_servers=self.bootstrap),
        )
        await admin.start()
        await consumer.start()
        return admin, consumer

    def _do(self, work: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(120)

    def close(self) -> None:
        """Stop for good."""
        for worker in self.workers:
            worker.kill()
        self._do(self.reader.close())
        self._do(self.admin.close())
        self._do(self.plain.stop())
        self._do(self.log.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def write(self, records: Sequence[NewRecord]) -> None:
        """Append records, again until they are confirmed."""
        self._do(until_appended(self.log, records))
        self.settled = False

    def run(self) -> None:
        """Nothing to do: `settle` waits, when somebody wants to know."""

    def settle(self) -> None:
        """Wait until everything written is processed and acknowledged."""
        if self.settled:
            return
        deadline = time.monotonic() + PATIENCE_S
        calm = 0
        while calm < 2:
            for worker in self.workers:
                assert worker.process is not None
                if worker.process.poll() is not None:
                    assert self.supervised, worker.said()
                    worker.start()
                    self.restarts += 1
            assert time.monotonic() < deadline, "\n".join(worker.said() for worker in self.workers)
            calm = calm + 1 if self._do(self._all_acknowledged()) else 0
            time.sleep(0.1)
        self.settled = True

    async def _all_acknowledged(self) -> bool:
        ends: dict[TopicPartition, int] = {}
        done: dict[TopicPartition, int] = {}
        for group, topic in (("failure-detector", "lifts.v1"), ("advisor", "estimates.v1")):
            partitions = [TopicPartition(self.prefix + topic, number) for number in range(PARTITIONS)]
            try:
                ends |= await self.plain.end_offsets(partitions)
                offsets = await self.admin.list_consumer_group_offsets(self.prefix + group, partitions=partitions)
            except KafkaError:
                return False
            done |= {partition: kept.offset for partition, kept in offsets.items()}
        return all(done.get(partition, 0) >= end for partition, end in ends.items() if end)

    def pass_time(self, until: datetime) -> None:
        """Wait for timers, which are long due where a case began long ago."""
        self.settle()
        if until < datetime.now(UTC):
            time.sleep(2.5)
        self.settled = False
        self.settle()

    def crash(self) -> None:
        """Kill all workers in the middle of whatever they do, and start them again."""
        for worker in self.workers:
            worker.kill()
        for worker in self.workers:
            worker.start()
        self.settled = False

    def values(self, topic: str, key: str) -> list[bytes]:
        """Return what was written."""
        self.settle()
        self.drain()
        return [value for record_key, value in self.read_values[topic] if record_key == key]

    def drain(self) -> None:
        """Read what was written since the last time."""
        while self._do(self.reader.lag()) > 0:
            for record in self._do(self.reader.fetch(0.5)):
                self.read_values[record.topic].append((record.key, record.value))

    def configure(self, event: Event) -> int:
        """Write to the topic that every worker reads whole."""
        self._do(until_appended(self.log, [NewRecord("config.v1", event.data.gym_id or "", encode(event))]))
        self.configured += 1
        return self.configured

    def state(self, processor: str, key: str) -> dict[str, bytes]:
        """Return a lifter's state as the changelog has it."""
        return self.states(processor).get(key, {})

    def states(self, processor: str) -> dict[str, dict[str, bytes]]:
        """Return all lifters' states as the changelog has them, by key."""
        self.settle()
        return self._do(self._states(f"{processor}-state-changelog"))

    async def _states(self, topic: str) -> dict[str, dict[str, bytes]]:
        reader = await self.log.reader([topic], Start(beginning=True))
        newest: dict[tuple[str, str], tuple[int, object]] = {}
        try:
            while await reader.lag() > 0:
                for record in await reader.fetch(0.5):
                    lifter, name, _ = split_entry_key(record.key.encode())
                    if name == SEEN or not record.value:
                        continue
                    offset, value = orjson.loads(record.value.partition(b" ")[2])["versions"][-1]
                    if (lifter, name) not in newest or newest[lifter, name][0] <= offset:
                        newest[lifter, name] = (offset, value)
        finally:
            await reader.close()
        states: dict[str, dict[str, bytes]] = {}
        for (lifter, name), (_, value) in newest.items():
            if value is not None:
                states.setdefault(lifter, {})[name] = orjson.dumps(value)
        return states

    def long_ago(self) -> datetime:
        """Return when a case begins whose timers are all due: before now."""
        return datetime.now(UTC) - timedelta(seconds=3000)
