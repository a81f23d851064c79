from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.structs import OffsetAndMetadata

from spotter.domain.events import Event
from spotter.domain.topics import CONFIG, ESTIMATES, LIFTS, TOPICS
from spotter.streaming.kafka import KafkaLog, TopicsDiffer, apply_topics, check_topics, list_topics
from spotter.streaming.log import LogUnavailable, NewRecord, Reader, Record, Start
from spotter.streaming.topic_follower import TopicFollower
from spotter_cli.cluster.local_kafka import LocalKafka
from tests.kafka.workers import read_all, rep
from tests.support import KafkaCluster


def record(key: str, value: bytes, topic: str = LIFTS) -> NewRecord:
    """Build a record that is known by an identity of its own."""
    return NewRecord(topic, key, value, dedupe=uuid.uuid4().bytes)


async def test_topics_are_made_once_and_then_found_as_they_should_be(kafka: KafkaCluster) -> None:
    """Applying the catalogue makes every topic with its settings; applying it again changes nothing."""
    prefix = f"t{uuid.uuid4().hex[:8]}-"

    made = await apply_topics(kafka.bootstrap, prefix)
    again = await apply_topics(kafka.bootstrap, prefix)
    states = await list_topics(kafka.bootstrap, prefix)

    assert len(TOPICS) == len(made)
    assert [] == again
    assert {prefix + name for name in TOPICS} == {state.name for state in states}
    assert [] == [state.name for state in states if state.partitions != state.wanted.partitions or state.differs]


async def test_a_setting_that_somebody_changed_is_put_right_and_one_that_was_added_stays(kafka: KafkaCluster) -> None:
    """What differs from the catalogue is changed back; what the catalogue says nothing about is left alone."""
    prefix = f"t{uuid.uuid4().hex[:8]}-"
    await apply_topics(kafka.bootstrap, prefix)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    changed = {"retention.ms": "1000", "segment.ms": "60000"}
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, prefix + LIFTS, changed)])
    while not any(state.differs for state in await list_topics(kafka.bootstrap, prefix)):  # noqa: ASYNC110  # no event tells
        await asyncio.sleep(0.05)

    lines = await apply_topics(kafka.bootstrap, prefix)

    asked = [ConfigResource(ConfigResourceType.TOPIC, prefix + LIFTS)]
    entries = (await admin.describe_configs(asked))[0].to_object()["resources"][0]["config_entries"]
    await admin.close()
    settings = {entry["config_names"]: entry["config_value"] for entry in entries}
    assert ("-1", "60000") == (settings["retention.ms"], settings["segment.ms"])
    assert f"changed {prefix}{LIFTS}: retention.ms from 1000 to -1" in lines
    assert [] == await apply_topics(kafka.bootstrap, prefix)


async def test_a_topic_with_another_number_of_partitions_is_refused_with_a_reason(kafka: KafkaCluster) -> None:
    """Keys would move if partitions were added: nothing is done, and the message says why and what to do."""
    prefix = f"t{uuid.uuid4().hex[:8]}-"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(prefix + LIFTS, 3, 1)])
    await admin.close()

    with pytest.raises(TopicsDiffer, match=rf"{prefix}{LIFTS} has 3, not 12"):
        await apply_topics(kafka.bootstrap, prefix)
    with pytest.raises(TopicsDiffer, match="spotter topics apply"):
        await check_topics(kafka.bootstrap, prefix, [ESTIMATES])


async def test_what_is_appended_is_read_in_the_order_of_each_key(log: KafkaLog) -> None:
    """A reader from the beginning gives every record once, each lifter's in the order in which they were appended."""
    records = [record(f"g1/a{number % 7}", str(number).encode()) for number in range(2_500)]

    for first in range(0, 2_500, 500):  # a busy broker has a second for each
        assert [True] * 500 == await log.append(records[first : first + 500])

    read = (await read_all(log, LIFTS)).records[LIFTS]
    assert sorted(record.value for record in records) == sorted(record.value for record in read)
    for key in {record.key for record in records}:
        assert [record.value for record in records if record.key == key] == [
            record.value for record in read if record.key == key
        ]


