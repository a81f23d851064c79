"""Builds weekly reports from the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.gym_config import GymConfig
from spotter.domain.time import parse_time
from spotter.domain.weeks import Week, day_of
from spotter_dashboard.reports.models import (
    EARLY_LEFT,
    HARD_LEFT,
    LEFT,
    CheckIn,
    ExerciseDone,
    Next,
    ReportedSign,
    SetDone,
    Spent,
    Trend,
    WeekBudget,
    WeeklyReport,
)
from spotter_dashboard.store.budgets import allowed_in, budget, charges, newest_revisions, week_of_revision
from spotter_dashboard.store.calendar import LifterCalendar, LivedWeek, margin
from spotter_dashboard.store.database import Connection, Engine
from spotter_dashboard.store.notices import SCORES, notices, wellness
from spotter_dashboard.store.programme import OwnProgramme, athlete_facts, block_view, own_of
from spotter_dashboard.store.reports import first_set, work_sets
from spotter_dashboard.store.week_names import name_after, name_of

TREND_WEEKS: Final = 8
_SEVEN_DAYS: Final = timedelta(days=7)
FELT_FOR: Final = timedelta(weeks=4)
_NOTICES_MAX: Final = 50
_REPORTS_MAX: Final = 200
_NO_CHOICE: Final = ("amrap", "test")


def weekly_report(
    engine: Engine, gym_id: str, athlete_id: str, config: GymConfig, name: str, now: datetime
) -> WeeklyReport:
    """Build the report of one week of a lifter, by the week's name; raises ValueError for a name that no week has."""
    with engine.connect() as connection:
        own = own_of(connection, gym_id, athlete_id, config)
        revisions = newest_revisions(connection, gym_id, athlete_id)
        calendar = calendar_of(own, config, revisions)
        names = [name_after(name, weeks) for weeks in range(1 - TREND_WEEKS, 1)]
        lived = [calendar.named(each) for each in names]
        done = _sets(connection, gym_id, athlete_id, calendar, lived)
        budgets = _budgets(connection, gym_id, athlete_id, config, calendar, lived, revisions, now)
        lifter = athlete_facts(connection, gym_id, athlete_id).get("name")
    week, zone = lived[-1].span, lived[-1].zone
    if budgets[-1].allowed is None and now in week:
        current = budget(engine, gym_id, athlete_id, config, now)
        budgets[-1] = WeekBudget(current["allowed"], budgets[-1].spent, (), budgets[-1].entries)
    in_week = [each for each in done if each.week == name]
    newest = _newest_of(revisions, name)
    revision = None if newest is None else newest.model_dump(mode="json")
    following = calendar.named(name_after(name))
    notice_page, _ = notices(engine, gym_id, athlete_id, now=now, after=None, limit=_NOTICES_MAX, within=week)
    felt_in = Week(week.end - FELT_FOR, week.end)
    check_ins, _ = wellness(engine, gym_id, athlete_id, after=None, limit=_REPORTS_MAX, within=felt_in)
    local = ZoneInfo(zone)
    closed = tuple(
        (group["muscle_group"], parse_time(group["until"]).astimezone(local), group["rule_id"])
        for group in _list(revision, "closed")
    )
    signs = tuple(ReportedSign(sign["rule_id"], sign["sentence"]) for sign in _list(revision, "signs"))
    return WeeklyReport(
        athlete_id=athlete_id,
        name=lifter,
        week=name,
        first_day=lived[-1].first_day,
        last_day=lived[-1].last_day,
        time_zone=zone,
        running=now < week.end,
        level=own.level,
        block=_block(own, config, lived[-1]),
        exercises=_by_exercise(in_week, config),
        left=_left(in_week),
        reps=sum(each.reps for each in in_week),
        days=len({each.day for each in in_week}),
        budget=budgets[-1],
        stops=sum(each.followed is not None for each in in_week),
        followed=sum(each.followed is True for each in in_week),
        reps_after_stop=sum(each.reps_after_stop for each in in_week),
        hard_28=None if revision is None else revision.get("hard_share"),
        readiness=None if revision is None else revision.get("readiness"),
        signs=signs,
        closed=closed,
        check_ins=tuple(_check_in(check_in, zone) for check_in in reversed(check_ins)),
        trends=tuple(
            _trend(each, [set_done for set_done in done if set_done.week == each], spent)
            for each, spent in zip(names, budgets, strict=True)
        ),
        notices=tuple(
            ReportedSign(", ".join(notice["rule_ids"]), notice["sentence"])
            for notice in reversed(notice_page)
            if not notice["withdrawn"] and notice["sentence"] not in {sign.sentence for sign in signs}
        ),
        next=Next(
            name=following.name,
            first_day=following.first_day,
            allowed=_allowed_next(revisions, newest, following),
            block=_block(own, config, following),
            closed=tuple((group, until) for group, until, _ in closed if until > following.span.start),
        ),
        missing=() if revision is not None and revision.get("signs") is not None else ("warning signs",),
    )


