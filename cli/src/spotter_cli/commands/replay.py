"""`spotter replay`: a recording sent again, as if it happened now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spotter_cli.commands.options import check_id, err


def replay(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="JSONL of events, or OpenBarbell frames; - is standard input.", show_default=False
        ),
    ],
    speed: Annotated[float, typer.Option("--speed", min=0.001, max=1e6, help="Divides the waits.")] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print what is said as JSON lines, the counts last.")] = False,
    athlete: Annotated[
        str | None, typer.Option("--athlete", callback=check_id, help="Credited with what names no lifter in the file.")
    ] = None,
) -> None:
    """Send a recording through the door again, in order of time, and show what is estimated and advised.

    The door is the one at SPOTTER_URL, opened with SPOTTER_TOKEN; without these a host of its own, gone afterwards.
    Waits between sets are cut to 5 s and inside a set to 20 s.
    """
    # Loaded here: the other commands need not wait for it.
    from spotter.logging_config import configure_logging
    from spotter_cli.replay.display import run_replay
    from spotter_cli.replay.reader import read_recording
    from spotter_standalone.server import run

    configure_logging("replay", level="ERROR", as_json=False)
    recording = read_recording(file, athlete)
    for remark in recording.remarks:
        err().print(remark, markup=False)
    raise typer.Exit(run(run_replay(recording, speed, as_json)))
