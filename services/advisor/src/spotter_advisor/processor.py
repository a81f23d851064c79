"""The advisor's core: the detector's events of one lifter in; advice, summaries, budgets and notices out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final

from spotter.domain import topics
from spotter.domain.events import Event, EventData
from spotter.domain.events.outputs import EffortCounted, EffortEstimated, RepCounted, RepOverdue, SetClosed, SetOpened
from spotter.domain.events.people import AthleteUpdated, BudgetGranted, PolicyUpdated, SessionStarted, WellnessReported
from spotter.streaming.processor import Environment, Processor, State, Step
from spotter_advisor.handlers.athlete_updated import athlete_updated, budget_granted, policy_updated, session_started
from spotter_advisor.handlers.new_descriptions import reprice_by_new_descriptions
from spotter_advisor.handlers.rep_counted import effort_estimated, rep_counted, rep_overdue
from spotter_advisor.handlers.set_closed import effort_counted, set_closed
from spotter_advisor.handlers.set_opened import set_opened
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork
from spotter_advisor.handlers.wellness_reported import wellness_reported
from spotter_advisor.state import codec

_HANDLERS: Final[Mapping[type[EventData], Callable[[AdvisorUnitOfWork, Any], None]]] = {
    SetOpened: set_opened,
    RepCounted: rep_counted,
    EffortEstimated: effort_estimated,
    SetClosed: set_closed,
    RepOverdue: rep_overdue,
    EffortCounted: effort_counted,
    AthleteUpdated: athlete_updated,
    PolicyUpdated: policy_updated,
    SessionStarted: session_started,
    BudgetGranted: budget_granted,
    WellnessReported: wellness_reported,
}
_NOTHING: Final = Step()


class Advisor(Processor[Step]):
    """Compares each estimate with the exercise, the lifter and the weekly failure budget, and advises what to do.

    State per lifter: `lifter` (level, calendar, policy, grants, training days), one `set:<set_key>` for each set that
    received an event in the last 28 days, `ledger` (what sets of the last 8 weeks cost), `weeks` (what each week of the
    last year allowed, as published), and `signs` (the history that warnings are computed from).
    """

    name: ClassVar[str] = "advisor"
    input_topic: ClassVar[str] = topics.ESTIMATES
    output_topic: ClassVar[str] = topics.ADVICE
    reads: ClassVar[frozenset[type[EventData]] | None] = frozenset(_HANDLERS)

    def draft(self, state: State, event: Event, env: Environment) -> Step:
        """Process an event completely: a decision is cheap enough not to be deferred."""
        handle = _HANDLERS.get(type(event.data))
        if handle is None:
            return _NOTHING
        uow = AdvisorUnitOfWork(state, event, env)
        reprice_by_new_descriptions(uow)
        handle(uow, event.data)
        return uow.step()

    def finish(self, drafts: Sequence[Step]) -> list[Step]:
        """Return the steps, which are complete."""
        return list(drafts)

    def dump(self, name: str, value: object) -> bytes:
        """Encode an entry."""
        return codec.dump(name, value)

    def load(self, name: str, raw: bytes) -> object:
        """Decode an entry."""
        return codec.load(name, raw)
