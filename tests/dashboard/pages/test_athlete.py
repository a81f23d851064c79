"""The page at `/lift`: signing in and out, and what a phone keeps of it."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from spotter.domain.events import Event
from spotter.domain.events.people import TokenRevoked
from spotter.domain.events.registry import Role
from tests.dashboard.server import KEYS, RunningDashboard
from tests.dashboard.story import MONDAY


async def sign_in(dashboard: RunningDashboard, token: str, **headers: str) -> httpx.Response:
    """Send the form."""
    return await dashboard.client.post("/lift/session", data={"token": token}, headers=headers)


async def test_a_lifters_token_signs_in_once(dashboard: RunningDashboard) -> None:
    """The cookie goes to this page alone, out of reach of scripts and of other sites; the page is handed the token."""
    token = KEYS.issue("g1", "app", athletes=["ada"])
    answer = await sign_in(dashboard, f" {token}\n")
    cookie = answer.headers["set-cookie"].lower()

    assert (303, "/lift") == (answer.status_code, answer.headers["location"])
    assert all(flag in cookie for flag in ("httponly", "samesite=strict", "path=/lift"))
    page = await dashboard.client.get("/lift")
    assert (200, True, False) == (page.status_code, 'id="set"' in page.text, 'name="token"' in page.text)
    session = await dashboard.client.get("/lift/session")
    handed = KEYS.verify(session.json()["token"])
    assert ("no-store", ["ada"]) == (session.headers["cache-control"], session.json()["athletes"])
    assert (KEYS.verify(token).token_id, "app", frozenset({"ada"})) == (handed.token_id, handed.role, handed.athletes)


async def test_no_other_page_or_door_takes_the_cookie(dashboard: RunningDashboard) -> None:
    """It is none for the floor, nor for the history."""
    held = {"Cookie": f"spotter_lift={KEYS.issue('g1', 'app', athletes=['ada'])}"}

    assert [401, 401, 401] == [
        (await dashboard.client.get(path, headers=held)).status_code for path in ("/v1/sets", "/live", "/session")
    ]


@pytest.mark.parametrize("role", ["device", "coach", "admin"])
async def test_only_an_apps_token_belongs_on_a_phone(dashboard: RunningDashboard, role: Role) -> None:
    """Neither one that can't hear, nor one that may do more; whether by the form or by a cookie made by hand."""
    token = KEYS.issue("g1", role)
    by_form = await sign_in(dashboard, token)
    by_hand = await dashboard.client.get("/lift", headers={"Cookie": f"spotter_lift={token}"})
    handed = await dashboard.client.get("/lift/session", headers={"Cookie": f"spotter_lift={token}"})

    assert [403] * 3 == [by_form.status_code, by_hand.status_code, handed.status_code]
    assert "spotter token create --role app" in by_form.text and "set-cookie" not in by_form.headers
    assert token not in handed.text


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "x" * 10_000])
async def test_a_wrong_token_is_told_what_to_do(dashboard: RunningDashboard, token: str) -> None:
    """The form comes again."""
    answer = await sign_in(dashboard, token)

    assert (401, True) == (answer.status_code, "ask your coach for a new one" in answer.text)


async def test_other_sites_can_neither_sign_in_nor_be_handed_the_token(dashboard: RunningDashboard) -> None:
    """A browser says where a request comes from."""
    token = KEYS.issue("g1", "app", athletes=["ada"])
    foreign = {"Sec-Fetch-Site": "cross-site"}

    assert 403 == (await sign_in(dashboard, token, **foreign)).status_code
    await sign_in(dashboard, token)
    assert 403 == (await dashboard.client.get("/lift/session", headers=foreign)).status_code
    assert 403 == (await dashboard.client.delete("/lift/session", headers=foreign)).status_code


async def test_a_token_revoked_meanwhile_signs_out(dashboard: RunningDashboard) -> None:
    """The page asks again and says why; the cookie is taken back."""
    token = KEYS.issue("g1", "app", athletes=["ada"])
    await sign_in(dashboard, token)
    revoked = TokenRevoked(gym_id="g1", token_id=KEYS.verify(token).token_id)
    dashboard.revocations.apply(Event("r", "test", MONDAY, revoked))
    page = await dashboard.client.get("/lift")

    assert (True, True) == ("revoked" in page.text, 'name="token"' in page.text)
    assert "max-age=0" in page.headers["set-cookie"].lower()
    assert 401 == (await dashboard.client.get("/lift/session")).status_code


async def test_signing_out_takes_the_cookie_back(dashboard: RunningDashboard) -> None:
    """The page then asks to sign in."""
    await sign_in(dashboard, KEYS.issue("g1", "app", athletes=["ada"]))
    token = (await dashboard.client.get("/lift/session")).json()["token"]

    assert 204 == (await dashboard.client.delete("/lift/session")).status_code
    assert 'name="token"' in (await dashboard.client.get("/lift")).text
    headers = {"Authorization": f"Bearer {token}"}
    assert 401 == (await dashboard.client.get("/v1/sets", headers=headers)).status_code


async def test_the_service_worker_keeps_files_that_are_there(dashboard: RunningDashboard) -> None:
    """Every file of the shell by name, for this page alone; and the shell holds nothing of anybody."""
    answer = await dashboard.client.get("/lift/worker.js")
    files = re.search(r"const FILES = (\[.*?\]);", answer.text)
    shell = await dashboard.client.get("/lift/shell")

    assert files is not None and "/lift" == answer.headers["service-worker-allowed"]
    for path in json.loads(files[1]):
        assert 200 == (await dashboard.client.get(path)).status_code
    assert (200, True) == (shell.status_code, 'id="set"' in shell.text)
    assert "static/lift/main.js" in files[1] and "static/lift/lift.css" in files[1]


async def test_the_manifest_names_icons_that_are_there(dashboard: RunningDashboard) -> None:
    """A phone installs the page with them."""
    manifest = (await dashboard.client.get("/static/lift/manifest.webmanifest")).json()

    assert ("/lift", "/lift", "standalone") == (manifest["start_url"], manifest["scope"], manifest["display"])
    for icon in manifest["icons"]:
        answer = await dashboard.client.get(icon["src"])
        assert (200, icon["type"]) == (answer.status_code, answer.headers["content-type"].partition(";")[0])
