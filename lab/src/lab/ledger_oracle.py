"""The ledger from the events alone, all at once: what the step by step ledger must always be equal to."""

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
from spotter_advisor.handlers.programme import held, pinned
from spotter_advisor.handlers.rep_counted import NO_REPS, start_of
from spotter_advisor.handlers.set_closed import entry_of
from spotter_advisor.handlers.set_opened import context_of, pin
from spotter_advisor.handlers.unit_of_work import Turn
from spotter_advisor.planning.outcome import number_overdue, outcome, report_of
from spotter_advisor.state.records import LIFTER, Entry, Pins, Report, RepSeen

_HOUR: Final = timedelta(hours=1)


@dataclass(slots=True)
class _Story:
    """The newest word on everything about one set."""

    first: SetOpened
    opened: SetOpened
    pins: Pins
    received: datetime
    reps: dict[str, RepCounted] = field(default_factory=dict)
    estimates: dict[str, EffortEstimated] = field(default_factory=dict)
    """By the event that reported their rep."""
    report: Report | None = None
    overdue: int | None = None
    closed: SetClosed | None = None
    charged: Entry | None = None
    """As of its last end: a set that goes on stays charged until it ends anew."""

    @property
    def set_id(self) -> str:
        """What the set is called."""
        return self.first.set_id or self.first.set_key

    def seen(self) -> list[RepSeen]:
        """Give the reps in order of time."""
        seen = (_seen(rep, self.estimates.get(rep.rep_event_id)) for rep in self.reps.values())
        return sorted(seen, key=lambda rep: (rep.ended, rep.number))


def recompute(events: Iterable[Event], env: Environment) -> dict[str, Entry]:
    """Give the entries that cost something, by set, from all events of one lifter in `estimates.v1`.

    Entries of any age are given; an event that comes twice counts once.
    """
    stories: dict[str, _Story] = {}
    lifter: dict[str, object] = {}
    seen: set[tuple[str, str]] = set()
    for event in events:
        if (event.source, event.id) in seen:
            continue
        seen.add((event.source, event.id))
        turn, data = Turn(lifter, event, env), event.data
        if isinstance(data, AthleteUpdated):
            athlete_updated(turn, data)
        elif isinstance(data, PolicyUpdated):
            policy_updated(turn, data)
        elif isinstance(data, SessionStarted):
            session_started(turn, data)
        else:
            _take(stories, turn, env)
        if LIFTER in turn.changes:
            lifter[LIFTER] = turn.lifter
    entries = (_entry(story, env) for story in stories.values())
    return {entry.set_key: entry for entry in entries if entry is not None and entry.cost > 0}


def published(events: Iterable[Event]) -> dict[str, Entry]:
    """Give the entries that cost something, by set, as the `budget.changed` of `advice.v1` tell them last."""
    newest: dict[str, Entry] = {}
    for event in events:
        entry = event.data.entry if isinstance(event.data, BudgetChanged) else None
        if entry is None or entry.last_rep_at is None:
            continue
        previous = newest.get(entry.set_key)
        if previous is None or previous.revision < entry.revision:
            newest[entry.set_key] = Entry(
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


def _take(stories: dict[str, _Story], turn: Turn, env: Environment) -> None:
    event, data = turn.event, turn.event.data
    if isinstance(data, EffortReported):
        moved = None if event.movedfrom is None else event.movedfrom.partition(" ")[0]
        addressed = _named(stories, data.set_id, moved)
        if addressed is not None:
            addressed.report = report_of(event, data, addressed.seen())
        return
    if isinstance(data, RepOverdue):
        slow = _named(stories, data.set_id)
        if slow is not None and slow.closed is None:
            slow.overdue = number_overdue(data, slow.seen())
        return
    if isinstance(data, SetOpened) and data.set_key not in stories:
        stories[data.set_key] = _Story(data, data, pin(turn, data), event.received)
    if not isinstance(data, SetOpened | SetClosed | RepCounted | EffortEstimated) or data.set_key not in stories:
        return
    story = stories[data.set_key]
    if isinstance(data, SetOpened):
        if data.reopened > story.opened.reopened:
            story.charged, story.closed = _entry(story, env), None
        story.opened = data
    elif isinstance(data, SetClosed):
        story.closed = data
        if data.moved_to is not None:
            story.reps, story.estimates, story.report, story.overdue = {}, {}, None, None
    elif isinstance(data, RepCounted):
        story.reps[data.rep_event_id] = data
    else:
        numbered = [rep for rep in story.reps.values() if rep.rep_number == data.rep_number]
        rep = max(numbered, key=lambda rep: (not rep.voided, rep.rep_time == data.rep_time, rep.rep_time), default=None)
        if rep is not None:
            story.estimates[rep.rep_event_id] = data


def _named(stories: dict[str, _Story], set_id: str | None, moved: str | None = None) -> _Story | None:
    named = [story for story in stories.values() if story.set_id == set_id and moved in (None, story.first.moved_from)]
    return max(named, key=lambda story: (story.first.opened_at, story.received, story.first.set_key), default=None)


def _entry(story: _Story, env: Environment) -> Entry | None:
    if story.closed is None:
        return story.charged
    gym = env.gym(story.first.gym_id or "", story.first.pinned_config)
    seen = outcome(story.seen(), story.report, None, story.overdue, story.first.opened_at)
    context = context_of(story.opened)
    return entry_of(
        story.first.set_key, story.set_id, context, seen, story.closed.reason, gym, held(pinned(gym, story.pins))
    )


def _seen(rep: RepCounted, estimate: EffortEstimated | None) -> RepSeen:
    seen = RepSeen(rep.rep_number, rep.rep_event_id, start_of(rep), rep.rep_time, rep.voided)
    if estimate is None:
        return seen
    return replace(
        seen,
        real=not NO_REPS.intersection(estimate.flags),
        failed="failed" in estimate.flags,
        stalled="stall" in estimate.flags,
        rir=estimate.rir,
        rir_low=estimate.rir_low,
        rir_high=estimate.rir_high,
    )
