"""Signing in to a page with a token: a cookie then holds a session of it, which signing out ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from spotter.domain.events import Event, encode
from spotter.domain.events.people import TokenRevoked
from spotter.domain.ids import derived_id, gym_key
from spotter.domain.time import utc_now
from spotter.domain.topics import ACCESS
from spotter.http import Guard, Problem, audit, problem_response
from spotter.http.tokens import Identity
from spotter.settings import SessionSettings
from spotter.streaming.log import Log, LogUnavailable, NewRecord

TokenField = Annotated[str, Form(max_length=16_384)]
"""The token in the form; a coach's may name many lifters."""


class Sessions:
    """The sign-ins of all pages: each has a token of its own, which ends without the token that was signed in with."""

    def __init__(self, guard: Guard, log: Log, settings: SessionSettings | None = None) -> None:
        self.guard = guard
        self._log = log
        settings = settings or SessionSettings()
        self._length = timedelta(hours=settings.hours)
        self._idle = timedelta(minutes=settings.idle_minutes)

    def begin(self, request: Request, identity: Identity, *, cookie: str, path: str, idles: bool) -> Response:
        """Return a redirect to a page with the cookie of a new session; if it `idles`, it ends when it is not used."""
        now = utc_now()
        until = min(identity.expires, now + self._length)
        token = self.guard.open_session(identity, now + self._idle if idles else until, until)
        audit.record("signed_in", identity, route=path, address=audit.address_of(request.scope))
        response = RedirectResponse(path, 303, {"Cache-Control": "no-store"})
        _set_cookie(response, request, cookie, token, path, until)
        return response

    def keep(self, request: Request, response: Response, identity: Identity, *, cookie: str, path: str) -> None:
        """Give a session that is used the time until it idles anew, once half of it is over."""
        now = utc_now()
        if identity.session is not None and identity.expires < min(identity.session.until, now + self._idle / 2):
            token = self.guard.open_session(identity, now + self._idle, identity.session.until)
            _set_cookie(response, request, cookie, token, path, identity.session.until)

    async def end(self, token: str | None, *, cookie: str, path: str) -> Response:
        """End the session of a token, everywhere, and return a response that takes the cookie back.

        A session that has ended already, or a token that is none's, is left as it is.
        """
        response = Response(status_code=204)
        try:
            identity = self.guard.verify(token or "")
        except Problem:
            identity = None
        if identity is not None and identity.session is not None:
            try:
                await self._revoke(identity, identity.session.session_id)
            except LogUnavailable:
                response = problem_response(_not_ended())
        response.delete_cookie(cookie, path=path)
        return response

    async def _revoke(self, identity: Identity, session_id: str) -> None:
        now = utc_now()
        data = TokenRevoked(gym_id=identity.gym_id, token_id=session_id)
        event = Event(
            derived_id("signed out", identity.gym_id, session_id), identity.token_id, now, data, receivedtime=now
        )
        await self._log.append([NewRecord(ACCESS, gym_key(identity.gym_id, session_id), encode(event), event=event)])
        self.guard.revoked(event)
        audit.record("signed_out", identity, revoked_token_id=session_id)


def _set_cookie(response: Response, request: Request, cookie: str, token: str, path: str, until: datetime) -> None:
    response.set_cookie(
        cookie,
        token,
        path=path,
        max_age=int((until - utc_now()).total_seconds()),
        httponly=True,
        samesite="strict",
        secure="https" in (request.url.scheme, request.headers.get("x-forwarded-proto")),
    )


def _not_ended() -> Problem:
    return Problem(
        503,
        "Log does not answer",
        "You are signed out on this page; that copies of its cookie end too could not be written.",
        mend="If somebody may have one, have the token revoked.",
        headers={"Retry-After": "1"},
    )


def require_same_origin(request: Request, title: str) -> None:
    """Raise Problem 403 for a request from another server's page."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise Problem(403, title, "Sign in on Spotter's own page.")


def described(identity: Identity) -> str:
    """Return *a coach's token* for a coach's identity."""
    article = "an" if identity.role[0] in "aeiou" else "a"
    return f"{article} {identity.role}'s token"
