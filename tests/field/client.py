"""Sends situations through the public door of a running Spotter and reads what came of them."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import httpx

from tests.field.events import KeyOf, Other, Sent, event
from tests.field.reader import Reader
from tests.field.situation import Check, Situation, Upload

SETTLED_S: Final = 30.0
"""Within this time everything that was sent is read, on a busy machine too."""
HOLDS_S: Final = 3.0
"""Dead letters are written beside the two stories that are waited for."""
PLANNED: Final = {"exercise": "leg_curl", "sets": 1}
Difference = tuple[object, object]
"""What was expected, and what is there."""
_runs = itertools.count(1)


@dataclass
class Outside:
    """Someone who has nothing but an address and a coach's token."""

    http: httpx.Client

    def run(self, situation: Situation) -> dict[str, Difference]:
        """Go through a situation with lifters of its own; returns all that is not as expected."""
        athlete_id = f"{re.sub('[^a-z]+', '-', situation.name)[:40]}-{next(_runs)}"
        begin = datetime.now(UTC)
        results: list[dict[str, Any]] = []
        checks: list[Check] = []
        differences: dict[str, Difference] = {}
        whos = {sent.who for step in situation.steps if isinstance(step, Upload) for sent in step.events}
        level = [event("athlete.updated", level="advanced")]
        for who in sorted(whos | {""}):
            self._post([_Envelopes(_name(athlete_id, who), begin).wrap(sent) for sent in level])
        for step, following in itertools.zip_longest(situation.steps, situation.steps[1:]):
            if isinstance(step, Check):
                checks.append(step)
                if not isinstance(following, Check):
                    differences |= self._judge(checks, athlete_id, results)
                    checks = []
            else:
                results = self._upload(step, athlete_id, begin)
                if isinstance(following, Check):
                    for who in sorted(whos | {""}):
                        self._settle(_name(athlete_id, who))
        return differences

    def _upload(self, upload: Upload, athlete_id: str, begin: datetime) -> list[dict[str, Any]]:
        keys: list[str] = []
        if any(isinstance(value, KeyOf) for sent in upload.events for value in sent.data.values()):
            self._settle(athlete_id)
            keys = [each["set_key"] for each in Reader(self.http, athlete_id, []).sets]
        envelopes = _Envelopes(athlete_id, begin, keys)
        if not upload.live:
            return self._post([envelopes.wrap(sent) for sent in upload.events])
        results = []
        for sent in upload.events:
            assert isinstance(sent.at, float | int)
            time.sleep(max(0.0, (begin + timedelta(seconds=sent.at) - datetime.now(UTC)).total_seconds()))
            results += self._post([_Envelopes(athlete_id, begin, keys).wrap(sent)])
        return results

    def _post(self, bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        answer = self.http.post("/v1/events", json=bodies)
        body: dict[str, Any] = answer.json()
        assert "results" in body, answer.text
        results: list[dict[str, Any]] = body["results"]
        return results

    def _settle(self, athlete_id: str) -> None:
        """Wait until a sign of life that comes after everything is read in both stories of the lifter."""
        now = datetime.now(UTC)
        signs = [event("wellness.reported", now, mood=3), event("session.started", now, planned=[PLANNED])]
        results = self._post([_Envelopes(athlete_id, now).wrap(sign) for sign in signs])
        assert ["accepted", "accepted"] == [result["status"] for result in results], results
        deadline_s = time.monotonic() + SETTLED_S
        while min(Reader(self.http, athlete_id, []).newest) < now:
            assert time.monotonic() < deadline_s, f"what {athlete_id} sent is not read"
            time.sleep(0.05)

    def _judge(self, checks: list[Check], athlete_id: str, results: list[dict[str, Any]]) -> dict[str, Difference]:
        deadline_s = time.monotonic() + HOLDS_S
        while True:
            reader = Reader(self.http, athlete_id, results)
            differences = {
                check.about: (check.expected, actual)
                for check in (*checks, AGREEMENT)
                if (actual := _read(check, reader)) != check.expected
            }
            if not differences or time.monotonic() > deadline_s:
                return differences
            time.sleep(0.2)


def _agrees(reader: Reader) -> bool:
    budget = reader.budget
    first_day = datetime.fromisoformat(budget["week_start"]).astimezone(ZoneInfo(budget["time_zone"])).date()
    running = [week for week in reader.weeks if week["first_day"] == first_day.isoformat()]
    return all((week["allowed"], week["spent"]) == (budget["allowed"], budget["spent"]) for week in running)


AGREEMENT: Final = Check("report and budget say the same of the running week", True, _agrees)


def _read(check: Check, reader: Reader) -> object:
    try:
        return check.read(reader)
    except IndexError:
        return "no such set"


def _name(athlete_id: str, who: str) -> str:
    return f"{athlete_id}-{who}" if who else athlete_id


class _Envelopes:
    """Events as JSON, with the times of their senders' clocks."""

    def __init__(self, athlete_id: str, begin: datetime, keys: Sequence[str] = ()) -> None:
        self._athlete_id = athlete_id
        self._begin = begin
        self._keys = keys
        self._sent = datetime.now(UTC)

    def wrap(self, sent: Sent) -> dict[str, Any]:
        """Return an event of the lifter."""
        data = {name: self._resolve(value) for name, value in sent.data.items()}
        body: dict[str, Any] = {
            "specversion": "1.0",
            "type": f"spotter.{sent.kind}.v1",
            "source": sent.source,
            "data": {"athlete_id": _name(self._athlete_id, sent.who), **data},
        }
        if sent.at is None:
            return body
        at = sent.at if isinstance(sent.at, datetime) else self._begin + timedelta(seconds=sent.at)
        now = datetime.now(UTC) if sent.clock == "read for each event" else self._sent
        if sent.clock == "since start":  # a device that was switched on two hours ago and has never heard the date
            behind = self._begin - timedelta(hours=2) - datetime(1970, 1, 1, tzinfo=UTC)
            at, now = at - behind, now - behind
        body["time"] = at.isoformat()
        if sent.clock != "none":
            body["senttime"] = now.isoformat()
        return body

    def _resolve(self, value: object) -> object:
        if isinstance(value, KeyOf):
            return self._keys[value.ordinal]
        return _name(self._athlete_id, value.who) if isinstance(value, Other) else value
