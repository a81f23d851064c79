"""The `spotter` command: one file per command in `commands`, and errors as one line."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated, Any

import click
import typer
from typer.core import TyperGroup

from standalone.cluster import cluster_command
from standalone.commands import demo, doctor, replay, token, topics, up
from standalone.commands.options import err
from standalone.errors import BadUsage, Trouble


class _Commands(TyperGroup):
    """Tells foreseeable trouble in a line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:  # Any: as the overridden method says
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except Trouble as trouble:
            err().print(f"spotter: {trouble}", markup=False)
            raise typer.Exit(2 if isinstance(trouble, BadUsage) else 1) from None


app = typer.Typer(
    cls=_Commands,
    name="spotter",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Watches a lifter's reps while the set is running, and says in time when to stop.",
)
app.command("up")(up.up)
app.command("demo")(demo.demo)
app.command("replay")(replay.replay)
app.add_typer(token.app, name="token")
app.add_typer(topics.app, name="topics")
app.command("cluster")(cluster_command)
app.command("doctor")(doctor.doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"spotter {version('spotter-standalone')}")
        raise typer.Exit


@app.callback()
def _options(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Read options that stand before the command."""


def main() -> None:
    """Run the command line."""
    app()
