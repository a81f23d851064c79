"""An independent check of what the rules require at the start of each set, from events and advice alone.

It shares no code with the advisor beyond the kernel. It takes the warning signs, which it can't know, from the advisor's
events, and then expects no offer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from spotter.domain.events import Event
from spotter.domain.events.budgets import BudgetChanged, BudgetEntry
from spotter.domain.events.outputs import AdviceGiven, SetOpened, SetSummarised
from spotter.domain.events.people import AthleteUpdated, PolicyUpdated, SessionStarted, WellnessReported
from spotter.domain.exercises import Exercise, builtin_catalogue
from spotter.domain.policies import BlockKind, BlockSaid
from spotter.domain.weeks import Week, WeekStart, day_of, week_of

UNITS: Final = 4.0
UNITS_FREQUENT: Final = 3.0
UNITS_A_MUSCLE: Final = 2.0
FREQUENT_DAYS: Final = 4
SEASONED_SESSIONS: Final = 20
SEASONED_DAYS: Final = 90
HARD_SHARE_MAX: Final = 0.10
HARD_SHARE_CLEAR: Final = 0.06
"""Below this an offer is owed; near the limit, one set more or less decides."""
HARD_SETS_MIN: Final = 20
HARD_SPAN: Final = timedelta(days=28)
CLEARED: Final = timedelta(days=10)
"""How long after bad wellness no offer is expected."""
_COSTS: Final = {0: 1.0, 1: 0.5}
_NOISE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Ruling:
    """The verdict on the plan of one set."""

    set_key: str
    spends: bool
    """The plan allows less than two reps in reserve."""
    breaches: tuple[str, ...]
    """Rules that forbid it."""
    owed: bool
    """Rules and budget allow failure, and the set is suitable for it."""
    week: Week
    allowed: float
    block: BlockKind | None
    counted: bool
    """The four weeks before have enough work sets for a share of hard ones (R09)."""


@dataclass(slots=True)
class Referee:
    """The referee's state of one lifter."""

    rulings: dict[str, Ruling] = field(default_factory=dict)
    """By set."""
    entries: dict[str, BudgetEntry] = field(default_factory=dict)
    """The newest of each charged set."""
    summaries: dict[str, SetSummarised] = field(default_factory=dict)
    """The newest of each set."""
    _level: str | None = None
    _calendar: tuple[str, WeekStart] = ("UTC", "monday")
    _next_calendar: tuple[datetime, tuple[str, WeekStart]] | None = None
    _blocks: list[BlockSaid] = field(default_factory=list)
    _mode: tuple[date, str] | None = None
    _days_per_week: int = 0
    _bad_until: datetime | None = None
    _signs: bool = False
    _opened: dict[str, SetOpened] = field(default_factory=dict)
    _began_on: dict[str, date] = field(default_factory=dict)
    """By set: the local day on which its exposure began."""

    def notice(self, events: Iterable[Event]) -> None:
        """Process written events, in order."""
        for event in events:
            data = event.data
            if isinstance(data, SetOpened):
                self._opened[data.set_key] = data
            elif isinstance(data, AdviceGiven):
                if data.after_rep == 0 and data.set_key not in self.rulings:
                    self.rulings[data.set_key] = self._judge(data, self._opened[data.set_key])
            elif isinstance(data, SetSummarised):
                self._summarised(data)
            elif isinstance(data, BudgetChanged):
                self._charged(data)
            elif isinstance(data, SessionStarted):
                self._mode = (day_of(event.received, self._calendar[0]), data.mode)
                self._days_per_week = data.days_per_week or self._days_per_week
            elif isinstance(data, PolicyUpdated) and data.block is not None:
                self._blocks.append(data.block)
            elif isinstance(data, AthleteUpdated):
                self._updated(data, event.received)
            elif isinstance(data, WellnessReported):
                felt = (data.soreness, data.sleep, data.mood, data.motivation, data.irritability, data.fatigue)
                if any(score is not None and score <= 2 for score in felt):
                    self._bad_until = event.received + CLEARED

    def is_beginner(self) -> bool:
        """Return whether the lifter still counts as a beginner (R08)."""
        if self._level not in (None, "beginner"):
            return False
        days = self._days()
        return len(days) < SEASONED_SESSIONS or (max(days) - min(days)).days < SEASONED_DAYS

    def _updated(self, data: AthleteUpdated, now: datetime) -> None:
        self._level = data.level or self._level
        zone, start = data.time_zone or self._calendar[0], data.week_start or self._calendar[1]
        if not self._opened:
            self._calendar = (zone, start)
        elif (zone, start) != self._calendar:
            self._next_calendar = (week_of(now, *self._calendar).end, (zone, start))

    def _calendar_at(self, moment: datetime) -> tuple[str, WeekStart]:
        if self._next_calendar is not None and moment >= self._next_calendar[0]:
            self._calendar, self._next_calendar = self._next_calendar[1], None
        return self._calendar

    def _summarised(self, data: SetSummarised) -> None:
        self.summaries[data.set_key] = data
        began = self._began(data.set_key)
        self._began_on[data.set_key] = day_of(began, self._calendar_at(began)[0])

    def _days(self) -> set[date]:
        """Return the days on which a work set was done."""
        return {
            self._began_on[key]
            for key, summary in self.summaries.items()
            if summary.reps and summary.intent not in ("warmup", "technique")
        }

    def _exposure(self, set_key: str) -> str:
        """Return the key of the first set of a set's exposure."""
        return self._opened[set_key].exposure_key or set_key

    def _began(self, set_key: str) -> datetime:
        """Return when a set's exposure began."""
        first = self._opened.get(self._exposure(set_key), self._opened[set_key])
        return min(first.opened_at, self._opened[set_key].opened_at)

    def _charged(self, data: BudgetChanged) -> None:
        self._signs = bool(getattr(data, "signs", None))
        if data.entry is not None:
            previous = self.entries.get(data.entry.set_key)
            if previous is None or previous.revision <= data.entry.revision:
                self.entries[data.entry.set_key] = data.entry

    def _judge(self, plan: AdviceGiven, opened: SetOpened) -> Ruling:
        at, exercise = opened.opened_at, builtin_catalogue().get(opened.exercise)
        zone, start = self._calendar_at(at)
        week, day = week_of(at, zone, start), day_of(at, zone)
        block = self._block_on(day)
        kind = None if block is None else block.kind
        last_week = block is not None and day > date.fromisoformat(block.last_day) - timedelta(days=7)
        allowed = self._allowed(week, zone)
        spends = plan.target_rir is not None and plan.target_rir < 2
        breaches: list[str] = []
        if spends and plan.target_rir is not None:
            breaches = list(self._forbidden(exercise, plan.set_key, _COSTS[plan.target_rir], week, at, allowed, kind))
        signs = self._signs or (self._bad_until is not None and at < self._bad_until)
        counted = len(self._recent(at, plan.set_key, HARD_SPAN)) >= HARD_SETS_MIN
        recovers = any(
            exercise.muscle_group in (entry.muscles or {}) and self._is_closed(entry, at)
            for entry in self._others(plan.set_key)
        )
        hurried = self._mode is not None and self._mode == (day, "time_pressed")
        placed = _has_place(exercise, opened, hurried=hurried, all_out=kind == "high_intensity")
        owed = (
            placed
            and not signs
            and not recovers
            and (kind in (None, "high_intensity") or (kind != "deload" and last_week))
            and not self._hard_share_over(at, plan.set_key, most=HARD_SHARE_CLEAR, span=HARD_SPAN + timedelta(days=1))
            and not any(True for _ in self._forbidden(exercise, plan.set_key, 1.0, week, at, allowed, kind))
        )
        return Ruling(plan.set_key, spends, tuple(breaches), owed, week, allowed, kind, counted)

    def _allowed(self, week: Week, zone: str) -> float:
        if self.is_beginner():
            return 0.0
        first, end = day_of(week.start, zone), day_of(week.end, zone)
        trained = sum(first <= day < end for day in self._days())
        return UNITS_FREQUENT if max(trained, self._days_per_week) >= FREQUENT_DAYS else UNITS

    def _forbidden(
        self,
        exercise: Exercise,
        set_key: str,
        cost: float,
        week: Week,
        at: datetime,
        allowed: float,
        kind: BlockKind | None,
    ) -> Iterable[str]:
        """Yield the rules that forbid a set this cost."""
        if exercise.traits.high_risk:
            yield "R02 a high-risk lift"
        if self.is_beginner():
            yield "R08 a beginner"
        entries = self._others(set_key)
        paid = [entry for entry in entries if self._began(entry.set_key) in week]
        if sum(entry.cost for entry in paid) + cost > allowed + _NOISE:
            yield "R10 more than is left of the week"
        group = exercise.muscle_group
        if sum(entry.cost for entry in paid if entry.muscle_group == group) + cost > UNITS_A_MUSCLE + _NOISE:
            yield "R10 more than is left of the muscle group"
        for entry in entries:
            if entry.muscle_group == group and self._is_closed(entry, at):
                yield "R11 the muscle group has not recovered"
                break
        # At the edges of the four weeks, one set more or less decides: only certain breaches count.
        spans = (HARD_SPAN - timedelta(days=1), HARD_SPAN + timedelta(days=1))
        if all(self._hard_share_over(at, set_key, most=HARD_SHARE_MAX, span=span, spare=1) for span in spans):
            yield "R09 too many hard sets"
        if kind == "deload":
            yield "R12 a deload week"

    def _others(self, set_key: str) -> list[BudgetEntry]:
        """Return what other exposures cost."""
        own = self._exposure(set_key)
        return [entry for entry in self.entries.values() if entry.cost > 0 and self._exposure(entry.set_key) != own]

    def _is_closed(self, entry: BudgetEntry, at: datetime) -> bool:
        """Return whether a set to failure still closes its muscle group; in an all-out block from the next day on."""
        summary, moment = self.summaries.get(entry.set_key), entry.last_rep_at
        if summary is None or moment is None:
            return False
        if not summary.failed and round_half_up(summary.rir_end or 0.0) > 0:
            return False
        zone = self._calendar[0]
        day = day_of(moment, zone)
        all_out = self._kind_on(day) == "high_intensity"
        compound = builtin_catalogue().get(entry.exercise).traits.compound
        hours = 168 if all_out else 72 if compound else 48
        same_day = self._kind_on(day_of(at, zone)) == "high_intensity" and day == day_of(at, zone)
        return not same_day and at < moment + timedelta(hours=hours)

    def _block_on(self, day: date) -> BlockSaid | None:
        return next(
            (block for block in reversed(self._blocks) if block.first_day <= day.isoformat() <= block.last_day), None
        )

    def _kind_on(self, day: date) -> BlockKind | None:
        block = self._block_on(day)
        return None if block is None else block.kind

    def _recent(self, at: datetime, set_key: str, span: timedelta) -> list[SetSummarised]:
        """Return the work sets before a set, of each exposure the part that ended nearest to failure."""
        hardest: dict[str, SetSummarised] = {}
        for summary in self.summaries.values():
            exposure = self._exposure(summary.set_key)
            if (
                summary.intent in ("work", "drop")
                and exposure != self._exposure(set_key)
                and at - span <= summary.ended_at
                and summary.rir_end is not None
                and (exposure not in hardest or summary.rir_end < (hardest[exposure].rir_end or 0.0))
            ):
                hardest[exposure] = summary
        return list(hardest.values())

    def _hard_share_over(self, at: datetime, set_key: str, *, most: float, span: timedelta, spare: int = 0) -> bool:
        recent = self._recent(at, set_key, span)
        hard = sum(lifted_set.failed or round_half_up(lifted_set.rir_end or 0.0) <= 1 for lifted_set in recent)
        return len(recent) >= HARD_SETS_MIN and hard - spare > most * len(recent)


def round_half_up(rir: float) -> int:
    """Round reps in reserve to whole reps, as the ledger does."""
    return int(rir + 0.5)


def _has_place(exercise: Exercise, opened: SetOpened, *, hurried: bool, all_out: bool) -> bool:
    """Return whether the rules allow for failure in a set without a target of its own."""
    if opened.intent not in (None, "work") or opened.target_rir is not None:
        return False
    if exercise.traits.early_failure:
        return True
    return exercise.traits.single_joint and (opened.is_last_set is True or hurried or all_out)
