"""Runs a cluster from start to stop."""

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
from spotter_cli.cluster.kafka_install import KafkaUnavailable, java_command
from spotter_cli.cluster.local_kafka import KafkaFailed, LocalKafka, free_port
from spotter_cli.cluster.processes import HOST, ClusterProcess, ClusterSettings, Stage, service_parts
from spotter_cli.cluster.proxy import proxy_part
from spotter_cli.cluster.signals import Signals
from spotter_cli.cluster.supervisor import Supervisor
from spotter_cli.upgrade.comparison import compare_versions
from spotter_cli.upgrade.display import lines
from spotter_cli.upgrade.kafka_switch import needs_switch, switch_kafka
from spotter_detector.model import MODEL_VERSION
from spotter_standalone.data_dir import DataDir
from spotter_standalone.errors import CliError

GYM: Final = "g1"


def run(folder: DataDir, host: str, port: int, workers: int, signals: Signals) -> None:
    """Start all processes, print their lines, keep them running until a signal, and stop them.

    Raises CliError if something is missing or does not start, Stopped for a signal during the start.
    """
    port = _check_free(host, port or free_port())
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
        _upgrade(cluster.bootstrap, Settings().topic_prefix, folder, signals)
        print_message("Starting the services ...")
        supervisor.start(services)
        supervisor.start([proxy])
        url = f"http://{HOST if host in ('0.0.0.0', '::') else host}:{port}"
        folder.write_address(url)
        print_line({"ready": True, "url": url, "token": keyring.issue(GYM, "admin")})
        print_message(f"Ready at {url} (logs in {cluster.logs}; Ctrl-C stops it).")
        supervisor.watch()
        print_message("Stopping ...")
    finally:
        folder.remove_address()
        supervisor.stop()
    print_message("All processes have stopped.")


def _kafka(folder: Path, signals: Signals) -> tuple[str, list[ClusterProcess]]:
    """Return the address of Kafka and, unless it is an external one, the process to start."""
    if elsewhere := os.environ.get("KAFKA_BOOTSTRAP"):
        print_message(f"Using the Kafka at {elsewhere} (KAFKA_BOOTSTRAP).")
        return elsewhere, []
    broker = LocalKafka(folder / "kafka")
    try:
        java_command()
        with signals.raising():
            print_message("Preparing Kafka (the first time Maven downloads it, about half a minute) ...")
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
        raise CliError(f"The topics at {bootstrap} can't be applied: {error}.") from None


def _upgrade(bootstrap: str, prefix: str, folder: DataDir, signals: Signals) -> None:
    """Where another version's state is in the changelog, make this one's from the log and go on with it."""
    with signals.raising():
        try:
            if not asyncio.run(needs_switch(bootstrap, prefix)):
                return
            print_message(f"The state is another version's: reading the log anew with {MODEL_VERSION} ...")
            asyncio.run(
                switch_kafka(
                    bootstrap,
                    prefix,
                    folder,
                    lambda done, left: None,
                    lambda file: print_message("\n".join(lines(compare_versions(file, MODEL_VERSION)))),
                )
            )
        except LogUnavailable as error:
            raise CliError(f"The state at {bootstrap} can't be upgraded: {error}.") from None


def _check_free(host: str, port: int) -> int:
    """Return the port; raises CliError if it is in use."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CliError(
                f"Port {port} at {host} can't be used ({error.strerror}): stop what listens there, or choose another "
                "with --port (0: any free port)."
            ) from None
    return port


def print_process(part: ClusterProcess, pid: int) -> None:
    """Print the JSON line of a process that was started."""
    print_line({"name": part.name, "pid": pid, "port": part.port})


def print_line(line: dict[str, str | int | bool]) -> None:
    """Print a JSON line on standard output, for programs."""
    print(json.dumps(line), flush=True)


def print_message(text: str) -> None:
    """Print a message on standard error, for people."""
    print(text, file=sys.stderr, flush=True)
