"""Reading a weekly report from the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, Engine, and_, select

from spotter.domain.event_types import parse_time
from spotter.domain.events.budgets import BudgetChanged
from spotter.domain.gym_config import GymConfig
from spotter.domain.weeks import Week, day_of, week_of
from spotter_dashboard.reports.models import (
    EARLY_LEFT,
    HARD_LEFT,
    LEFT,
    ExerciseDone,
    Felt,
    Next,
    Report,
    SetDone,
    Sign,
    Spent,
    Trend,
    WeekBudget,
)
from spotter_dashboard.store.budgets import budget, entries_in, told_of
from spotter_dashboard.store.notices import SCORES, notices, wellness
from spotter_dashboard.store.programme import Own, block_view, own_of
from spotter_dashboard.store.rows import micros, moment_of
from spotter_dashboard.store.tables import ATHLETE_FACTS, CLOSINGS, SETS, SUMMARIES
from spotter_dashboard.weeks import first_day, last_day, name_of, week_before

TREND_WEEKS: Final = 8
FELT_FOR: Final = timedelta(weeks=4)
_NOTICES_MAX: Final = 50
_REPORTS_MAX: Final = 200
_NO_WORK: Final = ("warmup", "technique")
_NO_CHOICE: Final = ("amrap", "test")


def gather(engine: Engine, gym_id: str, athlete_id: str, config: GymConfig, week: Week, now: datetime) -> Report:
    """Read the report of one week of a lifter."""
    own = own_of(engine, gym_id, athlete_id, config)
    zone = own.zone
    weeks = [week]
    while len(weeks) < TREND_WEEKS:
        weeks.insert(0, week_before(weeks[0], zone, own.week_start))
    with engine.connect() as connection:
        done = _sets(connection, gym_id, athlete_id, Week(weeks[0].start, week.end))
        told = told_of(connection, gym_id, athlete_id)
        budgets = [_budget(connection, gym_id, athlete_id, config, one, told, zone) for one in weeks]
        name = _name(connection, gym_id, athlete_id)
    if budgets[-1].allowed is None and now in week:
        seen = budget(engine, gym_id, athlete_id, config, now)
        budgets[-1] = WeekBudget(seen["allowed"], budgets[-1].spent, (), budgets[-1].entries)
    here = [one for one in done if one.opened_at in week]
    said = _said_of(told, week)
    following = week_of(week.end, zone, own.week_start)
    heard, _ = notices(
        engine, gym_id, athlete_id, now=now, after=None, limit=_NOTICES_MAX, since=week.start, until=week.end
    )
    felt, _ = wellness(
        engine, gym_id, athlete_id, after=None, limit=_REPORTS_MAX, since=week.end - FELT_FOR, until=week.end
    )
    local = ZoneInfo(zone)
    closed = tuple(
        (one["muscle_group"], parse_time(one["until"]).astimezone(local), one["rule_id"])
        for one in _list(said, "closed")
    )
    signs = tuple(Sign(one["rule_id"], one["sentence"]) for one in _list(said, "signs"))
    share, readiness = None if said is None else said.get("hard_share"), None if said is None else said.get("readiness")
    return Report(
        athlete_id=athlete_id,
        name=name,
        week=name_of(week, zone),
        first_day=first_day(week, zone),
        last_day=last_day(week, zone),
        time_zone=zone,
        running=now < week.end,
        level=own.level,
        block=_block(own, config, week),
        exercises=_by_exercise(here, config),
        left=_left(here),
        reps=sum(one.reps for one in here),
        days=len({day_of(one.opened_at, zone) for one in here}),
        budget=budgets[-1],
        stops=sum(one.followed is not None for one in here),
        followed=sum(one.followed is True for one in here),
        reps_after_stop=sum(one.reps_after_stop for one in here),
        hard_28=share,
        readiness=readiness,
        signs=signs,
        closed=closed,
        felt=tuple(_felt(one, zone) for one in reversed(felt)),
        trends=tuple(
            _trend(one, [each for each in done if each.opened_at in one], spent, zone)
            for one, spent in zip(weeks, budgets, strict=True)
        ),
        notices=tuple(
            Sign(", ".join(one["rule_ids"]), one["sentence"])
            for one in reversed(heard)
            if not one["withdrawn"] and one["sentence"] not in {sign.sentence for sign in signs}
        ),
        next=Next(
            name=name_of(following, zone),
            first_day=first_day(following, zone),
            allowed=_allowed_next(told, said, week, following),
            block=_block(own, config, following),
            closed=tuple((group, until) for group, until, _ in closed if until > following.start),
        ),
        missing=() if said is not None and said.get("signs") is not None else ("warning signs",),
    )


def first_set_at(engine: Engine, gym_id: str, athlete_id: str) -> datetime | None:
    """Say when a lifter's first set opened."""
    first = select(SETS.c.opened_us).where(SETS.c.gym_id == gym_id, SETS.c.athlete_id == athlete_id)
    with engine.connect() as connection:
        us: int | None = connection.scalar(first.order_by(SETS.c.opened_us).limit(1))
    return None if us is None else moment_of(us)


