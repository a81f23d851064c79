"""`spotter token`: made without a host, revoked with or without one."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import jwt
import pytest

from lab.standalone_thread import Standalone
from spotter.http.tokens import Keyring
from tests.processes import client, here


def create(data: Path, *arguments: str) -> str:
    """Make a token."""
    ended = here("token", "create", "--data", str(data), *arguments)
    assert (0, "") == (ended.returncode, ended.stderr)
    return ended.stdout.removesuffix("\n")


def status(url: str, token: str) -> int:
    """Ask for something with a token."""
    with client(url, token) as http:
        return http.get("/v1/exercises").status_code


def test_a_token_stands_alone_on_standard_output(tmp_path: Path) -> None:
    """It says gym, role, lifters and for how long, and the folder's keys verify it."""
    token = create(tmp_path, "--gym", "iron", "--role", "app", "--athlete", "ada", "--athlete", "bo", "--days", "2")

    identity = Keyring.load(tmp_path / "keys.json").verify(token)

    assert ("iron", "app", frozenset({"ada", "bo"})) == (identity.gym_id, identity.role, identity.athletes)
    left = identity.expires - datetime.now(UTC)
    assert timedelta(days=1.99) < left < timedelta(days=2)


def test_a_token_lasts_ninety_days_unless_said_otherwise(tmp_path: Path) -> None:
    """And less than a day is possible."""
    claims = jwt.decode(create(tmp_path, "--role", "device"), options={"verify_signature": False})
    assert 90 * 86_400 == claims["exp"] - claims["iat"]

    brief = jwt.decode(create(tmp_path, "--role", "device", "--days", "0.25"), options={"verify_signature": False})
    assert 6 * 3_600 == brief["exp"] - brief["iat"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--role", "king"),
        (),
        ("--role", "app", "--gym", "a/b"),
        ("--role", "app", "--athlete", "no spaces"),
        ("--role", "app", "--days", "-1"),
    ],
)
def test_what_is_no_token_is_refused_with_the_reason(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Nothing on standard output, exit code 2, no traceback."""
    ended = here("token", "create", "--data", str(tmp_path), *arguments)

    assert (2, "") == (ended.returncode, ended.stdout)
    assert "Traceback" not in ended.stderr


def test_a_token_is_revoked_at_a_running_host_at_once(tmp_path: Path) -> None:
    """Named whole; the host is found by the folder."""
    with Standalone(tmp_path) as host:
        token = create(tmp_path, "--role", "coach")
        assert 200 == status(host.url, token)

        ended = here("token", "revoke", token, "--data", str(tmp_path))

        assert 0 == ended.returncode, ended.stderr
        assert f"at {host.url}" in ended.stderr
        assert 401 == _soon(host.url, token)


def test_a_token_is_revoked_by_its_id_and_with_an_admin_token(tmp_path: Path) -> None:
    """As on another machine, by SPOTTER_URL and SPOTTER_TOKEN."""
    with Standalone() as host:
        token = host.token("device", "iron")
        token_id = jwt.decode(token, options={"verify_signature": False})["jti"]
        env = {"SPOTTER_URL": host.url, "SPOTTER_TOKEN": host.token("admin", "iron")}

        ended = here("token", "revoke", token_id, "--gym", "iron", "--data", str(tmp_path), env=env)

        assert 0 == ended.returncode, ended.stderr
        assert 401 == _soon(host.url, token)


def test_a_token_that_may_not_revoke_gets_the_reason(tmp_path: Path) -> None:
    """A coach revokes nothing."""
    with Standalone() as host:
        env = {"SPOTTER_URL": host.url, "SPOTTER_TOKEN": host.token("coach")}

        ended = here("token", "revoke", "abc", "--data", str(tmp_path), env=env)

    assert 1 == ended.returncode
    assert "refuses to revoke it" in ended.stderr and "admin" in ended.stderr


def test_a_token_is_revoked_in_the_log_while_the_host_is_down(tmp_path: Path) -> None:
    """It does not work after the next start."""
    data = tmp_path / "data"
    with Standalone(data):
        pass
    token = create(data, "--role", "coach")

    ended = here("token", "revoke", token, "--data", str(data))

    assert 0 == ended.returncode, ended.stderr
    assert "effective from the next start" in ended.stderr
    with Standalone(data) as host:
        assert 401 == status(host.url, token)
        assert 200 == status(host.url, host.token())


@pytest.mark.parametrize(
    ("option", "message"), [("abc", "Nothing answers at"), ("a.b.c", "neither a token nor a token id")]
)
def test_nowhere_to_revoke_is_reported_in_one_line(tmp_path: Path, option: str, message: str) -> None:
    """With what to do."""
    env = {"SPOTTER_URL": "http://127.0.0.1:9"}

    ended = here("token", "revoke", option, "--data", str(tmp_path), env=env)

    assert 1 == ended.returncode
    assert message in ended.stderr and "Traceback" not in ended.stderr


def _soon(url: str, token: str) -> int:
    """Ask until the token is refused, at most for the five seconds that a revocation may take."""
    deadline_s = time.monotonic() + 5
    while (status_code := status(url, token)) == 200 and time.monotonic() < deadline_s:
        time.sleep(0.1)
    return status_code


def test_a_forged_url_is_reported_in_one_line(tmp_path: Path) -> None:
    """Not as a traceback of the HTTP client."""
    ended = here("token", "revoke", "abc", "--data", str(tmp_path), env={"SPOTTER_URL": "not an address"})

    assert 1 == ended.returncode
    assert 1 == len(ended.stderr.splitlines())
    with pytest.raises(httpx.UnsupportedProtocol):
        httpx.get("not an address", trust_env=False)
