"""The page at `/`: signing in and out, and what is sent along."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from spotter.domain.events import Event, decode
from spotter.domain.events.people import TokenRevoked
from spotter.domain.events.registry import Role
from spotter.domain.time import utc_now
from spotter.domain.topics import ACCESS
from spotter.http import COOKIE, Guard
from spotter.http.tokens import Identity, Revocations, RevokedToken, SignIn
from spotter.settings import SessionSettings
from spotter.streaming.memory.log import MemoryLog
from spotter_dashboard.pages.session import Sessions
from tests.dashboard.server import KEYS, RunningDashboard
from tests.dashboard.story import MONDAY


async def sign_in(dashboard: RunningDashboard, token: str, **headers: str) -> httpx.Response:
    """Send the form."""
    return await dashboard.client.post("/session", data={"token": token}, headers=headers)


@pytest.mark.parametrize("role", ["coach", "admin"])
async def test_a_coachs_token_signs_in_once(dashboard: RunningDashboard, role: Role) -> None:
    """The cookie is out of reach of scripts and of other sites, and the page then shows the floor."""
    answer = await sign_in(dashboard, f" {KEYS.issue('g1', role)}\n")
    cookie = answer.headers["set-cookie"].lower()

    assert (303, "/") == (answer.status_code, answer.headers["location"])
    assert ["httponly", "samesite=strict"] == [
        flag for flag in ("httponly", "samesite=strict", "secure") if flag in cookie
    ]
    page = await dashboard.client.get("/")
    assert (200, True, False) == (page.status_code, 'id="tiles"' in page.text, 'name="token"' in page.text)
    assert {"gym_id": "g1", "role": role} == {
        name: value for name, value in (await dashboard.client.get("/session")).json().items() if name != "expires"
    }


async def test_the_cookie_lasts_at_most_as_long_as_its_token(dashboard: RunningDashboard) -> None:
    """And travels encrypted only, where the page did."""
    answer = await sign_in(dashboard, KEYS.issue("g1", "coach", days=1), **{"X-Forwarded-Proto": "https"})
    cookie = answer.headers["set-cookie"].lower()
    max_age = re.search(r"max-age=(\d+)", cookie)

    assert max_age is not None and 86_300 < int(max_age[1]) <= 86_400
    assert "secure" in cookie


async def test_without_a_cookie_the_page_asks_to_sign_in(dashboard: RunningDashboard) -> None:
    """The form, and nothing of any gym."""
    page = await dashboard.client.get("/")

    assert (200, True, False) == (page.status_code, 'name="token"' in page.text, "floor.js" in page.text)


@pytest.mark.parametrize(("role", "article"), [("app", "an app"), ("device", "a device")])
async def test_a_token_of_a_lower_role_is_told_what_is_needed(
    dashboard: RunningDashboard, role: Role, article: str
) -> None:
    """Neither the form nor a cookie made by hand lets it in."""
    token = KEYS.issue("g1", role)
    by_form = await sign_in(dashboard, token)
    by_hand = await dashboard.client.get("/", headers={"Cookie": f"spotter_token={token}"})

    for answer in (by_form, by_hand):
        assert 403 == answer.status_code
        assert f"This is {article}&#39;s token. The floor needs a coach&#39;s" in answer.text
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "\u2603", "x" * 10_000])
async def test_a_wrong_token_is_told_what_to_do(dashboard: RunningDashboard, token: str) -> None:
    """The form comes again, with how to make a token."""
    answer = await sign_in(dashboard, token)

    assert (401, True, True) == (
        answer.status_code,
        'name="token"' in answer.text,
        "spotter token create --role coach" in answer.text,
    )


async def test_an_expired_token_is_told_so(dashboard: RunningDashboard) -> None:
    """Signing in with it says that it is too old."""
    old = KEYS.issue("g1", "coach", days=1, now=datetime.now(UTC) - timedelta(days=2))

    assert "expired" in (await sign_in(dashboard, old)).text


async def test_a_token_revoked_meanwhile_signs_out(dashboard: RunningDashboard) -> None:
    """The page asks again and says why; the cookie is taken back."""
    token = KEYS.issue("g1", "coach")
    await sign_in(dashboard, token)
    revoked = TokenRevoked(gym_id="g1", token_id=KEYS.verify(token).token_id)
    dashboard.revocations.apply(Event("r", "test", MONDAY, revoked))
    page = await dashboard.client.get("/")

    assert (True, True) == ("revoked" in page.text, 'name="token"' in page.text)
    assert "max-age=0" in page.headers["set-cookie"].lower()
    assert 401 == (await dashboard.client.get("/session")).status_code


async def test_signing_out_takes_the_cookie_back(dashboard: RunningDashboard) -> None:
    """The page then asks to sign in."""
    await sign_in(dashboard, KEYS.issue("g1", "coach"))
    answer = await dashboard.client.delete("/session")

    assert 204 == answer.status_code
    assert 'name="token"' in (await dashboard.client.get("/")).text


async def test_signing_out_ends_the_session_and_no_other(dashboard: RunningDashboard) -> None:
    """A copy of the cookie opens nothing any more, in any process; the token and its other sessions do."""
    token = KEYS.issue("g1", "coach")
    cookies = []
    for _ in range(2):
        await sign_in(dashboard, token)
        cookies.append(dashboard.client.cookies[COOKIE])
        dashboard.client.cookies.clear()
    gone, kept = ({"Cookie": f"{COOKIE}={cookie}"} for cookie in cookies)
    await dashboard.client.delete("/session", headers=gone)

    answers = [
        (await dashboard.client.get("/session", headers=headers)).status_code
        for headers in (gone, kept, {"Authorization": f"Bearer {token}"}, {"Authorization": f"Bearer {cookies[0]}"})
    ]
    assert [401, 200, 200, 401] == answers
    (record,) = dashboard.log.records(ACCESS)
    elsewhere = Revocations()
    elsewhere.apply(decode(record.value))
    with pytest.raises(RevokedToken):
        elsewhere.check(KEYS.verify(cookies[0]), utc_now())
    elsewhere.check(KEYS.verify(cookies[1]), utc_now())
    elsewhere.check(KEYS.verify(token), utc_now())
    assert record.key.startswith("g1/")


async def test_a_session_ends_with_its_token(dashboard: RunningDashboard) -> None:
    """A coach whose token is revoked is signed out everywhere."""
    token = KEYS.issue("g1", "coach")
    await sign_in(dashboard, token)
    assert token != dashboard.client.cookies[COOKIE]
    revoked = TokenRevoked(gym_id="g1", token_id=KEYS.verify(token).token_id)
    dashboard.revocations.apply(Event("r", "test", MONDAY, revoked))

    assert 401 == (await dashboard.client.get("/session")).status_code


async def test_signing_out_while_the_log_is_away_says_so(dashboard: RunningDashboard) -> None:
    """The cookie is taken back in any case."""
    await sign_in(dashboard, KEYS.issue("g1", "coach"))
    dashboard.log.available = False
    answer = await dashboard.client.delete("/session")
    dashboard.log.available = True

    assert (503, "1") == (answer.status_code, answer.headers["retry-after"])
    assert "max-age=0" in answer.headers["set-cookie"].lower()


class TestHowLongASessionLasts:
    """By settings, at most as long as its token."""

    IDENTITY = KEYS.verify(KEYS.issue("g1", "coach", days=90))

    def sessions(self, hours: float, idle_minutes: float) -> Sessions:
        """Return sessions with settings."""
        settings = SessionSettings(hours=hours, idle_minutes=idle_minutes)
        return Sessions(Guard(KEYS, Revocations()), MemoryLog(), settings)

    def cookie(self, response: Response) -> Identity | None:
        """Return whose the cookie of a response is."""
        written = re.search(rf"{COOKIE}=([^;]+)", response.headers.get("set-cookie", ""))
        return KEYS.verify(written[1]) if written else None

    def test_it_ends_after_its_hours_and_earlier_when_it_idles(self) -> None:
        """A page that is not open for so long asks to sign in."""
        sessions, request = (
            self.sessions(hours=12, idle_minutes=30),
            Request({"type": "http", "path": "/", "headers": []}),
        )
        response = sessions.begin(request, self.IDENTITY, cookie=COOKIE, path="/", idles=True)
        begun = self.cookie(response)
        assert begun is not None and begun.session is not None
        assert timedelta(minutes=29) < begun.expires - utc_now() <= timedelta(minutes=30)
        assert timedelta(hours=11.9) < begun.session.until - utc_now() <= timedelta(hours=12)

    def test_one_that_is_used_goes_on_until_its_end(self) -> None:
        """It gets its idle time anew once half of it is over, as the same session, never more than its hours."""
        sessions, request = (
            self.sessions(hours=12, idle_minutes=30),
            Request({"type": "http", "path": "/", "headers": []}),
        )
        for left, until, expected in (
            (timedelta(minutes=20), timedelta(hours=5), None),
            (timedelta(minutes=10), timedelta(hours=5), timedelta(minutes=30)),
            (timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=20)),
            (timedelta(minutes=10), timedelta(minutes=10), None),
        ):
            session, response = SignIn("s-1", utc_now() + until), Response()
            identity = replace(self.IDENTITY, expires=utc_now() + left, session=session)
            sessions.keep(request, response, identity, cookie=COOKIE, path="/")
            renewed = self.cookie(response)
            assert (expected is None) == (renewed is None)
            if renewed is not None and expected is not None:
                assert timedelta(0) <= expected - (renewed.expires - utc_now()) < timedelta(seconds=5)
                assert renewed.session is not None and "s-1" == renewed.session.session_id

    def test_a_token_is_not_prolonged(self) -> None:
        """One that was put into the cookie by hand stays as it is."""
        response = Response()
        sessions = self.sessions(hours=12, idle_minutes=30)
        sessions.keep(
            Request({"type": "http", "path": "/", "headers": []}), response, self.IDENTITY, cookie=COOKIE, path="/"
        )
        assert "set-cookie" not in response.headers


async def test_another_sites_form_signs_nobody_in(dashboard: RunningDashboard) -> None:
    """A browser says where a form comes from."""
    answer = await sign_in(dashboard, KEYS.issue("g1", "coach"), **{"Sec-Fetch-Site": "cross-site"})

    assert (403, False) == (answer.status_code, "set-cookie" in answer.headers)


async def test_what_a_token_holds_is_not_put_into_the_page_as_markup(dashboard: RunningDashboard) -> None:
    """A gym's id can't hold markup, and is escaped all the same."""
    await sign_in(dashboard, KEYS.issue("g:1", "coach"))

    assert '<span class="gym">g:1</span>' in (await dashboard.client.get("/")).text


@pytest.mark.parametrize("signed_in", [True, False])
async def test_pages_load_from_here_alone(dashboard: RunningDashboard, signed_in: bool) -> None:
    """The policy forbids everything else, and nothing in the page asks for it."""
    if signed_in:
        await sign_in(dashboard, KEYS.issue("g1", "coach"))
    page = await dashboard.client.get("/")

    assert page.headers["content-security-policy"].startswith("default-src 'self'; base-uri 'none'")
    assert "no-store" == page.headers["cache-control"]
    assert [] == re.findall(r'(?:src|href)="(?!/static/)[^"]*"| style="|<script>|<style', page.text)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("spotter.css", "text/css; charset=utf-8"),
        ("floor.js", "text/javascript; charset=utf-8"),
        ("spotter.svg", "image/svg+xml"),
    ],
)
async def test_files_are_sent_once(dashboard: RunningDashboard, name: str, media_type: str) -> None:
    """A browser that has a file is told that it has not changed."""
    first = await dashboard.client.get(f"/static/{name}")
    again = await dashboard.client.get(f"/static/{name}", headers={"If-None-Match": first.headers["etag"]})

    assert (200, media_type) == (first.status_code, first.headers["content-type"])
    assert (304, b"") == (again.status_code, again.content)


@pytest.mark.parametrize("name", ["none.css", "..%2Fapp.py", "__init__.py", "%00"])
async def test_no_other_file_is_sent(dashboard: RunningDashboard, name: str) -> None:
    """404 as a problem document."""
    assert 404 == (await dashboard.client.get(f"/static/{name}")).status_code
