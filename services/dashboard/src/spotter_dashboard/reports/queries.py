"""Builds weekly reports from the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.gym_config import GymConfig
from spotter.domain.time import parse_time
from spotter.domain.weeks import Week, day_of, week_of
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
from spotter_dashboard.reports.week_names import first_day, last_day, name_of, week_before
from spotter_dashboard.store.budgets import budget, entries_in, newest_revisions
from spotter_dashboard.store.database import Connection, Engine
from spotter_dashboard.store.notices import SCORES, notices, wellness
from spotter_dashboard.store.programme import OwnProgramme, athlete_facts, block_view, own_of
from spotter_dashboard.store.reports import work_sets

TREND_WEEKS: Final = 8
FELT_FOR: Final = timedelta(weeks=4)
_NOTICES_MAX: Final = 50
_REPORTS_MAX: Final = 200
_NO_CHOICE: Final = ("amrap", "test")


def weekly_report(
    engine: Engine, gym_id: str, athlete_id: str, config: GymConfig, week: Week, now: datetime
) -> WeeklyReport:
    """Build the report of one week of a lifter."""
    own = own_of(engine, gym_id, athlete_id, config)
    zone = own.zone
    weeks = [week]
    while len(weeks) < TREND_WEEKS:
        weeks.insert(0, week_before(weeks[0], zone, own.week_start))
    with engine.connect() as connection:
        done = _sets(connection, gym_id, athlete_id, Week(weeks[0].start, week.end))
        revisions = newest_revisions(connection, gym_id, athlete_id)
        budgets = [_budget(connection, gym_id, athlete_id, config, each, revisions, zone) for each in weeks]
        name = athlete_facts(connection, gym_id, athlete_id).get("name")
    if budgets[-1].allowed is None and now in week:
        current = budget(engine, gym_id, athlete_id, config, now)
        budgets[-1] = WeekBudget(current["allowed"], budgets[-1].spent, (), budgets[-1].entries)
    in_week = [each for each in done if each.opened_at in week]
    revision = _newest_of(revisions, week)
    following = week_of(week.end, zone, own.week_start)
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
        name=name,
        week=name_of(week, zone),
        first_day=first_day(week, zone),
        last_day=last_day(week, zone),
        time_zone=zone,
        running=now < week.end,
        level=own.level,
        block=_block(own, config, week),
        exercises=_by_exercise(in_week, config),
        left=_left(in_week),
        reps=sum(each.reps for each in in_week),
        days=len({day_of(each.opened_at, zone) for each in in_week}),
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
            _trend(each_week, [each for each in done if each.opened_at in each_week], spent, zone)
            for each_week, spent in zip(weeks, budgets, strict=True)
        ),
        notices=tuple(
            ReportedSign(", ".join(notice["rule_ids"]), notice["sentence"])
            for notice in reversed(notice_page)
            if not notice["withdrawn"] and notice["sentence"] not in {sign.sentence for sign in signs}
        ),
        next=Next(
            name=name_of(following, zone),
            first_day=first_day(following, zone),
            allowed=_allowed_next(revisions, revision, week, following),
            block=_block(own, config, following),
            closed=tuple((group, until) for group, until, _ in closed if until > following.start),
        ),
        missing=() if revision is not None and revision.get("signs") is not None else ("warning signs",),
    )


def weeks_back(
    engine: Engine, gym_id: str, athlete_id: str, config: GymConfig, own: OwnProgramme, weeks: Sequence[Week]
) -> list[dict[str, Any]]:
    """Return the numbers of consecutive weeks, in the order of `weeks`, the newest first."""
    if not weeks:
        return []
    with engine.connect() as connection:
        done = _sets(connection, gym_id, athlete_id, Week(weeks[-1].start, weeks[0].end))
        revisions = newest_revisions(connection, gym_id, athlete_id)
        budgets = [_budget(connection, gym_id, athlete_id, config, trend, revisions, own.zone) for trend in weeks]
    numbers = []
    for week, spent in zip(weeks, budgets, strict=True):
        trend = _trend(week, [each for each in done if each.opened_at in week], spent, own.zone)
        numbers.append(
            {
                "week": trend.name,
                "first_day": first_day(week, own.zone).isoformat(),
                "last_day": last_day(week, own.zone).isoformat(),
                **{name: getattr(trend, name) for name in ("sets", "reps", "hard", "allowed", "spent")},
            }
        )
    return numbers


def _sets(connection: Connection, gym_id: str, athlete_id: str, span: Week) -> list[SetDone]:
    return [
        SetDone(
            exercise=row.summary.get("exercise") or "unknown",
            opened_at=row.opened_at,
            reps=row.summary["reps"],
            rir=row.summary.get("rir_end"),
            failed=bool(row.summary.get("failed")),
            followed=row.summary.get("advice_followed"),
            reps_after_stop=row.summary.get("reps_after_stop") or 0,
            one_rep_max_kg=row.closing.get("one_rep_max_kg"),
            chosen=row.intent not in _NO_CHOICE,
        )
        for row in work_sets(connection, gym_id, athlete_id, span)
    ]


def _newest_of(revisions: Iterable[BudgetChanged], week: Week) -> dict[str, Any] | None:
    """Return the newest revision of a week's budget."""
    newest = next((revision for revision in revisions if revision.week_start in week), None)
    return None if newest is None else newest.model_dump(mode="json")


