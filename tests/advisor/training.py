"""A lifter's training as the failure detector reports it, and the advisor that receives it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from spotter.domain.events import Event, EventData
from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.events.lifting import EffortReported
from spotter.domain.events.outputs import (
    AdviceGiven,
    EffortCounted,
    EffortEstimated,
    RepCounted,
    RepOverdue,
    SetClosed,
    SetOpened,
    SetSummarised,
)
from spotter.domain.events.people import AthleteUpdated, BudgetGranted, PolicyUpdated, SessionStarted, WellnessReported
from spotter.domain.gym_config import Configuration
from spotter.streaming.processor import Step
from spotter_advisor.processor import Advisor
from spotter_advisor.state.history import History
from spotter_advisor.state.records import AdvisedSet, AthleteState, Ledger

MONDAY = datetime(2026, 1, 5, 10, tzinfo=UTC)
D = TypeVar("D", bound=EventData)


def chances(rir: float, spread: float = 0.4) -> list[float]:
    """Return P(RIR <= 0) ... P(RIR <= 6) around a median."""
    return [round(1 / (1 + math.exp((rir - j - 0.5) / spread)), 4) for j in range(7)]


@dataclass
class Training:
    """One lifter, the advisor's state of that lifter, and a clock that the test moves."""

    gym: str = "g1"
    athlete: str = "ada"
    now: datetime = MONDAY
    level: str | None = "intermediate"
    env: Configuration = field(default_factory=Configuration)
    state: dict[str, object] = field(default_factory=dict)
    inputs: list[Event] = field(default_factory=list)
    outputs: list[Event] = field(default_factory=list)
    last: Step = field(default_factory=Step)
    advisor: Advisor = field(default_factory=Advisor)

    def __post_init__(self) -> None:
        """Set a level: without one the lifter is a beginner, which most tests are not about."""
        if self.level is not None:
            self.receive(AthleteUpdated.model_validate({"level": self.level}))

    def receive(self, data: EventData, **envelope: Any) -> list[Event]:
        """Send an event to the advisor; returns its outputs."""
        data = data.model_copy(update={"gym_id": self.gym, "athlete_id": self.athlete})
        attributes = {
            "id": f"e{len(self.inputs)}",
            "source": "spotter/failure-detector",
            "time": self.now,
            "receivedtime": self.now,
            **envelope,
        }
        return self.process(Event(data=data, **attributes))

    def process(self, event: Event) -> list[Event]:
        """Process a complete event."""
        self.inputs.append(event)
        self.last = self.advisor.step(self.state, event, self.env)
        for name, value in self.last.changes.items():
            if value is None:
                self.state.pop(name, None)
            else:
                self.state[name] = value
        self.outputs += self.last.outputs
        return list(self.last.outputs)

    def wait(self, seconds: float = 0, **others: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds, **others)

    def open_set(self, exercise: str | None = "biceps_curl", set_id: str | None = None, **context: Any) -> Lifting:
        """Open a set."""
        number = sum(isinstance(event.data, SetOpened) for event in self.inputs)
        lifting = Lifting(self, f"key{number}", set_id or f"s{number}", {"exercise": exercise, **context}, self.now)
        lifting.send_opened()
        return lifting

    def outputs_of(self, kind: type[D]) -> list[D]:
        """Return all outputs of one kind."""
        return [event.data for event in self.outputs if isinstance(event.data, kind)]

    def last_outputs_of(self, kind: type[D]) -> list[D]:
        """Return the last event's outputs of one kind."""
        return [event.data for event in self.last.outputs if isinstance(event.data, kind)]

    def budget(self) -> BudgetChanged:
        """Return the newest budget."""
        return self.outputs_of(BudgetChanged)[-1]

    def grant(self, units: float, expires: datetime, reason: str = "peaking", **envelope: Any) -> None:
        """Grant units, as a coach."""
        self.receive(BudgetGranted(athlete_id=self.athlete, units=units, reason=reason, expires=expires), **envelope)

    def update_policy(self, **policy: Any) -> None:
        """Change the lifter's own policy, as a coach."""
        self.receive(PolicyUpdated.model_validate(policy))

    def start_session(self, **fields: Any) -> None:
        """Start a session."""
        self.receive(SessionStarted.model_validate(fields))

    def check_in(self, *, pain: Mapping[str, int] | None = None, **scores: int) -> BudgetChanged:
        """Check in as the lifter; returns the budget after that."""
        report = scores if pain is None else {**scores, "pain": dict(pain)}
        self.receive(WellnessReported.model_validate(report), source="app")
        return self.last_outputs_of(BudgetChanged)[0]

    def update_athlete(self, **fields: Any) -> None:
        """Change the lifter's settings, as a coach."""
        self.receive(AthleteUpdated.model_validate(fields))

    def set(self, lifting: Lifting) -> AdvisedSet:
        """Return the state of a set."""
        stored = self.state[f"set:{lifting.key}"]
        assert isinstance(stored, AdvisedSet)
        return stored

    @property
    def lifter(self) -> AthleteState:
        """The state of the lifter."""
        stored = self.state["lifter"]
        assert isinstance(stored, AthleteState)
        return stored

    @property
    def history(self) -> History:
        """The history that warnings are computed from."""
        stored = self.state.get("signs", History())
        assert isinstance(stored, History)
        return stored

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        stored = self.state.get("ledger", Ledger())
        assert isinstance(stored, Ledger)
        return stored


