"""The `spotter` command: registers the commands and prints errors as one line."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from spotter_cli.commands import cluster, demo, doctor, env, policy, replay, report, token, topics, up, upgrade
from spotter_cli.commands.options import err
from spotter_standalone.errors import CliError

app = typer.Typer(
    name="spotter",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Follow a lifter's reps during a set and say in time when to stop.",
)
app.command("up")(up.up)
app.command("demo")(demo.demo)
app.command("replay")(replay.replay)
app.command("report")(report.report)
app.command("env")(env.env)
app.add_typer(token.app, name="token")
app.add_typer(topics.app, name="topics")
app.add_typer(policy.app, name="policy")
app.command("cluster")(cluster.cluster)
app.command("upgrade")(upgrade.upgrade)
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
    """Accept the options that precede a command."""


def main() -> None:
    """Run the command line; print a CliError as one line instead of a traceback."""
    try:
        app()
    except CliError as error:
        err().print(f"spotter: {error}", markup=False)
        sys.exit(1)
