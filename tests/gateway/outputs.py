"""Outputs of the workers that the gateway reads."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from spotter.domain.events import Event, EventData, encode
from spotter.domain.events.outputs import AdviceGiven, EffortEstimated, RepCounted, SetClosed, SetOpened, SetSummarised
from spotter.domain.events.people import AdviceAcknowledged, TokenRevoked
from spotter.domain.ids import athlete_key, gym_key
from spotter.domain.topics import ACCESS, ACKS, ADVICE, ESTIMATES
from spotter.streaming.log import NewRecord, Record
from spotter.streaming.memory.log import MemoryLog
from spotter_gateway.frames import Advice, Estimate, read

_numbers = itertools.count(1)


def advice(athlete: str = "ada", after_rep: int = 1, action: str = "continue", **more: Any) -> Event:
    """Return an advice of the advisor; `at` is when it was given, 8 s before it expires."""
    number = next(_numbers)
    at = more.pop("at", None) or datetime.now(UTC)
    fields: dict[str, Any] = {
        "gym_id": "g1",
        "athlete_id": athlete,
        "set_id": "s1",
        "set_key": f"{athlete}-s1",
        "alert_id": f"alert-{number}",
        "revision": 1,
        "station_id": None,
        "action": action,
        "after_rep": after_rep,
        "target_rir": 2,
        "late": False,
        "rule_ids": ["R01"],
        "sentence": "A sentence.",
        "speech": "Stop",
        "haptic": "double",
        "sound_ms": 2500,
        "repeat": 2 if action in ("stop", "failing") else 0,
        "expires_at": at + timedelta(seconds=8),
        "ttl_ms": 8000,
        "budget_left": 4.0,
        "policy_version": "p1",
        **more,
    }
    return _event(AdviceGiven(**fields), f"advice-{number}", at)


def estimate(athlete: str = "ada", rep_number: int = 1, **more: Any) -> Event:
    """Return an estimate of the detector."""
    now = datetime.now(UTC)
    fields: dict[str, Any] = {
        "gym_id": "g1",
        "athlete_id": athlete,
        "set_id": "s1",
        "set_key": f"{athlete}-s1",
        "rep_number": rep_number,
        "revision": 1,
        "rir": 4.0,
        "rir_low": 2.0,
        "rir_high": 6.0,
        "p_rir_le": [0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8],
        "p_next_fails": 0.0,
        "share_done": 0.5,
        "mode": "velocity",
        "confidence": "medium",
        "learned_sets": 0,
        "flags": [],
        "model_version": "m1",
        "profile_version": "v1",
        "rep_time": now,
        "newest_received": now,
        **more,
    }
    return _event(EffortEstimated(**fields), f"estimate-{next(_numbers)}", now)


def opened(athlete: str = "ada", **more: Any) -> Event:
    """Return the opening of a set."""
    now = datetime.now(UTC)
    whose: dict[str, Any] = {"gym_id": "g1", "athlete_id": athlete, "set_id": "s1", "set_key": f"{athlete}-s1"}
    return _event(SetOpened(**whose, opened_by="e", opened_at=now, **more), f"opened-{next(_numbers)}", now)


def voided(athlete: str = "ada", rep_number: int = 1) -> Event:
    """Return a voided rep."""
    return counted(athlete, rep_number, revision=2, voided=True)


def counted(athlete: str = "ada", rep_number: int = 1, **more: Any) -> Event:
    """Return a rep as the detector counts it, or corrects it."""
    now = datetime.now(UTC)
    whose: dict[str, Any] = {"gym_id": "g1", "athlete_id": athlete, "set_id": "s1", "set_key": f"{athlete}-s1"}
    fields: dict[str, Any] = {"revision": 1, "rep_event_id": "r", "rep_time": now, **more}
    return _event(RepCounted(**whose, rep_number=rep_number, **fields), f"counted-{next(_numbers)}", now)


def closed(athlete: str = "ada", **more: Any) -> Event:
    """Return the end of a set."""
    now = datetime.now(UTC)
    whose: dict[str, Any] = {"gym_id": "g1", "athlete_id": athlete, "set_id": "s1", "set_key": f"{athlete}-s1"}
    fields: dict[str, Any] = {"reason": "lifter", "ended_at": now, "reps": 0, **more}
    return _event(SetClosed(**whose, **fields), f"closed-{next(_numbers)}", now)


def summary(athlete: str = "ada", **more: Any) -> Event:
    """Return the summary of a set."""
    now = datetime.now(UTC)
    fields: dict[str, Any] = {
        "gym_id": "g1",
        "athlete_id": athlete,
        "set_id": "s1",
        "set_key": f"{athlete}-s1",
        "revision": 1,
        "reps": 5,
        "ended_by": "lifter",
        "ended_at": now,
        **more,
    }
    return _event(SetSummarised(**fields), f"summary-{next(_numbers)}", now)


def acknowledged(alert_id: str, source: str, athlete: str = "ada", state: str = "shown") -> Event:
    """Return an acknowledgement as ingest writes it."""
    fields: dict[str, Any] = {"gym_id": "g1", "athlete_id": athlete, "alert_id": alert_id, "state": state}
    return _event(AdviceAcknowledged(**fields), f"ack-{next(_numbers)}", datetime.now(UTC), source)


def revoked(token_id: str) -> Event:
    """Return the revocation of a token."""
    return _event(TokenRevoked(gym_id="g1", token_id=token_id), f"revoked-{next(_numbers)}", datetime.now(UTC))


def new_record(event: Event) -> NewRecord:
    """Return an event as it is written."""
    if isinstance(event.data, TokenRevoked):
        return NewRecord(ACCESS, gym_key(event.data.gym_id or "", event.data.token_id), encode(event))
    key = athlete_key(event.data.gym_id or "", event.data.athlete_id or "")
    return NewRecord(_topic(event.data), key, encode(event))


def write(log: MemoryLog, *events: Event) -> None:
    """Write events to their topics."""
    for event in events:
        log.write(new_record(event))


def record(event: Event, offset: int = 0) -> Record:
    """Return an event as it is read from a log."""
    new = new_record(event)
    return Record(new.topic, 0, offset, new.key, new.value, 0)


def read_advice(event: Event, offset: int = 0) -> Advice:
    """Read an advice as the gateway does."""
    item = read(record(event, offset), lambda _: None)
    assert isinstance(item, Advice)
    return item


def read_estimate(event: Event, station: str | None = None) -> Estimate:
    """Read an estimate as the gateway does."""
    item = read(record(event), lambda _: station)
    assert isinstance(item, Estimate)
    return item


def _event(data: EventData, event_id: str, at: datetime, source: str = "spotter/advisor") -> Event:
    return Event(id=event_id, source=source, time=at, data=data, receivedtime=at)


def _topic(data: EventData) -> str:
    if isinstance(data, AdviceAcknowledged):
        return ACKS
    return ADVICE if isinstance(data, AdviceGiven | SetSummarised) else ESTIMATES
