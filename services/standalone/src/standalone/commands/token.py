"""`spotter token`: credentials, made and taken back."""

from __future__ import annotations

import secrets
import sqlite3
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated

import httpx
import jwt
import typer

from spotter.bus.port import LogUnavailable, NewRecord
from spotter.bus.sqlite import LogInUse, SqliteLog
from spotter.events import Event, encode
from spotter.events.people import TokenRevoked
from spotter.topics import ACCESS
from standalone.commands.options import PORT, DataOption, an_id, err, some_ids
from standalone.door import Door, Outcome
from standalone.errors import Trouble
from standalone.folder import Folder
from standalone.server import run

app = typer.Typer(no_args_is_help=True, help="Make and revoke the tokens that devices, apps and coaches come in with.")


class RoleName(str, Enum):
    """Who a token is for; each role includes those before it."""

    device = "device"
    app = "app"
    coach = "coach"
    admin = "admin"


GymOption = Annotated[str, typer.Option("--gym", callback=an_id, help="The gym that the token belongs to.")]


@app.command()
def create(
    data: DataOption,
    role: Annotated[RoleName, typer.Option("--role", help="What it may do: device sends, app also hears, coach corrects.")],
    gym: GymOption = "g1",
    athlete: Annotated[
        list[str] | None,
        typer.Option("--athlete", help="A lifter it speaks for; may be repeated. None: the whole gym."),
    ] = None,
    days: Annotated[float, typer.Option("--days", min=0.0001, max=36_500, help="How long it lasts.")] = 90,
) -> None:
    """Print a new token, alone on standard output; the host need not be up."""
    folder = Folder(data)
    folder.prepare()
    print(folder.keyring().issue(gym, role.value, athletes=some_ids(athlete or []), days=days))


@app.command()
def revoke(
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="The token, or its id.", show_default=False)],
    data: DataOption,
    gym: GymOption = "g1",
    url: Annotated[
        str | None, typer.Option("--url", envvar="SPOTTER_URL", help="The running host or cluster, if not this folder's.")
    ] = None,
    credential: Annotated[
        str | None,
        typer.Option(
            "--token", envvar="SPOTTER_TOKEN", help="An admin token; by default one is signed with this folder's keys."
        ),
    ] = None,
) -> None:
    """Take a token back: at once where the host is up, else from its next start."""
    folder = Folder(data)
    keyring = folder.keyring() if folder.key_file.exists() else None
    gym_id, token_id = _named(token.strip(), gym)
    address = url or folder.address() or f"http://127.0.0.1:{PORT}"
    admin = credential or (keyring.issue(gym_id, "admin", days=0.01) if keyring is not None else None)
    if admin is not None and _is_up(address):
        run(_post(address, admin, token_id))
        err().print(f"Revoked {token_id} of gym {gym_id} at {address}.", markup=False)
    elif folder.database.exists():
        run(_write(folder, gym_id, token_id, address))
        err().print(f"Revoked {token_id} of gym {gym_id} in {folder.database}: it holds from the next start.", markup=False)
    else:
        raise Trouble(
            f"Nothing answers at {address} and there is no database in {folder.path}: name the host in SPOTTER_URL "
            "(with SPOTTER_TOKEN), or its folder with --data."
        )


def _named(said: str, gym: str) -> tuple[str, str]:
    """Give gym and id of a token, which may be given whole; whose key has signed it does not matter."""
    if said.count(".") != 2:
        return gym, said
    try:
        claims = jwt.decode(said, options={"verify_signature": False})
        return str(claims["gym"]), str(claims["jti"])
    except (jwt.InvalidTokenError, KeyError):
        raise Trouble("That is neither a token nor a token's id: copy it whole.") from None


def _is_up(address: str) -> bool:
    try:
        return httpx.get(f"{address.rstrip('/')}/healthz", timeout=2.0, trust_env=False).status_code < 500
    except (httpx.TransportError, httpx.InvalidURL):
        return False


async def _post(address: str, admin: str, token_id: str) -> None:
    door = Door(address, admin)
    try:
        event = {"type": "spotter.token.revoked.v1", "id": secrets.token_hex(12), "data": {"token_id": token_id}}
        outcome: Outcome = (await door.send([event]))[0]
    finally:
        await door.close()
    if outcome.status == "refused":
        raise Trouble(f"{address} does not revoke it: {outcome.reason}")


async def _write(folder: Folder, gym_id: str, token_id: str, address: str) -> None:
    try:
        log = await SqliteLog.open(folder.database)
    except LogInUse:
        raise Trouble(
            f"{folder.database} is in use by a Spotter that does not answer at {address}: name its address in SPOTTER_URL."
        ) from None
    except (sqlite3.Error, OSError, ValueError) as error:
        raise Trouble(f"The database {folder.database} can't be used ({error}).") from None
    try:
        now = datetime.now(UTC)
        event = Event(
            id=secrets.token_hex(12),
            source="spotter/token-revoke",
            time=now,
            data=TokenRevoked(gym_id=gym_id, token_id=token_id),
            receivedtime=now,
        )
        await log.append([NewRecord(ACCESS, token_id, encode(event))])
    except LogUnavailable as error:
        raise Trouble(f"It could not be written: {error}.") from None
    finally:
        await log.close()