async def test_a_record_that_is_appended_again_is_known(log: KafkaLog) -> None:
    """The same `dedupe` is written once, also within one append; records without it are always written."""
    first, second = record("g1/ada", b"1"), record("g1/ada", b"2")
    plain = NewRecord(LIFTS, "g1/ada", b"3")

    assert [True, True, False, True] == await log.append([first, second, first, plain])
    assert [False, False, True] == await log.append([second, first, plain])

    read = (await read_all(log, LIFTS)).records[LIFTS]
    assert [b"1", b"2", b"3", b"3"] == [record.value for record in read]


async def test_a_reader_begins_where_it_is_told(log: KafkaLog) -> None:
    """From the end, from a moment, from a position: a position that is beyond what is there is held inside of it."""
    at_end = await log.reader([LIFTS], Start(end=True))
    await log.append([record("g1/ada", b"before")])
    await asyncio.sleep(0.05)
    moment = datetime.now(UTC)
    await asyncio.sleep(0.05)
    await log.append([record("g1/ada", b"after")])

    assert [b"before", b"after"] == [record.value for record in await fetch(at_end, 2)]
    position = at_end.position()
    await at_end.close()
    since = await log.reader([LIFTS], Start(since=moment))
    assert [b"after"] == [record.value for record in await fetch(since, 1)]
    await since.close()

    await log.append([record("g1/ada", b"later")])
    resumed = await log.reader([LIFTS, ESTIMATES], Start(position=position))
    assert 1 == await resumed.lag()
    assert [b"later"] == [record.value for record in await fetch(resumed, 1)]
    assert 0 == await resumed.lag()
    assert [] == await resumed.fetch(0.05)
    await resumed.close()
    beyond = {LIFTS: dict.fromkeys(range(12), 1_000_000)}
    held = await log.reader([LIFTS], Start(position=beyond))
    assert 0 == await held.lag()
    await held.close()


async def fetch(reader: Reader, count: int) -> list[Record]:
    """Fetch until so many records have come."""
    records: list[Record] = []
    while len(records) < count:
        records += await reader.fetch(2.0)
    return records


async def test_a_reader_may_let_records_gather(kafka: KafkaCluster) -> None:
    """A reader that is in no hurry gives single records seldom, and loses none."""
    prefix = f"t{uuid.uuid4().hex[:8]}-"
    await apply_topics(kafka.bootstrap, prefix)
    log = KafkaLog(kafka.bootstrap, prefix, gather_s=0.4)
    await log.start()
    reader = await log.reader([LIFTS], Start(beginning=True))
    sizes: list[int] = []

    async def write() -> None:
        for number in range(24):
            await log.append([record("g1/ada", b"%d" % number)])
            await asyncio.sleep(0.05)

    writing = asyncio.create_task(write())
    values: list[bytes] = []
    async with asyncio.timeout(20):
        while len(values) < 24:
            records = await reader.fetch(0.5)
            values += [record.value for record in records]
            sizes += [len(records)] if records else []
    await writing
    await reader.close()
    await log.stop()

    assert [b"%d" % number for number in range(24)] == values
    assert len(sizes) <= 12


async def test_a_follower_has_read_all_that_was_written_before_it_began(log: KafkaLog) -> None:
    """It waits for the topic's end as it was; later records come by themselves."""
    await log.append([NewRecord(CONFIG, "g1", rep("ada", number).value) for number in range(1, 4)])
    seen: list[Event] = []
    fourth = asyncio.Event()

    def take(event: Event) -> None:
        seen.append(event)
        if len(seen) == 4:
            fourth.set()

    async with TopicFollower(log, {CONFIG: take}) as follower:
        await follower.read_up()
        assert 3 == len(seen)
        await log.append([NewRecord(CONFIG, "g1", rep("ada", 4).value)])
        await asyncio.wait_for(fourth.wait(), 10)
        follower.check()

    assert ["ada-1", "ada-2", "ada-3", "ada-4"] == [event.id for event in seen]


