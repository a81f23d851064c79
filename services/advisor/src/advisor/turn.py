"""One step's view of a lifter: what was known, what it changes, and what it has to tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from advisor.ledger.budget import Budget, budget_of, is_beginner
from advisor.ledger.calendar import calendar_at
from advisor.state import LEDGER, LIFTER, SET_KEPT, AdvisedSet, Announced, Calendar, Entry, Ledger, Lifter, set_entry
from spotter.config import GymConfig
from spotter.events import Event, EventData, event_type
from spotter.events.derived import BudgetChanged, BudgetEntry
from spotter.ids import derived_id
from spotter.policies import Policy, PolicyFields
from spotter.processing import Environment, Reject, State, Step

SOURCE: Final = "spotter/advisor"
RULES_VERSION: Final = "r1"
"""A word for the rules as this program has them; new rules are a new version, and so are their outputs' ids."""
_SWEEP_EVERY: Final = timedelta(days=1)
_RECEIPT_STEP: Final = timedelta(hours=1)
"""How exactly it is remembered when something about a set was received last."""


class Turn:
    """Reads through to the state, collects changes and outputs; used for one event and thrown away."""

    __slots__ = ("_env", "_ledger", "_lifter", "_state", "changes", "event", "now", "outputs", "reject")

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

    def set(self, key: str) -> AdvisedSet | None:
        """Give a set by its key; None where it is not known, or no more."""
        name = set_entry(key)
        found = self.changes[name] if name in self.changes else self._state.get(name)
        return found if isinstance(found, AdvisedSet) else None

    def sets(self) -> Iterator[AdvisedSet]:
        """Give all sets that are known, in no order."""
        return (found for name in self._state if isinstance(found := self._state.get(name), AdvisedSet))

    def named(self, set_id: str) -> AdvisedSet | None:
        """Give the latest set that was called `set_id`."""
        found = (one for one in self.sets() if one.set_id == set_id)
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

    def policy(self, gym: GymConfig, layer: Mapping[str, Any]) -> Policy:
        """Lay the lifter's own layer over the gym's policy."""
        return gym.policy.over([PolicyFields.model_validate(layer)]) if layer else gym.policy

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
        gym = self.gym(self.lifter.config)
        policy = self.policy(gym, self.lifter.policy)
        beginner = is_beginner(self.lifter)
        return budget_of(self.lifter, self.ledger, policy, calendar, moment, now=self.now, beginner=beginner)

    def announce(self, *, anyway: bool = False) -> None:
        """Tell the running week's budget where it is not what was told last."""
        calendar = calendar_at(self.lifter, self.gym(self.lifter.config), self.now)
        budget = self.budget(calendar, self.now)
        if anyway or _announced(budget) != self.lifter.announced:
            self.tell_budget(budget, None)

    def tell_budget(self, budget: Budget, entry: Entry | None) -> None:
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
        )
        self.tell(data, self.next_id(BudgetChanged, self.policy_version(lifter.config)))

    def step(self) -> Step:
        """Give what came of the event."""
        if self.reject is not None:
            return Step(reject=self.reject)
        return Step(self.changes, tuple(self.outputs))


def _announced(budget: Budget) -> Announced:
    return Announced(budget.week.start, budget.zone, budget.allowed, budget.spent, budget.reasons)


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
    )
