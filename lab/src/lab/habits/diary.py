"""What apps and trackers report of a workout: the sets they log, and every event that they send, before it is sent.

`ordinary` is what a careful app with a tracker sends. Habits change it: each takes the diary and a source of chance, and
says whether it found anything to change. Times here are the workout's own seconds; the clocks come at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any, Final, Literal

from lab.habits.workouts import Bout, Repetition, Visit
from spotter.domain.events import EventData
from spotter.domain.events.lifting import EffortReported, RepCompleted, SetAmended, SetEnded, SetStarted

Teller = Literal["app", "tracker", "watch"]
APP: Final[Teller] = "app"
TRACKER: Final[Teller] = "tracker"
WATCH: Final[Teller] = "watch"
SILENCE_S: Final = 90.0
"""A set is over this long after its last rep, if nothing else ends it (contract §4)."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of a teller."""

    ahead_s: float = 0.0
    dated: bool = True
    """Without a date it counts from 1970."""
    senttime: bool = True
    """The events carry `senttime`."""


@dataclass(slots=True)
class Report:
    """One event that is going to be sent."""

    at_s: float
    """When it happened."""
    kind: type[EventData]
    fields: dict[str, Any]
    teller: Teller
    logged: int | None
    """Index of the logged set that it is meant for."""
    rep: int | None = None
    """Number of the repetition that it reports."""
    named: bool = True
    """It carries the set's id, where the set has one."""
    by_key: bool = False
    """It names its set by `set_key`, as read back from Spotter."""
    started_s: float | None = None
    """When the rep began, if the device tells that."""
    flushed: bool = False
    """Its time is that of a buffer's flush."""
    sent_s: float | None = None
    """When it is sent; None: at once."""
    again: str | None = None
    """It is the event of this id, sent again."""
    id: str = ""
    sent_id: str | None = None
    """The set id that it is sent with, instead of the set's own."""

    @property
    def sending_s(self) -> float:
        """When it is sent."""
        return self.at_s if self.sent_s is None else self.sent_s


@dataclass(slots=True)
class LoggedSet:
    """A set as the app logs it, and as it should stand in Spotter: one bout, or several that it takes for one."""

    bouts: list[Bout]
    set_id: str | None = None
    opens: bool = True
    """`set.started` is sent."""
    never: bool = False
    """It never happened: logged by mistake, and voided."""
    untold: set[str] = field(default_factory=set)
    """What nobody tells of it: `side`, `load_kg`, `intent`."""

    @property
    def first(self) -> Bout:
        """Its first bout."""
        return self.bouts[0]

    @property
    def last(self) -> Bout:
        """Its last bout."""
        return self.bouts[-1]

    def reps(self) -> Iterator[tuple[Bout, Repetition]]:
        """Yield its reps, each with its bout."""
        for bout in self.bouts:
            for rep in bout.reps:
                yield bout, rep


