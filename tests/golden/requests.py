"""Requests to ingest's `POST /v1/events`, and what they are answered with and write to the log."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from unittest.mock import patch

from spotter.domain.events import Role, format_time
from spotter.streaming.log import NewRecord
from spotter.streaming.memory.log import MemoryLog
from tests.golden.outcome import Line, Outcome
from tests.ingest.support import KEYS, REP, event, rep, serving

NOW: Final = datetime(2026, 1, 7, 18, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Request:
    """One request; its body is sent as it is."""

    name: str
    body: bytes
    role: Role = "admin"
    athletes: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)


class RecordingLog(MemoryLog):
    """A log in memory that remembers what it was asked to write, with the hashes by which repeats are known."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[NewRecord] = []

    async def append(self, records: Sequence[NewRecord]) -> list[bool]:
        """Remember and write."""
        self.asked += records
        return await super().append(records)


async def responses() -> AsyncIterator[tuple[str, Outcome]]:
    """Send all requests, one after the other, to one ingest; yields each one's name and outcome."""
    log = RecordingLog()
    async with serving(log, clock=lambda: NOW) as ingest:
        with _counted_ids():
            for request in REQUESTS:
                first = len(log.asked)
                token = _token(request)
                response = await ingest.post(content=request.body, headers=request.headers, token=token)
                label = f"{response.status_code} {response.headers['content-type']}"
                yield (
                    request.name,
                    {
                        "response": [Line(label, response.content)],
                        "records": [Line(_label(record), record.value) for record in log.asked[first:]],
                    },
                )


def _label(record: NewRecord) -> str:
    return f"{record.topic} {record.key} {'-' if record.dedupe is None else record.dedupe.hex()}"


def _token(request: Request) -> str:
    """Sign a token whose id, which names the source of events that name none, is always the same."""
    with patch("secrets.token_hex", return_value=f"token-of-{request.role}"):
        return KEYS.issue("g1", request.role, athletes=request.athletes)


@contextmanager
def _counted_ids() -> Iterator[None]:
    """Number the ids that are drawn for events that can't be known again."""
    count = iter(range(1, 1_000))
    with patch("uuid.uuid4", lambda: uuid.UUID(int=next(count))):
        yield


def _plain(name: str, sent: Any, role: Role = "admin", *athletes: str, **headers: str) -> Request:
    return Request(name, json.dumps(sent).encode(), role, athletes, headers)


def _lines(*sent: Any) -> bytes:
    return b"\n".join(each if isinstance(each, bytes) else json.dumps(each).encode() for each in sent)


def _at(seconds: float) -> str:
    return format_time(NOW + timedelta(seconds=seconds))


def _timed(seconds: float, **attributes: Any) -> dict[str, Any]:
    return {"time": _at(seconds), **attributes}


STRUCTURED: Final = {"specversion": "1.0", "id": "structured-1", "source": "bar-7", **_timed(-2), **rep(set_id="s1")}
BLOCK: Final = {"name": "peak", "kind": "intensify", "first_day": "2026-03-02", "last_day": "2026-03-29"}
DEVICE: Final = {"model": "OpenBarbell V3", "id": "OB 3248", "rep_id": 5}

