"""Tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest

from spotter.domain.events import Event
from spotter.domain.events.people import TokenRevoked
from spotter.http.tokens import ExpiredToken, ForgedToken, Keyring, Revocations, RevokedToken


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    """Return a keyring with a new key."""
    return Keyring.load(tmp_path / "keys.json")


def test_a_token_contains_its_bearer(keyring: Keyring) -> None:
    """Gym, role and lifters are in the token."""
    identity = keyring.verify(keyring.issue("g1", "app", athletes=["ada", "bo"]))
    assert ("g1", "app", frozenset({"ada", "bo"})) == (identity.gym_id, identity.role, identity.athletes)
    assert identity.has_role("device") and identity.has_role("app") and not identity.has_role("coach")
    assert identity.may_see("ada") and not identity.may_see("cleo")


def test_a_token_without_lifters_covers_the_gym(keyring: Keyring) -> None:
    """An empty list means every lifter of the gym."""
    assert keyring.verify(keyring.issue("g1", "coach")).may_see("anybody")


def test_the_key_file_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """A second start reads the key of the first; only the owner may read it."""
    token = Keyring.load(tmp_path / "keys.json").issue("g1", "admin")
    assert "g1" == Keyring.load(tmp_path / "keys.json").verify(token).gym_id
    assert 0o600 == (tmp_path / "keys.json").stat().st_mode & 0o777


def test_a_damaged_key_file_says_what_to_do(tmp_path: Path) -> None:
    """It is not replaced silently: all tokens would stop working."""
    (tmp_path / "keys.json").write_text("{}")
    (tmp_path / "keys.json").chmod(0o600)
    with pytest.raises(ValueError, match="restore it"):
        Keyring.load(tmp_path / "keys.json")


def test_a_token_of_another_installation_is_invalid(keyring: Keyring, tmp_path: Path) -> None:
    """Nor does a token without a signature, a changed one, or anything else."""
    other = Keyring.load(tmp_path / "other.json").issue("g1", "admin")
    token = keyring.issue("g1", "device")
    unsigned = jwt.encode({"sub": "x", "gym": "g1", "role": "admin", "athletes": []}, "", algorithm="none")
    for forged in (other, unsigned, token[:-4] + "AAAA", "", "a.b.c", "x" * 5000):
        with pytest.raises(ForgedToken):
            keyring.verify(forged)


def test_an_expired_token_has_its_own_error(keyring: Keyring) -> None:
    """ExpiredToken."""
    token = keyring.issue("g1", "device", days=1, now=datetime.now(UTC) - timedelta(days=2))
    with pytest.raises(ExpiredToken):
        keyring.verify(token)


def test_a_gym_revokes_its_own_tokens_only(keyring: Keyring) -> None:
    """A revocation of another gym has no effect."""
    identity = keyring.verify(keyring.issue("g1", "device"))
    now = datetime.now(UTC)
    revocations = Revocations()
    revocations.apply(Event("1", "s", now, TokenRevoked(gym_id="g2", token_id=identity.token_id)))
    revocations.check(identity, now)
    revocations.apply(Event("2", "s", now, TokenRevoked(gym_id="g1", token_id=identity.token_id)))
    with pytest.raises(RevokedToken):
        revocations.check(identity, now)


@pytest.mark.parametrize(("gym", "role"), [("", "app"), ("a/b", "app"), ("g1", "king")])
def test_a_token_needs_valid_ids_and_a_role(keyring: Keyring, gym: str, role: str) -> None:
    """Ids and roles are checked when a token is made."""
    with pytest.raises(ValueError, match=r"no id|no role"):
        keyring.issue(gym, role)  # type: ignore[arg-type]  # what a command line may pass


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """They could sign tokens; the message says how to mend it."""
    path = tmp_path / "keys.json"
    Keyring.load(path)
    for mode in (0o640, 0o604, 0o620):
        path.chmod(mode)
        with pytest.raises(ValueError, match=f"chmod 600 {path}"):
            Keyring.load(path)
    path.chmod(0o600)
    Keyring.load(path)
