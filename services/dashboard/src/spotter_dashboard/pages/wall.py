"""The coach's page, and signing in to it with a token, then a cookie."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from spotter.http import COOKIE, Problem
from spotter.http.tokens import Identity
from spotter_dashboard.page_templates import page_template
from spotter_dashboard.pages.assets import HEADERS, static_files
from spotter_dashboard.pages.athlete import athlete_page_routes
from spotter_dashboard.pages.session import Sessions, TokenField, described, require_same_origin

_TOKEN_COMMAND: Final = "spotter token create --role coach --gym GYM"


def page_routes(sessions: Sessions) -> APIRouter:
    """Build the page at `/`, its session, the lifter's page, and the files of both."""
    router = APIRouter(include_in_schema=False)
    guard = sessions.guard
    files = static_files()

    def sign_in_page(status: int = 200, message: str | None = None) -> HTMLResponse:
        page = page_template("sign-in.html").render(message=message, command=_TOKEN_COMMAND)
        return HTMLResponse(page, status, HEADERS)

    @router.get("/")
    def floor(request: Request) -> Response:
        if COOKIE not in request.cookies:
            return sign_in_page()
        try:
            identity = guard.identify(request, cookie=True)
        except Problem as problem:
            response = sign_in_page(message=f"You were signed out. {problem.detail}")
            response.delete_cookie(COOKIE)
            return response
        if not identity.has_role("coach"):
            return sign_in_page(403, _role_too_low(identity))
        page = HTMLResponse(page_template("floor.html").render(gym_id=identity.gym_id), headers=HEADERS)
        sessions.keep(request, page, identity, cookie=COOKIE, path="/")
        return page

    @router.get("/session")
    def session(request: Request, response: Response) -> dict[str, str]:
        identity = guard.identify(request, cookie=True)
        sessions.keep(request, response, identity, cookie=COOKIE, path="/")
        return {"gym_id": identity.gym_id, "role": identity.role, "expires": identity.expires.isoformat()}

    @router.post("/session")
    def sign_in(request: Request, token: TokenField = "") -> Response:
        require_same_origin(request, "Foreign form")
        try:
            identity = guard.verify(token.strip(), request)
        except Problem as problem:
            return sign_in_page(401, f"{problem.detail} Copy it whole, or make a new one with: {_TOKEN_COMMAND}")
        if not identity.has_role("coach"):
            return sign_in_page(403, _role_too_low(identity))
        return sessions.begin(request, identity, cookie=COOKIE, path="/", idles=True)

    @router.delete("/session")
    async def sign_out(request: Request) -> Response:
        return await sessions.end(request.cookies.get(COOKIE), cookie=COOKIE, path="/")

    @router.get("/static/{name:path}")
    def file(name: str, request: Request) -> Response:
        static = files.get(name)
        if static is None:
            raise Problem(404, "Not Found", f"There is no file {name}.")
        return static.answer(request)

    router.include_router(athlete_page_routes(sessions, files))
    return router


def _role_too_low(identity: Identity) -> str:
    return f"This is {described(identity)}. The floor needs a coach's: make one with {_TOKEN_COMMAND}"
