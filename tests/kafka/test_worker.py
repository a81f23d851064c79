from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from spotter.domain.events import decode
from spotter.domain.gym_config import Configuration
from spotter.domain.topics import ESTIMATES, LIFTS, LIFTS_DEAD
from spotter.streaming.changelog import split_entry_key
from spotter.streaming.kafka import KafkaLog, apply_topics
from spotter.streaming.log import LogUnavailable, NewRecord, Start
from spotter.streaming.state_versions import SEEN, Input, Stepper
from spotter_cli.cluster.local_kafka import LocalKafka
from tests.kafka.toy import Toy
from tests.kafka.workers import Written, read_all, rep, until_appended, until_committed, until_read, workers

logger = logging.getLogger(__name__)
CHANGELOG = "failure-detector-state-changelog"


@pytest.fixture
def rng() -> random.Random:
    """Return a random generator with a seed that is logged; SPOTTER_SEED names one."""
    seed = int(os.environ.get("SPOTTER_SEED", random.SystemRandom().randrange(2**32)))
    logger.info("SPOTTER_SEED=%d", seed)
    return random.Random(seed)


def check(written: Written) -> None:
    """Check what the workers wrote against a fold of the log: every id is there, with one content, and the state."""
    logging.getLogger("spotter.streaming.state_versions").setLevel(logging.CRITICAL)  # the toy's faults are wanted
    stepper = Stepper(Toy(), Configuration())
    wanted: dict[str, dict[str, set[str]]] = {ESTIMATES: {}, LIFTS_DEAD: {}}
    for record in written.records[LIFTS]:
        batch = stepper.run([Input(record.partition, record.offset, record.key, record.value)])
        for output in batch.outputs:
            event = decode(output.value)
            wanted[output.topic].setdefault(event.id, set()).add(event.content())
    for topic, ids in wanted.items():
        topic_contents = written.contents(topic)
        assert set(ids) == set(topic_contents), f"{topic}: {len(ids)} wanted, {len(topic_contents)} found"
        assert [] == [name for name, contents in topic_contents.items() if len(contents) > 1]
        assert ids == topic_contents
    assert {key: dict(stepper.state(key)) for key in stepper.table.keys() if stepper.state(key)}  # noqa: SIM118  # a table is no mapping == state(written)


def state(written: Written) -> dict[str, dict[str, object]]:
    """Read the state from the changelog, as a recovery does: the value that saw the newest input counts."""
    newest: dict[tuple[str, str], tuple[int, object]] = {}
    for record in written.records[CHANGELOG]:
        entry = split_entry_key(record.key.encode())[:2]
        offset, _, raw = record.value.partition(b" ")
        if entry[1] != SEEN and int(offset) >= newest.get(entry, (-1, None))[0]:
            value = orjson.loads(raw)["versions"][-1][1]
            newest[entry] = int(offset), None if value is None else Toy().load(entry[1], orjson.dumps(value))
    by_key: dict[str, dict[str, object]] = {}
    for (key, name), (_, value) in newest.items():
        if value is not None:
            by_key.setdefault(key, {})[name] = value
    return by_key


async def everything(log: KafkaLog) -> Written:
    """Read all that a worker reads and writes."""
    return await read_all(log, LIFTS, ESTIMATES, LIFTS_DEAD, CHANGELOG)


async def feed(log: KafkaLog, rng: random.Random, events: int, lifters: int, seconds: float, first: int = 1) -> None:
    """Append reps of lifters in bursts of uneven size over some seconds; an eighth of them is refused by the core."""
    numbers = [0] * lifters
    sent = 0
    while sent < events:
        burst = min(events - sent, rng.choice([1, 1, 5, 50, 200]))
        records = []
        for _ in range(burst):
            lifter = min(int(rng.expovariate(4 / lifters)), lifters - 1)
            numbers[lifter] += 1
            records.append(rep(f"a{lifter}", first * 1000 + numbers[lifter]) if rng.random() > 0.1 else poison(rng))
        await until_appended(log, records)
        sent += burst
        await asyncio.sleep(seconds * burst / events)


def poison(rng: random.Random) -> NewRecord:
    """Build a record that no worker can use."""
    junk = b"not json %d" % rng.randrange(2**62)
    unlucky = rep(f"a{rng.randrange(20)}", 13, set_id=f"s{rng.randrange(2**62)}")
    failing = rep(f"a{rng.randrange(20)}", 1 + rng.randrange(10_000), set_id="internal")
    return rng.choice([NewRecord(LIFTS, f"g1/a{rng.randrange(20)}", junk), unlucky, failing])


