"""What a version has published about a set, as far as two versions are compared by it."""

from __future__ import annotations

from dataclasses import dataclass, field

from spotter.domain.events import EventData
from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.events.outputs import (
    AdviceGiven,
    EffortEstimated,
    RepCounted,
    SetClosed,
    SetOpened,
    SetOutput,
    SetSummarised,
)
from spotter.domain.time import format_time


@dataclass(slots=True)
class PublishedEstimate:
    """The newest estimate of a rep."""

    number: int
    revision: int
    rir: float


@dataclass(slots=True)
class PublishedAdvice:
    """The newest advice after a rep."""

    revision: int
    action: str
    late: bool


@dataclass(slots=True)
class PublishedSet:
    """The newest word on a set."""

    set_id: str = ""
    exercise: str = ""
    opened_at: str = ""
    ended: bool = False
    gone: bool = False
    """It was voided, merged or moved."""
    versions: list[str] = field(default_factory=list)
    """Of the models that estimated it."""
    reps: dict[str, int] = field(default_factory=dict)
    """Revision of each rep, by the event that reported it."""
    estimates: dict[str, PublishedEstimate] = field(default_factory=dict)
    """By the event that reported the rep."""
    advice: dict[int, PublishedAdvice] = field(default_factory=dict)
    """By rep number; 0 is the plan."""
    failed: bool = False
    summary: int = 0
    """Revision of the summary."""
    cost: float = 0.0
    entry: int = -1
    """Revision of the budget's entry."""

    def take(self, data: EventData) -> None:
        """Take an output about this set."""
        match data:
            case SetOpened():
                self.set_id, self.exercise = data.set_id or "", data.exercise or "unknown"
                self.opened_at = format_time(data.opened_at)
                self.ended = self.ended and data.amended
            case SetClosed():
                self.ended = True
                self.gone = bool(data.voided or data.merged_into or data.moved_to)
            case RepCounted():
                self.reps[data.rep_event_id] = max(data.revision, self.reps.get(data.rep_event_id, 0))
            case EffortEstimated():
                self._estimate(data)
            case AdviceGiven():
                before = self.advice.get(data.after_rep)
                if before is None or before.revision <= data.revision:
                    self.advice[data.after_rep] = PublishedAdvice(data.revision, data.action, data.late)
            case SetSummarised() if data.revision >= self.summary:
                self.summary, self.failed = data.revision, data.failed
            case BudgetChanged() if data.entry is not None and data.entry.revision >= self.entry:
                self.entry, self.cost = data.entry.revision, data.entry.cost

    def _estimate(self, data: EffortEstimated) -> None:
        rep = data.rep_event_id or f"number {data.rep_number}"
        before = self.estimates.get(rep)
        if before is None or before.revision <= data.revision:
            self.estimates[rep] = PublishedEstimate(data.rep_number, data.revision, data.rir)
        if data.model_version not in self.versions:
            self.versions.append(data.model_version)

    def first_alarm(self, loud: frozenset[str]) -> int | None:
        """Return the rep after which the lifter first heard to stop; None: never."""
        heard = (rep for rep, advice in self.advice.items() if rep and advice.action in loud and not advice.late)
        return min(heard, default=None)


def set_of(data: EventData) -> str | None:
    """Return the key of the set that an output is about."""
    if isinstance(data, SetOutput):
        return data.set_key
    if isinstance(data, BudgetChanged) and data.entry is not None:
        return data.entry.set_key
    return None