def weeks_back(
    engine: Engine, gym_id: str, athlete_id: str, config: GymConfig, own: Own, weeks: Sequence[Week]
) -> list[dict[str, Any]]:
    """Give the numbers of weeks, in the order asked for; `weeks` follow each other, the newest first."""
    if not weeks:
        return []
    with engine.connect() as connection:
        done = _sets(connection, gym_id, athlete_id, Week(weeks[-1].start, weeks[0].end))
        told = told_of(connection, gym_id, athlete_id)
        budgets = [_budget(connection, gym_id, athlete_id, config, one, told, own.zone) for one in weeks]
    found = []
    for week, spent in zip(weeks, budgets, strict=True):
        one = _trend(week, [each for each in done if each.opened_at in week], spent, own.zone)
        found.append(
            {
                "week": one.name,
                "first_day": first_day(week, own.zone).isoformat(),
                "last_day": last_day(week, own.zone).isoformat(),
                "sets": one.sets,
                "reps": one.reps,
                "hard": one.hard,
                "allowed": one.allowed,
                "spent": one.spent,
            }
        )
    return found


def _sets(connection: Connection, gym_id: str, athlete_id: str, span: Week) -> list[SetDone]:
    """Read the work sets that have ended, in order of time."""
    closed = and_(
        CLOSINGS.c.gym_id == SETS.c.gym_id,
        CLOSINGS.c.set_key == SETS.c.set_key,
        CLOSINGS.c.revision >= SETS.c.reopened,
        CLOSINGS.c.moved_to.is_(None),
    )
    summed = and_(SUMMARIES.c.gym_id == SETS.c.gym_id, SUMMARIES.c.set_key == SETS.c.set_key)
    found = (
        select(SETS.c.opened_us, SETS.c.intent, SUMMARIES.c.event, CLOSINGS.c.event.label("closing"))
        .select_from(SETS.join(CLOSINGS, closed).join(SUMMARIES, summed))
        .where(
            SETS.c.gym_id == gym_id,
            SETS.c.athlete_id == athlete_id,
            SETS.c.opened_us >= micros(span.start),
            SETS.c.opened_us < micros(span.end),
            SETS.c.intent.not_in(_NO_WORK),
        )
        .order_by(SETS.c.opened_us)
    )
    done = []
    for row in connection.execute(found):
        said, closing = orjson.loads(row.event)["data"], orjson.loads(row.closing)["data"]
        if said["reps"] == 0:
            continue
        done.append(
            SetDone(
                exercise=said.get("exercise") or "unknown",
                opened_at=moment_of(row.opened_us),
                reps=said["reps"],
                rir=said.get("rir_end"),
                failed=bool(said.get("failed")),
                followed=said.get("advice_followed"),
                reps_after_stop=said.get("reps_after_stop") or 0,
                one_rep_max_kg=closing.get("one_rep_max_kg"),
                chosen=row.intent not in _NO_CHOICE,
            )
        )
    return done


def _name(connection: Connection, gym_id: str, athlete_id: str) -> str | None:
    found = select(ATHLETE_FACTS.c.value).where(
        ATHLETE_FACTS.c.gym_id == gym_id, ATHLETE_FACTS.c.athlete_id == athlete_id, ATHLETE_FACTS.c.fact == "name"
    )
    name: str | None = connection.scalar(found)
    return name


