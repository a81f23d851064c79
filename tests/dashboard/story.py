"""Events as detector and advisor publish them, for one lifter at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from spotter.domain import topics
from spotter.domain.events import Event, EventData, encode, to_json
from spotter.domain.events.budgets import BudgetChanged, BudgetEntry
from spotter.domain.events.lifting import RepCompleted
from spotter.domain.events.outputs import (
    Action,
    AdviceGiven,
    DeviceLost,
    EffortEstimated,
    EventRejected,
    Origin,
    RepCounted,
    SetClosed,
    SetOpened,
    SetSummarised,
)
from spotter.domain.events.people import AthleteUpdated
from spotter.domain.ids import athlete_key
from spotter.streaming.log import NewRecord, Record
from spotter.streaming.memory.log import MemoryLog

MONDAY: Final = datetime(2026, 1, 5, 10, tzinfo=UTC)
WORDS: Final[dict[Action, str]] = {
    "continue": "",
    "one_more": "One more, then rack it.",
    "stop": "Two reps left: rack it.",
    "failing": "Rack it now.",
}


class Story:
    """Events about one lifter, written to a log on demand."""

    def __init__(self, athlete_id: str, *, gym_id: str = "g1", start: datetime = MONDAY) -> None:
        self.gym_id = gym_id
        self.athlete_id = athlete_id
        self.now = start
        self.records: list[NewRecord] = []
        self._offset = 0

    def tell(self, data: EventData, *, topic: str = topics.ESTIMATES, identity: str | None = None) -> Event:
        """Add an event at the current time."""
        self._offset += 1
        owned = data.model_copy(update={"gym_id": self.gym_id, "athlete_id": self.athlete_id})
        event = Event(
            id=identity or f"{self.athlete_id}-{self._offset}",
            source="test",
            time=self.now,
            data=owned,
            receivedtime=self.now,
            sequence=f"{self._offset}-0",
        )
        self.records.append(NewRecord(topic, athlete_key(self.gym_id, self.athlete_id), encode(event)))
        return event

    def wait(self, seconds: float) -> Story:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        return self

    def named(self, name: str, **more: Any) -> Story:
        """Update the lifter as a coach does."""
        self.tell(AthleteUpdated(name=name, **more))
        return self

    def opens(self, key: str, *, set_id: str | None = None, **context: Any) -> Story:
        """Open a set, reopen it, or say more about it."""
        fields = {"opened_by": f"{key}-event", "opened_at": self.now, **context}
        self.tell(SetOpened(set_key=key, set_id=set_id or key, **fields))
        return self

    def closes(
        self,
        key: str,
        *,
        reps: int = 0,
        reopened: int = 0,
        reason: str = "lifter",
        set_id: str | None = None,
        **more: Any,
    ) -> Story:
        """End a set."""
        fields: Any = {"reason": reason, "ended_at": self.now, "reps": reps, "reopened": reopened, **more}
        self.tell(SetClosed(set_key=key, set_id=set_id or key, **fields))
        return self

    def voids(self, key: str, **more: Any) -> Story:
        """Declare a set void: it never happened."""
        return self.closes(key, voided=True, **more)

    def merges(self, key: str, into: str, **more: Any) -> Story:
        """Attach a second recording to the set that it is of."""
        return self.closes(key, merged_into=into, **more)

    def withdraws(self, key: str, number: int, *, revision: int = 2, **more: Any) -> Story:
        """Take a rep out of a set: it is another one's."""
        return self.counts(key, number, revision=revision, withdrawn=True, **more)

    def rep(
        self, key: str, number: int, velocity_mps: float | None = None, *, set_id: str | None = None, **more: Any
    ) -> Story:
        """Report a rep and count it."""
        reported = self.tell(RepCompleted(set_id=set_id or key, rep_number=number), identity=f"{key}-rep-{number}")
        self.counts(key, number, velocity_mps, rep_event_id=reported.id, set_id=set_id, **more)
        return self

    def counts(
        self, key: str, number: int, velocity_mps: float | None = None, *, set_id: str | None = None, **more: Any
    ) -> Story:
        """Count a rep, or correct it."""
        fields = {"revision": 1, "rep_time": self.now, "rep_event_id": f"{key}-rep-{number}", **more}
        fields["mean_velocity_mps"] = velocity_mps
        self.tell(RepCounted(set_key=key, set_id=set_id or key, rep_number=number, **fields))
        return self

    def estimates(self, key: str, number: int, rir: float, *, reference_mps: float | None = None, **more: Any) -> Story:
        """Estimate the reps left after a rep."""
        fields = {
            "revision": 1,
            "reference_velocity_mps": reference_mps,
            "rir_low": max(0.0, rir - 1.2),
            "rir_high": rir + 1.4,
            "p_rir_le": [0.1] * 7,
            "p_next_fails": 0.1,
            "share_done": 0.5,
            "mode": "velocity",
            "confidence": "medium",
            "learned_sets": 0,
            "flags": [],
            "model_version": "test",
            "profile_version": "test",
            "rep_time": self.now,
            "newest_received": self.now,
            **more,
        }
        self.tell(EffortEstimated(set_key=key, set_id=key, rep_number=number, rir=rir, **fields))
        return self

    def advises(self, key: str, number: int, action: Action, **more: Any) -> Story:
        """Advise after a rep; 0 is the plan."""
        fields = {
            "alert_id": f"{key}-alert-{number}-{more.get('revision', 1)}",
            "revision": 1,
            "target_rir": 2,
            "late": False,
            "rule_ids": ["R01"],
            "sentence": WORDS[action],
            "speech": "",
            "haptic": "none",
            "sound_ms": 3000,
            "repeat": 0,
            "expires_at": self.now + timedelta(seconds=8),
            "ttl_ms": 8000,
            "budget_left": 4.0,
            "policy_version": "test",
            **more,
        }
        self.tell(AdviceGiven(set_key=key, set_id=key, after_rep=number, action=action, **fields), topic=topics.ADVICE)
        return self

    def summarises(self, key: str, *, revision: int = 1, reps: int = 5, **more: Any) -> Story:
        """Sum a set up."""
        fields = {"ended_by": "lifter", "ended_at": self.now, "rir_end": 2.0, **more}
        self.tell(SetSummarised(set_key=key, set_id=key, revision=revision, reps=reps, **fields), topic=topics.ADVICE)
        return self

    def budgets(
        self,
        key: str | None,
        cost: float,
        *,
        week_start: datetime,
        revision: int = 1,
        entry_revision: int = 1,
        entry_fields: dict[str, Any] | None = None,
        **more: Any,
    ) -> Story:
        """Change the lifter's budget by an entry."""
        week_end = week_start + timedelta(days=7)
        entry = None
        if key is not None:
            about: dict[str, Any] = {"last_rep_at": week_start + timedelta(hours=10), **(entry_fields or {})}
            entry = BudgetEntry(
                set_id=key,
                set_key=key,
                exercise="biceps_curl",
                muscle_group="biceps",
                ended_by="lifter",
                cost=cost,
                rule_ids=["R10"],
                revision=entry_revision,
                **about,
            )
        fields: dict[str, Any] = {"time_zone": "UTC", "allowed": 4.0, "spent": cost, "left": 4.0 - cost, "reasons": []}
        fields |= {"valid_until": week_end, "week_end": week_end, **more}
        self.tell(BudgetChanged(revision=revision, entry=entry, week_start=week_start, **fields), topic=topics.ADVICE)
        return self

    def loses(self, set_id: str | None = None) -> Story:
        """Lose the lifter's device."""
        self.tell(DeviceLost(set_id=set_id))
        return self

    def refuses(self, refused: Event, reason: str, *, set_key: str | None = None) -> Story:
        """Put an event among the dead letters."""
        rejected = EventRejected(
            set_id=refused.data.set_id,
            set_key=set_key,
            rejected_id=refused.id,
            rejected_type=refused.type,
            reason=reason,
            detail="it could not be used",
            reader="failure-detector",
            origin=Origin(topic=topics.LIFTS, partition=0, offset=self._offset),
            event=to_json(refused),
        )
        self.tell(rejected, topic=topics.LIFTS_DEAD)
        return self

    def write(self, log: MemoryLog) -> Story:
        """Write the events since the last time to a log."""
        for record in self.records:
            log.write(record)
        self.records.clear()
        return self


def read_back(records: Sequence[NewRecord]) -> list[Record]:
    """Return records as a log returns them, in their order."""
    counts: dict[str, int] = {}
    read = []
    for record in records:
        offset = counts[record.topic] = counts.get(record.topic, -1) + 1
        read.append(Record(record.topic, 0, offset, record.key, record.value, 0))
    return read
