"""A real Apache Kafka broker as one child process, for tests and for the cluster without containers.

The jars come from Maven Central by the pinned ``deploy/kafka/pom.xml``, once. The broker is started directly (its
process is the Java process, no shell around it), so that killing ``pid`` kills the broker and nothing else.
"""

from __future__ import annotations

import random
import signal
import socket
import struct
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Final, Self

from spotter_cli.cluster.kafka_install import (
    OUTPUT_TAIL_BYTES,
    KafkaUnavailable,
    java_command,
    kafka_libs,
    run_program,
)

JVM_OPTIONS: Final = (
    "-Xmx256m",  # a test's or a gym's load needs no more
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # starts in half the time, and the broker is never the bottleneck here
    "-XX:+ExitOnOutOfMemoryError",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
    "-Dlog4j2.StatusLogger.level=ERROR",
)
FORMAT_TIME_LIMIT_S: Final = 60.0
START_TIME_LIMIT_S: Final = 60.0
STOP_TIME_LIMIT_S: Final = 10.0
_POLL_S: Final = 0.05


class KafkaFailed(RuntimeError):
    """Apache Kafka did not start. The message ends with the end of the broker's log."""


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that is not in use.

    It lies below the range of outgoing connections: a client that keeps trying to reach a stopped broker could
    otherwise be assigned the broker's port, and the broker could not restart.
    """
    ports = random.Random()
    for _ in range(200):
        port = ports.randrange(20_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise KafkaFailed("No free TCP port was found between 20000 and 31999 on 127.0.0.1: stop what listens there.")


class LocalKafka:
    """One Apache Kafka broker in KRaft mode on 127.0.0.1, which is its own controller.

    Topics are not created automatically (``auto.create.topics.enable=false``). A data folder that has been used before
    is used again; ``start`` after ``kill`` or ``stop`` comes back on the same port with the same data. The folder has
    its log, its settings (``server.properties``) and its output (``kafka.log``); port 0 finds a free one for clients.
    """

    def __init__(self, data_dir: Path, port: int = 0) -> None:
        self.data_dir: Final = data_dir.resolve()
        self.port: Final = port or free_port()
        self._controller_port: Final = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """The address for clients, ``host:port``."""
        return f"127.0.0.1:{self.port}"

    @property
    def log_file(self) -> Path:
        """The file that receives the broker's output."""
        return self.data_dir / "kafka.log"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The broker's Java process, the last one if it has ended; raises KafkaFailed before the first start."""
        if self._process is None:
            raise KafkaFailed(f"The broker with the data in {self.data_dir} has not been started: call start() first.")
        return self._process

    @property
    def pid(self) -> int:
        """The process id of the broker's Java process (see `process`)."""
        return self.process.pid

    @property
    def running(self) -> bool:
        """Whether the broker's process is alive."""
        return self._process is not None and self._process.poll() is None

    def prepare(self) -> list[str]:
        """Prepare the data folder and return the command that runs the broker in it.

        Raises KafkaUnavailable without Java, Maven or the jars, KafkaFailed if the data folder can't be used.
        """
        java, libs = java_command(), kafka_libs()
        self.data_dir.mkdir(parents=True, exist_ok=True)
        settings = self.data_dir / "server.properties"
        settings.write_text(self._properties(), encoding="utf-8")
        self._format(java, libs, settings)
        return [java, *JVM_OPTIONS, "-cp", f"{libs}/*", "kafka.Kafka", str(settings)]

    def answers(self) -> bool:
        """Return whether the broker answers its clients."""
        return _answers(self.port)

    def start(self) -> None:
        """Start the broker and return when it answers: about 4 s the first time, 3 s on data that is there already.

        Raises KafkaUnavailable without Java, Maven or the jars, KafkaFailed if it ends or does not answer within 60 s.
        """
        if self.running:
            return
        command = self.prepare()
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.data_dir,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in a terminal is for the parent, which stops the broker last
            )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End the broker at once (SIGKILL); what it acknowledged is on its disk."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End the broker in order (SIGTERM); one that takes longer than 10 s is killed."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_TIME_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def _properties(self) -> str:
        settings = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller_port}",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://127.0.0.1:{self._controller_port}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT",
            "log.dirs": self._log_dir,
            "auto.create.topics.enable": "false",
            "default.replication.factor": 1,
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 4,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "share.coordinator.state.topic.num.partitions": 1,
            "group.initial.rebalance.delay.ms": 0,  # no further members will join
            # After a kill the controller waits this long before it takes the broker back (9 s by default).
            "broker.session.timeout.ms": 3_000,
            "broker.heartbeat.interval.ms": 500,
            "num.network.threads": 2,
            "num.io.threads": 4,
            "background.threads": 2,
            "log.cleaner.dedupe.buffer.size": 4 * 2**20,  # the default of 128 MiB is half of this heap
            "log.index.size.max.bytes": 2**20,  # 10 MiB by default, for each of hundreds of partitions
        }
        return "".join(f"{name}={value}\n" for name, value in settings.items())

    @property
    def _log_dir(self) -> Path:
        return self.data_dir / "log"

    def _format(self, java: str, libs: Path, settings: Path) -> None:
        if (self._log_dir / "meta.properties").exists():
            return
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        # The equals sign keeps an id that begins with a hyphen from being read as an option.
        tool = ["kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "--config", str(settings)]
        formatted = run_program([java, *JVM_OPTIONS, "-cp", f"{libs}/*", *tool], FORMAT_TIME_LIMIT_S, self.data_dir)
        if "UnsupportedClassVersionError" in formatted.stdout:
            raise KafkaUnavailable(
                f"Java 17 or newer is needed to run Apache Kafka and {java} is older: install it (Debian, Ubuntu: "
                "apt-get install openjdk-17-jre-headless) and point JAVA_HOME at it, or name a running cluster in "
                "KAFKA_BOOTSTRAP."
            )
        if formatted.returncode != 0:
            raise KafkaFailed(
                f"Apache Kafka could not prepare {self._log_dir} (exit code {formatted.returncode}). It said:\n"
                f"{formatted.stdout[-OUTPUT_TAIL_BYTES:]}"
            )

    def _wait_until_it_answers(self) -> None:
        limit = time.monotonic() + START_TIME_LIMIT_S
        while not self.answers():
            if not self.running:
                raise KafkaFailed(f"Apache Kafka ended while starting. The end of {self.log_file}:\n{self._log_tail()}")
            if time.monotonic() > limit:
                raise KafkaFailed(
                    f"Apache Kafka did not answer at {self.bootstrap} within {START_TIME_LIMIT_S:.0f} s. The end of "
                    f"{self.log_file}:\n{self._log_tail()}"
                )
            time.sleep(_POLL_S)

    def _log_tail(self) -> str:
        return self.log_file.read_bytes()[-OUTPUT_TAIL_BYTES:].decode("utf-8", "replace")


def _answers(port: int) -> bool:
    """Ask for the broker's API versions (request 18, version 0), which it answers once it is no longer fenced."""
    correlation_id = 1
    request = struct.pack(">hhih", 18, 0, correlation_id, -1)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0) as broker:
            broker.sendall(struct.pack(">i", len(request)) + request)
            answer = broker.recv(10)
    except OSError:
        return False
    return len(answer) == 10 and struct.unpack(">iih", answer)[1:] == (correlation_id, 0)
