"""`spotter demo`: a whole gym on this machine, to look at."""

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
            help="End after this long, such as 30s or 2m.",
            show_default="until Ctrl-C",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every event as one line of JSON.")] = False,
    host: HostOption = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=0, max=65535, help="Port to listen on; 0: any free one.", show_default="8700, or a free one"
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Another number is another gym.")] = 1,
) -> None:
    """Run Spotter in a temporary folder with a simulated gym: 12 lifters on 8 racks, in real time.

    Everything goes through the public door, and the coach's page shows it at the address that is printed.
    """
    # Loaded here: the other commands need not wait for it.
    from spotter.logging_config import configure_logging
    from spotter_cli.demo.display import run_demo
    from spotter_standalone.server import run

    configure_logging("demo", level="ERROR", as_json=False)
    raise typer.Exit(run(run_demo(for_s, as_json, host, port, seed)))