REQUESTS: Final = (
    _plain("plain rep", rep()),
    _plain("plain rep of the token's lifter", rep(None), "device", "ada"),
    _plain("plain rep with a time", rep() | _timed(-3)),
    _plain("plain rep with a time again", rep() | _timed(-3)),
    _plain("rep with all fields", rep(set_id="s1", rep_number=3, exercise="bench_press", load_kg=82.5, rom_m=0.41,
        peak_velocity_mps=0.81, concentric_s=0.9, velocity_metric="mean", device=DEVICE) | _timed(-1)),
    _plain("structured", STRUCTURED),
    _plain("structured again", STRUCTURED),
    _plain("structured again with other content", STRUCTURED | {"data": rep(set_id="s2")["data"]}),
    _plain("attributes that only ingest writes", rep() | {"receivedtime": _at(-99), "configversion": 9, "sequence": "x"}),
    _plain("a clock that is wrong", rep() | _timed(3600, senttime=_at(3601))),
    _plain("sent late", rep() | _timed(-60, senttime=_at(0))),
    _plain("received late", rep() | _timed(-60)),
    _plain("a time with an offset", rep() | {"time": "2026-01-07T18:59:58.25+01:00"}),
    _plain("a time that lies ahead", rep() | _timed(600)),
    _plain("a time before all times", rep() | {"time": "1999-01-01T00:00:00Z"}),
    _plain("a time that is none", rep() | {"time": "yesterday"}),
    _plain("batch", [rep(rep_number=1) | _timed(-9), event("set.ended", athlete_id="ada", set_id="s1") | _timed(-1)]),
    _plain("batch with refusals", [{**rep(), "id": "good"}, {**rep(mean_velocity_mps=391), "id": "bad"}, 5]),
    _plain("batch of refusals", [rep(mean_velocity_mps=-1), event("rep.invented")]),
    _plain("empty batch", []),
    Request("lines", _lines(rep(rep_number=1), b"", rep(rep_number=2), b"")),
    Request("lines with one broken", _lines(b'{"type": ', rep(), b"rubbish")),
    Request("binary", b'{"athlete_id": "ada"}',
        headers={"ce-type": REP, "ce-specversion": "1.0", "ce-id": "x%20y", "ce-source": "s", "ce-time": _at(-4)}),
    Request("no JSON", b'{"type": "spotter.rep.completed.v1",}'),
    Request("empty body", b""),
    Request("a number that is none", b'{"type": "spotter.rep.completed.v1", "data": {"athlete_id": NaN}}'),
    _plain("set started", event("set.started", athlete_id="ada", set_id="s2", exercise="back_squat", load_kg=100,
        intent="amrap", is_last_set=True, spotter_present=True, station_id="rack-1", target_rir=1) | _timed(-1), "app"),
    _plain("rep started", event("rep.started", athlete_id="ada", set_id="s2", rep_number=1) | _timed(0), "device"),
    _plain("motion", event("motion.sampled", athlete_id="ada", t0=_at(-1), rate_hz=50, signal="bar_velocity",
        samples=[0.0, 0.125, 0.5, 0.25]), "device"),
    _plain("motion of another shape", event("motion.sampled", athlete_id="ada", t0=_at(-1), rate_hz=50,
        signal="imu_bar", samples=[0.0, 0.125]), "device"),
    _plain("rep amended", event("rep.amended", athlete_id="ada", set_id="s1", rep_number=2, set={"load_kg": 60}), "app"),
    _plain("effort by RPE", event("effort.reported", athlete_id="ada", set_id="s1", rpe=8.5) | _timed(-1), "app"),
    _plain("effort said twice", event("effort.reported", athlete_id="ada", rir=2, rpe=8), "app"),
    _plain("wellness", event("wellness.reported", athlete_id="ada", sleep=2, pain={"knee": 3}) | _timed(-1)),
    _plain("set moved", event("set.moved", athlete_id="ada", set_id="s1", to_athlete_id="bob") | _timed(-1), "coach"),
    _plain("set moved to the same lifter", event("set.moved", athlete_id="ada", to_athlete_id="ada"), "coach"),
    _plain("athlete updated", event("athlete.updated", athlete_id="ada", name="Ada", level="advanced"), "coach"),
    _plain("policy of the gym", event("policy.updated", target_rir=3, weekly_units=2.0), "coach"),
    _plain("policy of a lifter with a block", event("policy.updated", athlete_id="ada", block=BLOCK), "coach"),
    _plain("policy that makes no sense", event("policy.updated", weekly_units=51), "coach"),
    _plain("exercise added", event("exercise.added", exercise="yoke_walk", name="Yoke walk", risk="high_risk"), "coach"),
    _plain("rep of the added exercise", rep(exercise="yoke_walk") | _timed(-1)),
    _plain("rep of an exercise that nobody knows", rep(exercise="jugling") | _timed(-1)),
    _plain("budget granted", event("budget.granted", athlete_id="ada", units=1.0, reason="peak week",
        expires=_at(86_400)), "coach"),
    _plain("advice acknowledged", event("advice.acknowledged", athlete_id="ada", alert_id="a1", state="shown"), "device"),
    _plain("token revoked", event("token.revoked", token_id="0" * 24)),
    _plain("type above the role", event("policy.updated", target_rir=3), "device"),
    _plain("type that is written inside", event("effort.estimated", athlete_id="ada")),
    _plain("type that is misspelled", event("rep.complete", athlete_id="ada")),
    _plain("lifter of another token", rep("bob"), "device", "ada"),
    _plain("field that is misspelled", rep(mean_velocity=0.5)),
    _plain("no lifter", rep(None)),
)  # fmt: skip
"""In this order: what is sent again, and a configuration that has changed, are part of what is recorded."""
