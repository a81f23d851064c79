"""What all routes that answer about the past share: who may ask, JSON, cursors, problems."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final

import orjson
from fastapi import Query, Request
from fastapi.responses import Response

from spotter.domain.ids import is_id
from spotter.http import Guard, Problem
from spotter.http.tokens import Identity
from spotter_dashboard.store.sets import Queries

LIMIT_MAX: Final = 200
HEADERS: Final = {"Cache-Control": "no-store"}
_INTEGER_MAX: Final = 2**62
_TEXT_MAX: Final = 400

Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=1024, description="`next_cursor` of the page before.")]


def reader_of(guard: Guard) -> Callable[[Request], Awaitable[Identity]]:
    """Give what finds out who asks; raises Problem where it is nobody, or somebody who may not read."""

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


def require_lifter(queries: Queries, identity: Identity, athlete_id: str) -> None:
    """Raise Problem 404 for a lifter whom nobody has heard of, or whom this token does not speak for."""
    seen = is_id(athlete_id) and identity.may_see(athlete_id)
    if not seen or not queries.is_known(identity.gym_id, athlete_id):
        raise Problem(
            404,
            "Unknown lifter",
            f"Nobody has heard of the lifter {athlete_id}.",
            field="athlete_id",
            mend="GET /v1/athletes lists those there are.",
        )


def as_json(value: Mapping[str, Any]) -> Response:
    """Answer with JSON that nobody keeps."""
    return Response(orjson.dumps(value), media_type="application/json", headers=HEADERS)


def cursor_of(*parts: str | int) -> str:
    """Write where the next page begins."""
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def read_cursor(cursor: str, *kinds: type) -> list[Any]:
    """Read what `cursor_of` wrote; raises Problem for anything else."""
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        parts = None
    if not isinstance(parts, list) or [type(part) for part in parts] != list(kinds) or not all(map(_may_be, parts)):
        raise Problem(
            422, "Invalid request", "The cursor is none of ours.", field="cursor", mend="Begin without a cursor."
        )
    return parts


def _may_be(part: str | int) -> bool:
    return 0 < len(part) <= _TEXT_MAX and "\x00" not in part if isinstance(part, str) else abs(part) < _INTEGER_MAX
