"""`spotter up`: all of Spotter in one process."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from spotter_cli.commands.options import PORT, DataOption, HostOption, PortOption, err, out
from spotter_standalone.data_dir import DataDir
from spotter_standalone.errors import CliError
from spotter_standalone.signals import stop_on_signals

if TYPE_CHECKING:
    from spotter_standalone.host import RunningHost

GYM = "g1"


def up(data: DataOption, host: HostOption = "127.0.0.1", port: PortOption = PORT) -> None:
    """Run Spotter on this machine in one process: API, detector, advisor and the coach's page, until Ctrl-C."""
    # Imported here so that the other commands start faster.
    from spotter.logging_config import configure_logging
    from spotter.settings import Settings
    from spotter_standalone.server import run

    settings = Settings()
    data_dir = DataDir(data)
    data_dir.prepare()
    configure_logging(
        "standalone",
        level=settings.log_level,
        as_json=settings.log_json and not err().is_terminal,
        audit_file=data_dir.audit_file,
    )
    for talkative in ("alembic", "uvicorn"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    run(_up(data_dir, host, port))


async def _up(data_dir: DataDir, host: str, port: int) -> None:
    from spotter.streaming import gc_tuning
    from spotter_standalone.host import serving

    first = not data_dir.database.exists()
    await _take_over(data_dir)
    with stop_on_signals() as stop:
        async with serving(data_dir, host=host, port=port) as running:
            gc_tuning.tune()
            _announce(running, first)
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({stopping, running.broken}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if running.broken.done():
                error = running.broken.exception()
                raise CliError(
                    f"Spotter has to stop: {error!r}. Start it again; all accepted events are in {data_dir.path}."
                )


async def _take_over(data_dir: DataDir) -> None:
    """Where another version's state is in the folder, make this one's from the log and go on with it."""
    from spotter_cli.upgrade.comparison import compare_versions
    from spotter_cli.upgrade.display import lines
    from spotter_cli.upgrade.standalone_switch import needs_switch, stored_version, switch_standalone
    from spotter_detector.model import MODEL_VERSION

    if not needs_switch(data_dir.database):
        return
    before = stored_version(data_dir.database) or "an earlier version"
    err().print(f"The state is of {before}: reading the log anew with {MODEL_VERSION} ...", markup=False)
    await switch_standalone(
        data_dir,
        lambda done, left: None,
        lambda file: err().print("\n".join(lines(compare_versions(file, MODEL_VERSION))), markup=False),
    )


def _announce(running: RunningHost, first: bool) -> None:
    """Print the address; at the first start also an admin token."""
    console = out()
    console.print(f"Spotter is running at {running.url}  (Ctrl-C stops it)", markup=False)
    console.print(f"  coach's page  {running.url}/", markup=False)
    console.print(f"  data          {running.data_dir.path}", markup=False)
    if first:
        token = running.keyring.issue(GYM, "admin")
        console.print(f"  admin token of gym {GYM}, shown only once (spotter token create makes others):", markup=False)
        console.print(token, markup=False)
    console.file.flush()
