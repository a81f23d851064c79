"""Counts of a replay: accepted reps, estimates and advice. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from spotter_cli.http_client import SendResult
from spotter_cli.replay.recording import STARTED, RecordedEvent, Recording, RecordingSet

Frame = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rep that the server refused."""

    location: str
    reason: str


@dataclass(frozen=True, slots=True)
class RepAdvice:
    """The advice after a rep."""

    after_rep: int
    action: str
    sentence: str
    late: bool


@dataclass(slots=True)
class SetTally:
    """One set of the recording and its results."""

    recording_set: RecordingSet
    exercise: str | None = None
    load_kg: float | None = None
    sent: int = 0
    accepted: int = 0
    estimates: dict[int, Mapping[str, object]] = field(default_factory=dict)
    """The newest, by rep number."""
    advice: dict[int, RepAdvice] = field(default_factory=dict)
    """The newest, by rep number."""


class Tally:
    """Counts what is sent and what is received."""

    def __init__(self, recording: Recording) -> None:
        self.sets = {recording_set: SetTally(recording_set) for recording_set in recording.sets}
        self.refusals: list[Refusal] = []
        self.remarks: dict[str, int] = {}
        """The server's remarks on other events, with how often each occurred."""
        self.sent = 0
        self.accepted = 0
        self._athletes = {event.text("athlete_id") for event in recording.events if event.set is not None}
        self._started: list[RecordingSet] = []
        self._by_key: dict[str, SetTally] = {}
        self._estimates: set[tuple[object, object]] = set()
        self._advice: set[tuple[object, object]] = set()

    def record_sent(self, recorded: RecordedEvent) -> None:
        """Record an event that is about to be sent."""
        if recorded.set is None:
            return
        tally = self.sets[recorded.set]
        if recorded.set not in self._started:
            self._started.append(recorded.set)
        data = recorded.event.get("data")
        if isinstance(data, Mapping) and (recorded.is_rep or recorded.event.get("type") == STARTED):
            exercise, load_kg = data.get("exercise"), data.get("load_kg")
            tally.exercise = exercise if isinstance(exercise, str) else tally.exercise
            tally.load_kg = float(load_kg) if isinstance(load_kg, int | float) else tally.load_kg

    def record_outcome(self, recorded: RecordedEvent, outcome: SendResult) -> Refusal | None:
        """Record the result of an event; return the refusal if it was a refused rep."""
        if not recorded.is_rep:
            if outcome.status == "refused":
                self._remark(f"{recorded.event.get('type')} refused: {outcome.reason}")
            return None
        tally = self.sets[recorded.set] if recorded.set is not None else None
        self.sent += 1
        if tally is not None:
            tally.sent += 1
        if outcome.status == "refused":
            refusal = Refusal(recorded.location, outcome.reason)
            self.refusals.append(refusal)
            return refusal
        if outcome.status == "duplicate":
            self._remark("rep sent twice by the recording: the second is a duplicate")
            return None
        self.accepted += 1
        if tally is not None:
            tally.accepted += 1
        return None

    def receive(self, frame: Frame) -> bool:
        """Record a frame of the advice stream; return whether it belongs to this replay."""
        data = frame.get("data")
        kind = frame.get("type")
        if not isinstance(data, Mapping) or kind not in ("spotter.effort.estimated.v1", "spotter.advice.given.v1"):
            return False
        if None not in self._athletes and data.get("athlete_id") not in self._athletes:
            return False
        tally = self._set_of(data)
        if kind == "spotter.effort.estimated.v1":
            number = data.get("rep_number")
            self._estimates.add((data.get("set_key"), number))
            if tally is not None and isinstance(number, int):
                tally.estimates[number] = data
            return True
        number = data.get("after_rep")
        if isinstance(number, int) and number > 0:
            self._advice.add((data.get("set_key"), number))
            if tally is not None:
                action, sentence = str(data.get("action")), str(data.get("sentence", ""))
                tally.advice[number] = RepAdvice(number, action, sentence, data.get("late") is True)
        return True

    def _set_of(self, data: Mapping[str, object]) -> SetTally | None:
        """Return the recorded set of an output: by set id, else the lifter's newest set without one."""
        key = str(data.get("set_key"))
        if existing := self._by_key.get(key):
            return existing
        for recording_set in reversed(self._started):
            same_lifter = recording_set.athlete_id in (None, data.get("athlete_id"))
            if same_lifter and recording_set.set_id in (None, data.get("set_id")):
                self._by_key[key] = self.sets[recording_set]
                return self.sets[recording_set]
        return None

    def _remark(self, text: str) -> None:
        self.remarks[text] = self.remarks.get(text, 0) + 1

    @property
    def refused(self) -> int:
        """The number of refused reps."""
        return len(self.refusals)

    @property
    def complete(self) -> bool:
        """Whether every accepted rep has an estimate and advice."""
        return len(self._estimates) >= self.accepted and len(self._advice) >= self.accepted

    def counts(self) -> dict[str, int]:
        """Return reps sent, accepted and refused, sets with an accepted rep, reps with an estimate and with advice."""
        return {
            "sent": self.sent,
            "accepted": self.accepted,
            "refused": self.refused,
            "sets": sum(tally.accepted > 0 for tally in self.sets.values()),
            "estimates": len(self._estimates),
            "advice": len(self._advice),
        }
