"""The lifter's own page: its shell, its service worker, and signing in with an app's token, then a cookie.

The cookie is sent to `/lift` alone. The page fetches the token from there, keeps it in memory and sends it as any
client does: no public route accepts the cookie, so that no other site can write through it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from spotter.http import Problem
from spotter.http.tokens import Identity
from spotter_dashboard.page_templates import page_template
from spotter_dashboard.pages.assets import HEADERS, File, file_of
from spotter_dashboard.pages.session import Sessions, TokenField, described, require_same_origin
from spotter_dashboard.responses import as_json

LIFT_COOKIE: Final = "spotter_lift"
PATH: Final = "/lift"
_TOKEN_COMMAND: Final = "spotter token create --role app --gym GYM --athlete NAME"
_FOLDER: Final = "lift/"
_SHARED: Final = ("actions.js", "spotter.css", "spotter.svg")


def athlete_page_routes(sessions: Sessions, files: Mapping[str, File]) -> APIRouter:
    """Build the page at `/lift` and its session."""
    router = APIRouter(include_in_schema=False)
    guard = sessions.guard
    shell = page_template("lift.html").render()
    worker = _worker(files, shell)

    def sign_in_page(status: int = 200, message: str | None = None) -> HTMLResponse:
        page = page_template("lift-sign-in.html").render(message=message, command=_TOKEN_COMMAND)
        return HTMLResponse(page, status, HEADERS)

    @router.get(PATH)
    def page(request: Request) -> Response:
        token = request.cookies.get(LIFT_COOKIE)
        if token is None:
            return sign_in_page()
        try:
            identity = guard.verify(token)
        except Problem as problem:
            response = sign_in_page(message=f"You were signed out. {problem.detail}")
            response.delete_cookie(LIFT_COOKIE, path=PATH)
            return response
        refusal = _refusal(identity)
        return sign_in_page(403, refusal) if refusal is not None else HTMLResponse(shell, headers=HEADERS)

    @router.get(f"{PATH}/shell")
    def offline() -> Response:
        return HTMLResponse(shell, headers=HEADERS)

    @router.get(f"{PATH}/worker.js")
    def service_worker(request: Request) -> Response:
        return worker.answer(request, {"Service-Worker-Allowed": PATH})

    @router.get(f"{PATH}/session")
    def session(request: Request) -> Response:
        require_same_origin(request, "Foreign page")
        token = request.cookies.get(LIFT_COOKIE)
        if token is None:
            raise Problem(401, "Signed out", "Nobody is signed in here.", mend="Sign in at /lift.")
        identity = guard.verify(token)
        if (refusal := _refusal(identity)) is not None:
            raise Problem(403, "Wrong role", refusal)
        athletes, expires = sorted(identity.athletes), identity.expires.isoformat()
        return as_json({"token": token, "gym_id": identity.gym_id, "athletes": athletes, "expires": expires})

    @router.post(f"{PATH}/session")
    def sign_in(request: Request, token: TokenField = "") -> Response:
        require_same_origin(request, "Foreign page")
        try:
            identity = guard.verify(token.strip(), request)
        except Problem as problem:
            return sign_in_page(401, f"{problem.detail} Copy it whole, or ask your coach for a new one.")
        if (refusal := _refusal(identity)) is not None:
            return sign_in_page(403, refusal)
        return sessions.begin(request, identity, cookie=LIFT_COOKIE, path=PATH, idles=False)

    @router.delete(f"{PATH}/session")
    async def sign_out(request: Request) -> Response:
        require_same_origin(request, "Foreign page")
        return await sessions.end(request.cookies.get(LIFT_COOKIE), cookie=LIFT_COOKIE, path=PATH)

    return router


def _refusal(identity: Identity) -> str | None:
    """Return why a token is not for a lifter's phone; None where it is."""
    if identity.role == "app":
        return None
    why = "can't hear advice" if identity.role == "device" else "may do more than a lifter's phone should"
    return f"This is {described(identity)}, which {why}. Make one with {_TOKEN_COMMAND}"


def _worker(files: Mapping[str, File], shell: str) -> File:
    """Return the service worker: it lists the files it caches, and its version changes with any of them."""
    names = sorted(name for name in files if name.startswith(_FOLDER) and name != f"{_FOLDER}worker.js")
    kept = [*names, *_SHARED]
    digest = hashlib.blake2b(shell.encode(), digest_size=8)
    for name in kept:
        digest.update(files[name].etag.encode())
    version, addresses = digest.hexdigest(), [f"/static/{name}" for name in kept]
    constants = (
        f"const VERSION = {orjson.dumps(version).decode()};\nconst FILES = {orjson.dumps(addresses).decode()};\n"
    )
    return file_of(constants.encode() + files[f"{_FOLDER}worker.js"].content, "text/javascript")
