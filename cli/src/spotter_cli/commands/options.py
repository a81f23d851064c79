"""Options shared by several commands, and the consoles that they print to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from spotter.domain import ids
from spotter_cli.durations import parse_duration_s
from spotter_standalone.data_dir import DATA_VARIABLE, default_data_dir

FILE_WIDTH = 160
"""Columns of output that does not go to a terminal."""
PORT = 8700
"""The default port."""


def out() -> Console:
    """Return a console on standard output; created on each call so that it follows redirection."""
    return _console(stderr=False)


def err() -> Console:
    """Return a console on standard error."""
    return _console(stderr=True)


def _console(stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = FILE_WIDTH
    return console


def duration_s(text: str | float) -> float:
    """Parse an option that is a duration."""
    if isinstance(text, float):
        return text
    try:
        return parse_duration_s(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def check_id(text: str | None) -> str | None:
    """Validate the id of a gym or a lifter."""
    if text is not None and not ids.is_id(text):
        raise typer.BadParameter(f"{text!r} is not a valid id: use 1 to 64 of A-Z a-z 0-9 _ . : -")
    return text


def check_ids(names: list[str]) -> list[str]:
    """Validate ids of lifters."""
    for name in names:
        check_id(name)
    return names


DataOption = Annotated[
    Path,
    typer.Option(
        "--data",
        envvar=DATA_VARIABLE,
        default_factory=default_data_dir,
        show_default="the user's data folder",
        help="Folder of the database and keys; created if it does not exist.",
    ),
]
HostOption = Annotated[str, typer.Option("--host", envvar="SPOTTER_HOST", help="Address to listen on.")]
PortOption = Annotated[
    int, typer.Option("--port", min=0, max=65535, envvar="SPOTTER_PORT", help="Port to listen on; 0: any free port.")
]