def _list(revision: dict[str, Any] | None, name: str) -> list[dict[str, Any]]:
    return (revision or {}).get(name) or []


def _budget(
    connection: Connection,
    gym_id: str,
    athlete_id: str,
    config: GymConfig,
    week: Week,
    revisions: Sequence[BudgetChanged],
    zone: str,
) -> WeekBudget:
    revision = _newest_of(revisions, week)
    entries = tuple(
        Spent(
            set_id=entry.set_id,
            exercise=entry.exercise,
            name=config.catalogue.get(entry.exercise).name,
            day=day_of(entry.last_rep_at or week.start, zone),
            cost=entry.cost,
            rules=tuple(entry.rule_ids),
        )
        for entry in entries_in(connection, gym_id, athlete_id, week)
    )
    spent = round(sum((entry.cost for entry in entries), start=0.0), 6)
    if revision is None:
        return WeekBudget(None, spent, (), entries)
    return WeekBudget(revision["allowed"], spent, tuple(revision["reasons"]), entries)


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


def _trend(week: Week, done: Sequence[SetDone], spent: WeekBudget, zone: str) -> Trend:
    judged = [each for each in done if each.chosen and each.left_index < len(LEFT) - 1]
    best: dict[str, float] = {}
    for each in done:
        if each.one_rep_max_kg is not None:
            best[each.exercise] = max(best.get(each.exercise, 0.0), each.one_rep_max_kg)
    return Trend(
        name=name_of(week, zone),
        sets=len(done),
        reps=sum(each.reps for each in done),
        hard=sum(each.left_index < HARD_LEFT for each in judged),
        early=sum(each.left_index == EARLY_LEFT for each in judged),
        judged=len(judged),
        allowed=spent.allowed,
        spent=spent.spent,
        strength=tuple(best.items()),
    )


def _check_in(report: dict[str, Any], zone: str) -> CheckIn:
    scores = tuple((name, report[name]) for name in SCORES if report[name] is not None)
    pain = tuple((joint, score) for joint, score in sorted(report["pain"].items()) if score)
    return CheckIn(day_of(parse_time(report["time"]), zone), scores, pain)


def _block(own: OwnProgramme, config: GymConfig, week: Week) -> dict[str, Any] | None:
    holds = config.on_day(own.programme, own.team, first_day(week, own.zone))
    if holds.block is None:
        holds = config.on_day(own.programme, own.team, last_day(week, own.zone))
    return None if holds.block is None else block_view(holds.block)


def _allowed_next(
    revisions: Sequence[BudgetChanged], revision: dict[str, Any] | None, week: Week, following: Week
) -> float | None:
    """Return what the following week allows: by its own revision, else as foreseen at the end of this revision."""
    newest = next((revision for revision in revisions if revision.week_start in following), None)
    if newest is not None:
        return newest.allowed
    if revision is None:
        return None
    foreseen = [(revision["valid_until"], revision.get("allowed_after"))]
    foreseen += [(later["at"], later["allowed"]) for later in revision.get("allowed_later") or ()]
    at, allowed = foreseen[-1]
    return allowed if parse_time(at) >= week.end else None
