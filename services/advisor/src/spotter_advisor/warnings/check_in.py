"""R15: what the lifter says of soreness, joints, sleep, irritability, fatigue and the wish to train."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from spotter.domain.exercises import Exercise, joint_of
from spotter_advisor.state.history import Checkin, History, Sign, SignName
from spotter_advisor.warnings.thresholds import (
    BAD,
    CHECKIN_HOLDS,
    CHECKINS_KEPT,
    PAIN,
    PAIN_HOLDS,
    STAYS,
    STRONG_PAIN,
    WORST,
)

_ASKED: Final[tuple[tuple[SignName, tuple[str, ...], str], ...]] = (
    ("sleep", ("sleep",), "Slept badly"),
    ("irritability", ("irritability", "mood"), "Irritable or in a bad mood"),
    ("fatigue", ("fatigue",), "Tired"),
    ("dread", ("motivation",), "No wish to train"),
)


def with_checkin(history: History, checkin: Checkin) -> History:
    """Take a check-in, in order of time; the same one counts once."""
    others = (known for known in history.checkins if known.id != checkin.id)
    checkins = sorted((*others, checkin), key=lambda known: (known.at, known.id))
    return replace(history, checkins=tuple(checkins[-CHECKINS_KEPT:]))


def reported_signs(history: History, at: datetime) -> tuple[Sign, ...]:
    """Give the signs that check-ins speak of at a moment.

    The newest word on each thing counts, for a week. Soreness and pain are signs where they stay: in two check-ins a day
    apart, or so strong that nobody has to wait for the second.
    """
    found = [_score_sign(history, at, name, asked, said) for name, asked, said in _ASKED]
    found += [_soreness(history, at), _joint(history, at)]
    return tuple(sorted((sign for sign in found if sign is not None), key=lambda sign: sign.name))


def hurts(history: History, exercise: Exercise, at: datetime) -> str | None:
    """Name a pain that the exercise should not be taken to failure with, in the lifter's words; None: there is none."""
    for said in pains(history, at):
        if exercise.loads(joint_of(said)):
            return said
    return None


def pains(history: History, at: datetime) -> dict[str, Checkin]:
    """Give the pains that hold at a moment, by the lifter's words, with the check-in that told of each last."""
    found: dict[str, Checkin] = {}
    for checkin in _until(history, at, PAIN_HOLDS):
        if checkin.pain is not None and not checkin.pain:
            found.clear()
        for said, level in (checkin.pain or {}).items():
            if level >= PAIN:
                found[said] = checkin
            else:
                found.pop(said, None)
    return found


def newest_score(history: History, at: datetime, name: str) -> tuple[int, datetime] | None:
    """Give the newest score of one thing that was asked, while it speaks, and when it was told."""
    for checkin in reversed(_until(history, at, CHECKIN_HOLDS)):
        if name in checkin.scores:
            return checkin.scores[name], checkin.at
    return None


def _score_sign(history: History, at: datetime, name: SignName, asked: Iterable[str], said: str) -> Sign | None:
    found = [(newest_score(history, at, name_of), name_of) for name_of in asked]
    bad = [(*newest, name_of) for newest, name_of in found if newest is not None and newest[0] <= BAD]
    if not bad:
        return None
    score, told, name_of = min(bad)
    return _sign(name, f"{said}: {name_of} {score} of 5.", told, CHECKIN_HOLDS)


def _soreness(history: History, at: datetime) -> Sign | None:
    told = [one for one in _until(history, at, CHECKIN_HOLDS) if "soreness" in one.scores]
    if not told or (newest := told[-1].scores["soreness"]) > BAD:
        return None
    run = _running([(one.at, one.scores["soreness"] <= BAD) for one in told])
    if newest > WORST and told[-1].at - run < STAYS:
        return None
    stays = f", since {run:%d %B}" if told[-1].at - run >= STAYS else ""
    return _sign("soreness", f"Sore: soreness {newest} of 5{stays}.", told[-1].at, CHECKIN_HOLDS)


def _joint(history: History, at: datetime) -> Sign | None:
    for said, newest in pains(history, at).items():
        level = (newest.pain or {})[said]
        told = [
            one
            for one in _until(history, at, PAIN_HOLDS)
            if one.pain is not None and (said in one.pain or not one.pain)
        ]
        run = _running([(one.at, (one.pain or {}).get(said, 0) >= PAIN) for one in told])
        if level >= STRONG_PAIN or newest.at - run >= STAYS:
            return _sign("joint", f"A joint hurts: {said} {level} of 10.", newest.at, PAIN_HOLDS)
    return None


def _running(told: list[tuple[datetime, bool]]) -> datetime:
    """Say since when what was told last has been told without a break."""
    since = told[-1][0]
    for at, bad in reversed(told):
        if not bad:
            break
        since = at
    return since


def _until(history: History, at: datetime, holds: timedelta) -> list[Checkin]:
    return [checkin for checkin in history.checkins if checkin.at <= at < checkin.at + holds]


def _sign(name: SignName, sentence: str, since: datetime, holds: timedelta) -> Sign:
    return Sign(name, "R15", sentence, since, since + holds)
