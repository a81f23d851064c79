"""Worker processes of the toy processor, and what they must have written."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from spotter.domain.events import Event, EventData, Unreadable, decode, encode
from spotter.domain.events.lifting import RepCompleted
from spotter.domain.ids import athlete_key
from spotter.domain.topics import ESTIMATES, LIFTS, LIFTS_DEAD
from spotter.streaming.kafka import KafkaLog
from spotter.streaming.kafka.offsets import Offsets, topic_partitions
from spotter.streaming.log import LogUnavailable, NewRecord, Record, Start
from spotter_cli.cluster.local_kafka import free_port
from tests.support import ROOT

START_S = 60.0
logging.getLogger("httpx").setLevel(logging.WARNING)


@dataclass
class WorkerProcess:
    """A worker in a process of its own, the toy's or another module's; `start` again after it has ended."""

    bootstrap: str
    prefix: str
    instance: str
    folder: Path
    options: Sequence[str] = ()
    module: str = "tests.kafka.toy"
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and don't wait."""
        settings = {
            "SPOTTER_KAFKA": self.bootstrap,
            "SPOTTER_TOPIC_PREFIX": self.prefix,
            "SPOTTER_INSTANCE": self.instance,
            "SPOTTER_PORT": str(self.port),
        }
        with (self.folder / f"{self.instance}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module, *self.options],
                cwd=ROOT,
                env=os.environ | settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def wait(self, seconds: float = 15.0) -> int:
        """Wait for its end and give its exit code."""
        assert self.process is not None
        return self.process.wait(seconds)

    def get(self, path: str) -> int:
        """Query its health endpoint; 0 where nothing answers."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=2.0).status_code
        except httpx.HTTPError:
            return 0

    async def ready(self) -> None:
        """Wait until it says that it is ready."""
        until = time.monotonic() + START_S
        while await asyncio.to_thread(self.get, "/readyz") != 200:
            assert self.process is not None
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, self.said()
            await asyncio.sleep(0.05)

    def said(self) -> str:
        """Return the end of what it logged."""
        return (self.folder / f"{self.instance}.log").read_text(errors="replace")[-4_000:]


@contextmanager
def workers(
    log: KafkaLog, folder: Path, *instances: str, prefix: str | None = None, options: Sequence[str] = ()
) -> Iterator[list[WorkerProcess]]:
    """Start workers, and kill them in the end."""
    prefix = log.prefix if prefix is None else prefix
    started = [WorkerProcess(log.bootstrap, prefix, instance, folder, options) for instance in instances]
    try:
        for worker in started:
            worker.start()
        yield started
    finally:
        for worker in started:
            worker.kill()


def event_of(identity: str, data: EventData) -> Event:
    """Build an event as ingest writes it."""
    now = datetime.now(UTC)
    return Event(id=identity, source="test", time=now, data=data, senttime=now, receivedtime=now)


def rep(athlete: str, number: int, set_id: str = "s") -> NewRecord:
    """Build a rep as ingest writes it."""
    data = RepCompleted(gym_id="g1", athlete_id=athlete, set_id=set_id, rep_number=number, mean_velocity_mps=0.5)
    event = event_of(f"{athlete}-{number}", data)
    return NewRecord(LIFTS, athlete_key("g1", athlete), encode(event), dedupe=uuid.uuid4().bytes)


@dataclass
class Written:
    """What is in the topics, by their names."""

    records: dict[str, list[Record]]

    def events(self, topic: str) -> list[Event]:
        """Return a topic's events, in the order of each partition."""
        return [decode(record.value) for record in self.records[topic]]

    def contents(self, topic: str) -> dict[str, set[str]]:
        """Return the different contents under each id."""
        contents: dict[str, set[str]] = {}
        for event in self.events(topic):
            contents.setdefault(event.id, set()).add(event.content())
        return contents

    def readable_inputs(self) -> list[Event]:
        """Return the inputs that are events, in order."""
        inputs = []
        for record in self.records[LIFTS]:
            try:
                inputs.append(decode(record.value))
            except Unreadable:
                continue
        return inputs


async def read_all(log: KafkaLog, *topics: str) -> Written:
    """Read topics whole."""
    records: dict[str, list[Record]] = {topic: [] for topic in topics}
    reader = await log.reader(topics, Start(beginning=True))
    try:
        while await reader.lag():
            for record in await reader.fetch(1.0):
                records[record.topic].append(record)
    finally:
        await reader.close()
    return Written(records)


async def until_read(log: KafkaLog, outputs: int, seconds: float = 60.0) -> None:
    """Wait until so many different outputs and dead letters are there."""
    reader = await log.reader([ESTIMATES, LIFTS_DEAD], Start(beginning=True))
    seen: set[str] = set()
    until = time.monotonic() + seconds
    try:
        while len(seen) < outputs:
            seen.update(decode(record.value).id for record in await reader.fetch(0.5))
            assert time.monotonic() < until, f"{len(seen)} of {outputs} outputs after {seconds:.0f} s"
    finally:
        await reader.close()


async def until_appended(log: KafkaLog, records: Sequence[NewRecord], seconds: float = 60.0) -> None:
    """Append as every client does: what a busy broker has not confirmed within the second is sent again."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                await log.append(records)
            except LogUnavailable:
                await asyncio.sleep(0.2)
            else:
                return


async def until_committed(log: KafkaLog, seconds: float = 90.0) -> int:
    """Wait until the toy's group has committed all inputs; returns how many there are.

    A broker that has just come back may know neither its topics nor who coordinates the group: it is asked again.
    """
    partitions = topic_partitions(log.prefix, LIFTS)
    admin = AIOKafkaAdminClient(bootstrap_servers=log.bootstrap)
    asking = Offsets(log.bootstrap)
    try:
        async with asyncio.timeout(seconds):
            await admin.start()
            while True:
                try:
                    ends = await asking.end(partitions)
                    offsets = await admin.list_consumer_group_offsets(f"{log.prefix}failure-detector", None, partitions)
                except (LogUnavailable, KafkaError):
                    await asyncio.sleep(0.2)
                    continue
                if all(
                    partition in offsets and max(0, offsets[partition].offset) == end for partition, end in ends.items()
                ):
                    return sum(ends.values())
                await asyncio.sleep(0.1)
    finally:
        await asking.close()
        await admin.close()
