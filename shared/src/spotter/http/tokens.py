"""Signed tokens with a gym, a role and lifters, verified without a database.

InvalidToken
├── ForgedToken    not signed by a key of this installation, or unreadable
├── ExpiredToken
└── RevokedToken
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import orjson

from spotter.domain.events.envelope import Event
from spotter.domain.events.people import TokenRevoked
from spotter.domain.events.registry import ROLES, Role
from spotter.domain.ids import is_id
from spotter.domain.time import utc_now
from spotter.files import is_open_to_others

_ALGORITHM = "HS256"
_AUDIENCE = "spotter"
_RANKS = {role: rank for rank, role in enumerate(ROLES)}


class InvalidToken(Exception):
    """A token that grants nothing."""


class ForgedToken(InvalidToken):
    """Not signed by a key of this installation, or unreadable."""


class ExpiredToken(InvalidToken):
    """Its lifetime has passed."""


class RevokedToken(InvalidToken):
    """It was revoked."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in with a token, which can be ended without ending the token."""

    session_id: str
    until: datetime
    """When its bearer has to sign in again, however much it is used."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The bearer of a valid token."""

    token_id: str
    gym_id: str
    role: Role
    athletes: frozenset[str]
    """Empty: the whole gym."""
    expires: datetime
    session: SignIn | None = None
    """The sign-in that the token is of; None for a token that was created."""

    def has_role(self, role: Role) -> bool:
        """Return whether the bearer's role is `role` or includes it."""
        return _RANKS[self.role] >= _RANKS[role]

    def may_see(self, athlete_id: str) -> bool:
        """Return whether the token covers a lifter of its gym."""
        return not self.athletes or athlete_id in self.athletes


class Keyring:
    """The installation's signing keys: the newest one signs, all of them verify.

    The file is JSON, `{"keys": [{"id", "secret"}]}`, readable by its owner only.
    """

    def __init__(self, keys: Iterable[tuple[str, str]]) -> None:
        self._keys = dict(keys)
        if not self._keys:
            raise ValueError("a keyring needs at least one key")
        self._newest = list(self._keys)[-1]

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """Read the key file, creating it with a random key if there is none."""
        path.parent.mkdir(parents=True, exist_ok=True)
        key = {"id": secrets.token_hex(4), "secret": secrets.token_urlsafe(32)}
        fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        if not path.exists():
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(orjson.dumps({"keys": [key]}))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(fresh, path)  # fails if another process was first: then its key counts
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        if is_open_to_others(path):
            raise ValueError(
                f"{path} can be read by others than its owner, who could sign tokens: chmod 600 {path}; if anybody may "
                "have read it, remove it instead, and make all tokens anew"
            )
        try:
            stored = orjson.loads(path.read_bytes())["keys"]
            return cls((entry["id"], entry["secret"]) for entry in stored)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{path} is no key file ({error}): restore it, or remove it to begin with a new key"
            ) from None

    def issue(
        self, gym_id: str, role: Role, *, athletes: Iterable[str] = (), days: float = 90, now: datetime | None = None
    ) -> str:
        """Return a new signed token.

        Raises ValueError for ids that are not `[A-Za-z0-9_.:-]{1,64}` or a role that does not exist.
        """
        lifters = sorted(set(athletes))
        for name in (gym_id, *lifters):
            if not is_id(name):
                raise ValueError(f"{name!r} is no id: use 1 to 64 of A-Z a-z 0-9 _ . : -")
        if role not in ROLES:
            raise ValueError(f"{role!r} is no role: use one of {', '.join(ROLES)}")
        issued = now or utc_now()
        token_id = secrets.token_hex(12)
        claims = {
            "aud": _AUDIENCE,
            "sub": token_id,
            "jti": token_id,
            "gym": gym_id,
            "role": role,
            "athletes": lifters,
            "iat": issued,
            "exp": issued + timedelta(days=days),
        }
        return jwt.encode(claims, self._keys[self._newest], algorithm=_ALGORITHM, headers={"kid": self._newest})

    def issue_session(self, identity: Identity, expires: datetime, until: datetime) -> str:
        """Return a token of a sign-in with the rights of `identity`, another one of the same sign-in if it is of one.

        It is revoked with the token that was signed in with, or by itself, by its session's id.
        """
        claims = {
            "aud": _AUDIENCE,
            "sub": identity.token_id,
            "jti": identity.session.session_id if identity.session else secrets.token_hex(12),
            "gym": identity.gym_id,
            "role": identity.role,
            "athletes": sorted(identity.athletes),
            "iat": utc_now(),
            "until": until.timestamp(),
            "exp": min(expires, until),
        }
        return jwt.encode(claims, self._keys[self._newest], algorithm=_ALGORITHM, headers={"kid": self._newest})

    def verify(self, token: str) -> Identity:
        """Check a token's signature and age and return its bearer; raises ForgedToken or ExpiredToken."""
        try:
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            claims = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={"require": ["exp", "sub", "aud"], "verify_iat": False},
            )
            role, gym, athletes = claims["role"], claims["gym"], claims["athletes"]
            if role not in ROLES or not is_id(gym) or not all(is_id(name) for name in athletes):
                raise ForgedToken("the token's claims are not Spotter's")
            until = claims.get("until")
            session = None if until is None else SignIn(claims["jti"], datetime.fromtimestamp(until, UTC))
            expires = datetime.fromtimestamp(claims["exp"], UTC)
            return Identity(claims["sub"], gym, role, frozenset(athletes), expires, session)
        except jwt.ExpiredSignatureError:
            raise ExpiredToken("the token has expired: ask for a new one") from None
        except (jwt.InvalidTokenError, KeyError, TypeError, AttributeError):
            raise ForgedToken("the token is not one of this installation's") from None


class Revocations:
    """Revoked tokens, as read from `access.v1`."""

    def __init__(self) -> None:
        self._revoked: set[tuple[str, str]] = set()

    def apply(self, event: Event) -> None:
        """Apply one record; a gym can only revoke its own tokens."""
        if isinstance(event.data, TokenRevoked) and event.data.gym_id:
            self._revoked.add((event.data.gym_id, event.data.token_id))

    def check(self, identity: Identity, now: datetime) -> None:
        """Raise RevokedToken or ExpiredToken if the bearer's token is no longer valid."""
        if (identity.gym_id, identity.token_id) in self._revoked:
            raise RevokedToken("the token was revoked: ask for a new one")
        if identity.session is not None and (identity.gym_id, identity.session.session_id) in self._revoked:
            raise RevokedToken("this session was signed out: sign in again")
        if now >= identity.expires:
            raise ExpiredToken("the token has expired: ask for a new one")
