"""The audit log: refusals, sign-ins and what was changed, without tokens and without a lifter's data."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spotter.http import audit
from spotter.http.audit import REFUSALS_BURST, RefusalAudit
from spotter.logging_config import AUDIT_FIELDS, AUDIT_LOGGER, write_audit_to
from tests.ingest.support import KEYS, RunningIngest, event, rep, serving

PLAIN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


@pytest.fixture
def records(caplog: pytest.LogCaptureFixture) -> Iterator[Any]:
    """Return a function that returns what was recorded: the action with its fields."""
    caplog.set_level(logging.INFO, AUDIT_LOGGER)

    def recorded() -> list[dict[str, Any]]:
        return [
            {"action": entry.getMessage(), **{name: value for name, value in vars(entry).items() if name not in PLAIN}}
            for entry in caplog.records
            if entry.name == AUDIT_LOGGER
        ]

    yield recorded


async def test_whoever_is_refused_is_recorded(records: Any) -> None:
    """With what was asked, why it was refused, and from where; of a revoked or expired token also whose it is."""
    async with serving() as ingest:
        stranger = await ingest.client.post("/v1/events", json=rep())
        forged = await ingest.post(rep(), token="forged")
        late = await ingest.post(rep(), token=KEYS.issue("g1", "device", days=-1))
        device = await ingest.post(event("token.revoked", token_id="x"), token=ingest.token("device"))
    assert [401, 401, 401, 403] == [answer.status_code for answer in (stranger, forged, late, device)]
    assert ["Missing token", "Invalid token", "Expired token"] == [entry["reason"] for entry in records()[:3]]
    assert {"/v1/events"} == {entry["route"] for entry in records() if entry["action"] == "refused"}
    assert {"127.0.0.1"} == {entry["address"] for entry in records() if entry["action"] == "refused"}
    assert {("events_forbidden", "device"), ("refused", "device")} == {
        (entry["action"], entry["role"]) for entry in records()[3:]
    }


async def test_a_refused_handshake_is_recorded(ingest: RunningIngest, records: Any) -> None:
    """As any other request."""
    with pytest.raises(Exception, match="401"):
        async with ingest.socket("forged"):
            pass
    assert ("refused", 401, "Invalid token") == tuple(records()[-1][name] for name in ("action", "status", "reason"))


async def test_revocations_and_changes_are_recorded(ingest: RunningIngest, records: Any) -> None:
    """Who revoked what, who changed what of whom; once, and only what was written. Reps are no such change."""
    changes = [
        event("token.revoked", token_id="token-9"),
        event("athlete.updated", athlete_id="ada", level="beginner"),
        event("policy.updated", target_rir=3),
        rep(),
        event("athlete.updated", athlete_id="ada", level="expert"),
    ]
    sent = [{**change, "id": f"e{number}"} for number, change in enumerate(changes)]
    await ingest.post(sent)
    await ingest.post(sent)
    token_id = KEYS.verify(ingest.admin).token_id
    assert [
        ("revoked", "spotter.token.revoked.v1", "e0", "token-9", None),
        ("changed", "spotter.athlete.updated.v1", "e1", None, "ada"),
        ("changed", "spotter.policy.updated.v1", "e2", None, None),
    ] == [
        (
            entry["action"],
            entry["event_type"],
            entry["event_id"],
            entry.get("revoked_token_id"),
            entry.get("athlete_id"),
        )
        for entry in records()
    ]
    assert {("g1", token_id, "admin")} == {(entry["gym_id"], entry["token_id"], entry["role"]) for entry in records()}


async def test_no_token_and_no_measurement_is_recorded(ingest: RunningIngest, records: Any) -> None:
    """Neither in a field nor in an address; nothing but the documented fields."""
    token = ingest.token("device")
    await ingest.post(event("token.revoked", token_id="x"), token=token)
    await ingest.client.get("/nowhere/ada", headers={"Authorization": f"Bearer {token}"})
    await ingest.post(rep("ada", mean_velocity_mps=0.123), token=token + "x")
    assert records()
    for entry in records():
        assert token not in str(entry) and "0.123" not in str(entry) and "nowhere" not in str(entry)
        assert set(entry) <= {"action", *AUDIT_FIELDS}


def test_a_flood_of_refusals_does_not_fill_the_disk(records: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left out is counted and written with the next."""
    now_s = 0.0
    monkeypatch.setattr("spotter.http.audit.time.monotonic", lambda: now_s)
    log = RefusalAudit()
    for _ in range(REFUSALS_BURST + 50):
        log.refused({"type": "http"}, 401)
    assert REFUSALS_BURST == len(records())
    now_s = 1.0
    log.refused({"type": "http"}, 401)
    assert 50 == records()[-1]["left_out"]


def test_it_is_a_file_of_its_own_that_only_its_owner_may_read(tmp_path: Path) -> None:
    """A JSON object a line; one that is moved away is begun anew."""
    path, logger = tmp_path / "audit.log", logging.getLogger(AUDIT_LOGGER)
    write_audit_to(path, "ingest")
    try:
        audit.record("signed_in", None, address="10.0.0.7", gym_id="g1\n{}")
        path.rename(tmp_path / "audit.log.1")
        audit.record("signed_out")
        (first,) = (tmp_path / "audit.log.1").read_text().splitlines()
        (second,) = path.read_text().splitlines()
    finally:
        for handler in logger.handlers[:]:
            logger.removeHandler(handler)
            handler.close()
        logger.propagate = True
    written = json.loads(first)
    assert written.pop("timestamp").endswith("Z")
    assert {"action": "signed_in", "service": "ingest", "address": "10.0.0.7", "gym_id": "g1\n{}"} == written
    assert "signed_out" == json.loads(second)["action"]
    assert 0o600 == (tmp_path / "audit.log.1").stat().st_mode & 0o777
