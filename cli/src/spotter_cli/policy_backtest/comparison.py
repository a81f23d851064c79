"""The advice of each set under the original and the trial policy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from spotter.domain.actions import LOUD
from spotter.domain.events import Event
from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.events.outputs import AdviceGiven, SetOpened, SetSummarised
from spotter_advisor.handlers.unit_of_work import RULES_VERSION
from spotter_cli.policy_backtest.history import LogHistory
from spotter_cli.policy_backtest.replay import Trial, replay_advice


@dataclass(frozen=True, slots=True)
class SetAdvice:
    """The advice of one set."""

    target: int | None = None
    plan: str = ""
    stop_after: int | None = None
    """Reps done at the first *stop* that came in time."""
    cost: float = 0.0
    """Units of the week's failure budget, for the reps that were done."""


@dataclass(frozen=True, slots=True)
class SetComparison:
    """One set under the original and the trial policy."""

    athlete_id: str
    set_id: str
    set_key: str
    at: datetime
    exercise: str
    reps: int
    then: SetAdvice
    now: SetAdvice

    @property
    def differs(self) -> bool:
        """Whether the advice differs."""
        return self.then != self.now


@dataclass(frozen=True, slots=True)
class Comparison:
    """All sets of the weeks in question, and how faithful the replay is."""

    since: datetime
    sets: tuple[SetComparison, ...]
    advice_known: int
    """Pieces of advice of these weeks in the log."""
    advice_same: int
    """How many of them the replay under the original policy reproduces."""
    rules_then: tuple[str, ...] = ()
    """Versions of the rules that wrote them, other than the current one."""

    @property
    def faithful(self) -> bool:
        """Whether the replay reproduces all advice."""
        return self.advice_same == self.advice_known


def compare(history: LogHistory, trial: Trial, weeks: float, athlete_id: str | None = None) -> Comparison | None:
    """Replay the last weeks of a history under both policies and compare; None if it has no set.

    The weeks end with the newest event.
    """
    then = replay_advice(history)
    events = history.events()
    opened = {data.set_key: data for event in events if isinstance(data := event.data, SetOpened)}
    if not opened:
        return None
    newest = max(event.received for event in events)
    since = newest - timedelta(weeks=weeks)
    now = replay_advice(history, trial, since, athlete_id)
    given = [event for event in history.advice if event.received >= since]
    advice_then, advice_now = _advice_by_set(then), _advice_by_set(now)
    summaries = _summaries_by_set(then)
    sets = [
        SetComparison(
            athlete_id=data.athlete_id or "",
            set_id=data.set_id or key,
            set_key=key,
            at=data.opened_at,
            exercise=data.exercise or "unknown",
            reps=summaries[key].reps if key in summaries else 0,
            then=advice_then.get(key, SetAdvice()),
            now=advice_now.get(key, SetAdvice()),
        )
        for key, data in opened.items()
        if data.opened_at >= since
    ]
    written, replayed = _advice_content(given), _advice_content(then)
    rules = {data.policy_version.partition(".")[0] for event in given if isinstance(data := event.data, AdviceGiven)}
    return Comparison(
        since=since,
        sets=tuple(sorted(sets, key=lambda lifted_set: (lifted_set.athlete_id, lifted_set.at, lifted_set.set_key))),
        advice_known=len(written),
        advice_same=sum(replayed.get(key) == answer for key, answer in written.items()),
        rules_then=tuple(sorted(rules - {RULES_VERSION})),
    )


def _advice_content(events: Iterable[Event]) -> dict[tuple[str, int, int], tuple[str, int | None, bool]]:
    """Return what each piece of advice says, by set, rep and revision."""
    return {
        (data.set_key, data.after_rep, data.revision): (data.action, data.target_rir, data.late)
        for event in events
        if isinstance(data := event.data, AdviceGiven)
    }


def _summaries_by_set(events: Iterable[Event]) -> dict[str, SetSummarised]:
    return {data.set_key: data for event in events if isinstance(data := event.data, SetSummarised)}


def _advice_by_set(events: Iterable[Event]) -> dict[str, SetAdvice]:
    plans: dict[str, AdviceGiven] = {}
    stops: dict[str, int] = {}
    costs: dict[str, tuple[int, float]] = {}
    for event in events:
        data = event.data
        if isinstance(data, AdviceGiven) and data.after_rep == 0:
            plans[data.set_key] = data
        elif isinstance(data, AdviceGiven) and not data.late and data.action in LOUD:
            stops.setdefault(data.set_key, data.after_rep)
        elif isinstance(data, BudgetChanged) and data.entry is not None:
            previous = costs.get(data.entry.set_key, (0, 0.0))
            if data.entry.revision >= previous[0]:
                costs[data.entry.set_key] = data.entry.revision, data.entry.cost
    return {
        key: SetAdvice(plan.target_rir, plan.sentence, stops.get(key), costs.get(key, (0, 0.0))[1])
        for key, plan in plans.items()
    }
