"""`spotter cluster`: its options and preconditions."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from spotter_cli.commands.options import PORT, DataOption, HostOption, PortOption
from spotter_standalone.data_dir import DataDir
from spotter_standalone.errors import CliError


def cluster(
    data: DataOption,
    host: HostOption = "127.0.0.1",
    port: PortOption = PORT,
    workers: Annotated[int, typer.Option("--workers", min=1, max=12, help="Number of detectors and of advisors.")] = 1,
) -> None:
    """Run a cluster on this machine without containers: Kafka, one process per service, nginx as the proxy.

    Prints a JSON line for every process, {"name", "pid", "port"}, again after each restart, and then
    {"ready": true, "url", "token"} with an admin token of gym g1. Ctrl-C or SIGTERM stops everything. If
    KAFKA_BOOTSTRAP names a Kafka cluster, that is used instead of a local one.
    """
    if os.name != "posix":
        raise CliError("`spotter cluster` needs Linux or macOS; `spotter up` runs everywhere.")
    # Imported here so that the other commands start faster.
    from spotter_cli.cluster.proxy import nginx_command
    from spotter_cli.cluster.runner import run
    from spotter_cli.cluster.signals import Signals, Stopped

    nginx_command()  # fails early if nginx is missing
    folder = DataDir(data.expanduser().resolve())
    folder.prepare()
    with Signals() as signals, _locked(folder.path):
        try:
            run(folder, host, port, workers, signals)
        except (Stopped, BrokenPipeError):
            print("Stopped.", file=sys.stderr)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock a folder for this cluster; raises CliError if another cluster has locked it."""
    import fcntl  # does not exist on Windows, where this module is imported too

    with (folder / "cluster.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CliError(
                f"Another cluster is running in {folder}: stop it, or choose another folder with --data."
            ) from None
        yield
