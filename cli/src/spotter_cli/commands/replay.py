"""`spotter replay`: sends a recording again as if it happened now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spotter_cli.commands.options import check_id, err


def replay(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Events as JSONL, or OpenBarbell frames; - reads standard input.", show_default=False
        ),
    ],
    speed: Annotated[float, typer.Option("--speed", min=0.001, max=1e6, help="Divide the waits by this factor.")] = 1.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print estimates and advice as JSON lines, then the counts.")
    ] = False,
    athlete: Annotated[
        str | None, typer.Option("--athlete", callback=check_id, help="The lifter of events that name none.")
    ] = None,
) -> None:
    """Send a recording again, in order of time, and show the estimates and the advice.

    It goes to the host at SPOTTER_URL with SPOTTER_TOKEN; without these, to a temporary host.
    Waits are cut to 5 s between sets and to 20 s within a set.
    """
    # Imported here so that the other commands start faster.
    from spotter.logging_config import configure_logging
    from spotter_cli.replay.display import run_replay
    from spotter_cli.replay.reader import read_recording
    from spotter_standalone.server import run

    configure_logging("replay", level="ERROR", as_json=False)
    recording = read_recording(file, athlete)
    for remark in recording.remarks:
        err().print(remark, markup=False)
    raise typer.Exit(run(run_replay(recording, speed, as_json)))
