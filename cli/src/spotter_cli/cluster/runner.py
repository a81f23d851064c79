"""A cluster from its start to its end."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from pathlib import Path
from typing import Final

from spotter.settings import Settings
from spotter.streaming.kafka import TopicsDiffer, apply_topics
from spotter.streaming.log import LogUnavailable
from spotter_cli.cluster.local_kafka import KafkaFailed, KafkaUnavailable, LocalKafka, free_port, java_command
from spotter_cli.cluster.processes import HOST, ClusterProcess, ClusterSettings, Stage, service_parts
from spotter_cli.cluster.proxy import proxy_part
from spotter_cli.cluster.signals import Signals
from spotter_cli.cluster.supervisor import Supervisor
from spotter_standalone.data_dir import DataDir
from spotter_standalone.errors import CliError

GYM: Final = "g1"


def run(folder: DataDir, host: str, port: int, workers: int, signals: Signals) -> None:
    """Start everything, print the lines, keep it running until a signal comes, and end it all.

    Raises CliError where a part can't be had or does not start, Stopped for a signal while the parts start.
    """
    port = _free(host, port or free_port())
    keyring = folder.keyring()
    bootstrap, kafka = _kafka(folder.path, signals)
    cluster = ClusterSettings(folder.path, folder.key_file, bootstrap)
    for made in (cluster.logs, cluster.data / "services"):
        made.mkdir(exist_ok=True)
    services = service_parts(cluster, workers)
    proxy = proxy_part(cluster, services, f"[{host}]" if ":" in host else host, port)
    supervisor = Supervisor(cluster.data, print_process, print_message, signals)
    try:
        supervisor.start(kafka)
        print_message(f"Applying topics at {cluster.bootstrap} ...")
        _apply_topics(cluster.bootstrap, Settings().topic_prefix, signals)
        print_message("Starting the services ...")
        supervisor.start(services)
        supervisor.start([proxy])
        url = f"http://{HOST if host in ('0.0.0.0', '::') else host}:{port}"
        folder.write_address(url)
        print_line({"ready": True, "url": url, "token": keyring.issue(GYM, "admin")})
        print_message(f"Ready at {url} (logs in {cluster.logs}; Ctrl-C ends it).")
        supervisor.watch()
        print_message("Stopping ...")
    finally:
        folder.remove_address()
        supervisor.stop()
    print_message("All processes have ended.")


def _kafka(folder: Path, signals: Signals) -> tuple[str, list[ClusterProcess]]:
    """Give the address of Kafka, and the part to start where it is not somebody else's."""
    if elsewhere := os.environ.get("KAFKA_BOOTSTRAP"):
        print_message(f"Using the Kafka at {elsewhere} (KAFKA_BOOTSTRAP).")
        return elsewhere, []
    broker = LocalKafka(folder / "kafka")
    try:
        java_command()
        with signals.raising():
            print_message("Preparing Kafka (the first time Maven fetches it: half a minute) ...")
            command = broker.prepare()
    except (KafkaUnavailable, KafkaFailed) as error:
        raise CliError(str(error)) from None
    part = ClusterProcess(
        name="kafka",
        service="kafka",
        stage=Stage.BROKER,
        command=tuple(command),
        port=broker.port,
        log=folder / "logs" / "kafka.log",
        ready=broker.answers,
    )
    return broker.bootstrap, [part]


def _apply_topics(bootstrap: str, prefix: str, signals: Signals) -> None:
    try:
        with signals.raising():
            for line in asyncio.run(apply_topics(bootstrap, prefix)):
                print_message(f"  {line}")
    except (LogUnavailable, TopicsDiffer) as error:
        raise CliError(f"The topics at {bootstrap} can't be made ready: {error}.") from None


def _free(host: str, port: int) -> int:
    """Give back the port; raises CliError where somebody listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CliError(
                f"Port {port} at {host} can't be used ({error.strerror}): end what listens there, or choose another "
                "with --port (0: any)."
            ) from None
    return port


def print_process(part: ClusterProcess, pid: int) -> None:
    """Print the line of a process that was started."""
    print_line({"name": part.name, "pid": pid, "port": part.port})


def print_line(line: dict[str, str | int | bool]) -> None:
    """Print a line for programs."""
    print(json.dumps(line), flush=True)


def print_message(text: str) -> None:
    """Tell a person."""
    print(text, file=sys.stderr, flush=True)
