"""`spotter demo`: a simulated gym on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from spotter_cli.commands.options import HostOption, duration_s


def demo(
    for_s: Annotated[
        float | None,
        typer.Option(
            "--for",
            metavar="DURATION",
            parser=duration_s,
            help="Stop after this long, for example 30s or 2m.",
            show_default="until Ctrl-C",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every event as one line of JSON.")] = False,
    host: HostOption = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=0, max=65535, help="Port to listen on; 0: any free port.", show_default="8700, or a free port"
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the simulation: another number gives another gym.")] = 1,
) -> None:
    """Run Spotter in a temporary folder with a simulated gym: 12 lifters on 8 racks, in real time.

    All events go through the public API, and the coach's page at the printed address shows them.
    """
    # Imported here so that the other commands start faster.
    from spotter.logging_config import configure_logging
    from spotter_cli.demo.display import run_demo
    from spotter_standalone.server import run

    configure_logging("demo", level="ERROR", as_json=False)
    raise typer.Exit(run(run_demo(for_s, as_json, host, port, seed)))
