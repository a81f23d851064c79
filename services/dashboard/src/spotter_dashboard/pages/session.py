"""Signing in to a page with a token, which a cookie holds afterwards."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from spotter.domain.time import utc_now
from spotter.http import Problem
from spotter.http.tokens import Identity

TokenField = Annotated[str, Form(max_length=16_384)]
"""The token in the form; a coach's may name many lifters."""


def signed_in(request: Request, identity: Identity, token: str, *, cookie: str, path: str) -> Response:
    """Return a redirect to a page with its session cookie, which expires with the token."""
    response = RedirectResponse(path, 303, {"Cache-Control": "no-store"})
    response.set_cookie(
        cookie,
        token,
        path=path,
        max_age=int((identity.expires - utc_now()).total_seconds()),
        httponly=True,
        samesite="strict",
        secure="https" in (request.url.scheme, request.headers.get("x-forwarded-proto")),
    )
    return response


def require_same_origin(request: Request, title: str) -> None:
    """Raise Problem 403 for a request from another server's page."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise Problem(403, title, "Sign in on Spotter's own page.")


def described(identity: Identity) -> str:
    """Return *a coach's token* for a coach's identity."""
    article = "an" if identity.role[0] in "aeiou" else "a"
    return f"{article} {identity.role}'s token"
