"""The unit of work of one event: what is read from the state, the changes, the outputs, and the policy that applies.

A set keeps the policy that it opened under.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from spotter.domain.events import Event, EventData, event_type
from spotter.domain.exercises import Catalogue
from spotter.domain.gym_config import GymConfig
from spotter.domain.ids import derived_id
from spotter.domain.policies import OnDay, Programme, effective
from spotter.domain.weeks import day_of
from spotter.streaming.processor import Environment, Reject, State, Step
from spotter_advisor.budget.week import Budget, BudgetInputs, DayPolicy, budget_of
from spotter_advisor.pricing.calendar import calendar_at
from spotter_advisor.state.history import History
from spotter_advisor.state.records import (
    ATHLETE,
    HISTORY,
    LEDGER,
    SET_KEPT,
    WEEKS,
    AdvisedSet,
    AthleteState,
    Calendar,
    Ledger,
    Pins,
    TouchedWeeks,
    set_entry,
)

T = TypeVar("T")

SOURCE: Final = "spotter/advisor"
RULES_VERSION: Final = "r2"
"""Version of the rules in this program; new rules need a new version, which changes the ids of their outputs."""
_SWEEP_EVERY: Final = timedelta(days=1)
_RECEIPT_STEP: Final = timedelta(hours=1)
"""Resolution of the time at which the last event about a set was received."""


class AdvisorUnitOfWork:
    """Reads through to the state, and collects changes and outputs; used for one event only."""

    __slots__ = ("_entries", "_env", "_state", "changes", "event", "now", "outputs", "reject")

    def __init__(self, state: State, event: Event, env: Environment) -> None:
        self.event = event
        self.now = event.received
        self.changes: dict[str, object | None] = {}
        self.outputs: list[Event] = []
        self.reject: Reject | None = None
        self._state = state
        self._env = env
        self._entries: dict[str, object] = {}

    @property
    def athlete(self) -> AthleteState:
        """The lifter, with the changes so far."""
        return self._entry(ATHLETE, AthleteState)

    @property
    def ledger(self) -> Ledger:
        """The ledger, with the changes so far."""
        return self._entry(LEDGER, Ledger)

    @property
    def history(self) -> History:
        """The history that warnings are computed from, with the changes so far."""
        return self._entry(HISTORY, History)

    def set(self, key: str) -> AdvisedSet | None:
        """Return a set by its key; None if it is not stored (any more)."""
        name = set_entry(key)
        stored = self.changes[name] if name in self.changes else self._state.get(name)
        return stored if isinstance(stored, AdvisedSet) else None

    def stored(self, advised: AdvisedSet) -> AdvisedSet:
        """Return a set as it was last written."""
        return self.set(advised.key) or advised

    def sets(self) -> Iterator[AdvisedSet]:
        """Yield all stored sets, with the changes so far, in no order."""
        for name in self._state:
            entry = self.changes[name] if name in self.changes else self._state.get(name)
            if isinstance(entry, AdvisedSet):
                yield entry
        for name, entry in self.changes.items():
            if isinstance(entry, AdvisedSet) and name not in self._state:
                yield entry

    def parts_of(self, exposure: str) -> list[AdvisedSet]:
        """Return the sets of an exposure, in order of time."""
        parts = (advised for advised in self.sets() if advised.exposure == exposure)
        return sorted(parts, key=lambda advised: (advised.opened_at, advised.key))

    @property
    def weeks(self) -> TouchedWeeks:
        """The weeks that have a set or an entry, with the changes so far."""
        return self._entry(WEEKS, TouchedWeeks)

    def put_weeks(self, weeks: TouchedWeeks) -> None:
        """Write the weeks."""
        self._entries[WEEKS] = self.changes[WEEKS] = weeks

    def put_set(self, advised: AdvisedSet) -> None:
        """Write a set."""
        if self.now - advised.received >= _RECEIPT_STEP:
            advised = replace(advised, received=self.now)
        self.changes[set_entry(advised.key)] = advised

    def put_athlete(self, athlete: AthleteState) -> None:
        """Write the lifter."""
        self._entries[ATHLETE] = self.changes[ATHLETE] = athlete

    def put_ledger(self, ledger: Ledger) -> None:
        """Write the ledger."""
        self._entries[LEDGER] = self.changes[LEDGER] = ledger

    def put_history(self, history: History) -> None:
        """Write the history."""
        self._entries[HISTORY] = self.changes[HISTORY] = history

    def drop_old_sets(self) -> None:
        """Delete sets that received no event for `SET_KEPT`; checked once a day."""
        swept = self.athlete.swept
        if swept is not None and self.now - swept < _SWEEP_EVERY:
            return
        sets = list(self.sets())
        kept = {advised.exposure for advised in sets if advised.received >= self.now - SET_KEPT}
        for advised in sets:
            if advised.exposure not in kept:
                self.changes[set_entry(advised.key)] = None
        self.put_athlete(replace(self.athlete, swept=self.now))

    def record_config(self, version: int | None) -> None:
        """Record a version of the gym's configuration, if it is the newest so far."""
        if (version or 0) > self.athlete.config:
            self.put_athlete(replace(self.athlete, config=version or 0))

    def gym(self, version: int | None = None) -> GymConfig:
        """Return a version of the gym's configuration, by default the newest the lifter's events carried."""
        return self._env.gym(self.event.data.gym_id or "", self.athlete.config if version is None else version)

    def catalogue_of(self, advised: AdvisedSet) -> Catalogue:
        """Return the catalogue that describes the exercise of a set."""
        return self.gym(advised.pins.config if advised.described is None else advised.described).catalogue

    def calendar_at(self, moment: datetime) -> Calendar:
        """Return the lifter's calendar in force at a moment."""
        return calendar_at(self.athlete, self.gym(), moment)

    def on_day(self, day: date) -> OnDay:
        """Return what applies to the lifter on a local day."""
        return athlete_on_day(self.gym(), self.athlete, day)

    def day_policy_on(self, day: date) -> DayPolicy:
        """Return the policy that applies to the lifter on a local day."""
        return day_policy(self.on_day(day))

    def day_policy_for(self, pins: Pins) -> DayPolicy:
        """Return the policy that a set is pinned to."""
        return day_policy(pinned_on_day(self.gym(pins.config), pins))

    def budget_inputs(self, calendar: Calendar) -> BudgetInputs:
        """Return what the lifter's budget is computed from now."""
        return BudgetInputs(self.athlete, self.ledger, self.history, calendar, self.day_policy_on)

    def budget_inputs_for(self, pins: Pins) -> BudgetInputs:
        """Return what the budget is computed from for a set, by its pins."""
        policy, calendar = self.day_policy_for(pins), pins.calendar
        return BudgetInputs(self.athlete, self.ledger, self.history, calendar, lambda day: policy, pins.beginner)

    def budget(self, calendar: Calendar, moment: datetime) -> Budget:
        """Compute the budget of the week that a moment lies in."""
        return budget_of(self.budget_inputs(calendar), moment, now=self.now)

    def today(self, calendar: Calendar) -> date:
        """Return the local day of the event."""
        return day_of(self.now, calendar.zone)

    def policy_version(self, config: int) -> str:
        """Return the version of what decisions follow from: rules, the gym's configuration, the lifter's layers."""
        return f"{RULES_VERSION}.g{config}.l{self.athlete.policy_layers}"

    def next_id(self, data: type[EventData], policy_version: str) -> str:
        """Return the id of the next output."""
        return derived_id(SOURCE, *self.event.identity, data.__name__, policy_version, len(self.outputs))

    def emit(self, data: EventData, identity: str) -> None:
        """Add an output."""
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

    def reject_too_old(self, set_key: str) -> None:
        """Reject an event about a set that is not stored any more."""
        kind = event_type(self.event.data)
        self.reject = Reject("too_old", f"{kind} is about set {set_key}, of which nothing was received for 28 days")

    def step(self) -> Step:
        """Return the result of the event."""
        if self.reject is not None:
            return Step(reject=self.reject)
        return Step(self.changes, tuple(self.outputs))

    def _entry(self, name: str, kind: type[T]) -> T:
        entry = self._entries.get(name) or self._state.get(name)
        if not isinstance(entry, kind):
            entry = kind()
        self._entries[name] = entry
        return entry


def programme_of(athlete: AthleteState) -> Programme:
    """Return the lifter's own programme."""
    return Programme(athlete.policy, athlete.blocks, athlete.sessions)


def athlete_on_day(gym: GymConfig, athlete: AthleteState, day: date) -> OnDay:
    """Return what applies to a lifter on a local day."""
    return gym.on_day(programme_of(athlete), athlete.team, day)


def pinned_on_day(gym: GymConfig, pins: Pins) -> OnDay:
    """Return what applies to a set, by its pins."""
    sessions = () if pins.session is None else (pins.session,)
    day = date.fromisoformat(pins.day) if pins.day else date.min
    return gym.on_day(Programme(pins.policy, pins.blocks, sessions), pins.team, day)


def day_policy(on_day: OnDay) -> DayPolicy:
    """Return the whole policy of a day, and the kind of its block."""
    return DayPolicy(effective(on_day.layers).policy, None if on_day.block is None else on_day.block.kind)
