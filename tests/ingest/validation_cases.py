"""Events that are validated at a fixed moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from spotter.domain.events import Role, format_time
from spotter.domain.exercises import builtin_catalogue
from spotter.http import Problem
from spotter.http.tokens import Identity
from spotter_ingest.validation import Receipt, ValidEvent, validate

NOW = datetime(2026, 1, 5, 10, tzinfo=UTC)
RECEIPT = Receipt(NOW, 7, builtin_catalogue(), lambda: "new-id")
MINIMAL: dict[str, dict[str, Any]] = {
    "set.started": {"exercise": "back_squat"},
    "rep.started": {},
    "rep.completed": {},
    "motion.sampled": {"t0": "2026-01-05T09:59:59Z", "rate_hz": 100, "signal": "bar_velocity", "samples": [0.1, 0.2]},
    "rep.amended": {"rep_number": 1, "set": {"load_kg": 80}},
    "rep.voided": {"rep_number": 1},
    "set.amended": {"load_kg": 80},
    "set.voided": {},
    "set.moved": {"to_athlete_id": "bob"},
    "effort.reported": {"rir": 2},
    "set.ended": {},
    "wellness.reported": {"sleep": 4, "pain": {"knee": 2}},
    "session.started": {},
    "station.paired": {"station_id": "rack-1", "device_id": "ob-3248"},
    "station.released": {"station_id": "rack-1", "device_id": "ob-3248"},
    "athlete.updated": {"level": "beginner"},
    "policy.updated": {"target_rir": 3},
    "exercise.added": {"exercise": "yoke_walk", "name": "Yoke walk", "risk": "high_risk"},
    "budget.granted": {"units": 1, "reason": "meet", "expires": "2026-02-01T00:00:00Z"},
    "token.revoked": {"token_id": "token-9"},
    "advice.acknowledged": {"alert_id": "a-1"},
}
"""Data of each type that a client may send."""


def bearer(role: Role = "admin", *athletes: str) -> Identity:
    """Return a credential."""
    return Identity("token-1", "g1", role, frozenset(athletes), NOW + timedelta(days=1))


def took(raw: dict[str, Any], who: Identity | None = None) -> ValidEvent:
    """Validate an event that is accepted."""
    return validate(raw, who or bearer(), RECEIPT)


def refused(raw: dict[str, Any], who: Identity | None = None) -> Problem:
    """Validate an event that is refused; return the problem, which always has a mend."""
    with pytest.raises(Problem) as caught:
        validate(raw, who or bearer(), RECEIPT)
    assert caught.value.mend, "a problem says what to do"
    assert caught.value.detail.endswith((".", "?"))
    return caught.value


def shift(**span: float) -> str:
    """Format a time around the moment of receipt."""
    return format_time(NOW + timedelta(**span))
