from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.requests import HTTPConnection

from spotter.domain.events import Event
from spotter.domain.events.people import TokenRevoked
from spotter.http import COOKIE, Guard, Problem, chosen_subprotocol, health_router, install
from spotter.http.metrics import EVENTS_IN
from spotter.http.tokens import ExpiredToken, Keyring, Revocations, RevokedToken

KEYS = Keyring([("k", "a-secret-that-is-long-enough-for-hs256")])
NOW = datetime(2026, 1, 5, 10, tzinfo=UTC)


def connection(subprotocols: list[str] | None = None, **headers: str) -> HTTPConnection:
    """Return a connection with headers (and, of a WebSocket, subprotocols)."""
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return HTTPConnection({"type": "http", "headers": raw, "subprotocols": subprotocols})


def guard(revocations: Revocations | None = None, at: datetime = NOW) -> Guard:
    """Return a guard with a fixed clock."""
    return Guard(KEYS, revocations or Revocations(), lambda: at)


def token(**more: Any) -> str:
    """Return a token that the guard's clock finds valid."""
    return KEYS.issue("g1", "app", athletes=["ada"], **more)


class TestProblems:
    """Errors as RFC 9457 documents."""

    def test_a_problem_has_the_members_of_the_rfc(self) -> None:
        """Type, title, status, detail; where it applies field and mend; further members as they are."""
        problem = Problem(422, "Out of range", "Too fast.", field="data.x", mend="Slow down.", errors=[1])
        assert {
            "type": "urn:spotter:problem:out-of-range", "title": "Out of range", "status": 422, "detail": "Too fast.",
            "field": "data.x", "mend": "Slow down.", "errors": [1],
        } == problem.document()  # fmt: skip
        assert "field" not in Problem(404, "Unknown set", "There is none.").document()

    @pytest.mark.parametrize(
        ("method", "path", "status", "expected"),
        [
            ("GET", "/nowhere", 404, {"detail": "There is nothing at /nowhere."}),
            ("POST", "/number", 405, {"mend": "Use GET."}),
            (
                "GET",
                "/number?n=x",
                422,
                {"field": "n", "mend": "Correct n, or leave it out; /openapi.json says what it takes."},
            ),
            ("GET", "/problem", 418, {"title": "Teapot", "colour": "blue"}),
            ("GET", "/bug", 500, {"title": "Internal error"}),
        ],
    )
    async def test_every_error_is_a_problem(
        self, method: str, path: str, status: int, expected: dict[str, Any]
    ) -> None:
        """Unknown paths, wrong methods, bad parameters, refusals and internal errors alike."""
        app = FastAPI()
        install(app)

        @app.get("/number")
        async def number(n: int) -> int:
            return n

        @app.get("/problem")
        async def problem() -> None:
            raise Problem(418, "Teapot", "Short and stout.", headers={"X-More": "1"}, colour="blue")

        @app.get("/bug")
        async def bug() -> None:
            raise RuntimeError("a secret of ours")

        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.request(method, path)
        assert (status, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
        assert expected.items() <= answer.json().items()
        assert "secret" not in answer.text


class TestGuard:
    """Authentication of connections."""

    def test_a_token_may_be_sent_in_three_ways(self) -> None:
        """The Authorization header, a WebSocket's subprotocol, and on routes of pages the cookie."""
        mine = token()
        for asking in (
            connection(authorization=f"Bearer {mine}"),
            connection(authorization=f"bearer  {mine} "),
            connection(["spotter.v1", f"bearer.{mine}"]),
        ):
            assert ("g1", "app", frozenset({"ada"})) == (
                (who := guard().identify(asking)).gym_id,
                who.role,
                who.athletes,
            )
        page = connection(cookie=f"{COOKIE}={mine}")
        assert "g1" == guard().identify(page, cookie=True).gym_id
        with pytest.raises(Problem, match="no token"):
            guard().identify(page)

    def test_the_subprotocol_is_accepted_if_offered(self) -> None:
        """The token's own subprotocol is never chosen."""
        assert "spotter.v1" == chosen_subprotocol(connection(["bearer.x", "spotter.v1"]))
        assert None is chosen_subprotocol(connection(["bearer.x"]))
        assert None is chosen_subprotocol(connection())

    def test_an_invalid_token_is_401(self) -> None:
        """Missing, forged, expired, revoked: each with its title and with what to do."""
        mine, revocations = token(), Revocations()
        who = KEYS.verify(mine)
        revocations.apply(Event("1", "s", NOW, TokenRevoked(gym_id="g1", token_id=who.token_id)))
        other = Keyring([("k", "another-secret-that-is-long-enough")]).issue("g1", "app")
        for title, asked, asking in (
            ("Missing token", guard(), connection()),
            ("Missing token", guard(), connection(authorization="Basic YTpi")),
            ("Missing token", guard(), connection(authorization="Bearer ")),
            ("Invalid token", guard(), connection(authorization=f"Bearer {other}")),
            ("Expired token", guard(at=NOW + timedelta(days=36_500)), connection(authorization=f"Bearer {mine}")),
            ("Revoked token", guard(revocations), connection(authorization=f"Bearer {mine}")),
        ):
            with pytest.raises(Problem) as caught:
                asked.identify(asking)
            assert (401, title) == (caught.value.status, caught.value.title)
            assert caught.value.mend
            assert caught.value.headers["WWW-Authenticate"].startswith("Bearer ")

    def test_an_open_connection_is_checked_again(self) -> None:
        """`check` raises if a token has since been revoked or has expired."""
        revocations = Revocations()
        who = KEYS.verify(token())
        guard(revocations).check(who)
        with pytest.raises(ExpiredToken):
            guard(at=who.expires).check(who)
        revocations.apply(Event("1", "s", NOW, TokenRevoked(gym_id="g2", token_id=who.token_id)))
        guard(revocations).check(who)
        revocations.apply(Event("2", "s", NOW, TokenRevoked(gym_id="g1", token_id=who.token_id)))
        with pytest.raises(RevokedToken):
            guard(revocations).check(who)


async def test_health_gives_the_reason() -> None:
    """Ready and alive are 200 or a 503 problem with the reason; what is not alive is not ready."""
    reasons: dict[str, str | None] = {"ready": "Still reading.", "alive": None}
    app = FastAPI()
    install(app)
    app.include_router(health_router(lambda: reasons["ready"], alive=lambda: reasons["alive"]))

    @app.get("/who")
    async def who(request: Request) -> str:
        return guard().identify(request).gym_id

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        starting, alive = await client.get("/readyz"), await client.get("/healthz")
        assert (503, "Still reading.", 200) == (starting.status_code, starting.json()["detail"], alive.status_code)
        reasons |= {"ready": None}
        assert 200 == (await client.get("/readyz")).status_code
        reasons |= {"alive": "Stuck."}
        assert {503} == {(await client.get(path)).status_code for path in ("/readyz", "/healthz")}
        metrics = (await client.get("/metrics")).text
        assert all(f"{metric.name}_total" in metrics for metric in EVENTS_IN.describe())
        assert 401 == (await client.get("/who")).status_code


@pytest.mark.parametrize(("client", "status"), [("127.0.0.1", 200), ("::1", 200), ("10.0.0.7", 404), ("rack-3", 404)])
async def test_metrics_of_a_public_port_are_for_its_machine_only(client: str, status: int) -> None:
    """On a public port other machines get 404."""
    app = FastAPI()
    install(app)
    app.include_router(health_router(lambda: None, metrics_to_anyone=False))
    transport = httpx.ASGITransport(app, client=(client, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        assert status == (await http.get("/metrics")).status_code
