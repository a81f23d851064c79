"""One step's view of a lifter: what was known, what it changes, and what it has to tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from spotter.domain.events import Event, EventData, event_type
from spotter.domain.events.budgets import (
    AllowedFrom,
    BudgetChanged,
    BudgetEntry,
    ClosedGroup,
    Forecast,
    HardSets,
    Readiness,
    WarningSign,
)
from spotter.domain.gym_config import GymConfig
from spotter.domain.ids import derived_id
from spotter.domain.policies import OnDay, Policy
from spotter.domain.weeks import day_of
from spotter.streaming.processor import Environment, Reject, State, Step
from spotter_advisor.budget.week import Budget, Held, Known, budget_of, is_beginner
from spotter_advisor.handlers.programme import held, holds_on, pinned, policy_of
from spotter_advisor.pricing.calendar import calendar_at
from spotter_advisor.pricing.recovery import closed_groups, recovers_at
from spotter_advisor.state.history import History, Sign
from spotter_advisor.state.records import (
    LEDGER,
    LIFTER,
    SET_KEPT,
    SIGNS,
    AdvisedSet,
    Announced,
    Calendar,
    Entry,
    Ledger,
    Lifter,
    Pins,
    set_entry,
)
from spotter_advisor.warnings.effort_shares import hard_share

SOURCE: Final = "spotter/advisor"
RULES_VERSION: Final = "r2"
"""A word for the rules as this program has them; new rules are a new version, and so are their outputs' ids."""
_SWEEP_EVERY: Final = timedelta(days=1)
_RECEIPT_STEP: Final = timedelta(hours=1)
"""How exactly it is remembered when something about a set was received last."""


