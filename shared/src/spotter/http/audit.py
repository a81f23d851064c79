"""The audit log: who was refused, who signed in and out, what was changed by those who may.

One record each, of the logger `spotter.audit`, with fields of their own. Never a token, a lifter's data or an address with
a lifter's id: of a request its route is recorded.
"""

from __future__ import annotations

import logging
import time
from typing import Any, Final

from starlette.types import Scope

from spotter.http.problems import REFUSAL_KEY
from spotter.http.token_bucket import TokenBucket
from spotter.http.tokens import Identity
from spotter.logging_config import AUDIT_LOGGER

IDENTITY_KEY: Final = "spotter.identity"
"""Where a request's scope holds whose credential came with it, valid or not any more."""
REFUSED: Final = frozenset({401, 403, 429})
REFUSALS_PER_S: Final = 20
REFUSALS_BURST: Final = 200
"""More are counted, and told with the next: whoever sends garbage does not fill a disk (design choice)."""

_log = logging.getLogger(AUDIT_LOGGER)


def record(action: str, identity: Identity | None = None, **fields: object) -> None:
    """Write a record of what a bearer did."""
    if identity is not None:
        fields = {"gym_id": identity.gym_id, "token_id": identity.token_id, "role": identity.role, **fields}
    _log.info(action, extra={name: value for name, value in fields.items() if value is not None})


class RefusalAudit:
    """Writes the records of refusals, no more than a file can take."""

    def __init__(self) -> None:
        self._bucket = TokenBucket(REFUSALS_PER_S, REFUSALS_BURST)
        self._left_out = 0

    def refused(self, scope: Scope, status: int) -> None:
        """Record that a request was answered with `status`."""
        if not self._bucket.take(1, time.monotonic()):
            self._left_out += 1
            return
        left_out, self._left_out = self._left_out, 0
        record(
            "refused",
            scope.get(IDENTITY_KEY),
            status=status,
            reason=scope.get(REFUSAL_KEY),
            method=scope.get("method", "WS"),
            route=route_of(scope),
            address=address_of(scope),
            left_out=left_out or None,
        )


def route_of(scope: Scope) -> str | None:
    """Return the template of the route that a request was for; None where there is none."""
    path: Any = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else None


def address_of(scope: Scope) -> str | None:
    """Return the address that a request came from."""
    client = scope.get("client")
    return str(client[0]) if client else None