async def settled(log: KafkaLog) -> Written:
    """Wait until the workers have committed all that is written, and check what they wrote."""
    while True:
        end = await until_committed(log)
        written = await everything(log)
        if end == len(written.records[LIFTS]):  # no timer has written meanwhile
            check(written)
            return written


async def test_events_come_out_as_the_core_gives_them(log: KafkaLog, tmp_path: Path, rng: random.Random) -> None:
    """Outputs, dead letters and state are those of a fold of the log, and the worker's door says that it is well."""
    with workers(log, tmp_path, "a") as (worker,):
        await worker.ready()
        await feed(log, rng, events=400, lifters=20, seconds=1.0)
        await settled(log)
        assert 200 == await asyncio.to_thread(worker.get, "/healthz")
        assert 200 == await asyncio.to_thread(worker.get, "/metrics")
        worker.signal(signal.SIGTERM)
        assert 0 == await asyncio.to_thread(worker.wait)


async def test_poison_is_dead_lettered_once_and_disturbs_nothing(log: KafkaLog, tmp_path: Path) -> None:
    """Junk, missing keys, a wrong sequence, a fault of the core: each is a dead letter, and what follows is counted."""
    spoilt = orjson.loads(rep("ada", 7).value) | {"sequence": "first"}
    records = [
        rep("ada", 1),
        NewRecord(LIFTS, "g1/ada", b"\xff\xfe\x00"),
        NewRecord(LIFTS, "g1/ada", b""),
        NewRecord(LIFTS, "", b"{}"),
        NewRecord(LIFTS, "g1/ada", b'{"type": "spotter.nobody.knows.v1", "id": "1", "source": "x"}'),
        NewRecord(LIFTS, "g1/ada", orjson.dumps(spoilt)),
        rep("ada", 13),
        rep("ada", 14, set_id="internal"),
        rep("ada", 2),
    ]
    with workers(log, tmp_path, "a") as (worker,):
        await worker.ready()
        await until_appended(log, records)
        written = await settled(log)
    dead = {event.data.reason for event in written.events(LIFTS_DEAD)}  # type: ignore[attr-defined]
    assert {"unreadable", "unlucky", "internal_error"} == dead
    assert 7 == len(written.contents(LIFTS_DEAD))
    assert 2 * 2 == len({event.id for event in written.events(ESTIMATES) if event.data.athlete_id == "ada"})


@pytest.mark.slow
async def test_a_timer_fires_once_and_survives_a_restart(log: KafkaLog, tmp_path: Path) -> None:
    """Silence is measured from the last rep that was received, whoever runs when it is over."""
    with workers(log, tmp_path, "a", options=["--silence", "2"]) as (worker,):
        await worker.ready()
        await until_appended(log, [rep("ada", 1), rep("bob", 1)])
        await until_read(log, 4)
        worker.kill()
        worker.start()
        await until_read(log, 8)
        await asyncio.sleep(1.0)
        written = await settled(log)
    ends = [event for event in written.readable_inputs() if event.source == "toy/timer"]
    assert {"ada", "bob"} == {event.data.athlete_id for event in ends}
    assert 2 == len({event.id for event in ends})
    assert all(event.receivedtime is not None and event.receivedtime > event.time for event in ends)


@pytest.mark.slow
async def test_kills_lose_nothing_and_double_nothing(log: KafkaLog, tmp_path: Path, rng: random.Random) -> None:
    """Whenever a worker is killed, all that was appended comes out as if nothing had happened."""
    with workers(log, tmp_path, "a") as (worker,):
        feeding = asyncio.create_task(feed(log, rng, events=3_000, lifters=200, seconds=10.0))
        for _ in range(3):
            await worker.ready()
            await asyncio.sleep(rng.uniform(0.5, 3.5))  # the first commit comes after two seconds
            worker.kill()
            worker.start()
        await feeding
        await settled(log)


@pytest.mark.slow
async def test_kills_of_either_of_two_workers_lose_nothing_and_double_nothing(
    log: KafkaLog, tmp_path: Path, rng: random.Random
) -> None:
    """Partitions go from worker to worker, at once or after the session's end, and everything comes out once."""
    with workers(log, tmp_path, "a", "b", options=["--silence", "2"]) as both:
        feeding = asyncio.create_task(feed(log, rng, events=3_000, lifters=200, seconds=10.0))
        for pause in (0.0, 7.0):
            worker = rng.choice(both)
            await worker.ready()
            await asyncio.sleep(rng.uniform(0.5, 3.5))
            worker.kill()
            await asyncio.sleep(pause)
            worker.start()
        await feeding
        await settled(log)


