"""The failure ledger computed from all events at once; the incremental ledger must always equal it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from spotter.domain.events import Event
from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.events.outputs import EffortCounted, EffortEstimated, RepCounted, RepOverdue, SetClosed, SetOpened
from spotter.domain.events.people import AthleteUpdated, PolicyUpdated, SessionStarted
from spotter.domain.weeks import week_of
from spotter.streaming.processor import Environment
from spotter_advisor.handlers.athlete_updated import athlete_updated, policy_updated, session_started
from spotter_advisor.handlers.rep_counted import counted_rep, estimated_rep
from spotter_advisor.handlers.set_opened import context_of, pin_set
from spotter_advisor.handlers.settlement import price_of
from spotter_advisor.handlers.unit_of_work import AdvisorUnitOfWork, day_policy, pinned_on_day
from spotter_advisor.planning.outcome import outcome, report_of
from spotter_advisor.state.records import ATHLETE, AdvisedRep, Closing, EffortReport, LedgerEntry, Pins

_HOUR: Final = timedelta(hours=1)


@dataclass(slots=True)
class _SetHistory:
    """The newest event of each kind about one set."""

    first: SetOpened
    opened: SetOpened
    pins: Pins
    received: datetime
    described: int
    """Version of the gym's configuration that describes its exercise."""
    reps: dict[str, RepCounted] = field(default_factory=dict)
    estimates: dict[str, EffortEstimated] = field(default_factory=dict)
    """By the event that reported their rep."""
    report: EffortReport | None = None
    overdue: datetime | None = None
    closed: SetClosed | None = None
    charged: LedgerEntry | None = None
    """As of its last end: a set that continues stays charged until it ends again."""

    @property
    def set_id(self) -> str:
        """The set's id, else its key."""
        return self.first.set_id or self.first.set_key

    @property
    def exposure(self) -> str:
        """Key of the first set of its exposure."""
        return self.opened.exposure_key or self.first.set_key

    @property
    def is_gone(self) -> bool:
        """Whether there was no such set."""
        return self.closed is not None and (self.closed.voided is True or self.closed.merged_into is not None)

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
        _describe_running_week(sets, uow, env)
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
    exposures = defaultdict(list)
    for history in sets.values():
        if not history.is_gone:
            exposures[history.exposure].append(history)
    entries = (_payer(key, histories, env) for key, histories in exposures.items())
    return {entry.set_key: entry for entry in entries if entry is not None}


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
                day=entry.day or "",
                exposure=entry.exposure_key or entry.set_key,
                revision=entry.revision,
                muscles=entry.muscles or {},
                rest_h=0 if entry.recovers_at is None else round((entry.recovers_at - entry.last_rep_at) / _HOUR),
                rest_rule="R13" if "R13" in entry.rule_ids else "R11",
                repriced=entry.repriced,
            )
    return {key: entry for key, entry in newest.items() if entry.cost > 0}


def _record(sets: dict[str, _SetHistory], uow: AdvisorUnitOfWork, env: Environment) -> None:
    event, data = uow.event, uow.event.data
    if isinstance(data, RepOverdue):
        slow = sets.get(data.set_key or "")
        if slow is not None and slow.closed is None:
            slow.overdue = data.started_at
        return
    if isinstance(data, SetOpened) and data.set_key not in sets:
        sets[data.set_key] = _SetHistory(data, data, pin_set(uow, data), event.received, data.pinned_config)
    if not isinstance(data, SetOpened | SetClosed | RepCounted | EffortEstimated | EffortCounted):
        return
    history = sets.get(data.set_key)
    if history is None or (history.closed is not None and history.closed.voided):
        return
    if isinstance(data, SetOpened):
        if data.exercise != history.opened.exercise:
            history.described = max(event.configversion or 0, history.first.pinned_config)
        if data.reopened > history.opened.reopened or history.is_gone:
            history.charged, history.closed = _entry(history, env), None
        history.opened = data
    elif isinstance(data, SetClosed):
        history.closed = data
        if data.moved_to is not None or history.is_gone:
            history.reps, history.estimates, history.report, history.overdue = {}, {}, None, None
    elif not history.is_gone:
        _count(history, event, data)


def _count(history: _SetHistory, event: Event, data: RepCounted | EffortEstimated | EffortCounted) -> None:
    if isinstance(data, EffortCounted):
        history.report = report_of(event, data)
    elif isinstance(data, RepCounted):
        if data.withdrawn:
            history.reps.pop(data.rep_event_id, None)
        else:
            history.reps[data.rep_event_id] = data
    elif data.rep_event_id is not None:
        history.estimates[data.rep_event_id] = data
    else:
        numbered = [rep for rep in history.reps.values() if rep.rep_number == data.rep_number]
        rep = max(numbered, key=lambda rep: (not rep.voided, rep.rep_time == data.rep_time, rep.rep_time), default=None)
        if rep is not None:
            history.estimates[rep.rep_event_id] = data


def _describe_running_week(sets: dict[str, _SetHistory], uow: AdvisorUnitOfWork, env: Environment) -> None:
    """Have the sets of the running week follow what a new version of the configuration says of their exercises."""
    version, gym_id = uow.event.configversion or 0, uow.event.data.gym_id or ""
    if version <= uow.athlete.described:
        return
    uow.put_athlete(replace(uow.athlete, described=version))
    calendar = uow.calendar_at(uow.now)
    week = week_of(uow.now, calendar.zone, calendar.week_start)
    first_at = {key: min(part.first.opened_at for part in sets.values() if part.exposure == key) for key in sets}
    for history in sets.values():
        exercise = history.opened.exercise
        before, now = (env.gym(gym_id, each).catalogue.get(exercise) for each in (history.described, version))
        if before != now and first_at.get(history.exposure, history.first.opened_at) in week:
            history.described = version


def _payer(exposure: str, parts: list[_SetHistory], env: Environment) -> LedgerEntry | None:
    """Return the entry of the part that pays for an exposure: the hardest, of equals the first."""
    in_order = sorted(parts, key=lambda part: (part.first.opened_at, part.first.set_key))
    entries = [entry for part in in_order if (entry := _entry(part, env)) is not None and entry.cost > 0]
    if not entries:
        return None
    payer = max(entries, key=lambda entry: entry.cost)  # the first of equals
    return replace(payer, exposure=exposure, day=in_order[0].pins.day)


def _entry(history: _SetHistory, env: Environment) -> LedgerEntry | None:
    if history.closed is None:
        return history.charged
    if history.is_gone:
        return None
    first = history.first
    gym = env.gym(first.gym_id or "", first.pinned_config)
    result = outcome(history.advised_reps(), history.report, None, history.overdue, first.opened_at)
    closing = Closing(history.closed.reason, history.closed.ended_at)
    policy = day_policy(pinned_on_day(gym, history.pins))
    context, described = context_of(history.opened), env.gym(first.gym_id or "", history.described).catalogue
    entry = price_of(first.set_key, history.set_id, context, result, closing, described, policy)
    before = price_of(first.set_key, history.set_id, context, result, closing, gym.catalogue, policy)
    if before.cost != entry.cost:
        entry = replace(entry, repriced=f"{entry.exercise} was described after the set began")
    return entry


def _advised_rep(rep: RepCounted, estimate: EffortEstimated | None) -> AdvisedRep:
    return counted_rep(rep) if estimate is None else estimated_rep(counted_rep(rep), estimate)
