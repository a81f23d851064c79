"""The coach's page: its template, stylesheet and module, and signing in with a token, then a cookie."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from spotter.http import COOKIE, Guard, Problem
from spotter.http.tokens import Identity
from spotter_dashboard.pages.assets import HEADERS, static_files, templates
from spotter_dashboard.pages.athlete import lift_router

_TOKEN_CHARACTERS_MAX: Final = 16_384
"""A coach's token may name many lifters."""
_MAKE_ONE: Final = "spotter token create --role coach --gym GYM"


def page_routes(guard: Guard) -> APIRouter:
    """Build the page at `/`, the session it is signed in by, the lifter's page, and the files of both."""
    router = APIRouter(include_in_schema=False)
    files, environment = static_files(), templates()
    template = environment.get_template("floor.html")

    def page(identity: Identity | None, status: int = 200, message: str | None = None) -> HTMLResponse:
        return HTMLResponse(template.render(identity=identity, message=message, command=_MAKE_ONE), status, HEADERS)

    @router.get("/")
    def floor(request: Request) -> Response:
        if COOKIE not in request.cookies:
            return page(None)
        try:
            identity = guard.identify(request, cookie=True)
        except Problem as problem:
            response = page(None, message=f"You were signed out. {problem.detail}")
            response.delete_cookie(COOKIE)
            return response
        return page(identity) if identity.has_role("coach") else page(None, 403, _needs_a_coach(identity))

    @router.get("/session")
    def session(request: Request) -> dict[str, str]:
        identity = guard.identify(request, cookie=True)
        return {"gym_id": identity.gym_id, "role": identity.role, "expires": identity.expires.isoformat()}

    @router.post("/session")
    def sign_in(request: Request, token: Annotated[str, Form(max_length=_TOKEN_CHARACTERS_MAX)] = "") -> Response:
        if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise Problem(403, "Foreign form", "Sign in on Spotter's own page.")
        try:
            identity = guard.verify(token.strip())
        except Problem as problem:
            return page(None, 401, f"{problem.detail} Copy it whole, or make a new one with: {_MAKE_ONE}")
        if not identity.has_role("coach"):
            return page(None, 403, _needs_a_coach(identity))
        response = RedirectResponse("/", 303, {"Cache-Control": "no-store"})
        response.set_cookie(
            COOKIE,
            token.strip(),
            max_age=int((identity.expires - datetime.now(UTC)).total_seconds()),
            httponly=True,
            samesite="strict",
            secure="https" in (request.url.scheme, request.headers.get("x-forwarded-proto")),
        )
        return response

    @router.delete("/session")
    def sign_out() -> Response:
        response = Response(status_code=204)
        response.delete_cookie(COOKIE)
        return response

    @router.get("/static/{name:path}")
    def file(name: str, request: Request) -> Response:
        found = files.get(name)
        if found is None:
            raise Problem(404, "Not Found", f"There is no file {name}.")
        return found.answer(request)

    router.include_router(lift_router(guard, environment, files))
    return router


def _needs_a_coach(identity: Identity) -> str:
    article = "an" if identity.role[0] in "aeiou" else "a"
    return f"This is {article} {identity.role}'s token. The floor needs a coach's: make one with {_MAKE_ONE}"