@pytest.mark.slow
async def test_a_paused_worker_that_wakes_after_a_take_over_spoils_nothing(
    log: KafkaLog, tmp_path: Path, rng: random.Random
) -> None:
    """What a paused worker still writes when it wakes is older than what its peer wrote, and does not count."""
    with workers(log, tmp_path, "a", "b") as (paused, peer):
        await paused.ready()
        await peer.ready()
        feeding = asyncio.create_task(feed(log, rng, events=800, lifters=60, seconds=2.0))
        await asyncio.sleep(1.0)
        paused.signal(signal.SIGSTOP)
        began = time.monotonic()
        await feeding
        await settled(log)
        logger.info("a peer took over after %.1f s", time.monotonic() - began)
        await until_appended(log, [rep(f"a{lifter}", 9_000) for lifter in range(60)])
        paused.signal(signal.SIGCONT)
        await feed(log, rng, events=400, lifters=60, seconds=1.0, first=3)
        await settled(log)
        for worker in (paused, peer):
            worker.kill()
            worker.start()
        await until_appended(log, [rep(f"a{lifter}", 9_001) for lifter in range(60)])
        await settled(log)


@pytest.mark.slow
async def test_a_broker_that_is_silent_for_longer_than_the_session_is_survived(
    own_kafka: Callable[[], LocalKafka], tmp_path: Path
) -> None:
    """The worker loses its place in the group with a commit under way, takes it again, and goes on where it was."""
    broker = await asyncio.to_thread(own_kafka)
    await apply_topics(broker.bootstrap)
    async with KafkaLog(broker.bootstrap) as log:
        with workers(log, tmp_path, "a") as (worker,):
            await worker.ready()
            await until_appended(log, [rep(f"a{number % 50}", 100 + number) for number in range(500)])
            await until_read(log, 1_000)
            broker.process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(9.0)
            with pytest.raises(LogUnavailable):
                await log.append([rep("late", 1)])
            broker.process.send_signal(signal.SIGCONT)
            await until_appended(log, [rep(f"b{number % 50}", 100 + number) for number in range(500)])
            await settled(log)


@pytest.mark.slow
async def test_a_worker_that_is_restarted_at_once_is_soon_back(log: KafkaLog, tmp_path: Path) -> None:
    """After SIGKILL it keeps its place in the group and goes on with its state; how soon is measured."""
    with workers(log, tmp_path, "a") as (worker,):
        await worker.ready()
        await until_appended(log, [rep(f"a{number % 200}", 100 + number) for number in range(2_000)])
        await until_read(log, 4_000)
        worker.kill()
        worker.start()
        logger.info("restarted at once it worked again after %.1f s", await away(log))


async def away(log: KafkaLog) -> float:
    """Append reps in all partitions and say after how many seconds all of them are processed."""
    began = time.monotonic()
    reader = await log.reader([ESTIMATES], Start(end=True))
    late = {f"late{lifter}" for lifter in range(50)}
    await until_appended(log, [rep(lifter, 1) for lifter in late])
    while late:
        late -= {decode(record.value).data.athlete_id or "" for record in await reader.fetch(0.5)}
    await reader.close()
    return time.monotonic() - began


@pytest.mark.slow
async def test_a_worker_without_its_topics_says_so_and_ends(log: KafkaLog, tmp_path: Path) -> None:
    """Faust would read nothing for ever; the worker ends with a sentence that says what to do."""
    with workers(log, tmp_path, "a", prefix=f"{log.prefix}none-") as (worker,):
        assert 1 == await asyncio.to_thread(worker.wait)
    assert "run `spotter topics apply`" in worker.said()


@pytest.mark.slow
async def test_a_worker_that_can_not_read_its_state_back_ends(log: KafkaLog, tmp_path: Path) -> None:
    """A value that is none must not leave a worker silent."""
    await until_appended(log, [NewRecord(CHANGELOG, "g1/ada\0count", b"rubbish")])
    with workers(log, tmp_path, "a") as (worker,):
        assert 1 == await asyncio.to_thread(worker.wait)
    assert "rubbish" in worker.said()
