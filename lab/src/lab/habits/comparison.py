"""What Spotter made of a workout, as a reader of its outputs sees it, against what happened."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from lab.habits.diary import Diary, LoggedSet
from lab.habits.floor import Attendance, happened_s
from lab.habits.workouts import Bout, Repetition, true_cost
from spotter.domain.events import Event
from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.events.lifting import RepCompleted
from spotter.domain.events.outputs import EffortEstimated, RepCounted, SetClosed, SetOpened, SetSummarised

NO_REPS: Final = frozenset({"ghost", "rerack", "second_source"})
"""Flags of reports that are no reps, or of reps that another recorder reported too."""
_APART_S: Final = 2.0
"""Two recorders' times of one rep differ by less."""
_NOISE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Deviation:
    """One thing that is not as it happened."""

    kind: str
    detail: str


@dataclass(slots=True)
class SeenSet:
    """A set as the outputs tell it."""

    opened: SetOpened
    closed: SetClosed | None = None
    reps: dict[str, RepCounted] = field(default_factory=dict)
    """Newest revision by the event that reported the rep."""
    flags: dict[str, list[str]] = field(default_factory=dict)
    """Of the newest estimate, by the event that reported the rep."""

    @property
    def is_there(self) -> bool:
        """Whether it is a set: neither taken into another one nor voided."""
        return self.closed is None or not (self.closed.merged_into or self.closed.voided or self.closed.moved_to)

    def counted(self) -> list[RepCounted]:
        """Return the reps that count, by time."""
        reps = [
            rep
            for event_id, rep in self.reps.items()
            if not (rep.voided or rep.withdrawn)
            and not NO_REPS.intersection(rep.flags)
            and not NO_REPS.intersection(self.flags.get(event_id, ()))
        ]
        return sorted(reps, key=lambda rep: (rep.rep_time, rep.rep_number))


@dataclass(slots=True)
class Sight:
    """All that the outputs tell of a lifter."""

    sets: dict[str, SeenSet] = field(default_factory=dict)
    costs: dict[str, float] = field(default_factory=dict)
    """By key of the set that an entry of the ledger is about."""
    spent: dict[str, float] = field(default_factory=dict)
    """By week, as told last."""
    summaries: dict[str, SetSummarised] = field(default_factory=dict)

    def present(self) -> dict[str, SeenSet]:
        """Return the sets that are there."""
        return {key: seen for key, seen in self.sets.items() if seen.is_there}


def sight_of(story: Iterable[Event], published: Iterable[Event]) -> Sight:
    """Read the outputs of detector and advisor as any reader does: the newest of each thing holds."""
    sight = Sight()
    estimates: dict[tuple[str, str], tuple[int, list[str]]] = {}
    for event in story:
        data = event.data
        if isinstance(data, SetOpened):
            if data.set_key in sight.sets:
                sight.sets[data.set_key].opened = data
                if data.reopened and not data.amended:
                    sight.sets[data.set_key].closed = None
            else:
                sight.sets[data.set_key] = SeenSet(data)
        elif isinstance(data, SetClosed) and data.set_key in sight.sets:
            sight.sets[data.set_key].closed = data
        elif isinstance(data, RepCounted) and data.set_key in sight.sets:
            reps = sight.sets[data.set_key].reps
            if data.rep_event_id not in reps or reps[data.rep_event_id].revision <= data.revision:
                reps[data.rep_event_id] = data
        elif isinstance(data, EffortEstimated) and data.set_key in sight.sets:
            _flag(sight.sets[data.set_key], data, estimates)
    revisions: dict[str, int] = {}
    for event in published:
        data = event.data
        if isinstance(data, SetSummarised):
            sight.summaries[data.set_key] = data
        if isinstance(data, BudgetChanged):
            sight.spent[str(data.week_start)] = data.spent
            if data.entry is not None and data.entry.revision >= revisions.get(data.entry.set_key, 0):
                revisions[data.entry.set_key] = data.entry.revision
                sight.costs[data.entry.set_key] = data.entry.cost
    return sight


