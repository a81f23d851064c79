"""`spotter policy`: backtests a policy on past weeks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spotter_cli.commands.options import check_id, out
from spotter_standalone.data_dir import DATA_VARIABLE, DataDir, default_data_dir
from spotter_standalone.errors import CliError

app = typer.Typer(no_args_is_help=True, help="Backtest a policy on past weeks.")


@app.callback()
def _policy() -> None:
    """Keep `try` a subcommand although it is the only one."""


@app.command(name="try")
def try_policy(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="POLICY.json", help='A policy layer as JSON, for example {"target_rir": 3}.', show_default=False
        ),
    ],
    athlete: Annotated[
        str | None,
        typer.Option(
            "--athlete",
            callback=check_id,
            help="One lifter only; the layer then applies on top of that lifter's own policy.",
        ),
    ] = None,
    weeks: Annotated[
        float, typer.Option("--weeks", min=0.1, max=520, help="How many weeks back from the newest event.")
    ] = 4,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            envvar=DATA_VARIABLE,
            show_default="the user's data folder, or Kafka if SPOTTER_KAFKA is set",
            help="Data folder; only read, even while a host is running.",
        ),
    ] = None,
) -> None:
    """Replay past weeks under another policy and compare its advice with the advice that was given."""
    # Imported here so that the other commands start faster.
    import asyncio
    import os

    from spotter.settings import Settings
    from spotter_cli.policy_backtest.comparison import compare
    from spotter_cli.policy_backtest.display import print_comparison, print_json
    from spotter_cli.policy_backtest.history import read_database, read_kafka
    from spotter_cli.policy_backtest.replay import read_trial

    trial = read_trial(file)
    if data is None and os.environ.get("SPOTTER_KAFKA"):
        settings = Settings()
        history = asyncio.run(read_kafka(settings.kafka, settings.topic_prefix, athlete))
    else:
        history = read_database(DataDir(data or default_data_dir()).database, athlete)
    comparison = compare(history, trial, weeks, athlete)
    if comparison is None or not comparison.sets:
        of_athlete = f" of {athlete}" if athlete else ""
        raise CliError(f"The log has no set{of_athlete} in these weeks: look further back with --weeks.")
    if as_json:
        print_json(comparison)
    else:
        print_comparison(comparison, out())
