"""Revokes a token: through the API of a running host, or in the log of a stopped one."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import aclosing
from datetime import UTC, datetime

import httpx
import jwt

from spotter.domain.events import Event, encode
from spotter.domain.events.people import TokenRevoked
from spotter.domain.ids import gym_key
from spotter.domain.topics import ACCESS
from spotter.streaming.log import LogUnavailable, NewRecord
from spotter.streaming.sqlite.log import SqliteLog
from spotter.streaming.sqlite.storage import LogInUse
from spotter_cli.http_client import SpotterClient
from spotter_standalone.data_dir import DataDir
from spotter_standalone.errors import CliError


def parse_token_id(token: str, gym: str) -> tuple[str, str]:
    """Return gym and id of a token, or `gym` and the id itself; the signature is not checked."""
    if token.count(".") != 2:
        return gym, token
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        return str(claims["gym"]), str(claims["jti"])
    except (jwt.InvalidTokenError, KeyError):
        raise CliError("That is neither a token nor a token id: copy it completely.") from None


def host_responds(address: str) -> bool:
    """Return whether a server answers at an address."""
    try:
        return httpx.get(f"{address.rstrip('/')}/healthz", timeout=2.0, trust_env=False).status_code < 500
    except (httpx.TransportError, httpx.InvalidURL):
        return False


async def revoke_at_host(address: str, admin: str, token_id: str) -> None:
    """Revoke through the API; raises CliError if the host refuses."""
    event = {"type": "spotter.token.revoked.v1", "id": secrets.token_hex(12), "data": {"token_id": token_id}}
    async with aclosing(SpotterClient(address, admin)) as client:
        outcome = (await client.send([event]))[0]
    if outcome.status == "refused":
        raise CliError(f"{address} refuses to revoke it: {outcome.reason}")


async def revoke_in_log(data_dir: DataDir, gym_id: str, token_id: str, address: str) -> None:
    """Revoke in the log of a stopped host; raises CliError if that fails."""
    try:
        log = await SqliteLog.open(data_dir.database)
    except LogInUse:
        raise CliError(
            f"{data_dir.database} is in use by a Spotter that does not answer at {address}: set SPOTTER_URL to its address."
        ) from None
    except (sqlite3.Error, OSError, ValueError) as error:
        raise CliError(f"The database {data_dir.database} can't be used ({error}).") from None
    try:
        now = datetime.now(UTC)
        event = Event(
            id=secrets.token_hex(12),
            source="spotter/token-revoke",
            time=now,
            data=TokenRevoked(gym_id=gym_id, token_id=token_id),
            receivedtime=now,
        )
        await log.append([NewRecord(ACCESS, gym_key(gym_id, token_id), encode(event))])
    except LogUnavailable as error:
        raise CliError(f"The revocation could not be written: {error}.") from None
    finally:
        await log.close()
