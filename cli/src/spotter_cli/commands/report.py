"""`spotter report`: saves a lifter's weekly report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spotter_cli.commands.options import PORT, check_id, err


def report(
    athlete: Annotated[str, typer.Argument(metavar="ATHLETE", callback=check_id, help="The lifter's id.")],
    week: Annotated[str, typer.Option("--week", help="The week, for example 2026-W47.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write; its extension is html, pdf, png or json.")],
    url: Annotated[
        str, typer.Option("--url", envvar="SPOTTER_URL", help="The address of Spotter.")
    ] = f"http://127.0.0.1:{PORT}",
    token: Annotated[
        str | None, typer.Option("--token", envvar="SPOTTER_TOKEN", help="A token of an app or a coach.")
    ] = None,
) -> None:
    """Save a lifter's weekly report: sets by reps left, failure budget, warning signs, trends, next week."""
    # Imported here so that the other commands start faster.
    from spotter_cli.report_download import fetch, format_of, write

    format_name = format_of(out)
    write(out, fetch(url, token, athlete, week, format_name))
    err().print(f"Wrote {out}.", markup=False)
