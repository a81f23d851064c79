from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import UnknownTopicOrPartitionError

from spotter_cli.cluster import kafka_install
from spotter_cli.cluster.kafka_install import KafkaUnavailable
from spotter_cli.cluster.local_kafka import KafkaFailed, LocalKafka
from tests.support import KafkaCluster


@pytest.mark.slow
async def test_what_was_acknowledged_is_there_after_a_kill_and_a_restart(own_kafka: Callable[[], LocalKafka]) -> None:
    """A broker that is killed comes back on its data and port with every record that it acknowledged."""
    broker = own_kafka()
    address, first = broker.bootstrap, broker.process
    await make_topic(broker.bootstrap, "reps")
    sent = [f"rep {n}".encode() for n in range(100)]
    await produce(broker.bootstrap, "reps", sent)

    broker.kill()
    assert -signal.SIGKILL == first.returncode
    broker.start()

    assert address == broker.bootstrap
    assert first.pid != broker.pid
    assert sent == await read(broker.bootstrap, "reps", len(sent))


@pytest.mark.slow
async def test_a_used_data_folder_serves_a_new_broker(own_kafka: Callable[[], LocalKafka]) -> None:
    """A broker stopped in order leaves a folder that another one, on other ports, goes on with."""
    first = own_kafka()
    assert_the_process_is_java_itself(first.pid)
    await make_topic(first.bootstrap, "reps")
    await produce(first.bootstrap, "reps", [b"rep 1"])
    first.stop()

    with LocalKafka(first.data_dir) as second:
        assert [b"rep 1"] == await read(second.bootstrap, "reps", 1)


async def test_topics_are_never_made_by_writing(kafka: KafkaCluster) -> None:
    """A topic that no one made stays unknown: a misspelt name is an error and not a new topic."""
    async with admin_of(kafka.bootstrap) as admin:
        (topic,) = await admin.describe_topics(["nobody-made-this"])
    assert UnknownTopicOrPartitionError.errno == topic["error_code"]


@pytest.mark.slow
def test_a_broker_that_cannot_start_says_why(own_kafka: Callable[[], LocalKafka]) -> None:
    """A data folder that is in use is refused with the broker's own words."""
    broker = own_kafka()

    with pytest.raises(KafkaFailed, match=r"(?s)ended while starting.*lock"):
        LocalKafka(broker.data_dir).start()
    assert broker.running


def test_without_java_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without Java gets a sentence with the package to install."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(KafkaUnavailable, match=r"Java 17 or newer is needed .* apt-get install openjdk"):
        kafka_install.java_command()


def test_without_maven_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without Maven gets a sentence with the package to install, where the jars are not there yet."""
    monkeypatch.setenv("PATH", str(tmp_path))
    pom = tmp_path / "pom.xml"
    pom.write_text("<project/>")
    monkeypatch.setattr(kafka_install, "POM", pom)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda _name: tmp_path)

    with pytest.raises(KafkaUnavailable, match=r"Maven is needed .* apt-get install maven"):
        kafka_install.kafka_libs()


def test_a_stop_needs_no_start(tmp_path: Path) -> None:
    """Stopping and killing a broker that was never started does nothing; its pid is an error."""
    broker = LocalKafka(tmp_path)
    broker.stop()
    broker.kill()

    assert not broker.running
    with pytest.raises(KafkaFailed, match="has not been started"):
        _ = broker.pid


def assert_the_process_is_java_itself(pid: int) -> None:
    """Check that no shell stands between the pid and the broker."""
    arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    assert arguments[0].endswith(b"/java")
    assert b"kafka.Kafka" in arguments


@asynccontextmanager
async def admin_of(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """Return a client for topics, closed at the end."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def make_topic(bootstrap: str, name: str) -> None:
    """Build a topic of one partition."""
    async with admin_of(bootstrap) as admin:
        await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])


async def produce(bootstrap: str, topic: str, values: Iterable[bytes]) -> None:
    """Write each value and wait for the broker to have it."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True) as producer:
        for value in values:
            await producer.send_and_wait(topic, value)


async def read(bootstrap: str, topic: str, count: int) -> list[bytes | None]:
    """Read the first values of a topic."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    consumer.assign([TopicPartition(topic, 0)])
    async with consumer:
        return [(await consumer.getone()).value for _ in range(count)]