async def test_a_topic_that_is_missing_is_named(kafka: KafkaCluster) -> None:
    """Appending to a topic that no one made raises within about a second, and says what makes it."""
    async with KafkaLog(kafka.bootstrap, "nobody-made-") as log:
        began = time.monotonic()
        with pytest.raises(LogUnavailable, match=r"nobody-made-lifts\.v1.*spotter topics apply"):
            await log.append([record("g1/ada", b"1")])
        assert time.monotonic() - began < 3


@pytest.mark.slow
async def test_what_the_workers_have_not_finished_is_told_by_its_time(log: KafkaLog) -> None:
    """A group that never committed has finished nothing; what is committed counts as done, and so does what is young."""
    assert await log.oldest_unfinished_ms() is None
    await log.append([record("g1/ada", b"1"), record("g1/ada", b"2"), record("g1/ada", b"3", ESTIMATES)])
    assert await log.oldest_unfinished_ms() is None
    written = (await read_all(log, LIFTS, ESTIMATES)).records
    await asyncio.sleep(1.6)

    assert written[LIFTS][0].timestamp_ms == await log.oldest_unfinished_ms()

    await commit(log, "failure-detector", LIFTS, written[LIFTS][1].partition, 1)
    assert written[LIFTS][1].timestamp_ms == await log.oldest_unfinished_ms()
    await commit(log, "failure-detector", LIFTS, written[LIFTS][1].partition, 2)
    assert written[ESTIMATES][0].timestamp_ms == await log.oldest_unfinished_ms()
    await commit(log, "advisor", ESTIMATES, written[ESTIMATES][0].partition, 1)
    assert await log.oldest_unfinished_ms() is None


async def commit(log: KafkaLog, group: str, topic: str, partition: int, offset: int) -> None:
    """Commit as a worker does, and wait until the answer about it is asked for anew."""
    where = TopicPartition(log.prefix + topic, partition)
    consumer = AIOKafkaConsumer(bootstrap_servers=log.bootstrap, group_id=log.prefix + group, enable_auto_commit=False)
    await consumer.start()
    consumer.assign([where])
    await consumer.commit({where: OffsetAndMetadata(offset, "")})
    await consumer.stop()
    await asyncio.sleep(0.5)  # an answer holds for half a second


@pytest.mark.slow
async def test_an_outage_loses_nothing_and_doubles_nothing(own_kafka: Callable[[], LocalKafka]) -> None:
    """Without a broker an append raises within about a second; sent again until it is confirmed it is there once."""
    broker = await asyncio.to_thread(own_kafka)
    await apply_topics(broker.bootstrap)
    async with KafkaLog(broker.bootstrap) as log:
        await log.append([record("g1/ada", b"before")])
        reader = await log.reader([LIFTS], Start(beginning=True))
        assert [b"before"] == [record.value for record in await fetch(reader, 1)]
        await asyncio.to_thread(broker.kill)

        meanwhile = [record(f"g1/a{number}", str(number).encode()) for number in range(40)]
        for kept in (meanwhile[:20], meanwhile):
            began = time.monotonic()
            with pytest.raises(LogUnavailable):
                await log.append(kept)
            assert 0.5 < time.monotonic() - began < 3
        with pytest.raises(LogUnavailable):
            await log.oldest_unfinished_ms()
        with pytest.raises(LogUnavailable):
            for _ in range(10):
                await reader.fetch(1.0)

        await asyncio.to_thread(broker.start)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                assert [True] * 40 == await log.append(meanwhile)
                break
            except LogUnavailable:
                await asyncio.sleep(0.2)
        assert [False] * 40 == await log.append(meanwhile)
        again = await fetch(reader, 40)
        await reader.close()

        read = (await read_all(log, LIFTS)).records[LIFTS]
        assert sorted([b"before", *(record.value for record in meanwhile)]) == sorted(record.value for record in read)
        assert sorted(record.value for record in meanwhile) == sorted(record.value for record in again)
        await log.oldest_unfinished_ms()
