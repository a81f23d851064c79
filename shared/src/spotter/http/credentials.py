"""Authentication by a token in the Authorization header, a WebSocket's subprotocols, or a page's cookie."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from fastapi import Security
from fastapi.security import HTTPBearer
from starlette.requests import HTTPConnection

from spotter.domain.events import Event
from spotter.domain.time import utc_now
from spotter.http.audit import IDENTITY_KEY
from spotter.http.connections import connection_of
from spotter.http.problems import Problem
from spotter.http.refusal_quotas import ACCOUNT_KEY, RefusalQuotas
from spotter.http.tokens import ExpiredToken, Identity, InvalidToken, Keyring, Revocations, RevokedToken

SUBPROTOCOL: Final = "spotter.v1"
COOKIE: Final = "spotter_token"
DOCUMENTED: Final = Security(HTTPBearer(scheme_name="bearer", bearerFormat="JWT", auto_error=False))
"""A dependency that documents the token in OpenAPI; `Guard` checks it."""
_BEARER: Final = "bearer."
_MEND: Final = "Send 'Authorization: Bearer <token>'; 'spotter token create' makes a token."


def offered_subprotocols(connection: HTTPConnection) -> list[str]:
    """Return the subprotocols that a WebSocket's client offers, in its order."""
    offered: list[str] = connection.scope.get("subprotocols") or []
    return offered


def chosen_subprotocol(connection: HTTPConnection) -> str | None:
    """Return the subprotocol to accept a WebSocket with: ours if it was offered."""
    return SUBPROTOCOL if SUBPROTOCOL in offered_subprotocols(connection) else None


class Guard:
    """Authenticates connections."""

    def __init__(
        self,
        keyring: Keyring,
        revocations: Revocations,
        clock: Callable[[], datetime] = utc_now,
        refusals: RefusalQuotas | None = None,
    ) -> None:
        self._refusals = refusals or RefusalQuotas()
        self._keyring = keyring
        self._revocations = revocations
        self._clock = clock

    def identify(self, connection: HTTPConnection, cookie: bool = False) -> Identity:
        """Return the identity that a connection's credential proves; with `cookie` a page's cookie counts too.

        Raises Problem 401 for a credential that is missing, forged, expired or revoked, 429 for one that has had too much
        refused.
        """
        identity = self.verify(_token(connection, cookie), connection)
        connection.scope[ACCOUNT_KEY] = self._refusals
        self._refusals.check(identity.token_id)
        if (accepted := connection_of(connection.scope)) is not None:
            accepted.identified(identity.token_id)
        return identity

    def verify(self, token: str, connection: HTTPConnection | None = None) -> Identity:
        """Return the identity of a token; raises Problem 401 for one that is forged, expired or revoked.

        The audit log tells whose it is of the `connection` that it came on.
        """
        try:
            identity = self._keyring.verify(token)
            if connection is not None:
                connection.scope[IDENTITY_KEY] = identity
            self.check(identity)
        except InvalidToken as error:
            title = {ExpiredToken: "Expired token", RevokedToken: "Revoked token"}.get(type(error), "Invalid token")
            raise _unauthorised(title, f"{str(error)[:1].upper()}{str(error)[1:]}.", ' error="invalid_token"') from None
        return identity

    def open_session(self, identity: Identity, expires: datetime, until: datetime) -> str:
        """Return a token of a sign-in with the rights of `identity`: see `Keyring.issue_session`."""
        return self._keyring.issue_session(identity, expires, until)

    def revoked(self, event: Event) -> None:
        """Apply a revocation that was written, before it is read back from the log."""
        self._revocations.apply(event)

    def check(self, identity: Identity) -> None:
        """Check the identity of an open connection again; raises RevokedToken or ExpiredToken."""
        self._revocations.check(identity, self._clock())


def _token(connection: HTTPConnection, cookie: bool) -> str:
    header = connection.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.strip().partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise _unauthorised("Missing token", "The Authorization header does not hold a bearer token.")
        return token.strip()
    for offered in offered_subprotocols(connection):
        if offered.startswith(_BEARER):
            return offered.removeprefix(_BEARER)
    if cookie and (from_cookie := connection.cookies.get(COOKIE)):
        return from_cookie
    raise _unauthorised("Missing token", "The request carries no token.")


def _unauthorised(title: str, detail: str, more: str = "") -> Problem:
    headers = {"WWW-Authenticate": f'Bearer realm="spotter"{"," if more else ""}{more}'}
    return Problem(401, title, detail, mend=_MEND, headers=headers)