def calendar_of(own: OwnProgramme, config: GymConfig, revisions: Iterable[BudgetChanged]) -> LifterCalendar:
    """Return the weeks of a lifter, by what their budgets say."""
    return LifterCalendar(own, config, ((week_of_revision(each), each.time_zone) for each in revisions))


def weeks_back(
    engine: Engine, gym_id: str, athlete_id: str, config: GymConfig, now: datetime, before: str | None, limit: int
) -> tuple[list[dict[str, Any]], bool]:
    """Return the numbers of weeks down to the first set's, the newest first, and whether there are more.

    `before`: only weeks before the one of that name; raises ValueError for a name that no week has.
    """
    with engine.connect() as connection:
        first = first_set(connection, gym_id, athlete_id)
        if first is None:
            return [], False
        own = own_of(connection, gym_id, athlete_id, config)
        revisions = newest_revisions(connection, gym_id, athlete_id)
        calendar = calendar_of(own, config, revisions)
        name = calendar.at(now).name
        if before is not None:
            name = min(name, name_after(before, -1))
        names = [name]
        oldest = _week_of(*first, calendar).name
        while len(names) <= limit and names[-1] > oldest:
            names.append(name_after(names[-1], -1))
        lived = [calendar.named(each) for each in names[:limit] if each >= oldest]
        done = _sets(connection, gym_id, athlete_id, calendar, lived)
        budgets = _budgets(connection, gym_id, athlete_id, config, calendar, lived, revisions, now)
    numbers = []
    for week, spent in zip(lived, budgets, strict=True):
        trend = _trend(week.name, [each for each in done if each.week == week.name], spent)
        numbers.append(
            {
                "week": week.name,
                "first_day": week.first_day.isoformat(),
                "last_day": week.last_day.isoformat(),
                **{name: getattr(trend, name) for name in ("sets", "reps", "hard", "allowed", "spent")},
            }
        )
    return numbers, len(names) > limit


def _sets(
    connection: Connection, gym_id: str, athlete_id: str, calendar: LifterCalendar, weeks: Sequence[LivedWeek]
) -> list[SetDone]:
    """Return the work sets that may be of some weeks, each with the week that it counts in."""
    if not weeks:
        return []
    sets = []
    for row in work_sets(connection, gym_id, athlete_id, margin(_span(weeks))):
        week = _week_of(row.opened_at, row.summary, calendar)
        day = row.summary.get("day")
        sets.append(
            SetDone(
                exercise=row.summary.get("exercise") or "unknown",
                exposure=row.summary.get("exposure_key") or row.set_key,
                week=week.name,
                day=day_of(row.opened_at, week.zone) if day is None else date.fromisoformat(day),
                reps=row.summary["reps"],
                rir=row.summary.get("rir_end"),
                failed=bool(row.summary.get("failed")),
                followed=row.summary.get("advice_followed"),
                reps_after_stop=row.summary.get("reps_after_stop") or 0,
                one_rep_max_kg=row.closing.get("one_rep_max_kg"),
                chosen=row.intent not in _NO_CHOICE,
            )
        )
    return sets


def _week_of(opened_at: datetime, summary: dict[str, Any], calendar: LifterCalendar) -> LivedWeek:
    """Return the week that a set counts in: as its summary says, else that of its beginning."""
    if summary.get("week_start") is None:
        return calendar.at(opened_at)
    week, zone = Week(parse_time(summary["week_start"]), parse_time(summary["week_end"])), summary["time_zone"]
    return LivedWeek(name_of(week, zone), week, zone)


def _span(weeks: Sequence[LivedWeek]) -> Week:
    return Week(min(week.span.start for week in weeks), max(week.span.end for week in weeks))


def _newest_of(revisions: Iterable[BudgetChanged], name: str) -> BudgetChanged | None:
    """Return the newest revision of a week's budget."""
    return next(
        (each for each in revisions if name_of(week_of_revision(each), each.time_zone) == name),
        None,
    )


def _list(revision: dict[str, Any] | None, name: str) -> list[dict[str, Any]]:
    return (revision or {}).get(name) or []