def _said_of(told: Iterable[BudgetChanged], week: Week) -> dict[str, Any] | None:
    """Give what was last said of a week's budget."""
    said = next((one for one in told if one.week_start in week), None)
    return None if said is None else said.model_dump(mode="json")


def _list(said: dict[str, Any] | None, name: str) -> list[dict[str, Any]]:
    return (said or {}).get(name) or []


def _budget(
    connection: Connection,
    gym_id: str,
    athlete_id: str,
    config: GymConfig,
    week: Week,
    told: Sequence[BudgetChanged],
    zone: str,
) -> WeekBudget:
    said = _said_of(told, week)
    entries = tuple(
        Spent(
            set_id=one.set_id,
            exercise=one.exercise,
            name=config.catalogue.get(one.exercise).name,
            day=day_of(one.last_rep_at or week.start, zone),
            cost=one.cost,
            rules=tuple(one.rule_ids),
            recovers_at=one.recovers_at,
        )
        for one in entries_in(connection, gym_id, athlete_id, week)
    )
    spent = round(sum((one.cost for one in entries), start=0.0), 6)
    if said is None:
        return WeekBudget(None, spent, (), entries)
    return WeekBudget(said["allowed"], spent, tuple(said["reasons"]), entries)


def _left(done: Iterable[SetDone]) -> tuple[int, ...]:
    counted = Counter(one.place for one in done)
    return tuple(counted[place] for place in range(len(LEFT)))


def _by_exercise(done: Sequence[SetDone], config: GymConfig) -> tuple[ExerciseDone, ...]:
    """Group sets by exercise, in the order in which these were first done."""
    found = []
    for exercise in dict.fromkeys(one.exercise for one in done):
        sets = [one for one in done if one.exercise == exercise]
        name = config.catalogue.get(exercise).name
        found.append(ExerciseDone(exercise, name, len(sets), sum(one.reps for one in sets), _left(sets)))
    return tuple(found)


def _trend(week: Week, done: Sequence[SetDone], spent: WeekBudget, zone: str) -> Trend:
    known = [one for one in done if one.chosen and one.place < len(LEFT) - 1]
    best: dict[str, float] = {}
    for one in done:
        if one.one_rep_max_kg is not None:
            best[one.exercise] = max(best.get(one.exercise, 0.0), one.one_rep_max_kg)
    return Trend(
        name=name_of(week, zone),
        sets=len(done),
        reps=sum(one.reps for one in done),
        hard=sum(one.place < HARD_LEFT for one in known),
        early=sum(one.place == EARLY_LEFT for one in known),
        known=len(known),
        allowed=spent.allowed,
        spent=spent.spent,
        strength=tuple(best.items()),
    )


def _felt(report: dict[str, Any], zone: str) -> Felt:
    scores = tuple((name, report[name]) for name in SCORES if report[name] is not None)
    pain = tuple((joint, score) for joint, score in sorted(report["pain"].items()) if score)
    return Felt(day_of(parse_time(report["time"]), zone), scores, pain)


def _block(own: Own, config: GymConfig, week: Week) -> dict[str, Any] | None:
    holds = config.on_day(own.programme, own.team, first_day(week, own.zone))
    if holds.block is None:
        holds = config.on_day(own.programme, own.team, last_day(week, own.zone))
    return None if holds.block is None else block_view(holds.block)


def _allowed_next(
    told: Sequence[BudgetChanged], said: dict[str, Any] | None, week: Week, following: Week
) -> float | None:
    """Give what the following week allows: as told of it, else as foreseen at the end of this one."""
    of_it = next((one for one in told if one.week_start in following), None)
    if of_it is not None:
        return of_it.allowed
    if said is None:
        return None
    foreseen = [(said["valid_until"], said.get("allowed_after"))]
    foreseen += [(later["at"], later["allowed"]) for later in said.get("allowed_later") or ()]
    at, allowed = foreseen[-1]
    return allowed if parse_time(at) >= week.end else None
