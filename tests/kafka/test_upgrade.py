"""A cluster's state goes over from one model to the next: beside its workers, compared, killed, and switched."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from spotter.domain.events import Event, encode
from spotter.domain.gym_config import Configuration
from spotter.domain.ids import athlete_key
from spotter.domain.topics import ESTIMATES, LIFTS
from spotter.streaming.kafka import KafkaLog
from spotter.streaming.kafka.groups import committed
from spotter.streaming.log import NewRecord
from spotter.streaming.state_versions import Input, Stepper
from spotter_detector.model import MODEL_VERSION
from spotter_detector.processor import FailureDetector
from tests.contract.harness import Harness
from tests.contract.lifter import Lifter
from tests.kafka.workers import WorkerProcess, read_all, until_appended, until_committed
from tests.older_model import OLDER, older_model
from tests.processes import COMMAND, environment

NOW = datetime.now(UTC)
ATHLETES = [f"lifter-{number}" for number in range(16)]

KILLED_IN_THE_SWITCH = """
import os, signal
from aiokafka import AIOKafkaProducer
from spotter_cli.cli import main
send, sent = AIOKafkaProducer.send, []
async def killed(self, *arguments):
    sent.append(await send(self, *arguments))
    if len(sent) == {after}:
        await self.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    return sent[-1]