class Turn:
    """Reads through to the state, collects changes and outputs; used for one event and thrown away."""

    __slots__ = ("_env", "_history", "_ledger", "_lifter", "_state", "changes", "event", "now", "outputs", "reject")

    def __init__(self, state: State, event: Event, env: Environment) -> None:
        self.event = event
        self.now = event.received
        self.changes: dict[str, object | None] = {}
        self.outputs: list[Event] = []
        self.reject: Reject | None = None
        self._state = state
        self._env = env
        self._lifter: Lifter | None = None
        self._ledger: Ledger | None = None
        self._history: History | None = None

    @property
    def lifter(self) -> Lifter:
        """The lifter as known by now."""
        if self._lifter is None:
            known = self._state.get(LIFTER)
            self._lifter = known if isinstance(known, Lifter) else Lifter()
        return self._lifter

    @property
    def ledger(self) -> Ledger:
        """The ledger as known by now."""
        if self._ledger is None:
            known = self._state.get(LEDGER)
            self._ledger = known if isinstance(known, Ledger) else Ledger()
        return self._ledger

    @property
    def history(self) -> History:
        """What signs are computed from, as known by now."""
        if self._history is None:
            known = self._state.get(SIGNS)
            self._history = known if isinstance(known, History) else History()
        return self._history

    def set(self, key: str) -> AdvisedSet | None:
        """Give a set by its key; None where it is not known, or no more."""
        name = set_entry(key)
        found = self.changes[name] if name in self.changes else self._state.get(name)
        return found if isinstance(found, AdvisedSet) else None

    def sets(self) -> Iterator[AdvisedSet]:
        """Give all sets that are known, in no order."""
        return (found for name in self._state if isinstance(found := self._state.get(name), AdvisedSet))

    def named(self, set_id: str) -> AdvisedSet | None:
        """Give the latest set that was called `set_id`; for an event that follows a moved set, that one."""
        moved = None if self.event.movedfrom is None else self.event.movedfrom.partition(" ")[0]
        found = (one for one in self.sets() if one.set_id == set_id and moved in (None, one.moved_from))
        return max(found, key=lambda one: (one.opened_at, one.opened_received, one.key), default=None)

    def put_set(self, one: AdvisedSet) -> None:
        """Write a set."""
        told = one if self.now - one.received < _RECEIPT_STEP else replace(one, received=self.now)
        self.changes[set_entry(one.key)] = told

    def put_lifter(self, lifter: Lifter) -> None:
        """Write the lifter."""
        self._lifter = lifter
        self.changes[LIFTER] = lifter

    def put_ledger(self, ledger: Ledger) -> None:
        """Write the ledger."""
        self._ledger = ledger
        self.changes[LEDGER] = ledger

    def put_history(self, history: History) -> None:
        """Write what signs are computed from."""
        self._history = history
        self.changes[SIGNS] = history

    def forget_old_sets(self) -> None:
        """Forget sets of which nothing was received for long; looked for once a day by the times of receipt."""
        swept = self.lifter.swept
        if swept is not None and self.now - swept < _SWEEP_EVERY:
            return
        for one in self.sets():
            if one.received < self.now - SET_KEPT:
                self.changes[set_entry(one.key)] = None
        self.put_lifter(replace(self.lifter, swept=self.now))

    def gym(self, version: int) -> GymConfig:
        """Give the configuration of the lifter's gym."""
        return self._env.gym(self.event.data.gym_id or "", version)

    def policy(self, gym: GymConfig, pins: Pins) -> Policy:
        """Give the policy that a set is pinned to."""
        return policy_of(pinned(gym, pins)).policy

    def today(self, calendar: Calendar, moment: datetime) -> OnDay:
        """Say what holds for the lifter, as known by now, on the local day of a moment."""
        return holds_on(self.gym(self.lifter.config), self.lifter, day_of(moment, calendar.zone))

    def policy_version(self, config: int) -> str:
        """Name what the lifter's next decisions follow from: rules, the gym's configuration, the lifter's layers."""
        return f"{RULES_VERSION}.g{config}.l{self.lifter.policy_layers}"

    def note_config(self, version: int | None) -> int:
        """Take note of a version of the gym's configuration; gives the newest one known."""
        if (version or 0) > self.lifter.config:
            self.put_lifter(replace(self.lifter, config=version or 0))
        return self.lifter.config

    def next_id(self, data: type[EventData], policy_version: str) -> str:
        """Give the id of the next output."""
        return derived_id(SOURCE, *self.event.identity, data.__name__, policy_version, len(self.outputs))

    def tell(self, data: EventData, identity: str) -> None:
        """Tell something."""
        self.outputs.append(
            Event(
                id=identity,
                source=SOURCE,
                time=self.now,
                data=data,
                receivedtime=self.now,
                configversion=self.event.configversion,
            )
        )

    def refuse(self, set_key: str) -> None:
        """Refuse an event about a set that is not known any more."""
        kind = event_type(self.event.data)
        self.reject = Reject("too_old", f"{kind} is about set {set_key}, of which nothing was received for 28 days")

    def budget(self, calendar: Calendar, moment: datetime) -> Budget:
        """Compute the budget of the week that a moment lies in, by what holds for the lifter now."""
        return budget_of(self.known(calendar), moment, now=self.now)

    def known(self, calendar: Calendar) -> Known:
        """Give all that the lifter's budget is computed from, by what holds for the lifter now."""
        return Known(self.lifter, self.ledger, self.history, calendar, is_beginner(self.lifter), self.held_on)

    def known_by(self, pins: Pins) -> Known:
        """Give the same by what a set is pinned to."""
        pinned_to, calendar = self.held_by(pins), Calendar(pins.zone, pins.week_start)
        return Known(self.lifter, self.ledger, self.history, calendar, pins.beginner, lambda day: pinned_to)

    def held_by(self, pins: Pins) -> Held:
        """Give what holds in a set by what it is pinned to."""
        return held(pinned(self.gym(pins.config), pins))

    def held_on(self, day: date) -> Held:
        """Give what holds for the lifter, as known by now, on a local day."""
        return held(holds_on(self.gym(self.lifter.config), self.lifter, day))

    def announce(self, *, anyway: bool = False) -> None:
        """Tell the running week's budget where it is not what was told last."""
        calendar = calendar_at(self.lifter, self.gym(self.lifter.config), self.now)
        budget = self.budget(calendar, self.now)
        if anyway or _announced(budget) != self.lifter.announced:
            self.tell_budget(budget, None)

    def tell_budget(
        self,
        budget: Budget,
        entry: Entry | None,
        *,
        forecast: Forecast | None = None,
        readiness: Readiness | None = None,
    ) -> None:
        """Tell the budget of a week, with the entry that was made or revised."""
        lifter = replace(self.lifter, budgets=self.lifter.budgets + 1)
        if self.now in budget.week:
            lifter = replace(lifter, announced=_announced(budget))
        self.put_lifter(lifter)
        said = self.event.data
        data = BudgetChanged(
            gym_id=said.gym_id,
            athlete_id=said.athlete_id,
            set_id=None if entry is None else entry.set_id,
            revision=lifter.budgets,
            entry=None if entry is None else _written(entry),
            week_start=budget.week.start,
            week_end=budget.week.end,
            time_zone=budget.zone,
            allowed=budget.allowed,
            spent=budget.spent,
            left=budget.left,
            reasons=list(budget.reasons),
            valid_until=budget.valid_until,
            allowed_after=budget.allowed_after,
            allowed_later=[AllowedFrom(at=at, allowed=units) for at, units in budget.allowed_later] or None,
            signs=[_sign(sign) for sign in budget.signs],
            closed=self._closed(),
            hard_share=self._hard_share(budget.zone),
            readiness=readiness,
            forecast=forecast,
        )
        self.tell(data, self.next_id(BudgetChanged, self.policy_version(lifter.config)))

    def _closed(self) -> list[ClosedGroup]:
        closed = closed_groups(self.ledger, self.now)
        return [ClosedGroup(muscle_group=one.muscle_group, until=one.until, rule_id=one.rule) for one in closed]

    def _hard_share(self, zone: str) -> HardSets | None:
        today = day_of(self.now, zone)
        share = hard_share(self.history, today.isoformat(), self.held_on(today).policy)
        return HardSets(share=share.share, hard=share.hard, sets=share.sets, over=share.over) if share.sets else None

    def step(self) -> Step:
        """Give what came of the event."""
        if self.reject is not None:
            return Step(reject=self.reject)
        return Step(self.changes, tuple(self.outputs))


def _announced(budget: Budget) -> Announced:
    signs = tuple(sign.name for sign in budget.signs)
    return Announced(
        budget.week.start, budget.zone, budget.allowed, budget.spent, budget.reasons, signs, budget.allowed_after
    )


def _sign(sign: Sign) -> WarningSign:
    return WarningSign(name=sign.name, rule_id=sign.rule, sentence=sign.sentence, since=sign.since, until=sign.until)


def _written(entry: Entry) -> BudgetEntry:
    return BudgetEntry(
        set_id=entry.set_id,
        set_key=entry.set_key,
        exercise=entry.exercise,
        muscle_group=entry.muscle_group,
        ended_by=entry.ended_by,
        cost=entry.cost,
        rule_ids=list(entry.rules),
        revision=entry.revision,
        last_rep_at=entry.at,
        muscles=dict(entry.muscles) if entry.cost > 0 else None,
        recovers_at=recovers_at(entry) if entry.rest_h else None,
    )
