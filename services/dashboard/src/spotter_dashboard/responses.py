"""What the query routes share: authentication, JSON responses, cursors, problems."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final

import orjson
from fastapi import Query, Request
from fastapi.responses import Response

from spotter.domain.gym_config import Configuration, GymConfig
from spotter.domain.ids import is_id
from spotter.http import Guard, Problem
from spotter.http.tokens import Identity
from spotter_dashboard.store.sets import SetQueries

LIMIT_MAX: Final = 200
_INTEGER_MAX: Final = 2**62
_TEXT_MAX: Final = 400

Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=1024, description="`next_cursor` of the page before.")]


def reader_of(guard: Guard) -> Callable[[Request], Awaitable[Identity]]:
    """Return a dependency that authenticates the caller; raises Problem 401 or 403."""

    async def reader(request: Request) -> Identity:
        identity = guard.identify(request, cookie=True)
        if not identity.has_role("app"):
            raise Problem(
                403,
                "Role too low",
                "A device's token sends and does not read.",
                mend="Ask with an app's token: spotter token create --role app",
            )
        return identity

    return reader


def config_of(configuration: Configuration, identity: Identity) -> GymConfig:
    """Return the newest configuration of the caller's gym."""
    return configuration.gym(identity.gym_id, configuration.version(identity.gym_id))


def require_lifter(queries: SetQueries, identity: Identity, athlete_id: str) -> None:
    """Raise Problem 404 for a lifter that is unknown, or that the caller may not see."""
    visible = is_id(athlete_id) and identity.may_see(athlete_id)
    if not visible or not queries.is_known(identity.gym_id, athlete_id):
        raise Problem(
            404,
            "Unknown lifter",
            f"Nobody has heard of the lifter {athlete_id}.",
            field="athlete_id",
            mend="GET /v1/athletes lists those there are.",
        )


def athletes_seen(identity: Identity, athlete_id: str | None) -> list[str] | None:
    """Return the lifters that a query may read: the one asked for, else those of the token; None: the whole gym."""
    if athlete_id is not None:
        return [athlete_id] if identity.may_see(athlete_id) else []
    return sorted(identity.athletes) or None


def as_json(value: Mapping[str, Any]) -> Response:
    """Return a JSON response that is not cached."""
    return Response(orjson.dumps(value), media_type="application/json", headers={"Cache-Control": "no-store"})


def cursor_of(*parts: str | int) -> str:
    """Encode where the next page begins."""
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def read_cursor(cursor: str, *kinds: type) -> list[Any]:
    """Decode a cursor of `cursor_of`; raises Problem 422 for anything else."""
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        parts = None
    if not isinstance(parts, list) or [type(part) for part in parts] != list(kinds) or not all(map(_is_valid, parts)):
        raise Problem(
            422, "Invalid request", "The cursor is none of ours.", field="cursor", mend="Begin without a cursor."
        )
    return parts


def time_cursor(cursor: str | None) -> tuple[int, str] | None:
    """Decode a cursor of a moment in microseconds and a key; raises Problem 422 for any other."""
    if cursor is None:
        return None
    us, key = read_cursor(cursor, int, str)
    return (us, key)


def _is_valid(part: str | int) -> bool:
    return 0 < len(part) <= _TEXT_MAX and "\x00" not in part if isinstance(part, str) else abs(part) < _INTEGER_MAX
