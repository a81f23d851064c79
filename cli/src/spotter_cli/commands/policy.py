"""`spotter policy`: what another policy would have said."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spotter_cli.commands.options import check_id, out
from spotter_standalone.data_dir import DATA_VARIABLE, DataDir, default_data_dir
from spotter_standalone.errors import CliError

app = typer.Typer(no_args_is_help=True, help="Try a policy on weeks that are past.")


@app.callback()
def _policy() -> None:
    """Keep `try` a command of its own."""


@app.command(name="try")
def try_policy(
    file: Annotated[
        Path,
        typer.Argument(metavar="POLICY.json", help='A layer of policy, such as {"target_rir": 3}.', show_default=False),
    ],
    athlete: Annotated[
        str | None,
        typer.Option(
            "--athlete", callback=check_id, help="One lifter; the policy is then laid over that lifter's own."
        ),
    ] = None,
    weeks: Annotated[float, typer.Option("--weeks", min=0.1, max=520, help="How far back from the newest event.")] = 4,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            envvar=DATA_VARIABLE,
            show_default="the user's data folder; Kafka where SPOTTER_KAFKA is set",
            help="Data folder; only read, also while a host runs.",
        ),
    ] = None,
) -> None:
    """Replay past weeks under another policy and show side by side what was said and what would have been."""
    # Loaded here: the other commands need not wait for it.
    import asyncio
    import os

    from spotter.settings import Settings
    from spotter_cli.policy_backtest.comparison import compare
    from spotter_cli.policy_backtest.display import print_comparison, print_json
    from spotter_cli.policy_backtest.history import read_database, read_kafka
    from spotter_cli.policy_backtest.trial import read_trial

    trial = read_trial(file)
    if data is None and os.environ.get("SPOTTER_KAFKA"):
        settings = Settings()
        history = asyncio.run(read_kafka(settings.kafka, settings.topic_prefix, athlete))
    else:
        history = read_database(DataDir(data or default_data_dir()).database, athlete)
    comparison = compare(history, trial, weeks, athlete)
    if comparison is None or not comparison.sets:
        whose = f" of {athlete}" if athlete else ""
        raise CliError(f"The log holds no set{whose} in these weeks: look further back with --weeks.")
    if as_json:
        print_json(comparison)
    else:
        print_comparison(comparison, out())
