"""`spotter report`: a lifter's week as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spotter_cli.commands.options import PORT, check_id, err


def report(
    athlete: Annotated[str, typer.Argument(metavar="ATHLETE", callback=check_id, help="The lifter's id.")],
    week: Annotated[str, typer.Option("--week", help="The week, for example 2026-W47.")],
    out: Annotated[Path, typer.Option("--out", help="Where to write it: FILE.html, .pdf, .png or .json.")],
    url: Annotated[
        str, typer.Option("--url", envvar="SPOTTER_URL", help="Where Spotter is.")
    ] = f"http://127.0.0.1:{PORT}",
    token: Annotated[
        str | None, typer.Option("--token", envvar="SPOTTER_TOKEN", help="An app's or a coach's token.")
    ] = None,
) -> None:
    """Write the weekly report of a lifter: sets by reps left, budget, signs, trends, next week."""
    # Loaded here: the other commands need not wait for it.
    from spotter_cli.report_download import fetch, format_of, write

    format_name = format_of(out)
    write(out, fetch(url, token, athlete, week, format_name))
    err().print(f"Wrote {out}.", markup=False)