@dataclass(slots=True)
class Diary:
    """All that is reported of a workout."""

    visit: Visit
    sets: list[LoggedSet]
    reports: list[Report]
    habits: set[str] = field(default_factory=set)
    """What was particular, by the names under which results are counted."""
    ambiguous: list[str] = field(default_factory=list)
    """Why nobody could know what happened; see `ambiguity`."""
    doubtful: set[str] = field(default_factory=set)
    """Ids of reps that one of two recorders invented: they may count or not, for nobody can know."""
    tracker: Teller = TRACKER
    """Who sends the reps: a device of its own, or the app with a sensor."""
    counts: bool = True
    """The device numbers its reps."""
    timing: bool = False
    """The device tells nothing but the time of each rep."""
    watched: bool = False
    """A watch records the workout, too."""
    renumbered: set[int] = field(default_factory=set)
    """Indices of sets whose reps are not numbered from 1 to the last."""
    empty: set[str] = field(default_factory=set)
    """Exercises of sets that were started and left: these stand as sets without a rep."""
    clocks: dict[Teller, Clock] = field(default_factory=dict)
    """Those that are not right."""
    newest_first_from_s: float | None = None
    """What is sent at this moment arrives newest first."""

    def identify(self, stage: str) -> None:
        """Give an id to each report that has none."""
        for index, report in enumerate(self.reports):
            report.id = report.id or f"{stage}-{index}"

    def of(self, index: int, kind: type[EventData] | None = None, teller: Teller | None = None) -> list[Report]:
        """Return the reports about a logged set, by time."""
        matching = (
            report
            for report in self.reports
            if report.logged == index
            and (kind is None or report.kind is kind)
            and (teller is None or report.teller == teller)
        )
        return sorted(matching, key=lambda report: report.at_s)

    def start_of(self, index: int) -> Report | None:
        """Return the first `set.started` of a logged set."""
        return next(iter(self.of(index, SetStarted)), None)

    def real(self) -> list[int]:
        """Return the indices of the sets that happened, by time."""
        indices = (index for index, logged in enumerate(self.sets) if not logged.never)
        return sorted(indices, key=lambda index: self.sets[index].first.begun_s)

    def begun_s(self, index: int) -> float:
        """Return when a logged set begins, as far as reports tell: its start, else its first rep."""
        logged = self.sets[index]
        return logged.first.begun_s if logged.opens else logged.first.reps[0].ended_s

    def next_begun_s(self, index: int) -> float:
        """Return when the next logged set begins; endless after the last."""
        begun_s = self.sets[index].first.begun_s
        later = (other.first.begun_s for other in self.sets if other.first.begun_s > begun_s)
        return min(later, default=float("inf"))

    def over_s(self, index: int) -> float:
        """Return when a logged set is over: as reported, with the next set, or by silence."""
        last_s = max(self.sets[index].last.ended_s, *(report.at_s for report in self.of(index, RepCompleted)), 0.0)
        ends = [report.at_s for report in self.of(index, SetEnded) if report.at_s >= last_s]
        return min(ends[0] if ends else last_s + SILENCE_S, self.next_begun_s(index))

    def means(self, set_id: str | None, at_s: float) -> int | None:
        """Return the set that an id means at a moment: the one running then, else the last that began before."""
        named = [
            index
            for index, logged in enumerate(self.sets)
            if (set_id is None or logged.set_id == set_id) and self.begun_s(index) <= at_s
        ]
        running = [index for index in named if at_s <= self.over_s(index)]
        return max(running or named, key=self.begun_s, default=None)


def ordinary(visit: Visit, random: Random) -> Diary:
    """Return what a careful app and a tracker send: every set by an id of its own, started, rep by rep, called and ended."""
    sets: list[LoggedSet] = []
    for bout in visit.bouts:
        if bout.joint is None or bout.apart:
            sets.append(LoggedSet([bout], set_id=f"s{len(sets) + 1}"))
        else:
            sets[-1].bouts.append(bout)
    diary = Diary(visit, sets, [], set(visit.traits))
    one_program = random.random() < 0.4
    counts = random.random() < 0.9
    starts = random.random() < 0.5
    diary.counts, diary.tracker = counts, APP if one_program else TRACKER
    for index, logged in enumerate(sets):
        _report_set(diary, index, logged, random, counts=counts, starts=starts)
    diary.identify("ordinary")
    return diary


