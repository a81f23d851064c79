"""Notices after the session: a warning, too many hard sets (R09), a plateau (R17), too many easy sets (R20).

A notice is sent when what it says begins to apply, and withdrawn when it no longer does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal

from spotter.domain.events.budgets import NoticeGiven
from spotter.domain.ids import derived_id
from spotter.domain.weeks import day_of, start_of_day
from spotter_advisor.budget.assessment import eligibility_of
from spotter_advisor.handlers.unit_of_work import SOURCE, AdvisorUnitOfWork
from spotter_advisor.pricing.calendar import week_in, week_of_day
from spotter_advisor.state.history import SentNotice
from spotter_advisor.state.records import AdvisedSet
from spotter_advisor.warnings.effort_shares import HARD_DAYS, easy_share, hard_share
from spotter_advisor.warnings.plateau import exercise_words, plateau_of

NoticeKind = Literal["plateau", "sandbagging", "hard_share", "signs"]
AFTER_SESSION: Final = timedelta(hours=2)
"""A session is over when nothing was lifted for this long: notices are shown from then on."""
_WEEK: Final = timedelta(days=7)


def send_notices(uow: AdvisorUnitOfWork, advised: AdvisedSet) -> None:
    """Send and withdraw notices after a set that ended or was corrected."""
    send_warning_notices(uow)
    _hard_share(uow)
    _sandbagging(uow, advised)
    _plateau(uow, advised)


def send_warning_notices(uow: AdvisorUnitOfWork) -> None:
    """Send notices of active warnings, and withdraw those of warnings that are over."""
    warnings = {warning.name: warning for warning in uow.budget(uow.calendar_at(uow.now), uow.now).signs}
    for warning in warnings.values():
        _update(uow, f"signs:{warning.name}", "signs", (warning.rule,), warning.sentence, warning.until, resend=True)
    for key, notice in uow.history.notices.items():
        kind, _, name = key.partition(":")
        if kind == "signs" and name not in warnings:
            _update(uow, key, "signs", notice.rules, None, notice.until)


def _hard_share(uow: AdvisorUnitOfWork) -> None:
    calendar = uow.calendar_at(uow.now)
    today = uow.today(calendar)
    policy = uow.day_policy_on(today).policy
    share = hard_share(uow.history, today.isoformat(), policy)
    sentence = (
        f"{share.hard} of {share.sets} work sets in 28 days ({share.share:.0%}) ended with one rep left or none: "
        f"no failure until it is {policy.hard_share_max:.0%} again."
    )
    until = start_of_day(today + timedelta(days=HARD_DAYS), calendar.zone)
    _update(uow, "hard_share", "hard_share", ("R09",), sentence if share.over else None, until)


def _sandbagging(uow: AdvisorUnitOfWork, advised: AdvisedSet) -> None:
    """R20, of the week that the set lies in."""
    calendar = advised.pins.calendar
    last_rep_at = _last_rep_at(advised)
    week = week_in(calendar, advised.opened_at) if advised.facts is None else week_of_day(calendar, advised.facts.day)
    if week.end + _WEEK <= uow.now:
        return
    first, end = day_of(week.start, calendar.zone), day_of(week.end, calendar.zone)
    policy = uow.day_policy_on(first).policy
    last = (end - timedelta(days=1)).isoformat()
    share = easy_share(uow.history, first.isoformat(), last, policy)
    sentence = (
        f"{share.easy} of {share.sets} work sets this week ended with {policy.early_rir} or more reps left: "
        "you have more in you than that."
    )
    _update(
        uow,
        f"sandbagging:{first.isoformat()}",
        "sandbagging",
        ("R20",),
        sentence if share.over else None,
        week.end + _WEEK,
        session_of=last_rep_at,
    )


def _plateau(uow: AdvisorUnitOfWork, advised: AdvisedSet) -> None:
    """R17: no gain on an isolation exercise, no warnings, budget left, nothing that recovers."""
    calendar = uow.calendar_at(uow.now)
    exercise = uow.gym(advised.pins.config).catalogue.get(advised.context.exercise)
    if not exercise.traits.single_joint:
        return
    today = uow.today(calendar)
    policy = uow.day_policy_on(today).policy
    plateau = plateau_of(uow.history, exercise.exercise, today.isoformat(), policy)
    sentence = None
    if plateau is not None:
        eligibility = eligibility_of(uow.budget_inputs(calendar), exercise, uow.now, now=uow.now)
        free = not (eligibility.signs or eligibility.pain or eligibility.hard_share_over)
        if free and 0 < policy.failure_cost <= min(eligibility.left, eligibility.muscle_left):
            sentence = (
                f"No gain on {exercise_words(exercise.exercise)} in {plateau.weeks} weeks: "
                "take its last set to failure once, when you are fresh."
            )
    key, until = f"plateau:{exercise.exercise}", uow.now + _WEEK
    _update(uow, key, "plateau", ("R17",), sentence, until, session_of=_last_rep_at(advised))


def _update(
    uow: AdvisorUnitOfWork,
    key: str,
    kind: NoticeKind,
    rules: tuple[str, ...],
    sentence: str | None,
    until: datetime,
    *,
    resend: bool = False,
    session_of: datetime | None = None,
) -> None:
    """Send a notice that begins to apply, or withdraw one that no longer does, whose `sentence` is None.

    `resend` sends a sentence that changed, too. The session at `session_of` is to be over before the notice is shown.
    """
    before = uow.history.notices.get(key)
    active = before is not None and not before.withdrawn and before.until > uow.now
    if sentence is None and not active:
        return
    if sentence is not None and active and not (resend and before is not None and before.sentence != sentence):
        return
    revision = 1 if before is None else before.revision + 1
    text = sentence if sentence is not None or before is None else before.sentence
    notice = SentNotice(revision, text or "", sentence is None, until if sentence is not None else uow.now, rules)
    uow.put_history(replace(uow.history, notices={**uow.history.notices, key: notice}))
    event = uow.event.data
    data = NoticeGiven(
        gym_id=event.gym_id,
        athlete_id=event.athlete_id,
        notice_id=derived_id(SOURCE, event.gym_id or "", event.athlete_id or "", key),
        kind=kind,
        revision=revision,
        rule_ids=list(rules),
        sentence=notice.sentence,
        valid_until=notice.until,
        not_before=None if session_of is None else session_of + AFTER_SESSION,
        withdrawn=notice.withdrawn,
    )
    uow.emit(data, uow.next_id(NoticeGiven, uow.policy_version(uow.athlete.config)))


def _last_rep_at(advised: AdvisedSet) -> datetime:
    return advised.opened_at if advised.told is None else advised.told.outcome.last_rep_at
