"""The processes of a cluster: command, port and readiness of each."""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Final

from spotter_cli.cluster.local_kafka import free_port

HOST: Final = "127.0.0.1"
_ANSWER_S: Final = 1.0


class Stage(IntEnum):
    """Start order: a stage is started after the earlier ones and stopped before them."""

    BROKER = 0
    WORKERS = 1
    APIS = 2
    PROXY = 3


@dataclass(frozen=True, slots=True)
class ClusterProcess:
    """One process of the cluster."""

    name: str
    service: str
    """The service that it is a replica of."""
    stage: Stage
    command: tuple[str, ...]
    port: int
    log: Path
    """Receives its output."""
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to the supervisor's own."""


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """The folders, keys and Kafka of a cluster."""

    data: Path
    keys: Path
    bootstrap: str
    """Of Kafka."""

    @property
    def logs(self) -> Path:
        """The folder with the log of each process."""
        return self.data / "logs"


_SERVICES: Final = {
    "failure-detector": ("spotter_detector", Stage.WORKERS),
    "advisor": ("spotter_advisor", Stage.WORKERS),
    "ingest": ("spotter_ingest", Stage.APIS),
    "gateway": ("spotter_gateway", Stage.APIS),
    "dashboard": ("spotter_dashboard", Stage.APIS),
}
"""The module of each service, and its stage."""


def service_parts(cluster: ClusterSettings, workers: int) -> list[ClusterProcess]:
    """Return the services' processes, with `workers` replicas each of detector and advisor."""
    ports = distinct_ports()
    return [
        _service(cluster, name, module, stage, replica, next(ports))
        for name, (module, stage) in _SERVICES.items()
        for replica in range(1, 1 + (workers if stage is Stage.WORKERS else 1))
    ]


def _service(cluster: ClusterSettings, name: str, module: str, stage: Stage, replica: int, port: int) -> ClusterProcess:
    instance = name if replica == 1 else f"{name}-{replica}"
    return ClusterProcess(
        name=instance,
        service=name,
        stage=stage,
        # The module instead of its console script: the process is then this Python, whatever the script's shebang.
        command=(sys.executable, "-m", module, "--port", str(port)),
        port=port,
        log=cluster.logs / f"{instance}.log",
        ready=lambda: responds_ok(port, "/readyz"),
        environment={
            "SPOTTER_HOST": HOST,
            "SPOTTER_PORT": str(port),
            "SPOTTER_KAFKA": cluster.bootstrap,
            # Not the cluster's own folder: `spotter up` may use that, and a dashboard database belongs to one log.
            "SPOTTER_DATA": str(cluster.data / "services"),
            "SPOTTER_KEYS": str(cluster.keys),
            "SPOTTER_INSTANCE": instance,  # unchanged after a restart, so that Kafka returns its partitions at once
        },
    )


def distinct_ports() -> Iterator[int]:
    """Yield free ports without repeats."""
    used: set[int] = set()
    while True:
        port = free_port()
        if port not in used:
            used.add(port)
            yield port


def responds_ok(port: int, path: str) -> bool:
    """Return whether a local process answers a GET with 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=_ANSWER_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def log_tail(part: ClusterProcess, at_most: int = 1_500) -> str:
    """Return the end of a process's log."""
    with part.log.open("rb") as log:
        log.seek(max(0, log.seek(0, os.SEEK_END) - at_most))
        return log.read().decode("utf-8", "replace").strip()
