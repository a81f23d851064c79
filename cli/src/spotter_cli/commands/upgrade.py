"""`spotter upgrade`: from the model that runs to this program's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from spotter_cli.commands.options import DataOption, err, out
from spotter_cli.upgrade.shadow_file import ShadowFile
from spotter_standalone.data_dir import DataDir
from spotter_standalone.errors import CliError

if TYPE_CHECKING:
    from spotter_cli.upgrade.running_log import RunningLog

Report = Callable[[int, int], None]
Compared = Callable[[ShadowFile], None]


def upgrade(
    data: DataOption,
    kafka: Annotated[
        str | None,
        typer.Option(
            "--kafka",
            envvar="SPOTTER_KAFKA",
            metavar="HOST:PORT",
            help="Bootstrap servers of a cluster; without it the data folder's own database is upgraded.",
        ),
    ] = None,
    prefix: Annotated[
        str, typer.Option("--prefix", envvar="SPOTTER_TOPIC_PREFIX", help="Prefix of the cluster's topics and groups.")
    ] = "",
    switch: Annotated[
        bool, typer.Option("--switch", help="Take the place of the running version, which must have been stopped.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as one JSON object.")] = False,
) -> None:
    """Re-read the log with this program's model beside the running one, and compare; with --switch, replace it.

    The comparison may be run as often as you like: it goes on where it was, in upgrade.db of the data folder, and changes
    nothing else.
    """
    # Imported here so that the other commands start faster.
    from spotter.streaming.log import LogUnavailable
    from spotter_cli.upgrade.comparison import compare_versions
    from spotter_cli.upgrade.display import print_versions, print_versions_json
    from spotter_detector.model import MODEL_VERSION

    def compared(file: ShadowFile) -> None:
        comparison = compare_versions(file, MODEL_VERSION)
        if as_json:
            print_versions_json(comparison)
        else:
            print_versions(comparison, out())

    folder = DataDir(data)
    folder.prepare()
    with _progress() as progress:
        try:
            if kafka is None:
                done = asyncio.run(_standalone(folder, switch, progress, compared))
            else:
                done = asyncio.run(_cluster(kafka, prefix, folder, switch, progress, compared))
        except LogUnavailable as error:
            raise CliError(f"The log can't be read or written: {error}.") from None
    if not done:
        err().print(f"The state is of {MODEL_VERSION} already: nothing to upgrade.", markup=False)
    elif switch:
        err().print(f"Switched: the state is of {MODEL_VERSION} now. Start this version.", markup=False)
    else:
        err().print("Nothing was changed. Stop the running version, then: spotter upgrade --switch", markup=False)


async def _standalone(folder: DataDir, switch: bool, progress: Report, compared: Compared) -> bool:
    from spotter_cli.upgrade.running_log import StandaloneLog
    from spotter_cli.upgrade.standalone_switch import SHADOW, needs_switch, switch_standalone

    if not folder.database.exists():
        raise CliError(f"There is no database {folder.database}: choose the data folder with --data.")
    if not needs_switch(folder.database):
        return False
    if switch:
        await switch_standalone(folder, progress, compared)
        return True
    running = StandaloneLog(folder.database)
    try:
        await _beside(running, folder, SHADOW, progress, compared)
    finally:
        running.close()
    return True


async def _cluster(
    kafka: str, prefix: str, folder: DataDir, switch: bool, progress: Report, compared: Compared
) -> bool:
    from spotter_cli.upgrade.kafka_switch import SHADOW, needs_switch, switch_kafka
    from spotter_cli.upgrade.running_log import KafkaRunningLog

    if not await needs_switch(kafka, prefix):
        return False
    if switch:
        await switch_kafka(kafka, prefix, folder, progress, compared)
    else:
        await _beside(KafkaRunningLog(kafka, prefix), folder, SHADOW, progress, compared)
    return True


async def _beside(running: RunningLog, folder: DataDir, name: str, progress: Report, compared: Compared) -> None:
    from spotter_cli.upgrade.shadow import Shadow
    from spotter_detector.model import MODEL_VERSION

    file = ShadowFile(folder.path / name, MODEL_VERSION)
    try:
        await Shadow(file).follow(running, progress)
        compared(file)
    finally:
        file.close()


@contextmanager
def _progress() -> Iterator[Report]:
    """Show on a terminal how far the log has been read."""
    console = err()
    with console.status("Reading the log ...") as status:
        yield lambda done, left: status.update(f"Reading the log: {done:,} events, {left:,} left ...")