@dataclass
class Rep:
    """A rep, as the detector has it."""

    number: int
    event_id: str
    ended: datetime
    received: datetime
    revision: int = 1
    estimates: int = 0


@dataclass
class Lifting:
    """One set of a training."""

    training: Training
    key: str
    set_id: str
    context: dict[str, Any]
    opened_at: datetime
    history: bool = False
    reopened: int = 0
    pinned: int = 0
    is_open: bool = True
    reps: list[Rep] = field(default_factory=list)

    def send_opened(self, *, amended: bool = False, **envelope: Any) -> None:
        """Send the opening or an amendment of the set."""
        context = {name: value for name, value in self.context.items() if value is not None}
        data = SetOpened(
            **context,
            set_id=self.set_id,
            set_key=self.key,
            opened_by="e",
            opened_at=self.opened_at,
            history=self.history,
            reopened=self.reopened,
            amended=amended,
            pinned_config=self.pinned,
        )
        self.training.receive(data, **envelope)

    def amend(self, **context: Any) -> None:
        """Amend the set."""
        self.context |= context
        self.send_opened(amended=True)

    def rep(self, rir: float = 6.0, *, after_s: float = 3.0, number: int | None = None, **estimate: Any) -> AdviceGiven:
        """Do a rep that leaves `rir`; returns the advice after it."""
        self.training.wait(after_s)
        ended = estimate.pop("ended", self.training.now)
        rep = Rep(number or len(self.reps) + 1, f"rep{len(self.training.inputs)}", ended, self.training.now)
        self.reps.append(rep)
        more = {name: estimate.pop(name) for name in ("kind", "assisted", "side") if name in estimate}
        self.send_counted(rep, concentric_s=estimate.pop("concentric_s", 1.0), **more)
        self.send_estimate(rep, rir, arrival=True, **estimate)
        (advice,) = self.training.last_outputs_of(AdviceGiven)
        return advice

    def send_counted(self, rep: Rep, *, voided: bool = False, concentric_s: float = 1.0, **more: Any) -> None:
        """Send a rep as it is now."""
        data = RepCounted(
            set_id=self.set_id,
            set_key=self.key,
            rep_number=rep.number,
            revision=rep.revision,
            rep_event_id=rep.event_id,
            rep_time=rep.ended,
            concentric_s=concentric_s,
            voided=voided,
            **more,
        )
        self.training.receive(data)

    def send_estimate(
        self,
        rep: Rep,
        rir: float,
        *,
        arrival: bool = False,
        newest: bool | None = None,
        fresh: bool = True,
        confidence: str = "high",
        flags: Sequence[str] = (),
        p: Sequence[float] | None = None,
        fastest_mps: float | None = None,
        rep_event_id: str | None = None,
    ) -> list[AdviceGiven]:
        """Send an estimate; returns the advice that follows."""
        rep.estimates += 1
        self.training.receive(
            EffortEstimated.model_validate(
                {
                    "set_id": self.set_id,
                    "set_key": self.key,
                    "rep_number": rep.number,
                    "rep_event_id": rep_event_id,
                    "revision": rep.estimates,
                    "reference_velocity_mps": fastest_mps,
                    "rir": rir,
                    "rir_low": max(0.0, rir - 1),
                    "rir_high": rir + 1,
                    "p_rir_le": list(p or chances(rir)),
                    "p_next_fails": (p or chances(rir))[0],
                    "share_done": 0.5,
                    "mode": "velocity",
                    "confidence": confidence,
                    "learned_sets": 0,
                    "flags": list(flags),
                    "model_version": "m",
                    "profile_version": "population",
                    "arrival": arrival,
                    "newest": rep is max(self.reps, key=lambda rep: rep.ended) if newest is None else newest,
                    "fresh": fresh,
                    "set_open": self.is_open,
                    "rep_time": rep.ended,
                    "newest_received": max(rep.received for rep in self.reps),
                }
            )
        )
        return self.training.last_outputs_of(AdviceGiven)

    def correct(self, rirs: Mapping[int, float], **estimate: Any) -> list[AdviceGiven]:
        """Amend the first of these reps, and revise the estimates of all; returns the revised advice."""
        first = self.rep_numbered(min(rirs))
        first.revision += 1
        self.send_counted(first)
        advice: list[AdviceGiven] = []
        for number, rir in rirs.items():
            advice += self.send_estimate(self.rep_numbered(number), rir, **estimate)
        return advice

    def void(self, number: int) -> None:
        """Void a rep."""
        rep = self.rep_numbered(number)
        rep.revision += 1
        self.reps.remove(rep)
        self.send_counted(rep, voided=True)

    def rep_numbered(self, number: int) -> Rep:
        """Return a rep by its number."""
        return next(rep for rep in self.reps if rep.number == number)

    def send_overdue(self, number: int | None = None) -> list[AdviceGiven]:
        """Report a rep that is under way for too long."""
        data = RepOverdue(
            set_id=self.set_id, set_key=self.key, rep_number=number, started_at=self.training.now, outlasted_s=6.0
        )
        self.training.receive(data, source="spotter/failure-detector/timer")
        return self.training.last_outputs_of(AdviceGiven)

    def report_effort(self, **report: Any) -> None:
        """Let a report of the lifter hold from now on, as the detector resolves it."""
        call = EffortReported(**report)
        rep = next((rep for rep in self.reps if rep.number == call.rep_number), None)
        data = EffortCounted(
            set_key=self.key,
            effort_event_id=f"call{len(self.training.inputs)}",
            about=self.training.now,
            rep_event_id=None if rep is None else rep.event_id,
            rir=call.called_rir,
            failed=call.failed,
        )
        self.training.receive(data)

    def close(self, reason: str = "lifter", **more: Any) -> SetSummarised:
        """End the set; returns its summary."""
        self.send_closed(reason, **more)
        (summary,) = self.training.last_outputs_of(SetSummarised)
        return summary

    def send_closed(self, reason: str = "lifter", **more: Any) -> None:
        """Send the end of the set."""
        self.is_open = False
        data = SetClosed.model_validate(
            {
                "set_id": self.set_id,
                "set_key": self.key,
                "reason": reason,
                "ended_at": self.training.now,
                "reps": len(self.reps),
                "reopened": self.reopened,
                **more,
            }
        )
        self.training.receive(data)

    def reopen(self) -> None:
        """Reopen the set."""
        self.is_open, self.history, self.reopened = True, False, self.reopened + 1
        self.send_opened()

    def do_set(self, *rirs: float, **estimate: Any) -> SetSummarised:
        """Do a whole set: a rep for each number of reps left, then the end."""
        for rir in rirs:
            self.rep(rir, **estimate)
        return self.close()


def again(training: Training) -> Training:
    """Process all inputs of a training with a new advisor."""
    other = replace(training, level=None, state={}, inputs=[], outputs=[])
    for event in training.inputs:
        other.process(event)
    return other
