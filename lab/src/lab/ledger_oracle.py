"""The failure ledger computed from all events at once; the incremental ledger must always equal it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from spotter.domain.events import Event
from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.events.lifting import EffortReported
from spotter.domain.events.outputs import EffortEstimated, RepCounted, RepOverdue, SetClosed, SetOpened
from spotter.domain.events.people import AthleteUpdated, PolicyUpdated, SessionStarted
from spotter.streaming.processor import Environment
from spotter_advisor.handlers.athlete_updated import athlete_updated, policy_updated, session_started
from spotter_advisor.handlers.rep_counted import NO_REPS, start_of
from spotter_advisor.handlers.set_closed import entry_of
from spotter_advisor.handlers.set_opened import context_of, pin_set
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork, day_policy, pinned_on_day
from spotter_advisor.planning.outcome import outcome, overdue_number, report_of
from spotter_advisor.state.records import ATHLETE, AdvisedRep, EffortReport, LedgerEntry, Pins

_HOUR: Final = timedelta(hours=1)


@dataclass(slots=True)
class _SetHistory:
    """The newest event of each kind about one set."""

    first: SetOpened
    opened: SetOpened
    pins: Pins
    received: datetime
    reps: dict[str, RepCounted] = field(default_factory=dict)
    estimates: dict[str, EffortEstimated] = field(default_factory=dict)
    """By the event that reported their rep."""
    report: EffortReport | None = None
    overdue: int | None = None
    closed: SetClosed | None = None
    charged: LedgerEntry | None = None
    """As of its last end: a set that continues stays charged until it ends again."""

    @property
    def set_id(self) -> str:
        """The set's id, else its key."""
        return self.first.set_id or self.first.set_key

    def advised_reps(self) -> list[AdvisedRep]:
        """Return the reps in order of time."""
        reps = (_advised_rep(rep, self.estimates.get(rep.rep_event_id)) for rep in self.reps.values())
        return sorted(reps, key=lambda rep: (rep.ended, rep.number))


def recompute(events: Iterable[Event], env: Environment) -> dict[str, LedgerEntry]:
    """Return the entries that cost something, by set, from all events of one lifter in `estimates.v1`.

    Entries of any age are included; an event that comes twice counts once.
    """
    sets: dict[str, _SetHistory] = {}
    state: dict[str, object] = {}
    processed: set[tuple[str, str]] = set()
    for event in events:
        if (event.source, event.id) in processed:
            continue
        processed.add((event.source, event.id))
        uow, data = AdvisorUnitOfWork(state, event, env), event.data
        if isinstance(data, AthleteUpdated):
            athlete_updated(uow, data)
        elif isinstance(data, PolicyUpdated):
            policy_updated(uow, data)
        elif isinstance(data, SessionStarted):
            session_started(uow, data)
        else:
            _record(sets, uow, env)
        if ATHLETE in uow.changes:
            state[ATHLETE] = uow.athlete
    entries = (_entry(history, env) for history in sets.values())
    return {entry.set_key: entry for entry in entries if entry is not None and entry.cost > 0}


def published(events: Iterable[Event]) -> dict[str, LedgerEntry]:
    """Return the entries that cost something, by set, as last published by `budget.changed` in `advice.v1`."""
    newest: dict[str, LedgerEntry] = {}
    for event in events:
        entry = event.data.entry if isinstance(event.data, BudgetChanged) else None
        if entry is None or entry.last_rep_at is None:
            continue
        before = newest.get(entry.set_key)
        if before is None or before.revision < entry.revision:
            newest[entry.set_key] = LedgerEntry(
                set_key=entry.set_key,
                set_id=entry.set_id,
                exercise=entry.exercise,
                muscle_group=entry.muscle_group,
                ended_by=entry.ended_by,
                cost=entry.cost,
                rules=tuple(entry.rule_ids),
                at=entry.last_rep_at,
                revision=entry.revision,
                muscles=entry.muscles or {},
                rest_h=0 if entry.recovers_at is None else round((entry.recovers_at - entry.last_rep_at) / _HOUR),
                rest_rule="R13" if "R13" in entry.rule_ids else "R11",
            )
    return {key: entry for key, entry in newest.items() if entry.cost > 0}


def _record(sets: dict[str, _SetHistory], uow: AdvisorUnitOfWork, env: Environment) -> None:
    event, data = uow.event, uow.event.data
    if isinstance(data, EffortReported):
        moved = None if event.movedfrom is None else event.movedfrom.partition(" ")[0]
        reported = _newest_with_id(sets, data.set_id, moved)
        if reported is not None:
            reported.report = report_of(event, data, reported.advised_reps())
        return
    if isinstance(data, RepOverdue):
        slow = _newest_with_id(sets, data.set_id)
        if slow is not None and slow.closed is None:
            slow.overdue = overdue_number(data, slow.advised_reps())
        return
    if isinstance(data, SetOpened) and data.set_key not in sets:
        sets[data.set_key] = _SetHistory(data, data, pin_set(uow, data), event.received)
    if not isinstance(data, SetOpened | SetClosed | RepCounted | EffortEstimated) or data.set_key not in sets:
        return
    history = sets[data.set_key]
    if isinstance(data, SetOpened):
        if data.reopened > history.opened.reopened:
            history.charged, history.closed = _entry(history, env), None
        history.opened = data
    elif isinstance(data, SetClosed):
        history.closed = data
        if data.moved_to is not None:
            history.reps, history.estimates, history.report, history.overdue = {}, {}, None, None
    elif isinstance(data, RepCounted):
        history.reps[data.rep_event_id] = data
    else:
        numbered = [rep for rep in history.reps.values() if rep.rep_number == data.rep_number]
        rep = max(numbered, key=lambda rep: (not rep.voided, rep.rep_time == data.rep_time, rep.rep_time), default=None)
        if rep is not None:
            history.estimates[rep.rep_event_id] = data


def _newest_with_id(sets: dict[str, _SetHistory], set_id: str | None, moved: str | None = None) -> _SetHistory | None:
    matches = [
        history for history in sets.values() if history.set_id == set_id and moved in (None, history.first.moved_from)
    ]
    return max(
        matches,
        key=lambda history: (history.first.opened_at, history.received, history.first.set_key),
        default=None,
    )


def _entry(history: _SetHistory, env: Environment) -> LedgerEntry | None:
    if history.closed is None:
        return history.charged
    first = history.first
    gym = env.gym(first.gym_id or "", first.pinned_config)
    result = outcome(history.advised_reps(), history.report, None, history.overdue, first.opened_at)
    context = context_of(history.opened)
    policy = day_policy(pinned_on_day(gym, history.pins))
    return entry_of(first.set_key, history.set_id, context, result, history.closed.reason, gym, policy)


def _advised_rep(rep: RepCounted, estimate: EffortEstimated | None) -> AdvisedRep:
    advised = AdvisedRep(rep.rep_number, rep.rep_event_id, start_of(rep), rep.rep_time, rep.voided)
    if estimate is None:
        return advised
    return replace(
        advised,
        real=not NO_REPS.intersection(estimate.flags),
        failed="failed" in estimate.flags,
        stalled="stall" in estimate.flags,
        rir=estimate.rir,
        rir_low=estimate.rir_low,
        rir_high=estimate.rir_high,
    )
