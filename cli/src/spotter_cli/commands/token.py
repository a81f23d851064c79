"""`spotter token`: creates and revokes credentials."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from spotter_cli.commands.options import PORT, DataOption, check_id, check_ids, err
from spotter_standalone.data_dir import DataDir
from spotter_standalone.errors import CliError

app = typer.Typer(no_args_is_help=True, help="Create and revoke the tokens of devices, apps and coaches.")


class RoleName(StrEnum):
    """Role of a token; each includes the ones before it."""

    device = "device"
    app = "app"
    coach = "coach"
    admin = "admin"


GymOption = Annotated[str, typer.Option("--gym", callback=check_id, help="The gym that the token belongs to.")]


@app.command()
def create(
    data: DataOption,
    role: Annotated[
        RoleName,
        typer.Option(
            "--role",
            help="What it may do: device sends events, app also reads advice, coach also edits, admin also revokes.",
        ),
    ],
    gym: GymOption = "g1",
    athlete: Annotated[
        list[str] | None,
        typer.Option("--athlete", help="A lifter that it may act for; may be repeated. Default: the whole gym."),
    ] = None,
    days: Annotated[float, typer.Option("--days", min=0.0001, max=36_500, help="How many days it is valid.")] = 90,
) -> None:
    """Create a token and print it alone on standard output; no host need be running."""
    # Imported here so that the other commands start faster.
    from spotter.http import audit
    from spotter.logging_config import write_audit_to

    data_dir = DataDir(data)
    data_dir.prepare()
    keyring = data_dir.keyring()
    token = keyring.issue(gym, role.value, athletes=check_ids(athlete or []), days=days)
    write_audit_to(data_dir.audit_file, "cli")
    audit.record(
        "token_created", gym_id=gym, role=role.value, issued_token_id=keyring.verify(token).token_id, days=days
    )
    print(token)


@app.command()
def revoke(
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="The token or its id.", show_default=False)],
    data: DataOption,
    gym: GymOption = "g1",
    url: Annotated[
        str | None,
        typer.Option(
            "--url",
            envvar="SPOTTER_URL",
            help="The address of the running host or cluster, if not that of the data folder.",
        ),
    ] = None,
    credential: Annotated[
        str | None,
        typer.Option(
            "--token",
            envvar="SPOTTER_TOKEN",
            help="An admin token; by default one is signed with the data folder's keys.",
        ),
    ] = None,
) -> None:
    """Revoke a token: at once on a running host, else from its next start."""
    # Imported here so that the other commands start faster.
    from spotter.http import audit
    from spotter.logging_config import write_audit_to
    from spotter_cli.revocation import host_responds, parse_token_id, revoke_at_host, revoke_in_log
    from spotter_standalone.server import run

    data_dir = DataDir(data)
    keyring = data_dir.keyring() if data_dir.key_file.exists() else None
    gym_id, token_id = parse_token_id(token.strip(), gym)
    address = url or data_dir.address() or f"http://127.0.0.1:{PORT}"
    admin = credential or (keyring.issue(gym_id, "admin", days=0.01) if keyring is not None else None)
    if admin is not None and host_responds(address):
        run(revoke_at_host(address, admin, token_id))
        err().print(f"Revoked {token_id} of gym {gym_id} at {address}.", markup=False)
    elif data_dir.database.exists():
        run(revoke_in_log(data_dir, gym_id, token_id, address))
        write_audit_to(data_dir.audit_file, "cli")
        audit.record("revoked", gym_id=gym_id, revoked_token_id=token_id)
        where = f"{data_dir.database}: effective from the next start"
        err().print(f"Revoked {token_id} of gym {gym_id} in {where}.", markup=False)
    else:
        raise CliError(
            f"Nothing answers at {address} and there is no database in {data_dir.path}: set SPOTTER_URL and "
            "SPOTTER_TOKEN, or choose the data folder with --data."
        )
