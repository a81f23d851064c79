"""`spotter cluster`: the options, and who may run it where."""

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


def cluster_command(
    data: DataOption,
    host: HostOption = "127.0.0.1",
    port: PortOption = PORT,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=12, help="How many detectors and advisors there are.")
    ] = 1,
) -> None:
    """Run the distributed host on this machine: Kafka, every service a process, nginx in front; no containers.

    Prints a JSON line for every process, {"name", "pid", "port"}, again after each restart, and then
    {"ready": true, "url", "token"} with an admin token of gym g1. Ctrl-C or SIGTERM ends it all. Where KAFKA_BOOTSTRAP
    names a cluster, that is used and no Kafka started.
    """
    if os.name != "posix":
        raise CliError("`spotter cluster` needs Linux or macOS; `spotter up` runs everywhere.")
    # The Kafka client takes its time to load, which the other commands need not wait for.
    from spotter_cli.cluster.proxy import nginx_command
    from spotter_cli.cluster.runner import run
    from spotter_cli.cluster.signals import Signals, Stopped

    nginx_command()  # says at once what is missing
    folder = DataDir(data.expanduser().resolve())
    folder.prepare()
    with Signals() as signals, _alone_in(folder.path):
        try:
            run(folder, host, port, workers, signals)
        except (Stopped, BrokenPipeError):
            print("Stopped.", file=sys.stderr)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold a folder for this cluster; raises CliError where another one has it."""
    import fcntl  # not on Windows, where this module is imported all the same

    with (folder / "cluster.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CliError(f"Another cluster runs in {folder}: end it, or name another folder with --data.") from None
        yield