def _budgets(
    connection: Connection,
    gym_id: str,
    athlete_id: str,
    config: GymConfig,
    calendar: LifterCalendar,
    weeks: Sequence[LivedWeek],
    revisions: Sequence[BudgetChanged],
    now: datetime,
) -> list[WeekBudget]:
    """Return what each of some weeks allowed and what was spent: a set's cost is in the week of the set."""
    spent: dict[str, list[Spent]] = {week.name: [] for week in weeks}
    for change in charges(connection, gym_id, athlete_id, margin(_span(weeks))) if weeks else ():
        entry = change.entry
        assert entry is not None
        at, zone = entry.last_rep_at or change.week_start, change.time_zone
        name = calendar.at(at).name
        if entry.week_start is not None:
            name = name_of(Week(entry.week_start, entry.week_start + _SEVEN_DAYS), zone)
        if name in spent:
            spent[name].append(
                Spent(
                    set_id=entry.set_id,
                    exercise=entry.exercise,
                    name=config.catalogue.get(entry.exercise).name,
                    day=day_of(at, zone) if entry.day is None else date.fromisoformat(entry.day),
                    cost=entry.cost,
                    rules=tuple(entry.rule_ids),
                    repriced=entry.repriced,
                )
            )
    budgets = []
    for week in weeks:
        revision, entries = _newest_of(revisions, week.name), tuple(spent[week.name])
        budgets.append(
            WeekBudget(
                allowed=None if revision is None else allowed_in(revision, now),
                spent=round(sum((entry.cost for entry in entries), start=0.0), 6),
                reasons=() if revision is None else tuple(revision.reasons),
                entries=entries,
            )
        )
    return budgets


def _left(done: Iterable[SetDone]) -> tuple[int, ...]:
    counted = Counter(each.left_index for each in done)
    return tuple(counted[left] for left in range(len(LEFT)))


def _by_exercise(done: Sequence[SetDone], config: GymConfig) -> tuple[ExerciseDone, ...]:
    """Group sets by exercise, in the order in which these were first done."""
    groups = []
    for exercise in dict.fromkeys(each.exercise for each in done):
        sets = [each for each in done if each.exercise == exercise]
        name = config.catalogue.get(exercise).name
        groups.append(ExerciseDone(exercise, name, len(sets), sum(each.reps for each in sets), _left(sets)))
    return tuple(groups)


def _trend(name: str, done: Sequence[SetDone], spent: WeekBudget) -> Trend:
    judged = [each for each in done if each.chosen and each.left_index < len(LEFT) - 1]
    hardest: dict[str, int] = {}
    for each in judged:  # what belongs together is as hard as its hardest part
        hardest[each.exposure] = min(hardest.get(each.exposure, each.left_index), each.left_index)
    best: dict[str, float] = {}
    for each in done:
        if each.one_rep_max_kg is not None:
            best[each.exercise] = max(best.get(each.exercise, 0.0), each.one_rep_max_kg)
    return Trend(
        name=name,
        sets=len(done),
        reps=sum(each.reps for each in done),
        hard=sum(left < HARD_LEFT for left in hardest.values()),
        early=sum(left == EARLY_LEFT for left in hardest.values()),
        judged=len(hardest),
        allowed=spent.allowed,
        spent=spent.spent,
        strength=tuple(best.items()),
    )


def _check_in(report: dict[str, Any], zone: str) -> CheckIn:
    scores = tuple((name, report[name]) for name in SCORES if report[name] is not None)
    pain = tuple((joint, score) for joint, score in sorted(report["pain"].items()) if score)
    return CheckIn(day_of(parse_time(report["time"]), zone), scores, pain)


def _block(own: OwnProgramme, config: GymConfig, week: LivedWeek) -> dict[str, Any] | None:
    holds = config.on_day(own.programme, own.team, week.first_day)
    if holds.block is None:
        holds = config.on_day(own.programme, own.team, week.last_day)
    return None if holds.block is None else block_view(holds.block)


def _allowed_next(
    revisions: Sequence[BudgetChanged], newest: BudgetChanged | None, following: LivedWeek
) -> float | None:
    """Return what the following week allows: by its own revision, else as foreseen at the end of the one before."""
    own = _newest_of(revisions, following.name)
    if own is not None:
        return own.allowed
    if newest is None:
        return None
    foreseen = [(newest.valid_until, newest.allowed_after)]
    foreseen += [(later.at, later.allowed) for later in newest.allowed_later or ()]
    at, allowed = foreseen[-1]
    return allowed if at >= week_of_revision(newest).end else None
