"""The lifter's own page: its shell, its service worker, and signing in with an app's token, then a cookie.

The cookie goes to `/lift` alone. The page is handed the token from there and keeps it in memory, to send it as any
client does: no public door takes a cookie of this page, so that no other site can write through it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment

from spotter.http import Guard, Problem
from spotter.http.tokens import Identity
from spotter_dashboard.pages.assets import HEADERS, File, file_of

LIFT_COOKIE: Final = "spotter_lift"
PATH: Final = "/lift"
_TOKEN_CHARACTERS_MAX: Final = 16_384
_MAKE_ONE: Final = "spotter token create --role app --gym GYM --athlete NAME"
_FOLDER: Final = "lift/"
_SHARED: Final = ("actions.js", "spotter.css", "spotter.svg")


def lift_router(guard: Guard, environment: Environment, files: Mapping[str, File]) -> APIRouter:
    """Build the page at `/lift` and what it is signed in by."""
    router = APIRouter(include_in_schema=False)
    door, shell = environment.get_template("lift-door.html"), environment.get_template("lift.html")
    worker = _worker(files, shell.render())

    def ask(status: int = 200, message: str | None = None) -> HTMLResponse:
        return HTMLResponse(door.render(message=message, command=_MAKE_ONE), status, HEADERS)

    @router.get(PATH)
    def page(request: Request) -> Response:
        held = request.cookies.get(LIFT_COOKIE)
        if held is None:
            return ask()
        try:
            identity = guard.verify(held)
        except Problem as problem:
            response = ask(message=f"You were signed out. {problem.detail}")
            response.delete_cookie(LIFT_COOKIE, path=PATH)
            return response
        refusal = _refusal(identity)
        return ask(403, refusal) if refusal is not None else HTMLResponse(shell.render(), headers=HEADERS)

    @router.get(f"{PATH}/shell")
    def offline() -> Response:
        return HTMLResponse(shell.render(), headers=HEADERS)

    @router.get(f"{PATH}/worker.js")
    def service_worker(request: Request) -> Response:
        return worker.answer(request, {"Service-Worker-Allowed": PATH})

    @router.get(f"{PATH}/session")
    def session(request: Request) -> Response:
        _require_same_origin(request)
        held = request.cookies.get(LIFT_COOKIE)
        if held is None:
            raise Problem(401, "Signed out", "Nobody is signed in here.", mend="Sign in at /lift.")
        identity = guard.verify(held)
        if (refusal := _refusal(identity)) is not None:
            raise Problem(403, "Wrong role", refusal)
        found = {
            "token": held,
            "gym_id": identity.gym_id,
            "athletes": sorted(identity.athletes),
            "expires": identity.expires.isoformat(),
        }
        return Response(orjson.dumps(found), headers={"Cache-Control": "no-store"}, media_type="application/json")

    @router.post(f"{PATH}/session")
    def sign_in(request: Request, token: Annotated[str, Form(max_length=_TOKEN_CHARACTERS_MAX)] = "") -> Response:
        _require_same_origin(request)
        try:
            identity = guard.verify(token.strip())
        except Problem as problem:
            return ask(401, f"{problem.detail} Copy it whole, or ask your coach for a new one.")
        if (refusal := _refusal(identity)) is not None:
            return ask(403, refusal)
        response = RedirectResponse(PATH, 303, {"Cache-Control": "no-store"})
        response.set_cookie(
            LIFT_COOKIE,
            token.strip(),
            path=PATH,
            max_age=int((identity.expires - datetime.now(UTC)).total_seconds()),
            httponly=True,
            samesite="strict",
            secure="https" in (request.url.scheme, request.headers.get("x-forwarded-proto")),
        )
        return response

    @router.delete(f"{PATH}/session")
    def sign_out(request: Request) -> Response:
        _require_same_origin(request)
        response = Response(status_code=204)
        response.delete_cookie(LIFT_COOKIE, path=PATH)
        return response

    return router


def _require_same_origin(request: Request) -> None:
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise Problem(403, "Foreign page", "Sign in on Spotter's own page.")


def _refusal(identity: Identity) -> str | None:
    """Say why a token is none for a lifter's phone; None where it is one."""
    if identity.role == "app":
        return None
    article = "an" if identity.role[0] in "aeiou" else "a"
    why = "can't hear advice" if identity.role == "device" else "may do more than a lifter's phone should"
    return f"This is {article} {identity.role}'s token, which {why}. Make one with {_MAKE_ONE}"


def _worker(files: Mapping[str, File], shell: str) -> File:
    """Write the service worker: it knows by name what it keeps, and is another one when any of that has changed."""
    names = sorted(name for name in files if name.startswith(_FOLDER) and name != f"{_FOLDER}worker.js")
    kept = [*names, *_SHARED]
    digest = hashlib.blake2b(shell.encode(), digest_size=8)
    for name in kept:
        digest.update(files[name].etag.encode())
    version, addresses = digest.hexdigest(), [f"/static/{name}" for name in kept]
    said = f"const VERSION = {orjson.dumps(version).decode()};\nconst FILES = {orjson.dumps(addresses).decode()};\n"
    return file_of(said.encode() + files[f"{_FOLDER}worker.js"].content, "text/javascript")
