"""Weeks, calendars and corrections: what is over stays, what never happened costs nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.field.checks import did, noticed, spent, weeks
from tests.field.events import (
    EASY,
    MEDIUM,
    TO_FAILURE,
    Sent,
    called,
    ended,
    event,
    lifted,
    of,
    rep,
    rep_voided,
    set_voided,
    started,
)
from tests.field.situation import Situation, situation
from tests.field.which_set import DAY

FAILED: Final = lifted("s", "leg_curl", TO_FAILURE, -3000, rir=0, load_kg=40)
_exercises = count(1)


def last_sunday(zone: str, hour: int, minute: int, second: int = 0) -> datetime:
    """Return a time of day of a Sunday that is at least two weeks ago, in a zone."""
    today = datetime.now(ZoneInfo(zone)).date()
    sunday = today - timedelta(days=14 + (today.weekday() + 1) % 7)
    return datetime(sunday.year, sunday.month, sunday.day, hour, minute, second, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def monday_of(moment: datetime, zone: str) -> str:
    """Return the first day of the week of a moment."""
    day = moment.astimezone(ZoneInfo(zone)).date()
    return (day - timedelta(days=day.weekday())).isoformat()


def set_at(begin: datetime, set_id: str, rir: float, every_s: float = 3.0) -> list[Sent]:
    """Return a set of leg curls that begins at a moment."""
    at = [begin + timedelta(seconds=5 + every_s * index) for index in range(len(TO_FAILURE) + 2)]
    return [
        started(set_id, "leg_curl", begin, load_kg=30),
        *[rep(set_id, 1 + index, velocity, at[index]) for index, velocity in enumerate(TO_FAILURE)],
        called(set_id, rir, at[-2]),
        ended(set_id, at[-1]),
    ]


def easy_week(set_ids: str, begin: float, **context: Any) -> list[Sent]:
    """Return three sessions of four sets, each far from failure."""
    return [
        sent
        for session in range(3)
        for number in range(4)
        for sent in lifted(
            f"{set_ids}{session}{number}",
            "leg_curl",
            EASY,
            begin + 2 * DAY * session + 300 * number,
            rir=7,
            load_kg=20,
            **context,
        )
    ]


def day(days_ago: int) -> str:
    """Return a day."""
    return (datetime.now(UTC) - timedelta(days=days_ago)).date().isoformat()


def described_later(*, corrected: bool) -> Situation:
    """Return a set of an exercise that the gym's catalogue comes to know when it is over."""
    exercise = f"own_exercise_{next(_exercises)}"
    description = event(
        "exercise.added",
        exercise=exercise,
        name=f"Own exercise {exercise[-1]}",
        risk="band",
        modality="band",
        muscle_group="shoulders",
    )
    after = [event("set.amended", set_id="s", exercise=exercise, load_kg=6)] if corrected else []
    return situation(
        f"an exercise is described after it was lifted{', and the set corrected' if corrected else ''}",
        lifted("s", exercise, TO_FAILURE, -600, rir=0, load_kg=5),
        spent(2.0),
        [description, *after],
        spent(1.0),
    )


BERLIN, TOKYO = last_sunday("Europe/Berlin", 23, 30), last_sunday("Asia/Tokyo", 23, 59, 40)

LEDGER: Final[tuple[Situation, ...]] = (
    situation(
        "a lifter moves to another zone, and past weeks stay",
        [event("athlete.updated", level="advanced", time_zone="Europe/Berlin", week_start="monday")],
        set_at(BERLIN, "s", 0),
        weeks((monday_of(BERLIN, "Europe/Berlin"), 1, 1.0)),
        [event("athlete.updated", time_zone="Asia/Tokyo")],
        weeks((monday_of(BERLIN, "Europe/Berlin"), 1, 1.0)),
    ),
    situation(
        "a lifter's week begins on another day, and past weeks stay",
        [event("athlete.updated", level="advanced", time_zone="Europe/Berlin", week_start="monday")],
        set_at(BERLIN, "s", 0),
        [event("athlete.updated", week_start="sunday")],
        weeks((monday_of(BERLIN, "Europe/Berlin"), 1, 1.0)),
    ),
    situation(
        "a set across the end of the week is of the week in which it began",
        [event("athlete.updated", level="advanced", time_zone="Asia/Tokyo", week_start="monday")],
        set_at(TOKYO, "s", 0, every_s=4.0),
        weeks((monday_of(TOKYO, "Asia/Tokyo"), 1, 1.0)),
    ),
    situation(
        "sets on both sides of midnight are of two weeks",
        [event("athlete.updated", level="advanced", time_zone="Asia/Tokyo", week_start="monday")],
        [*set_at(TOKYO - timedelta(minutes=5), "s", 0), *set_at(TOKYO + timedelta(minutes=5), "t", 1)],
        weeks(
            (monday_of(TOKYO, "Asia/Tokyo"), 1, 1.0),
            (monday_of(TOKYO + timedelta(minutes=5), "Asia/Tokyo"), 1, 0.5),
        ),
    ),
    situation(
        "an easy week is called slack, but in a deload",
        [
            event("policy.updated", block={"name": "easy", "kind": "deload", "first_day": day(20), "last_day": day(0)}),
            *of("plain", [event("athlete.updated", level="advanced")]),
        ],
        [*easy_week("a", -8 * DAY), *of("plain", easy_week("a", -8 * DAY))],
        noticed("sandbagging", yes=False),
        noticed("sandbagging", yes=True, who="plain"),
    ),
    situation(
        "easy sets of technique are not called slack",
        easy_week("a", -8 * DAY, intent="technique"),
        noticed("sandbagging", yes=False),
    ),
    situation(
        "easy sets that end where their plan says are not called slack",
        easy_week("a", -8 * DAY, planned_reps=4, target_rir=7),
        noticed("sandbagging", yes=False),
    ),
    situation(
        "all reps of a set are voided",
        FAILED,
        spent(1.0),
        [rep_voided("s", 1 + index, None, reason="by mistake") for index in range(9)],
        spent(0.0),
        weeks(),
    ),
    situation(
        "a set never happened",
        FAILED,
        spent(1.0),
        [set_voided("s", -60, reason="by mistake")],
        did(),
        spent(0.0),
        weeks(),
    ),
    situation(
        "a set of a past week never happened",
        set_at(BERLIN, "s", 0),
        spent(1.0),
        [set_voided("s", -60)],
        did(),
        spent(0.0),
        weeks(),
    ),
    situation(
        "a set that never happened, under an id that is used again",
        [*FAILED, *lifted("s", "leg_press", MEDIUM, -600, rir=1, load_kg=120)],
        [set_voided("s", -1000)],
        did("leg_press 5"),
        spent(0.5),
    ),
    described_later(corrected=False),
)
