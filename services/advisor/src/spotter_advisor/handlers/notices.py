"""What a lifter is told after the session: a warning sign, too many hard sets (R09), a plateau (R17), sandbagging (R20).

A notice is told when what it says begins to hold, and withdrawn when it does not hold any more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal

from spotter.domain.events.budgets import NoticeGiven
from spotter.domain.ids import derived_id
from spotter.domain.weeks import day_of, start_of_day
from spotter_advisor.budget.eligibility import standing_of
from spotter_advisor.handlers.unit_of_work import SOURCE, Turn
from spotter_advisor.pricing.calendar import calendar_at, week_in
from spotter_advisor.state.history import Told
from spotter_advisor.state.records import AdvisedSet, Calendar
from spotter_advisor.warnings.effort_shares import easy_share, hard_share
from spotter_advisor.warnings.plateau import plateau_of, words
from spotter_advisor.warnings.thresholds import AFTER_SESSION

Kind = Literal["plateau", "sandbagging", "hard_share", "signs"]
_WEEK: Final = timedelta(days=7)
_PLAN_DAYS: Final = 28


def give_notices(turn: Turn, one: AdvisedSet) -> None:
    """Tell what a set that ended, or was put right, makes true or untrue."""
    give_sign_notices(turn)
    _hard_share(turn)
    _sandbagging(turn, one)
    _plateau(turn, one)


def give_sign_notices(turn: Turn) -> None:
    """Tell warning signs that hold now, and take back those that do not."""
    calendar = _calendar(turn)
    signs = {sign.name: sign for sign in turn.budget(calendar, turn.now).signs}
    for sign in signs.values():
        _tell(turn, f"signs:{sign.name}", "signs", (sign.rule,), sign.sentence, sign.until, anew=True)
    for key, told in turn.history.notices.items():
        kind, _, name = key.partition(":")
        if kind == "signs" and name not in signs:
            _tell(turn, key, "signs", told.rules, None, told.until)


def _hard_share(turn: Turn) -> None:
    calendar = _calendar(turn)
    today = day_of(turn.now, calendar.zone)
    policy = turn.held_on(today).policy
    share = hard_share(turn.history, today.isoformat(), policy)
    sentence = (
        f"{share.hard} of {share.sets} work sets in 28 days ({share.share:.0%}) ended with one rep left or none: "
        f"no failure until it is {policy.hard_share_max:.0%} again."
    )
    until = start_of_day(today + timedelta(days=_PLAN_DAYS), calendar.zone)
    _tell(turn, "hard_share", "hard_share", ("R09",), sentence if share.over else None, until)


def _sandbagging(turn: Turn, one: AdvisedSet) -> None:
    """R20, of the week that the set lies in."""
    calendar = Calendar(one.pins.zone, one.pins.week_start)
    last_rep = one.told[0].last_rep_at if one.told is not None else one.opened_at
    week = week_in(calendar, last_rep)
    if week.end + _WEEK <= turn.now:
        return
    first, end = day_of(week.start, calendar.zone), day_of(week.end, calendar.zone)
    policy = turn.held_on(first).policy
    last = (end - timedelta(days=1)).isoformat()
    share = easy_share(turn.history, first.isoformat(), last, policy)
    sentence = (
        f"{share.easy} of {share.sets} work sets this week ended with {policy.early_rir} or more reps left: "
        "you have more in you than that."
    )
    key, said = f"sandbagging:{first.isoformat()}", sentence if share.over else None
    _tell(turn, key, "sandbagging", ("R20",), said, week.end + _WEEK, session_of=last_rep)


def _plateau(turn: Turn, one: AdvisedSet) -> None:
    """R17: an isolation exercise that stands still, no warning signs, budget left, nothing closed."""
    calendar = _calendar(turn)
    gym = turn.gym(one.pins.config)
    exercise = gym.catalogue.get(one.context.exercise)
    if not exercise.traits.single_joint:
        return
    today = day_of(turn.now, calendar.zone)
    found = plateau_of(turn.history, exercise.exercise, today.isoformat(), turn.held_on(today).policy)
    sentence = None
    if found is not None:
        standing = standing_of(turn.known(calendar), exercise, turn.now, now=turn.now)
        free = not (standing.signs or standing.pain or standing.hard_share_over)
        cost = turn.held_on(today).policy.failure_cost
        if free and 0 < cost <= min(standing.left, standing.muscle_left):
            sentence = (
                f"No gain on {words(exercise.exercise)} in {found.weeks} weeks: "
                "take its last set to failure once, when you are fresh."
            )
    last_rep = one.told[0].last_rep_at if one.told is not None else one.opened_at
    until = turn.now + _WEEK
    _tell(turn, f"plateau:{exercise.exercise}", "plateau", ("R17",), sentence, until, session_of=last_rep)


def _tell(
    turn: Turn,
    key: str,
    kind: Kind,
    rules: tuple[str, ...],
    sentence: str | None,
    until: datetime,
    *,
    anew: bool = False,
    session_of: datetime | None = None,
) -> None:
    """Tell a notice that begins to hold, or take one back.

    Parameters
    ----------
    sentence : str, optional
        None: it does not hold.
    anew : bool
        A sentence that changes is told again, not only one that begins to hold.
    session_of : datetime, optional
        A moment of the session that is to be over before it is shown; None: show it at once.
    """
    told = turn.history.notices.get(key)
    holds = told is not None and not told.withdrawn and told.until > turn.now
    if sentence is None and not holds:
        return
    if sentence is not None and holds and not (anew and told is not None and told.sentence != sentence):
        return
    revision = 1 if told is None else told.revision + 1
    said = sentence if sentence is not None or told is None else told.sentence
    now = Told(revision, said or "", sentence is None, until if sentence is not None else turn.now, rules)
    turn.put_history(replace(turn.history, notices={**turn.history.notices, key: now}))
    data = turn.event.data
    notice = NoticeGiven(
        gym_id=data.gym_id,
        athlete_id=data.athlete_id,
        notice_id=derived_id(SOURCE, data.gym_id or "", data.athlete_id or "", key),
        kind=kind,
        revision=revision,
        rule_ids=list(rules),
        sentence=now.sentence,
        valid_until=now.until,
        not_before=None if session_of is None else session_of + AFTER_SESSION,
        withdrawn=now.withdrawn,
    )
    turn.tell(notice, turn.next_id(NoticeGiven, turn.policy_version(turn.lifter.config)))


def _calendar(turn: Turn) -> Calendar:
    return calendar_at(turn.lifter, turn.gym(turn.lifter.config), turn.now)