def _flag(seen: SeenSet, data: EffortEstimated, newest: dict[tuple[str, str], tuple[int, list[str]]]) -> None:
    rep_id = data.rep_event_id
    if rep_id is None:
        numbered = [rep for rep in seen.reps.values() if rep.rep_number == data.rep_number]
        rep_id = next((rep.rep_event_id for rep in numbered if rep.rep_time == data.rep_time), None)
    if rep_id is None:
        return
    revision, _ = newest.get((data.set_key, rep_id), (0, []))
    if data.revision >= revision:
        newest[data.set_key, rep_id] = data.revision, list(data.flags)
        seen.flags[rep_id] = list(data.flags)


def compare(attendance: Attendance) -> list[Deviation]:
    """Return all in which the outputs differ from what happened."""
    sight = sight_of(attendance.lane.story, attendance.lane.published)
    return list(_Comparison(attendance.diary, attendance.sent, sight).deviations())


@dataclass(slots=True)
class _Comparison:
    diary: Diary
    sent: list[Event]
    sight: Sight
    differences: list[Deviation] = field(default_factory=list)
    keys: dict[int, str] = field(default_factory=dict)
    """The set in the outputs that is the logged one, where there is one such."""

    def deviations(self) -> list[Deviation]:
        """Compare sets and reps, then what is told of them, then exposures and costs."""
        self._compare_reps()
        for index, key in self.keys.items():
            self._compare_set(self.diary.sets[index], index, self.sight.sets[key])
        self._compare_exposures()
        self._compare_costs()
        return self.differences

    def _differs(self, kind: str, detail: str) -> None:
        self.differences.append(Deviation(kind, detail))

    def _compare_reps(self) -> None:
        meant = {report.id: report.rep for report in self.diary.reports if report.kind is RepCompleted}
        owner = {rep.number: index for index in self.diary.real() for _, rep in self.diary.sets[index].reps()}
        times = defaultdict[str, list[float]](list)
        for event in self.sent:
            times[event.id].append(happened_s(self.diary, event))
        counts: Counter[int] = Counter()
        keys = defaultdict[int, Counter[str]](Counter)
        owners = defaultdict[str, set[int]](set)
        for key, seen in self.sight.present().items():
            counted = seen.counted()
            if not counted and seen.opened.exercise not in self.diary.empty:
                self._differs("empty set", f"{seen.opened.set_id} ({seen.opened.exercise}) has no rep")
            if seen.closed is None:
                self._differs("open set", f"{seen.opened.set_id} ({seen.opened.exercise}) never ended")
            for rep in counted:
                number = meant.get(rep.rep_event_id)
                if number is None or number < 0:
                    if rep.rep_event_id not in self.diary.doubtful:
                        self._differs("rep that never was", f"{rep.rep_event_id} in {seen.opened.set_id}")
                    continue
                counts[number] += 1
                keys[owner[number]][key] += 1
                owners[key].add(owner[number])
                at_s = (rep.rep_time - self.diary.visit.base).total_seconds()
                if all(abs(at_s - time_s) > _APART_S for time_s in times[rep.rep_event_id]):
                    self._differs("time of a rep", f"rep {number} at {at_s:.1f} s, not {times[rep.rep_event_id]}")
        for number, index in owner.items():
            if counts[number] != 1:
                kind = "rep lost" if counts[number] == 0 else "rep doubled"
                self._differs(kind, f"rep {number} of set {index} counts {counts[number]} times")
        for index, by_key in keys.items():
            if len(by_key) > 1:
                self._differs("set split", f"set {index} stands as {len(by_key)} sets")
        for key, indices in owners.items():
            if len(indices) > 1:
                self._differs("sets joined", f"sets {sorted(indices)} stand as one")
            elif len(keys[next(iter(indices))]) == 1:
                self.keys[next(iter(indices))] = key

    def _compare_set(self, logged: LoggedSet, index: int, seen: SeenSet) -> None:
        opened, name = seen.opened, f"set {index} ({logged.set_id})"
        first = logged.first
        if opened.exercise != first.exercise:
            self._differs("exercise", f"{name} is {opened.exercise}, not {first.exercise}")
        single = len(logged.bouts) == 1
        if single and "intent" not in logged.untold and first.joint is None and (opened.intent or "work") != first.work:
            self._differs("intent", f"{name} is {opened.intent}, not {first.work}")
        truth = {rep.number: (bout, rep) for bout, rep in logged.reps()}
        meant = {report.id: report.rep for report in self.diary.reports if report.kind is RepCompleted}
        for counted in seen.counted():
            number = meant.get(counted.rep_event_id)
            if number in truth:
                self._compare_rep(name, logged, seen, counted, *truth[number])

    def _compare_rep(
        self, name: str, logged: LoggedSet, seen: SeenSet, counted: RepCounted, bout: Bout, rep: Repetition
    ) -> None:
        load_kg = counted.load_kg if counted.load_kg is not None else seen.opened.load_kg
        if load_kg != bout.load_kg:
            self._differs("load", f"rep {rep.number} of {name} at {load_kg} kg, not {bout.load_kg}")
        side = counted.side or seen.opened.side or "both"
        if "side" not in logged.untold and side != (rep.arm or "both"):
            self._differs("side", f"rep {rep.number} of {name} is {side}, not {rep.arm}")
        kind = counted.kind or "work"
        if kind != rep.kind and not (bout.work == "warmup" and kind == "warmup"):
            self._differs("kind of a rep", f"rep {rep.number} of {name} is {kind}, not {rep.kind}")
        if bool(counted.assisted) != rep.assisted:
            self._differs("assisted", f"rep {rep.number} of {name} is assisted: {counted.assisted}")

    def _compare_exposures(self) -> None:
        together = defaultdict[int, list[int]](list)
        for index in self.diary.real():
            together[self.diary.sets[index].first.exposure].append(index)
        seen = defaultdict[str, set[int]](set)
        for exposure, indices in together.items():
            if all(index in self.keys for index in indices):
                for index in indices:
                    opened = self.sight.sets[self.keys[index]].opened
                    seen[opened.exposure_key or opened.set_key].add(exposure)
        spread = Counter(exposure for exposures in seen.values() for exposure in exposures)
        for exposure, count in spread.items():
            if count > 1:
                self._differs("exposure split", f"sets {together[exposure]} are {count} exposures")
        for exposures in seen.values():
            if len(exposures) > 1:
                sets = [index for exposure in sorted(exposures) for index in together[exposure]]
                self._differs("exposures joined", f"sets {sets} are one exposure")

    def _compare_costs(self) -> None:
        bouts = defaultdict[int, list[Bout]](list)
        for index in self.diary.real():
            logged = self.diary.sets[index]
            bouts[logged.first.exposure] += logged.bouts
        truth = {exposure: true_cost(parts) for exposure, parts in bouts.items()}
        keys = defaultdict[int, set[str]](set)
        for index, key in self.keys.items():
            keys[self.diary.sets[index].first.exposure].add(key)
        for exposure, units in truth.items():
            charged = sum(self.sight.costs.get(key, 0.0) for key in keys[exposure])
            indices = [index for index in self.diary.real() if self.diary.sets[index].first.exposure == exposure]
            if all(index in self.keys for index in indices) and abs(charged - units) > _NOISE:
                kind = "cost too high" if charged > units else "cost too low"
                self._differs(kind, f"sets {indices} cost {charged:g}, not {units:g}")
        entries, spent, total = sum(self.sight.costs.values()), sum(self.sight.spent.values()), sum(truth.values())
        if abs(entries - total) > _NOISE:
            self._differs("cost of the week", f"entries of {entries:g} units, not {total:g}")
        if abs(spent - entries) > _NOISE:
            self._differs("budget", f"{spent:g} units told as spent, entries of {entries:g}")
