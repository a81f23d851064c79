"""`spotter env`: shell variables with which commands and programs reach the running host."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from spotter_cli.commands.options import DataOption, check_ids
from spotter_cli.commands.token import GymOption, RoleName
from spotter_standalone.data_dir import DataDir
from spotter_standalone.errors import CliError


def env(
    data: DataOption,
    role: Annotated[RoleName, typer.Option("--role", help="What the token may do.")] = RoleName.coach,
    athlete: Annotated[
        list[str] | None,
        typer.Option("--athlete", help="A lifter that the token may act for; may be repeated. Default: the whole gym."),
    ] = None,
    gym: GymOption = "g1",
) -> None:
    """Print shell variables for the running host: eval "$(spotter env)".

    SPOTTER_URL, SPOTTER_TOKEN (new, valid for one day), SPOTTER_DATA, and a PATH that includes spotter. The host is
    that of the data folder or, if it is not running, the demo.
    """
    # Imported here so that the other commands start faster.
    from spotter_cli.demo.location import demo_data_dir
    from spotter_cli.revocation import host_responds

    for data_dir in filter(None, (DataDir(data), demo_data_dir())):
        url = data_dir.address()
        if url is not None and host_responds(url):
            break
    else:
        raise CliError("No host is running on this machine: start one with spotter up or spotter demo.")
    variables = {
        "SPOTTER_URL": url,
        "SPOTTER_TOKEN": data_dir.keyring().issue(gym, role.value, athletes=check_ids(athlete or []), days=1),
        "SPOTTER_DATA": str(data_dir.path.absolute()),
    }
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")
    print(f'export PATH={shlex.quote(str(Path(sys.executable).parent))}{os.pathsep}"$PATH"')