def _report_set(diary: Diary, index: int, logged: LoggedSet, random: Random, *, counts: bool, starts: bool) -> None:
    first, reports = logged.first, diary.reports
    fields: dict[str, Any] = {"exercise": first.exercise, "load_kg": first.load_kg}
    if first.work != "work":
        fields["intent"] = first.work
    if first.arm is not None and len(logged.bouts) == 1:
        fields["side"] = first.arm
    if first.joint is not None:
        _tell_part(diary, index, fields, random)
    reports.append(Report(first.begun_s, SetStarted, fields, APP, index))
    number = 0
    shown = _sides_shown(logged, random)
    drop_by = random.choice(("set.started", "set.amended", "each rep"))
    if any(bout.joint == "drop" for bout in logged.bouts[1:]):
        diary.habits.add(f"drop told by {drop_by}")
    for bout in logged.bouts:
        if bout is not first and bout.joint == "drop" and drop_by != "each rep":
            dropped: dict[str, Any] = {"intent": "drop", "load_kg": bout.load_kg}
            if drop_by == "set.started":
                reports.append(Report(bout.begun_s, SetStarted, {"exercise": bout.exercise, **dropped}, APP, index))
            else:
                reports.append(Report(bout.begun_s, SetAmended, dropped, APP, index))
        for rep in bout.reps:
            number += 1
            measured = _measured(rep)
            if counts:
                measured["rep_number"] = number
            if shown and rep.arm is not None:
                measured["side"] = rep.arm
            if drop_by == "each rep" and any(other.joint == "drop" for other in logged.bouts):
                measured["load_kg"] = bout.load_kg
            report = Report(rep.ended_s, RepCompleted, measured, diary.tracker, index, rep.number)
            report.started_s = rep.started_s if starts else None
            reports.append(report)
    _report_end(diary, index, logged, random)


def _measured(rep: Repetition) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "mean_velocity_mps": rep.velocity_mps,
        "concentric_s": rep.concentric_s,
        "rom_m": rep.rom_m,
    }
    if rep.kind != "work":
        fields["kind"] = rep.kind
    if rep.assisted:
        fields["assisted"] = True
    return fields


def _sides_shown(logged: LoggedSet, random: Random) -> bool:
    """Whether the reps tell their arm; where neither they nor the set do, nobody knows it."""
    arms = {rep.arm for _, rep in logged.reps()}
    if arms <= {None}:
        return False
    if len(arms) > 1 and random.random() < 0.7:
        return True
    if len(arms) > 1:
        logged.untold.add("side")
    return False


def _tell_part(diary: Diary, index: int, fields: dict[str, Any], random: Random) -> None:
    """Say what the set continues, or don't."""
    bout = diary.sets[index].first
    roll = random.random()
    if roll < 0.5:
        diary.habits.add("part_of told")
        fields["part_of"] = index - 1  # becomes the id of that set once the sets have their ids
    elif roll < 0.75 and bout.joint == "drop":
        diary.habits.add("intent drop told")
        fields["intent"] = "drop"
    else:
        diary.habits.add("parts not told")
        if bout.joint == "drop":
            diary.sets[index].untold.add("intent")


def _report_end(diary: Diary, index: int, logged: LoggedSet, random: Random) -> None:
    last, following_s = logged.last, diary.next_begun_s(index)
    room_s = min(following_s - last.ended_s - 0.5, 16.0)
    called_s = last.ended_s + random.uniform(0.25, 0.55) * room_s
    ended_s = last.ended_s + random.uniform(0.6, 0.95) * room_s
    if random.random() < 0.3:
        called_s, ended_s = ended_s, called_s
    if last.called:
        diary.reports.append(Report(called_s, EffortReported, call(last.left, random), APP, index))
    diary.reports.append(Report(ended_s, SetEnded, {}, APP, index))


def call(left: int, random: Random) -> dict[str, Any]:
    """Return how a lifter says what is left: reps in reserve, RPE, or failure."""
    roll = random.random()
    if left == 0 and roll < 0.25:
        return {"failed": True}
    return {"rpe": 10 - left} if roll > 0.7 and left <= 9 else {"rir": left}


def boundary_told(diary: Diary, before: int, after: int) -> bool:
    """Whether the reports tell by contract §1 that one set ends and the next begins.

    They do by another id or another exercise; else, of one id and exercise, by a start after an end or after a silence.
    Without an id, reps after an end or a silence are another set too; with it they go on with the set that ended.
    """
    earlier, later = diary.sets[before], diary.sets[after]
    if earlier.set_id != later.set_id or earlier.first.exercise != later.first.exercise:
        return True
    last_s = earlier.last.ended_s
    ended = bool(diary.of(before, SetEnded)) or diary.begun_s(after) - last_s > SILENCE_S + 1
    return ended and (later.opens or later.set_id is None)


def pairs(indices: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield each index with the one after it."""
    return pairwise(indices)