AIOKafkaProducer.send = killed
main()
"""


class Sent:
    """Takes what a lifter sends, to be appended."""

    tag = "kafka"

    def __init__(self) -> None:
        self.records: list[NewRecord] = []

    def write(self, records: Sequence[NewRecord]) -> None:
        """Take records."""
        self.records += records

    def run(self) -> None:
        """Do nothing."""


def lifted(part: int) -> list[NewRecord]:
    """Return a set of each lifter that is left open, or its end and the next set."""
    sent = Sent()
    for name in ATHLETES:
        lifter = Lifter(cast(Harness, sent), NOW, name)
        lifter._ids = itertools.count(1_000 * part)
        if part == 0:
            lifter.send(lifter.start(0, "a", load_kg=80), *lifter.reps(8, 5, "a"), lifter.end(60, "a"))
            lifter.send(lifter.start(300, "b", load_kg=80), *lifter.reps(4, 305, "b"))
        else:
            lifter.send(*(lifter.rep(number, 302 + 3 * number, 0.55 - 0.03 * number, "b") for number in range(5, 9)))
            lifter.send(lifter.end(340, "b"), lifter.amend(3, 350, "a", mean_velocity_mps=0.3))
            lifter.send(lifter.start(600, "c"), *lifter.reps(3, 605, "c"), lifter.end(640, "c"))
    return sent.records


def worker(log: KafkaLog, folder: Path, module: str) -> WorkerProcess:
    """Return a detector, not started."""
    return WorkerProcess(log.bootstrap, log.prefix, module.rpartition(".")[2], folder, module=module)


async def worked_off(log: KafkaLog, process: WorkerProcess) -> None:
    """Run a detector until it has done all there is, and stop it in order."""
    process.start()
    await process.ready()
    await until_committed(log)
    process.signal(signal.SIGTERM)
    assert 0 == process.wait()


def command(log: KafkaLog, folder: Path, *options: str, after: int = 0) -> subprocess.CompletedProcess[str]:
    """Run `spotter upgrade`, killed once it has written so many entries."""
    program = [sys.executable, "-c", KILLED_IN_THE_SWITCH.format(after=after)] if after else COMMAND
    where = ["--data", str(folder), "--kafka", log.bootstrap, "--prefix", log.prefix]
    return subprocess.run(
        [*program, "upgrade", *where, *options], env=environment({}), capture_output=True, text=True, check=False
    )


async def published(log: KafkaLog) -> list[Event]:
    """Return the estimates that were written, in the order of each partition."""
    return (await read_all(log, ESTIMATES)).events(ESTIMATES)


async def recomputed(log: KafkaLog) -> list[tuple[int, int, Event]]:
    """Return what the models of this process publish of the whole log, by partition and offset of the input."""
    stepper = Stepper(FailureDetector(), Configuration())
    made = []
    for record in (await read_all(log, LIFTS)).records[LIFTS]:
        batch = stepper.run([Input(record.partition, record.offset, record.key, record.value)])
        made += [(record.partition, record.offset, out.event) for out in batch.outputs if out.topic == ESTIMATES]
    return made


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_workers_of_the_next_model_go_on_where_those_of_the_last_one_stopped(
    log: KafkaLog, tmp_path: Path
) -> None:
    """Compared beside them, killed in the middle of the switch, and switched: nothing is lost, nothing doubled."""
    older, newer = worker(log, tmp_path, "tests.older_model"), worker(log, tmp_path, "spotter_detector")
    try:
        await until_appended(log, lifted(0))
        older.start()
        await older.ready()
        await until_committed(log)

        beside = command(log, tmp_path, "--json")
        assert 0 == beside.returncode, beside.stderr
        comparison: dict[str, Any] = json.loads(beside.stdout)
        assert [OLDER] == comparison["old_versions"]
        assert (2 * len(ATHLETES), 12 * len(ATHLETES)) == (comparison["sets"], comparison["reps"])
        assert comparison["rir_change_median"] > 0.2
        assert "are running: stop them, then switch" in command(log, tmp_path, "--switch").stderr

        older.signal(signal.SIGTERM)
        assert 0 == older.wait()
        for after in (20, 54):  # among the entries; and among the marks, with the state of some partitions in force
            assert -signal.SIGKILL == command(log, tmp_path, "--switch", after=after).returncode
            newer.start()
            assert 1 == newer.wait(60)
            assert f"made by {OLDER}, and this program is {MODEL_VERSION}" in newer.said()
            if after == 20:
                await worked_off(log, older)
        cut = await committed(log.bootstrap, log.prefix, FailureDetector.name, LIFTS)
        switched = command(log, tmp_path, "--switch")
        assert 0 == switched.returncode, switched.stderr
        assert "nothing to upgrade" in command(log, tmp_path, "--switch").stderr
        older.start()
        assert 1 == older.wait(60)
        assert f"made by {MODEL_VERSION}, and this program is {OLDER}" in older.said()

        await until_appended(log, lifted(1))
        await worked_off(log, newer)
        await worked_off(log, newer)  # its own state is read back too

        with older_model():
            made = [event for partition, offset, event in await recomputed(log) if offset < cut[partition]]
        made += [event for partition, offset, event in await recomputed(log) if offset >= cut[partition]]
        written = await published(log)
        assert sorted((event.id, event.sequence) for event in made) == sorted(
            (event.id, event.sequence) for event in written
        )
        assert {event.id: event.data for event in made} == {event.id: event.data for event in written}
    finally:
        older.kill()
        newer.kill()


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_what_a_killed_worker_published_in_part_is_completed_by_its_own_version(
    log: KafkaLog, tmp_path: Path
) -> None:
    """The switch refuses where outputs lie behind what was acknowledged, and says what to do."""
    older = worker(log, tmp_path, "tests.older_model")
    try:
        await until_appended(log, lifted(0))
        await worked_off(log, older)
        record = next(record for record in lifted(1) if record.key == athlete_key("g1", ATHLETES[0]))
        cut = await committed(log.bootstrap, log.prefix, FailureDetector.name, LIFTS)
        with older_model():
            made = next(event for _, _, event in await recomputed(log) if event.data.athlete_id == ATHLETES[0])
        beyond = Event(made.id, made.source, made.time, made.data, sequence=f"{max(cut.values())}-0")
        await until_appended(log, [NewRecord(ESTIMATES, record.key, encode(beyond))])

        refused = command(log, tmp_path, "--switch")

        assert 1 == refused.returncode
        assert "published what it did not acknowledge" in refused.stderr
    finally:
        older.kill()
